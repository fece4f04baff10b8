"""What people say of us: figures and the list, one opinion with what is done about a complaint, and noting one down."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from qunyu.console.asking import Ask, answer
from qunyu.console.forms import Form
from qunyu.console.lists import Column, Filter, Listing, chips
from qunyu.console.pages.member import refused
from qunyu.console.pages.member_editing import editable_member, moment_of
from qunyu.console.templatetags.showing import ago
from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words
from qunyu.members.merging import editable
from qunyu.satisfaction.complaints import STATES, STEPS, Done, complaints, handle, handling, possible, steps_of
from qunyu.satisfaction.opinions import KINDS, Said, find_opinion, head_of, note, opinions, stars_of, withdraw
from qunyu.satisfaction.queries import content

if TYPE_CHECKING:
    from qunyu.satisfaction.models import Opinion

SPAN = timedelta(days=90)
NOTED_DOWN, TAKEN_BACK, AGAIN = Words("已记录", "Noted"), Words("已撤回", "Taken back"), Words("已恢复", "Noted again")
DONE = Words("已记录这一步", "The step is kept")
POINTS = Words("{n} 分", "{n} points")
NONE_YET = Words(
    "还没有人评价；在成员的页面记下评分、投诉或好评，或发一份问卷",
    "Nobody has said anything yet; note ratings, complaints and praise on a member’s page, or open a survey",
)


def _state(row: Opinion) -> str:
    return str(STATES[row.complaint.state]) if row.kind == "complaint" else ""


def _keeper(row: Opinion) -> str:
    return row.complaint.keeper.name if row.kind == "complaint" and row.complaint.keeper else ""


COLUMNS = (
    Column[Any]("at", Words("时间", "When"), lambda row: ago(row.at), lambda row: row.at, "at", fixed=True),
    Column[Any]("head", Words("成员", "Member"), lambda row: row.head, sort="head"),
    Column[Any]("member_id", Words("成员编号", "Member id"), lambda row: row.head_id, optional=True, filed=True),
    Column[Any]("kind", Words("种类", "Kind"), lambda row: KINDS[row.kind], sort="kind"),
    Column[Any]("score", Words("满意度", "Satisfaction"), lambda row: POINTS.fill(n=row.score), lambda row: row.score, "score", number=True),
    Column[Any]("stars", Words("星级", "Stars"), lambda row: stars_of(row) or "–", stars_of, optional=True, filed=True),
    Column[Any]("text", Words("内容", "Words"), lambda row: row.text[:60] or "–", lambda row: row.text),
    Column[Any]("about", Words("关于", "About"), lambda row: row.about or "–", lambda row: row.about, optional=True, filed=True),
    Column[Any]("state", Words("处理", "Handling"), lambda row: _state(row) or "–", _state),
    Column[Any]("keeper", Words("处理人", "Taken care of by"), lambda row: _keeper(row) or "–", _keeper, optional=True),
)  # fmt: skip


def show_opinions(request: Ask) -> HttpResponseBase:
    """Figures of the last 90 days beside those of the 90 before, and the list."""
    scope, given = request.scope, request.GET
    scope.require("members.view")
    kind = Filter(
        "kind", Words("种类", "Kind"), [(code, words) for code, words in KINDS.items()], given.get("kind", "")
    )
    open_ones = ("open", Words("未结束", "Not ended"))
    state = Filter("state", Words("投诉", "Complaints"), [open_ones, *STATES.items()], given.get("state", ""))
    search, filters = given.get("q", "").strip(), [kind, state]
    listing = Listing[Any](COLUMNS, given, "-at", _link, chips=chips(given, filters))
    found = complaints(scope, state=state.chosen) if state.chosen in (*STATES, "open") else opinions(scope)
    if kind.chosen in KINDS:
        found = found.filter(kind=kind.chosen)
    if search:
        found = found.filter(Q(head__icontains=search) | Q(text__icontains=search) | Q(about__icontains=search))
    rows = listing.ordered(found.select_related("complaint__keeper"))
    file = listing.export(rows, "opinions")
    if file is not None:
        return file
    listing.put(rows)
    empty = not listing.chips and not (listing.page and listing.page.object_list)
    more = {"filters": filters, "search": search, "nothing_yet": NONE_YET if empty else ""}
    figures = {} if request.htmx else _figures(request)
    return answer(request, "satisfaction", {"listing": listing, **more, **figures}, part="_list")


TITLES = {
    "score": Words("满意度", "Satisfaction"),
    "complaints": Words("投诉", "Complaints"),
    "to_answer": Words("首次回复（中位数）", "To the first answer (median)"),
    "to_end": Words("处理完（中位数）", "To the end (median)"),
}
BEHIND = Words("{people} 人说过：评分 {ratings}，好评 {praise}，投诉 {complaints}；上一段 {before}",
               "{people} people: {ratings} ratings, {praise} praise, {complaints} complaints; 90 days before: {before}")  # fmt: skip
NOBODY = Words("没有人评价", "nobody said anything")
OPEN = Words("{open} 条未结束，{content} 条让对方满意", "{open} not ended, {content} settled to their content")
OF = Words("{n} 条中的 {count} 条", "{count} of {n}")
HOURS, DAYS = Words("{n:.1f} 小时", "{n:.1f} h"), Words("{n:.1f} 天", "{n:.1f} days")


def _figures(request: Ask) -> dict[str, Any]:
    now = timezone.now()
    present = content(request.scope, since=now - SPAN, until=now + SPAN)
    before = content(request.scope, since=now - 2 * SPAN, until=now - SPAN)
    handled = handling(request.scope, since=now - SPAN)
    told = {**asdict(present), "before": POINTS.fill(n=round(before.score)) if before.score is not None else NOBODY}
    shown = {
        "score": f"{present.score:.0f}" if present.score is not None else "",
        "score_foot": BEHIND.fill(**told) if present.people else NOBODY,
        "complaints": str(handled.count),
        "complaints_foot": OPEN.fill(open=handled.open, content=handled.content),
        "to_answer": _time(handled.to_answer),
        "to_answer_foot": OF.fill(n=handled.count, count=handled.answered),
        "to_end": _time(handled.to_end),
        "to_end_foot": OF.fill(n=handled.count, count=handled.ended),
    }
    return {"titles": TITLES, "shown": shown}


def _time(found: timedelta | None) -> Words | str:
    if found is None:
        return ""
    hours = found.total_seconds() / 3600
    return DAYS.fill(n=hours / 24) if hours >= 48 else HOURS.fill(n=hours)


def _link(row: Opinion) -> str:
    return reverse("console:opinion", args=[row.public_id])


def show_opinion(request: Ask, public_id: str) -> HttpResponse:
    """One opinion; posted, a step of a complaint, or the opinion taken back or noted again."""
    request.scope.require("members.view")
    found = find_opinion(request.scope, public_id)
    form = Form.of(request, content="")
    if request.method == "POST":
        try:
            words = _did(request, found, form)
            if words:
                messages.success(request, str(words))
            return redirect("console:opinion", public_id)
        except DomainError as error:
            form.refuse(error, str(error.data.get("field", "")))
        found = find_opinion(request.scope, public_id)
    is_complaint = found.kind == "complaint"
    context = {
        "opinion": found,
        "kind": KINDS[found.kind],
        "form": form,
        "may_edit": request.scope.may("members.edit")
        and editable(request.scope).filter(member=head_of(found)).exists(),
        "state": _state(found),
        "steps": [(each, STEPS[each.did]) for each in steps_of(found)],
        "possible": [(code, STEPS[code]) for code in possible(found.complaint.state)] if is_complaint else [],
    }
    return answer(request, "opinion", context, status=400 if form.errors else 200)


def _did(request: Ask, found: Opinion, form: Form) -> Words | None:
    did, now = form.text("did"), timezone.now()
    if did in ("withdraw", "restore"):
        back = did == "restore"
        changed = withdraw(by=request.scope, opinion=found, back=back, now=now)
        return (AGAIN if back else TAKEN_BACK) if changed else None
    is_content = {"yes": True, "no": False}.get(form.text("content"))
    handle(by=request.scope, opinion=found, done=Done(did, form.text("words"), is_content), now=now)
    return DONE


def add_opinion(request: Ask, public_id: str) -> HttpResponse:
    """Notes down what a member said."""
    member = editable_member(request, public_id)
    form = Form.of(request)
    try:
        stars = form.text("stars")
        said = Said(
            kind=form.text("kind"),
            at=moment_of(form, timezone.now()),
            stars=int(stars) if stars.isdecimal() and len(stars) == 1 else None,
            text=form.text("text"),
            about=form.text("about"),
        )
        note(by=request.scope, member=member, said=said, now=timezone.now())
    except DomainError as error:
        form.refuse(error, str(error.data.get("field", "")))
        return refused(request, member, form, open_form="opinion")
    messages.success(request, str(NOTED_DOWN))
    return redirect("console:member", public_id)
