"""Prospects and the gate for contacts: who may not be contacted is off the list, and what is tried is a selling contact."""

from __future__ import annotations

from datetime import timedelta

import pytest

from qunyu.kernel.errors import DomainError
from qunyu.kernel.models import AuditEntry
from qunyu.kernel.scope import Scope
from qunyu.members.contact_caps import change_caps
from qunyu.members.contacting import Touch, claim, take_back
from qunyu.members.models import Contact, Member
from qunyu.members.quiet import keep_quiet
from qunyu.people.models import Unit
from qunyu.people.queries import root_unit, scope_of
from qunyu.prospects.actions import Told, note_attempt
from qunyu.prospects.models import Attempt, ProspectRun
from qunyu.prospects.queries import Wanted, find_prospect, prospects, state_of
from qunyu.prospects.reaching import why_not
from tests.deployment_fixtures import NOW, AddStaff

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
HELLO = Told("direct", "您好", "interested")
SOLD = Touch("hand", "direct", "新茶到了", selling=True)


def ready(scope: Scope, run: ProspectRun) -> set[str]:
    return {each.member.name for each in prospects(scope, run, Wanted(), NOW)}


def test_the_quiet_list_and_the_caps_take_people_off_the_list(
    system: Scope, unit: Unit, run: ProspectRun, mei: Member
) -> None:
    lin = Member.objects.get(name="Lin")
    keep_quiet(by=system, member=mei, reason="asked", now=NOW)
    claim(by=system, member=lin, touch=SOLD, now=NOW)
    assert ready(system, run) == {"小茶"}
    waiting = prospects(system, run, Wanted(state="waiting"), NOW)
    assert {each.member.name for each in waiting} == {"Mei", "Lin"}
    row = find_prospect(system, run, lin, NOW)
    assert row is not None
    assert (state_of(run, row, NOW), state_of(run, row, NOW + 15 * DAY)) == ("waiting", "ready")
    assert [(each.code, each.possible_at) for each in why_not(unit, lin.pk, NOW)] == [("selling_cap", NOW + 14 * DAY)]
    assert [(each.code, each.possible_at) for each in why_not(unit, mei.pk, NOW)] == [("quiet", None)]


def test_quiet_hours_take_nobody_off_the_list_and_stop_the_attempt(
    system: Scope, unit: Unit, run: ProspectRun, mei: Member
) -> None:
    night = NOW.replace(hour=15)
    assert {each.member.name for each in prospects(system, run, Wanted(), night)} == {"Mei", "Lin", "小茶"}
    assert [each.code for each in why_not(unit, mei.pk, night)] == ["quiet_hours"]
    with pytest.raises(DomainError) as refused:
        note_attempt(by=system, unit=unit, member=mei, told=HELLO, now=night)
    assert (refused.value.data["reason"], Attempt.objects.count(), Contact.objects.count()) == ("quiet_hours", 0, 0)


def test_an_attempt_is_a_selling_contact_and_the_cap_holds(
    system: Scope, unit: Unit, run: ProspectRun, mei: Member, staff: AddStaff
) -> None:
    made = note_attempt(by=system, unit=unit, member=mei, told=HELLO, now=NOW)
    row = Contact.objects.get()
    assert (made.contact, row.feature, row.selling, row.standing, row.result) == (
        row, "prospect", True, "planned", "有兴趣",
    )  # fmt: skip
    with pytest.raises(DomainError) as refused:
        note_attempt(by=system, unit=unit, member=mei, told=HELLO, now=NOW + DAY)
    told = refused.value
    assert (told.code, told.data["reason"], told.data["possible_at"]) == (
        "may_not_contact",
        "selling_cap",
        NOW + 14 * DAY,
    )
    assert (Attempt.objects.count(), Contact.objects.count()) == (1, 1)
    owner = scope_of(staff("owner", "owner", unit))
    again = Told("direct", "您好", "none", passing="对方要货")
    note_attempt(by=owner, unit=unit, member=mei, told=again, now=NOW + DAY)
    assert set(Contact.objects.values_list("standing", "why")) == {("planned", ""), ("passed", "对方要货")}
    assert AuditEntry.objects.get(action="contact.pass").data["over"] == "selling_cap"


def test_who_is_quiet_cannot_be_tried_whatever_the_reason(
    system: Scope, unit: Unit, run: ProspectRun, mei: Member
) -> None:
    keep_quiet(by=system, member=mei, reason="asked", now=NOW)
    with pytest.raises(DomainError) as refused:
        note_attempt(by=system, unit=unit, member=mei, told=Told("direct", "您好", "none", passing="急"), now=NOW)
    assert (refused.value.data["reason"], Attempt.objects.count()) == ("quiet", 0)


def test_a_contact_taken_back_takes_its_attempt_along(system: Scope, unit: Unit, run: ProspectRun, mei: Member) -> None:
    note_attempt(by=system, unit=unit, member=mei, told=HELLO, now=NOW)
    take_back(by=system, contact=Contact.objects.get(), now=NOW)
    assert (Attempt.objects.count(), Contact.objects.count()) == (0, 0)


def test_a_unit_that_sells_to_nobody_has_nobody_to_write_to(system: Scope, unit: Unit, run: ProspectRun) -> None:
    change_caps(by=system, unit=root_unit(), changes={"contact.selling_most": 0}, now=NOW)
    assert ready(system, run) == set()
