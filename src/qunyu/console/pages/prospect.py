"""One prospect: why they stand on the list, the words to open with, and what was done about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from qunyu.communities.duties import local_day
from qunyu.console.asking import Ask, answer
from qunyu.console.forms import Form
from qunyu.console.inputs import day
from qunyu.console.pages.prospects import chance_text, rate_text
from qunyu.insights.signal import signals
from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words
from qunyu.members.contacting import CHANNELS, may_pass
from qunyu.members.merging import editable
from qunyu.members.queries import find_person
from qunyu.prospects.actions import OUTCOMES, Told, leave_alone, note_attempt, put_back
from qunyu.prospects.openings import spoken
from qunyu.prospects.queries import STATES, attempts, find_list, find_prospect, holds_of, reasons_of, state_of
from qunyu.prospects.reaching import why_not

if TYPE_CHECKING:
    from qunyu.members.models import Member
    from qunyu.people.models import Unit

KEPT = Words("已记录这次联系", "The contact is kept")
HELD, BACK = Words("已移出名单", "Taken off the list"), Words("已放回名单", "Put back on the list")
SHOWN = 10


def show_prospect(request: Ask, unit_id: str, public_id: str) -> HttpResponse:
    """The page; posted, what was done."""
    unit, run = find_list(request.scope, unit_id)
    member = find_person(request.scope, public_id)
    now = timezone.now()
    row = find_prospect(request.scope, run, member, now) if run else None
    words = spoken(unit, row.reason, member.name) if row else ""
    form = Form.of(request, summary=words)
    if request.method == "POST":
        try:
            messages.success(request, str(_did(request, unit, member, form)))
            return redirect("console:prospect", unit_id, public_id)
        except DomainError as error:
            form.refuse(error, str(error.data.get("field", "")))
    context: dict[str, Any] = {
        "unit": unit,
        "member": member,
        "row": row,
        "words": words,
        "form": form,
        **_against(request, unit, member),
        "holds": holds_of(request.scope, unit, member, local_day(now)),
        "channels": CHANNELS.items(),
        "outcomes": OUTCOMES.items(),
        "tried": [_tried(each) for each in attempts(request.scope, unit, member)[:SHOWN]],
        "may_edit": request.scope.may("members.edit", unit.pk)
        and editable(request.scope).filter(member=member).exists(),
    }
    if run and row:
        context["state"] = STATES[state_of(run, row, now)]
        context["chance"] = chance_text(row)
        context["reasons"] = [(each, rate_text(each.having), rate_text(each.others)) for each in reasons_of(run, row)]
        context["within"] = Words("{n} 天内下单的可能性", "Chance of an order within {n} days").fill(n=run.horizon)
    return answer(request, "prospect", context, status=400 if form.errors else 200)


def _against(request: Ask, unit: Unit, member: Member) -> dict[str, Any]:
    """Why they are not to be written to, and whether whoever asks may all the same."""
    found = why_not(unit, member.pk, timezone.now())
    may = request.scope.may("settings.edit") and may_pass(request.scope, member)
    return {"against": found, "passable": bool(found) and may and all(each.passable for each in found)}


def _tried(each: Any) -> tuple[Any, object, Words]:
    title = signals()[each.reason].title if each.reason in signals() else "–"
    return each, title, OUTCOMES[each.outcome]


def _did(request: Ask, unit: Unit, member: Member, form: Form) -> Words:
    did, now = form.text("did"), timezone.now()
    if did == "put_back":
        put_back(by=request.scope, unit=unit, member=member, now=now)
        return BACK
    if did in ("until", "never"):
        until = None if did == "never" else day(form, "until")
        if did == "until" and until is None:
            raise DomainError("bad_hold", Words("请选择日期", "choose a day"), field="until")
        leave_alone(by=request.scope, unit=unit, member=member, until=until, why=form.text("why"), now=now)
        return HELD
    told = Told(form.text("channel"), form.text("summary"), form.text("outcome"), form.text("passing"))
    note_attempt(by=request.scope, unit=unit, member=member, told=told, now=now)
    return KEPT
