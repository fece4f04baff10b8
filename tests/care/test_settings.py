"""What units look for, and by which numbers: inherited downwards, different from unit to unit, and changed while something was found."""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from qunyu.care.actions import leave_out
from qunyu.care.finding import find_occasions
from qunyu.care.kind import kinds
from qunyu.care.models import Occasion
from qunyu.care.settings import care_settings, change_care
from qunyu.kernel.errors import DomainError
from qunyu.kernel.models import AuditEntry
from qunyu.kernel.scope import Denied, Scope
from qunyu.members.models import Member, Membership
from qunyu.people.actions import add_unit
from qunyu.people.models import Unit, UnitSetting
from qunyu.people.queries import root_unit, scope_of
from qunyu.satisfaction.models import Complaint, Opinion
from tests.care.conftest import born, bought
from tests.deployment_fixtures import NOW, AddStaff
from tests.members.conftest import Person, Place

TODAY, DAY = date(2026, 3, 20), timedelta(days=1)
pytestmark = pytest.mark.usefixtures("asked")


def sets(system: Scope, unit: Unit, **changes: float | None) -> bool:
    told = {f"care.{name.replace('__', '.')}": value for name, value in changes.items()}
    return change_care(by=system, unit=unit, changes=told, now=NOW)


def found(kind: str, minutes: int = 0) -> list[tuple[str, int]]:
    """Name and days from today."""
    find_occasions(now=NOW + timedelta(minutes=minutes))
    rows = Occasion.objects.filter(kind=kind).order_by("day", "member__name").values_list("member__name", "day")
    return [(name, (day - TODAY).days) for name, day in rows]


def test_each_unit_goes_by_its_own_days_or_those_above(
    system: Scope, mei: Member, person: Person, unit: Unit, other_unit: Unit
) -> None:
    team, tom, lin = add_unit(by=system, parent=other_unit, name="一组", now=NOW), person("Tom"), person("Lin")
    for member, place in ((mei, unit), (tom, other_unit), (lin, team)):
        bought(member, place, NOW - 5 * DAY)
    assert found("after_purchase") == [("Lin", 2), ("Mei", 2), ("Tom", 2)]
    sets(system, other_unit, after_purchase__days=14)
    assert found("after_purchase", 1) == [("Mei", 2), ("Lin", 9), ("Tom", 9)]
    sets(system, root_unit(), after_purchase__days=6)
    sets(system, team, after_purchase__days=20)
    assert found("after_purchase", 2) == [("Mei", 1), ("Tom", 9), ("Lin", 15)]
    sets(system, other_unit, after_purchase__days=None)
    assert found("after_purchase", 3) == [("Mei", 1), ("Tom", 1), ("Lin", 15)]
    (row,) = Occasion.objects.filter(kind="after_purchase", member=lin)
    assert str(kinds()["after_purchase"].why(row.evidence)) == "下单满 20 天"


def test_silence_is_as_long_as_the_communitys_unit_says(
    system: Scope, mei: Member, person: Person, place: Place, unit: Unit, other_unit: Unit
) -> None:
    far = place("far", other_unit)
    tom, loud = person("Tom", far), person("Loud", far, mei.identities.get().memberships.get().community)
    Membership.objects.filter(identity__member__in=(mei, tom)).update(last_at=NOW - 41 * DAY, messages=9)
    assert found("silent") == []
    sets(system, other_unit, silent__days=40)
    assert found("silent", 1) == [("Tom", -1)]
    sets(system, unit, silent__days=41, silent__spoken=9)
    assert found("silent", 2) == [("Tom", -1), ("Mei", 0)]
    sets(system, unit, silent__spoken=10)
    assert found("silent", 3) == [("Tom", -1)]
    assert not loud.occasions.exists()


def test_the_number_of_queries_grows_with_numbers_not_with_people(
    system: Scope, person: Person, place: Place, unit: Unit, other_unit: Unit
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            find_occasions(now=NOW)
        return len(captured)

    def quiet(name: str, *places: Any) -> None:
        member = person(name, *places)
        born(system, member, "1990-03-25")
        bought(member, unit, NOW - 5 * DAY)
        Membership.objects.filter(identity__member=member).update(last_at=NOW - 31 * DAY, messages=9)

    here, far = place("here", unit), place("far", other_unit)
    person("Loud", here, far)
    sets(system, other_unit, silent__days=31, settled__days=9, birthday__on=0)
    quiet("first", here, far)
    queries()
    few = queries()
    for number in range(20):
        quiet(f"member {number}", here, far)
    queries()
    assert queries() == few
    assert Occasion.objects.count() == 21 * 4


def test_a_kind_is_switched_off_for_a_unit(
    system: Scope, mei: Member, person: Person, place: Place, unit: Unit, other_unit: Unit
) -> None:
    far = place("far", other_unit)
    person("Tom", far)
    lin = person("Lin", far)
    Membership.objects.update(joined_at=NOW - 365 * DAY + 3 * DAY)
    for member in (mei, lin):
        born(system, member, "1990-03-25")
    assert (found("joined"), found("birthday")) == ([("Lin", 3), ("Mei", 3), ("Tom", 3)], [("Lin", 5), ("Mei", 5)])
    sets(system, other_unit, joined__on=0, birthday__on=0)
    assert (found("joined", 1), found("birthday", 1)) == ([("Mei", 3)], [("Mei", 5)])
    # Somebody of several units is greeted while one of them looks for it; somebody of none goes by the top of the tree.
    identity = mei.identities.get()
    Membership.objects.create(identity=identity, community=far, first_at=NOW, last_at=NOW)
    born(system, person("Nowhere"), "1990-03-26")
    assert found("birthday", 2) == [("Mei", 5), ("Nowhere", 6)]
    sets(system, root_unit(), birthday__on=0)
    assert found("birthday", 3) == []
    sets(system, unit, birthday__on=1)
    assert found("birthday", 4) == [("Mei", 5)]
    # What was decided stays, switched off or not.
    leave_out(by=system, occasion=Occasion.objects.get(kind="birthday"), reason="在外地", now=NOW)
    sets(system, unit, birthday__on=0)
    assert found("birthday", 5) == [("Mei", 5)]


def test_a_complaint_of_somebody_of_several_units_is_asked_after_once(
    system: Scope, mei: Member, person: Person, place: Place, unit: Unit, other_unit: Unit
) -> None:
    far = place("far", other_unit)
    Membership.objects.create(identity=mei.identities.get(), community=far, first_at=NOW, last_at=NOW)
    for member in (mei, person("Tom", far)):
        told = {
            "act": member.name,
            "kind": "complaint",
            "score": 0,
            "at": NOW - 3 * DAY,
            "by_name": "x",
            "written_at": NOW,
        }
        complaint = Complaint.objects.create(opinion=Opinion.objects.create(member=member, **told))
        Complaint.objects.filter(pk=complaint.pk).update(state="settled", ended_at=NOW - 2 * DAY)
    sets(system, other_unit, settled__days=10)
    assert found("settled") == [("Mei", 5), ("Tom", 8)]
    sets(system, unit, settled__on=0)
    assert found("settled", 1) == [("Mei", 8), ("Tom", 8)]


def test_what_was_found_under_another_number_goes_unless_somebody_decided(
    system: Scope, mei: Member, person: Person, unit: Unit
) -> None:
    for member in (mei, person("Tom")):
        bought(member, unit, NOW - 5 * DAY)
    find_occasions(now=NOW)
    done = Occasion.objects.get(kind="after_purchase", member=mei)
    leave_out(by=system, occasion=done, reason="刚聊过", now=NOW)
    sets(system, unit, after_purchase__days=9)
    # Of what was decided nothing falls on the new day: it is the same order.
    assert found("after_purchase", 1) == [("Mei", 2), ("Tom", 4)]
    # Another order is another matter.
    bought(mei, unit, NOW - 4 * DAY)
    assert found("after_purchase", 2) == [("Mei", 2), ("Tom", 4), ("Mei", 5)]


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("care.silent.days", 6, "bad_occasion_setting"),
        ("care.silent.days", 366, "bad_occasion_setting"),
        ("care.silent.days", 30.5, "bad_occasion_setting"),
        ("care.silent.spoken", math.nan, "bad_occasion_setting"),
        ("care.birthday.on", 2, "bad_occasion_setting"),
        ("care.birthday.days", 7, "unknown_occasion_setting"),
    ],
)
def test_what_makes_no_sense_is_refused(system: Scope, unit: Unit, key: str, value: float, code: str) -> None:
    with pytest.raises(DomainError) as raised:
        change_care(by=system, unit=unit, changes={"care.settled.days": 9, key: value}, now=NOW)
    assert (raised.value.code, raised.value.data["field"]) == (code, key)
    assert not UnitSetting.objects.exists()


def test_a_change_is_kept_in_the_trail_and_has_occasions_found_anew(
    system: Scope, staff: AddStaff, unit: Unit, other_unit: Unit, asked: list[str]
) -> None:
    owner, changes = scope_of(staff("owner", "owner", unit)), {"care.silent.days": 45.0}
    with pytest.raises(Denied):
        change_care(by=owner, unit=other_unit, changes=changes, now=NOW)
    assert (asked, UnitSetting.objects.exists()) == ([], False)
    assert change_care(by=owner, unit=unit, changes=changes, now=NOW)
    assert not change_care(by=owner, unit=unit, changes=changes, now=NOW)
    assert asked == ["flows.care"]
    entry = AuditEntry.objects.get(action="unit.settings")
    assert (entry.object_id, entry.data["to"], entry.data["was"]) == (str(unit.pk), changes, {"care.silent.days": None})
    assert str(kinds()["silent"].help_with(care_settings().of(unit.pk))).startswith("说过至少 5 句话，已 45 天")


def test_every_setting_is_its_own_kinds(system: Scope, unit: Unit) -> None:
    """Whatever a kind declares: its key says whose, its default is within bounds, its help names it."""
    for kind in kinds().values():
        for each in (kind.switch, *kind.settings):
            assert each.key.startswith(f"care.{kind.key}.") and each.default is not None and each.allows(each.default)
        told = kind.help_with({each.key: 77 for each in kind.settings})
        assert (told.zh.count("77"), told.en.count("77")) == (len(kind.settings),) * 2
