"""The arithmetic of the contact cap, and the numbers that it may be set to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.members.contact_caps import caps_in_force, change_caps
from qunyu.members.rules.contacting import Cap, free_at, is_beyond, quiet_until
from qunyu.people.actions import add_unit
from qunyu.people.models import Unit, UnitSetting
from qunyu.people.queries import root_unit
from tests.deployment_fixtures import NOW

TWO_A_WEEK = Cap(2, 7)


def ago(*days: float) -> list[datetime]:
    return [NOW - timedelta(days=each) for each in days]


@pytest.mark.parametrize(
    ("times", "cap", "days_from_now"),
    [
        ((), TWO_A_WEEK, 0), ((1,), TWO_A_WEEK, 0), ((8, 9), TWO_A_WEEK, 0), ((1, 7), TWO_A_WEEK, 0),
        ((1, 3), TWO_A_WEEK, 4), ((1, 2, 3), TWO_A_WEEK, 5), ((0, 0, 0), TWO_A_WEEK, 7), ((), Cap(0, 7), None),
        # Noted ahead of the clock: it counts already.
        ((-1, 2), TWO_A_WEEK, 5),
    ],
)  # fmt: skip
def test_from_when_one_more_fits(times: tuple[float, ...], cap: Cap, days_from_now: float | None) -> None:
    expected = None if days_from_now is None else NOW + timedelta(days=days_from_now)
    assert free_at(ago(*times), cap, NOW) == expected


@pytest.mark.parametrize(
    ("times", "at", "beyond"),
    [
        ((), 0, False), ((1,), 0, False), ((1, 2), 0, True), ((1, 7), 0, False),
        # One in the past is beyond by those after it, too; two on either side of it need not be.
        ((1, 2), 3, True), ((1, 12), 6.5, False), ((1, 6), 3, True),
    ],
)  # fmt: skip
def test_what_was_beyond_the_cap(times: tuple[float, ...], at: float, beyond: bool) -> None:
    assert is_beyond(ago(*times), ago(at)[0], TWO_A_WEEK) is beyond


@pytest.mark.parametrize(
    ("hour", "first", "last", "ends"),
    [
        (20, 21, 9, None), (21, 21, 9, (21, 9)), (3, 21, 9, (20, 9)), (9, 21, 9, None),
        (12, 12, 14, (20, 14)), (14, 12, 14, None), (3, 9, 9, None),
    ],
)  # fmt: skip
def test_hours_of_rest(hour: int, first: int, last: int, ends: tuple[int, int] | None) -> None:
    found = quiet_until(datetime(2026, 3, 20, hour, 30, tzinfo=UTC), first, last)
    assert found == (None if ends is None else datetime(2026, 3, ends[0], ends[1], tzinfo=UTC))


@pytest.mark.parametrize(
    ("at_top", "changes", "field"),
    [
        (True, {"contact.days": 0}, "contact.days"), (True, {"contact.most": 1.5}, "contact.most"),
        (True, {"contact.days": 31}, "contact.days"), (True, {"contact.most": 2, "contact.selling_most": 3}, "contact.selling_most"),
        (True, {"contact.selling_days": 6}, "contact.selling_days"), (True, {"contact.often": 1}, "contact.often"),
        (False, {"contact.most": 3}, "contact.most"), (False, {"contact.days": 7}, "contact.days"),
        (False, {"contact.selling_most": 2}, "contact.selling_most"), (True, {"contact.quiet_from": 24}, "contact.quiet_from"),
    ],
)  # fmt: skip
def test_caps_that_make_no_sense(
    system: Scope, unit: Unit, at_top: bool, changes: dict[str, float], field: str
) -> None:
    with pytest.raises(DomainError) as raised:
        change_caps(by=system, unit=root_unit() if at_top else unit, changes=changes, now=NOW)
    assert raised.value.code in ("bad_contact_cap", "unknown_contact_cap")
    assert raised.value.data["field"] == field
    assert not UnitSetting.objects.exists()


def test_of_many_units_the_strictest_holds_and_none_is_looser_than_the_top(
    system: Scope, unit: Unit, other_unit: Unit
) -> None:
    assert caps_in_force().stricter == set()
    change_caps(by=system, unit=root_unit(), changes={"contact.most": 5, "contact.selling_most": 3}, now=NOW)
    change_caps(by=system, unit=unit, changes={"contact.most": 4}, now=NOW)
    change_caps(by=system, unit=other_unit, changes={"contact.selling_most": 0}, now=NOW)
    team = add_unit(by=system, parent=unit, name="一组", now=NOW)
    found = caps_in_force()
    assert found.stricter == {unit.pk, team.pk, other_unit.pk}
    assert [found.of(each).all.most for each in ((), [unit.pk], [team.pk], [team.pk, other_unit.pk])] == [5, 4, 4, 4]
    assert [found.of(each).selling.most for each in ((), [team.pk], [team.pk, other_unit.pk])] == [3, 3, 0]
    # The top grew stricter since: what a unit set before is no way around it.
    change_caps(by=system, unit=root_unit(), changes={"contact.most": 1, "contact.selling_most": 1}, now=NOW)
    assert caps_in_force().of([team.pk]).all.most == 1
    assert caps_in_force().of([team.pk]).selling.most == 1
