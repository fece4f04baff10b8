"""Work: what operators note down by hand, their own and, where effort may be seen, that of others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from qunyu.communities.duties import local_day
from qunyu.communities.duty_queries import find_operator, operators
from qunyu.communities.queries import communities, find_community
from qunyu.communities.work import (
    BAD_MINUTES,
    MOST_MINUTES,
    Work,
    add_work,
    change_work,
    find_work,
    remove_work,
    work_entries,
)
from qunyu.communities.work_kinds import WORK_KINDS
from qunyu.console.asking import Ask, answer
from qunyu.console.forms import Form
from qunyu.console.given_files import taken_over
from qunyu.console.lists import Column, Filter, Listing, chips
from qunyu.console.templatetags.showing import day, whole
from qunyu.flows.work_table import TITLES, take_work
from qunyu.kernel.errors import DomainError
from qunyu.kernel.periods import day_of
from qunyu.kernel.words import Words
from qunyu.people.operators import manages

if TYPE_CHECKING:
    from qunyu.communities.models import Community, WorkEntry
    from qunyu.people.models import Staff

ADDED, CHANGED, REMOVED = Words("已记录", "Noted"), Words("已修改", "Changed"), Words("已删除", "Removed")
NONE_YET = Words("还没有工时记录；在上面记第一条", "Nothing is noted yet; note the first entry above")
ROLES = [("mine", Words("只看我的", "Mine only"))]

# The titles are those that the import knows.
COLUMNS = (
    Column[Any]("day", Words("日期", "Day"), lambda row: day(row.day), lambda row: row.day, "day", fixed=True),
    Column[Any]("account", Words("账号", "Account"), lambda row: row.staff.username, sort="staff__username", optional=True, filed=True),
    Column[Any]("name", Words("运营人员", "Operator"), lambda row: row.staff.name, sort="staff__name"),
    Column[Any]("minutes", Words("分钟", "Minutes"), lambda row: whole(row.minutes), lambda row: row.minutes, "minutes", number=True),
    Column[Any]("kind", Words("工作", "Work"), lambda row: WORK_KINDS[row.kind].title, sort="kind"),
    Column[Any]("community", Words("社群", "Community"), lambda row: row.community.name if row.community else "–",
                lambda row: row.community.name if row.community else "", "community__name"),
    Column[Any]("note", Words("备注", "Note"), lambda row: row.note or "–", lambda row: row.note),
)  # fmt: skip


def show_work(request: Ask) -> HttpResponseBase:
    """The quick form with the list below it; posted it keeps an entry."""
    form = Form.of(request, day=local_day(timezone.now()).isoformat())
    if request.method == "POST" and form.required("day", "minutes", "kind") and _kept(request, form, None):
        messages.success(request, str(ADDED))
        return redirect("console:work")
    return _page(request, form, [])


def import_work(request: Ask) -> HttpResponseBase:
    """Takes a table of entries over."""
    form = Form.of(request)
    lines = taken_over(request, form, take_work)
    return _page(request, form, lines) if form.errors else redirect("console:work")


def edit_work(request: Ask, public_id: str) -> HttpResponse:
    """One entry in a form; posted it is written anew, or removed."""
    entry = find_work(request.scope, public_id)
    if "remove" in request.POST:
        remove_work(by=request.scope, entry=entry, now=timezone.now())
        messages.success(request, str(REMOVED))
        return redirect("console:work")
    form = Form.of(request, **_present(entry))
    if request.method == "POST" and form.required("day", "minutes", "kind") and _kept(request, form, entry):
        messages.success(request, str(CHANGED))
        return redirect("console:work")
    may = entry.staff_id == request.user.pk or manages(request.scope, entry.staff)
    context = {"entry": entry, "may_edit": may, **_choices(request, form)}
    return answer(request, "work_entry", context, status=400 if form.errors else 200)


def _present(entry: WorkEntry) -> dict[str, str]:
    place = entry.community.public_id if entry.community else ""
    return {
        "day": entry.day.isoformat(),
        "minutes": str(entry.minutes),
        "kind": entry.kind,
        "community": place,
        "note": entry.note,
    }


def _kept(request: Ask, form: Form, entry: WorkEntry | None) -> bool:
    """Writes what the form says; whether it could be written."""
    scope, now = request.scope, timezone.now()
    try:
        work = _work(request, form)
        if entry is not None:
            change_work(by=scope, entry=entry, work=work, now=now)
        else:
            add_work(by=scope, staff=_whose(request, form), work=work, now=now)
    except DomainError as error:
        form.refuse(error, "day" if error.code == "bad_day" else str(error.data.get("field", "")))
    return not form.errors


def _whose(request: Ask, form: Form) -> Staff:
    chosen = form.text("staff")
    return find_operator(request.scope, chosen) if chosen else cast("Staff", request.user)


def _work(request: Ask, form: Form) -> Work:
    minutes = form.text("minutes")
    if not minutes.isdecimal() or len(minutes) > len(str(MOST_MINUTES)):
        raise DomainError("bad_minutes", BAD_MINUTES.fill(most=MOST_MINUTES), field="minutes")
    place: Community | None = find_community(request.scope, form.text("community")) if form.text("community") else None
    return Work(day_of(form.text("day")), int(minutes), form.text("kind"), place, form.text("note"))


def _choices(request: Ask, form: Form) -> dict[str, Any]:
    places = communities(request.scope).order_by("name", "id").values_list("public_id", "name")
    return {"form": form, "kinds": WORK_KINDS.values(), "places": list(places), "most": MOST_MINUTES}


def _page(request: Ask, form: Form, lines: list[Words]) -> HttpResponseBase:
    who = Filter("who", Words("谁的", "Whose"), ROLES, request.GET.get("who", ""))
    kind = Filter(
        "kind",
        Words("工作", "Work"),
        [(each.key, each.title) for each in WORK_KINDS.values()],
        request.GET.get("kind", ""),
    )
    filters = [who, kind] if request.scope.may("effort.view") else [kind]
    search = request.GET.get("q", "").strip()
    listing = Listing[Any](COLUMNS, request.GET, "-day", _link, chips=chips(request.GET, filters))
    rows = listing.ordered(_narrowed(request, search))
    file = listing.export(rows, "work")
    if file is not None:
        return file
    context = {
        "listing": listing.put(rows),
        "filters": filters,
        "search": search,
        "lines": lines,
        "columns": TITLES.values(),
        "staff": list(operators(request.scope))
        if request.scope.may("staff.manage") and request.scope.may("effort.view")
        else [],
        "me": request.user,
        "nothing_yet": "" if listing.chips or (listing.page and listing.page.object_list) else NONE_YET,
        **_choices(request, form),
    }
    return answer(request, "work", context, part="_list", status=400 if form.errors else 200)


def _narrowed(request: Ask, search: str) -> Any:
    rows, given = work_entries(request.scope), request.GET
    if given.get("who") == "mine":
        rows = rows.filter(staff=request.user.pk)
    if given.get("kind"):
        rows = rows.filter(kind=given["kind"])
    if search:
        rows = rows.filter(
            Q(staff__name__icontains=search) | Q(note__icontains=search) | Q(community__name__icontains=search)
        )
    return rows


def _link(row: WorkEntry) -> str:
    return reverse("console:work_entry", args=[row.public_id])
