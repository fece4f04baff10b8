"""One operator: duties, persons of the chats, effort and busywork on some days."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from qunyu.communities.duties import DUTY_KINDS, give_duty, hand_over
from qunyu.communities.duty_queries import duties, effort_scope, find_operator
from qunyu.communities.queries import find_community
from qunyu.communities.work import noted
from qunyu.communities.work_kinds import WORK_KINDS
from qunyu.console.asking import Ask, answer
from qunyu.console.effort_chart import effort_chart
from qunyu.console.forms import Form
from qunyu.console.lists import Column, Listing
from qunyu.console.pages.duties import GIVEN, places_to_run
from qunyu.console.pages.effort import COMMUNITY, DONE, DUTY, EXPLAINED, RESULTS, Line, days_of, line_of
from qunyu.console.pages.load import state_text
from qunyu.flows.effort import Efforts, efforts
from qunyu.flows.load import Load, loads
from qunyu.flows.place import lake
from qunyu.insights.busywork import BASIS, Repeated, repeated_texts
from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words
from qunyu.members.queries import find_person
from qunyu.members.staff_links import chat_people, link, links, suggested, unlink
from qunyu.people.operators import accounts, manages
from qunyu.people.queries import acting_account, grants_of
from qunyu.reports.show import number

if TYPE_CHECKING:
    from qunyu.people.models import Staff

HANDED = Words("已交接 {n} 项职责", "{n} duties were handed over")
TABLES: tuple[tuple[Words, tuple[Column[Line], ...]], ...] = (
    (Words("做了什么", "What was done"), (COMMUNITY, DUTY, *DONE)),
    (Words("社群的结果", "What came of the communities"), (COMMUNITY, *RESULTS)),
)
LINKED, UNLINKED = Words("已关联", "Linked"), Words("已取消关联", "The link is undone")


def show_operator(request: Ask, public_id: str) -> HttpResponse:
    """The page; its part is what was done on the days asked for."""
    staff = find_operator(request.scope, public_id)
    if request.htmx and not request.htmx.history_restore_request:
        return answer(request, "_operator_effort", _effort(request, staff))
    return _page(request, staff, Form({}), "")


def _page(request: Ask, staff: Staff, form: Form, open_form: str) -> HttpResponse:
    scope, search = request.scope, request.GET.get("find", "").strip()
    narrow, may_link = effort_scope(scope, staff), scope.may("members.view") and manages(scope, staff)
    found = list(duties(narrow).filter(staff=staff).order_by("community__name", "kind", "-since"))
    context: dict[str, Any] = {
        "staff": staff,
        "grants": grants_of(staff) if scope.everything or manages(scope, staff) else [],
        "running": [
            (each, DUTY_KINDS[each.kind], scope.may("communities.edit", each.community.unit_id))
            for each in found
            if not each.until
        ],
        "ended": [(each, DUTY_KINDS[each.kind]) for each in found if each.until],
        "may_edit": scope.may("communities.edit"),
        "places": places_to_run(request) if scope.may("communities.edit") else [],
        "others": _others(request, staff),
        "kinds": DUTY_KINDS.items(),
        "people": chat_people(scope, staff) if scope.may("members.view") else None,
        "may_link": may_link,
        "suggested": suggested(scope, staff, search) if may_link else [],
        "find": search,
        "mine": staff.pk == acting_account(scope.actor),
        "form": form,
        "open_form": open_form,
        "load": _load(request, staff),
        **_effort(request, staff),
    }
    return answer(request, "operator", context, status=400 if form.errors else 200)


def _load(request: Ask, staff: Staff) -> tuple[Load, Words] | None:
    """What the operator carries, and how that is beside the limits; None where effort may not be seen."""
    if not request.scope.may("effort.view"):
        return None
    found = next((each for each in loads(request.scope, timezone.now()).rows if each.staff.pk == staff.pk), None)
    return (found, state_text(found)) if found else None


def _others(request: Ask, staff: Staff) -> list[Staff]:
    """Who may take duties over: open accounts with a role where `scope` edits communities or above them."""
    if not request.scope.may("communities.edit"):
        return []
    units = None if request.scope.everything else request.scope.units("communities.edit")
    return [each for each in accounts(at=units).filter(is_active=True) if each.pk != staff.pk]


def _other(request: Ask, staff: Staff, public_id: str) -> Staff:
    found = next((each for each in _others(request, staff) if each.public_id == public_id), None)
    if found is None:
        raise DomainError("unknown_staff", Words("没有这个账号", "there is no such account"), field="to")
    return found


def _effort(request: Ask, staff: Staff) -> dict[str, Any]:
    days = days_of(request.GET)
    found = efforts(request.scope, days.first, days.last, staff)
    lines = [line_of(row) for row in found.rows]
    listing = Listing[Line](tuple(each for each in DONE if each.key == "minutes"), request.GET, "-minutes")
    rows = listing.arranged(lines)
    busy = found.busy.of.get(staff.pk) if found.busy else None
    told = found.busy.days.get(staff.pk, {}) if found.busy else {}
    chart = effort_chart(told, days.first, min(days.last, found.as_of or days.last))
    return {
        "operator": staff,
        "days": days,
        "found": found,
        "is_linked": staff.pk in found.linked,
        "is_measured": any(row.doing is not None for row in found.rows),
        "minutes": found.minutes.get(staff.pk, 0.0),
        "busy": busy,
        "tables": [_table(title, columns, rows) for title, columns in TABLES],
        "charts": [chart] if chart else [],
        "wide": True,
        "noted": _noted(request, staff, found),
        "texts": _texts(request, staff, found),
        "sentences": (*EXPLAINED, BASIS),
        "as_of": found.as_of,
    }


def _table(title: Words, columns: Sequence[Column[Line]], rows: Sequence[Line]) -> dict[str, Any]:
    """A table by community: of work for none there are no results."""
    shown = [line for line in rows if line.row.community or columns[-1] is not RESULTS[-1]]
    cells = [(line.row.community, [(column, column.show(line)) for column in columns]) for line in shown]
    return {"title": title, "heads": columns, "rows": cells}


def _noted(request: Ask, staff: Staff, found: Efforts) -> list[dict[str, object]]:
    """What was noted down by kind, with what a machine can do instead."""
    narrow = effort_scope(request.scope, staff)
    sums: dict[str, int] = {}
    for (_, _, kind), each in noted(narrow, found.first, found.last, [staff.pk]).items():
        sums[kind] = sums.get(kind, 0) + each.minutes
    return [
        {"title": WORK_KINDS[kind].title, "minutes": number(minutes), "machine": WORK_KINDS[kind].machine}
        for kind, minutes in sorted(sums.items(), key=lambda each: -each[1])
    ]


def _texts(request: Ask, staff: Staff, found: Efforts) -> tuple[Repeated, ...] | None:
    """The repeated texts; None where no members may be seen."""
    narrow = effort_scope(request.scope, staff)
    if not narrow.may("members.view"):
        return None
    return repeated_texts(lake(), narrow, found.first, found.last, links([staff.pk]))


def give(request: Ask, public_id: str) -> HttpResponse:
    """Gives the operator a duty."""
    staff = find_operator(request.scope, public_id)
    request.scope.require("communities.edit")
    form = Form.of(request)
    if form.required("community", "kind"):
        try:
            place = find_community(request.scope, form.text("community"))
            give_duty(by=request.scope, community=place, staff=staff, kind=form.text("kind"), now=timezone.now())
        except DomainError as error:
            form.refuse(error, str(error.data.get("field", "community")))
        else:
            messages.success(request, str(GIVEN))
    return _page(request, staff, form, "give") if form.errors else redirect("console:operator", public_id)


def hand(request: Ask, public_id: str) -> HttpResponse:
    """Hands every duty of the operator over to somebody else."""
    staff = find_operator(request.scope, public_id)
    request.scope.require("communities.edit")
    form = Form.of(request)
    if form.required("to"):
        try:
            to = _other(request, staff, form.text("to"))
            count = hand_over(by=request.scope, staff=staff, to=to, now=timezone.now())
        except DomainError as error:
            form.refuse(error, "to")
        else:
            messages.success(request, str(HANDED.fill(n=count)))
    return _page(request, staff, form, "hand") if form.errors else redirect("console:operator", public_id)


def link_person(request: Ask, public_id: str) -> HttpResponse:
    """Says that a person of the chats is this operator."""
    request.scope.require("staff.manage")
    request.scope.require("members.view")
    staff = find_operator(request.scope, public_id)
    form = Form.of(request)
    try:
        member = find_person(request.scope, form.text("member"))
        link(by=request.scope, member=member, staff=staff, now=timezone.now())
    except DomainError as error:
        form.refuse(error)
        return _page(request, staff, form, "link")
    messages.success(request, str(LINKED))
    return redirect("console:operator", public_id)


def unlink_person(request: Ask, public_id: str, member: str) -> HttpResponse:
    """Takes that back."""
    staff = find_operator(request.scope, public_id)
    unlink(by=request.scope, member=find_person(request.scope, member), staff=staff, now=timezone.now())
    messages.success(request, str(UNLINKED))
    return redirect("console:operator", public_id)
