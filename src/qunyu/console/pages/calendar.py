"""The relationship calendar: whom to contact when and why, what to say, and what was decided."""

from __future__ import annotations

from calendar import Calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone

from qunyu.care import actions
from qunyu.care.finding import window_at
from qunyu.care.kind import kinds
from qunyu.care.queries import (
    SPANS,
    STATES,
    Wanted,
    by_day,
    dress,
    find_occasion,
    mix,
    told,
    wanted_occasions,
)
from qunyu.communities.duties import local_day
from qunyu.communities.queries import communities_where
from qunyu.console.asking import Ask, answer
from qunyu.console.forms import Form
from qunyu.console.inputs import day as typed_day
from qunyu.console.lists import Column, Filter, Listing, chips
from qunyu.console.templatetags.showing import day
from qunyu.kernel import audit
from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words
from qunyu.members.contacting import CHANNELS
from qunyu.members.leave import Leave
from qunyu.members.recurring import lost_birthdays
from qunyu.people.queries import units_in

if TYPE_CHECKING:
    from qunyu.care.models import Occasion

DECIDED = Words("已处理 {n} 个", "{n} done")
REFUSED = Words("{n} 个没有处理：{why}", "{n} left as they are: {why}")
NOBODY = Words("请先勾选", "tick some first")
TOO_MANY = Words("一次最多处理 {most} 个，请少勾选一些", "at most {most} at once: tick fewer")
UNKNOWN_ACT = Words("没有这种操作", "there is no such action")
NONE_YET = Words(
    "这些天没有值得问候的日子；填写成员生日、导入入群记录或订单后，每晚会自动更新",
    "No occasion falls on these days; with birthdays, joining and orders known, they are found every night",
)
LOST = Words(
    "{n} 位成员的生日无法读取（是用另一个密钥加密的），不在日历中；请在成员页重新填写",
    "the birthdays of {n} people cannot be read (sealed under another key) and are missing here: write them down anew on their pages",
)
SHARE = Words(
    "近 90 天：轻联系 {light} 次，推销 {selling} 次", "Last 90 days: {light} light contacts, {selling} that sold"
)
SHARE_OF = Words("（推销占 {share:.0f}%）", " ({share:.0f}% sold)")
WEEKDAYS = (
    Words("一", "Mon"), Words("二", "Tue"), Words("三", "Wed"), Words("四", "Thu"), Words("五", "Fri"), Words("六", "Sat"), Words("日", "Sun"),
)  # fmt: skip
MIXED = timedelta(days=90)
MOST_AT_ONCE = 100


def _allowed(row: Any) -> str:
    if row.state != "open":
        return ""
    leave: Leave = row.leave
    return "" if leave.allowed else str(leave.words)


COLUMNS = (
    Column[Any]("due", Words("日期", "Day"), lambda row: day(row.due), lambda row: row.due, "due", fixed=True),
    Column[Any]("head", Words("成员", "Member"), lambda row: row.head, sort="head"),
    Column[Any]("kind", Words("日子", "Occasion"), lambda row: told(row)[0].title, sort="kind"),
    Column[Any]("why", Words("依据", "Why"), lambda row: told(row)[1]),
    Column[Any]("channel", Words("渠道", "Channel"), lambda row: CHANNELS[row.way.channel]),
    Column[Any]("words", Words("开场白", "Words"), lambda row: row.words),
    Column[Any]("cap", Words("联系上限", "Contact cap"), _allowed),
    Column[Any]("state", Words("状态", "State"), lambda row: STATES[row.state], sort="state"),
    Column[Any]("keeper", Words("负责人", "Keeper"), lambda row: row.keeper.name if row.keeper else ""),
    Column[Any]("reason", Words("原因", "Reason"), lambda row: row.reason),
)  # fmt: skip


def show_calendar(request: Ask) -> HttpResponseBase:
    """The month, the list of one part of it, and its export; posted, what is decided about ticked occasions."""
    request.scope.require("members.view")
    form = Form.of(request)
    if request.method == "POST":
        request.scope.require("members.edit")
    if request.method == "POST" and _decided(request, form):
        return redirect(request.get_full_path())
    return _page(request, form)


def _page(request: Ask, form: Form) -> HttpResponseBase:
    now = timezone.now()
    today = local_day(now)
    filters = _filters(request)
    wanted = _wanted(request, today)
    found = wanted_occasions(request.scope, wanted)
    listing = Listing[Any](
        COLUMNS, request.GET, "due", chips=chips(request.GET, filters), dress=lambda rows: _dress(request, rows)
    )
    file = listing.export(listing.ordered(found), "calendar")
    if file is not None:
        audit.record(by=request.scope.actor, action="occasion.export", kind="members", id=0, now=now)
        return file
    listing.put(listing.ordered(found))
    month = _month(request, today)
    context = {
        "listing": listing,
        "filters": filters,
        "search": wanted.text,
        "weeks": _weeks(request, wanted, month, today),
        "month": month,
        "weekdays": WEEKDAYS,
        "kept": [(name, request.GET[name]) for name in ("month", "day") if request.GET.get(name)],
        "before": (month - timedelta(days=1)).strftime("%Y-%m"),
        "after": (month + timedelta(days=32)).strftime("%Y-%m"),
        "until": window_at(now).last,
        "share": _share(request, wanted, now - MIXED),
        "lost": LOST.fill(n=lost) if (lost := lost_birthdays(request.scope)) else "",
        "channels": [*CHANNELS.items()],
        "colleagues": actions.colleagues(request.scope) if request.scope.may("members.edit") else [],
        "may_edit": request.scope.may("members.edit"),
        "may_pass": request.scope.may("settings.edit"),
        "form": form,
        **_typed(request, form),
        "nothing_yet": NONE_YET if not listing.chips else "",
    }
    return answer(request, "calendar", context, part="_calendar_list", status=400 if form.errors else 200)


def _typed(request: Ask, form: Form) -> dict[str, Any]:
    """What is shown again of a refused decision: the one that was `opened` with its words, or those `ticked`; and errors of no field."""
    alone = "summary" in form.given
    fields = ("channel", "summary", "passing") if alone else ("until", "reason", "keeper")
    return {
        "opened": form.text("occasion") if alone else "",
        "ticked": [] if alone else request.POST.getlist("occasion"),
        "others": [text for name, text in form.errors.items() if name not in fields],
    }


def _filters(request: Ask) -> list[Filter]:
    given, scope = request.GET, request.scope
    units = [(each.public_id, f"{'　' * each.depth}{each.name}") for each in units_in(scope, "members.view")]
    places = list(communities_where(scope, "members.view").order_by("name", "id").values_list("public_id", "name"))
    found = (
        Filter("span", Words("时间", "When"), [*SPANS.items()], given.get("span", ""), SPANS["week"]),
        Filter("kind", Words("日子", "Occasion"), [(each.key, each.title) for each in kinds().values()], given.get("kind", "")),
        Filter("state", Words("状态", "State"), [*STATES.items()], given.get("state", ""), STATES["open"]),
        Filter("unit", Words("组织单位", "Unit"), units, given.get("unit", "")),
        Filter("community", Words("社群", "Community"), places, given.get("community", "")),
        Filter("own", Words("谁负责", "Whose"), [("yes", Words("我的", "My own"))], given.get("own", "")),
    )  # fmt: skip
    return [each for each in found if len(each.options) > 1 or each.name == "own" or each.chosen]


def _wanted(request: Ask, today: date) -> Wanted:
    given = request.GET
    units = {each.public_id: each for each in units_in(request.scope, "members.view")}
    first, last = _days(given.get("span", ""), _day(given.get("day", "")), _month(request, today), today)
    return Wanted(
        today=today,
        text=given.get("q", "").strip(),
        kind=given.get("kind", ""),
        state=given.get("state", "") if given.get("state", "") in STATES else "open",
        first=first,
        last=last,
        unit=units.get(given.get("unit", "")),
        community=given.get("community", ""),
        own=bool(given.get("own")),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _days(span: str, chosen: date | None, month: date, today: date) -> tuple[date | None, date | None]:
    if chosen is not None:
        return chosen, chosen
    if span == "today":
        return None, today
    if span == "month":
        return month, (month + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return (None, None) if span == "all" else (None, today + timedelta(days=6))


def _month(request: Ask, today: date) -> date:
    """The first day of the month asked for, this month's where it is none or so far away that a month has no neighbours."""
    found = _day(f"{request.GET.get('month', '')}-01")
    return found if found and 1900 <= found.year <= 9998 else today.replace(day=1)


@dataclass(frozen=True)
class Cell:
    """One day of the month, with how many occasions are due."""

    day: date
    count: int
    address: str
    inside: bool
    today: bool


def _weeks(request: Ask, wanted: Wanted, month: date, today: date) -> list[list[Cell]]:
    weeks = Calendar().monthdatescalendar(month.year, month.month)
    whole = Wanted(**{**vars_of(wanted), "first": weeks[0][0], "last": weeks[-1][-1]})
    counts = by_day(wanted_occasions(request.scope, whole))
    given = request.GET.copy()
    for name in ("page", "export", "span", "day"):
        given.pop(name, None)
    return [
        [
            Cell(
                each, counts.get(each, 0), f"?{given.urlencode()}&day={each}", each.month == month.month, each == today
            )
            for each in week
        ]
        for week in weeks
    ]


def vars_of(wanted: Wanted) -> dict[str, Any]:
    """The fields of what is wanted."""
    return {name: getattr(wanted, name) for name in wanted.__dataclass_fields__}


def _dress(request: Ask, rows: Sequence[Any]) -> None:
    """Puts on the rows whether the cap allows it, how to reach them, and what to say."""
    dress(request.scope, rows, timezone.now())
    for row in rows:
        row.what, row.why = told(row)
        row.state_title = STATES[row.state]


def _share(request: Ask, wanted: Wanted, since: Any) -> str:
    found = mix(request.scope, since=since, unit=wanted.unit)
    text = str(SHARE.fill(light=found.light, selling=found.selling))
    total = found.light + found.selling
    return f"{text}{SHARE_OF.fill(share=100 * found.selling / total)}" if total else text


def _decided(request: Ask, form: Form) -> bool:
    """Does what was asked with each ticked occasion; False where all were refused, which the form then tells."""
    ids = list(dict.fromkeys(request.POST.getlist("occasion")))
    if not 1 <= len(ids) <= MOST_AT_ONCE:
        form.errors["occasion"] = str(TOO_MANY.fill(most=MOST_AT_ONCE) if ids else NOBODY)
        return False
    wrong: list[DomainError] = []
    for public_id in ids:
        try:
            _decide(request, form, find_occasion(request.scope, public_id), alone=len(ids) == 1)
        except DomainError as error:
            wrong.append(error)
    if len(wrong) == len(ids):
        for each in wrong:
            form.refuse(each, str(each.data.get("field", "occasion")))
        return False
    messages.success(request, str(DECIDED.fill(n=len(ids) - len(wrong))))
    if wrong:
        why = "；".join(dict.fromkeys(str(each) for each in wrong))
        messages.warning(request, str(REFUSED.fill(n=len(wrong), why=why)))
    return True


def _decide(request: Ask, form: Form, row: Occasion, *, alone: bool) -> None:
    by, now, does = request.scope, timezone.now(), form.text("do")
    if does == "done":
        actions.mark_done(by=by, occasion=row, said=_said(request, form, row, alone=alone), now=now)
    elif does == "later":
        until = typed_day(form, "until") or local_day(now)
        actions.put_off(by=by, occasion=row, until=until, now=now)
    elif does == "leave_out":
        actions.leave_out(by=by, occasion=row, reason=form.text("reason"), now=now)
    elif does == "hand":
        actions.hand_over(by=by, occasion=row, keeper=form.text("keeper"), now=now)
    elif does == "undo":
        actions.undo(by=by, occasion=row, now=now)
    else:
        raise DomainError("unknown_act", UNKNOWN_ACT)


def _said(request: Ask, form: Form, row: Any, *, alone: bool) -> actions.Said:
    """What was typed for one; for several at once each person's own channel and words."""
    if alone and "summary" in form.given:
        return actions.Said(
            form.text("channel"), form.text("summary"), bool(form.text("selling")), form.text("passing")
        )
    dress(request.scope, [row], timezone.now())
    return actions.Said(row.way.channel, row.words)
