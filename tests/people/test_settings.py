"""Settings: what holds where, what a change would do, and what is refused."""

from __future__ import annotations

import math

import pytest

from qunyu.kernel.errors import DomainError
from qunyu.kernel.models import AuditEntry
from qunyu.kernel.scope import Denied, Scope
from qunyu.kernel.words import Words
from qunyu.people.models import Unit, UnitSetting
from qunyu.people.queries import root_unit, scope_of
from qunyu.people.settings import Setting, Settings
from tests.deployment_fixtures import NOW, AddStaff

TITLE = Words("天数", "Days")
SHEEP = Settings(
    "sheep_setting",
    (
        Setting("sheep.days", TITLE, TITLE, 7, 1, 1_000_000, whole=True),
        Setting("sheep.price", TITLE, TITLE, None, 0.5, 9),
    ),
)


def test_a_unit_goes_by_its_own_number_or_the_nearest_above(system: Scope, unit: Unit, other_unit: Unit) -> None:
    assert SHEEP.of(unit.pk) == {"sheep.days": 7, "sheep.price": None}
    SHEEP.change(by=system, unit=root_unit(), changes={"sheep.days": 9, "sheep.price": 0.5}, now=NOW)
    SHEEP.change(by=system, unit=unit, changes={"sheep.days": 11}, now=NOW)
    # A setting of somebody else's is none of these.
    UnitSetting.objects.create(unit=unit, key="goats.days", value=3)
    assert {key: told["sheep.days"] for key, told in SHEEP.in_force().items()} == {
        root_unit().pk: 9, unit.pk: 11, other_unit.pk: 9,
    }  # fmt: skip
    assert (SHEEP.own(unit.pk), SHEEP.of(unit.pk)["sheep.price"]) == ({"sheep.days": 11}, 0.5)
    would = SHEEP.as_if(by=system, unit=unit, changes={"sheep.days": None})
    assert (would[unit.pk]["sheep.days"], SHEEP.of(unit.pk)["sheep.days"]) == (9, 11)
    assert SHEEP.change(by=system, unit=unit, changes={"sheep.days": None}, now=NOW)
    assert not SHEEP.change(by=system, unit=unit, changes={"sheep.days": None}, now=NOW)
    assert (SHEEP.own(unit.pk), SHEEP.of(unit.pk)["sheep.days"]) == ({}, 9)


@pytest.mark.parametrize(
    ("key", "value", "code", "says"),
    [
        ("sheep.days", 0, "bad_sheep_setting", "“Days” is a whole number from 1 to 1000000; empty inherits"),
        ("sheep.days", 1.5, "bad_sheep_setting", "“Days” is a whole number from 1 to 1000000; empty inherits"),
        ("sheep.days", math.nan, "bad_sheep_setting", "“Days” is a whole number from 1 to 1000000; empty inherits"),
        ("sheep.price", math.inf, "bad_sheep_setting", "“Days” is between 0.5 and 9; empty inherits"),
        (
            "goats.days",
            3,
            "unknown_sheep_setting",
            "there is no setting “goats.days”; there are: sheep.days, sheep.price",
        ),
    ],
)
def test_what_is_out_of_bounds_is_refused(
    system: Scope, unit: Unit, key: str, value: float, code: str, says: str
) -> None:
    for act in (
        lambda: SHEEP.change(by=system, unit=unit, changes={key: value}, now=NOW),
        lambda: SHEEP.as_if(by=system, unit=unit, changes={key: value}),
    ):
        with pytest.raises(DomainError) as raised:
            act()
        assert (raised.value.code, raised.value.data["field"], raised.value.message.en) == (code, key, says)
    assert not UnitSetting.objects.exists()


def test_only_who_may_change_a_units_settings_does(staff: AddStaff, unit: Unit, other_unit: Unit) -> None:
    owner = scope_of(staff("owner", "owner", unit))
    with pytest.raises(Denied):
        SHEEP.change(by=owner, unit=other_unit, changes={"sheep.days": 9}, now=NOW)
    assert not AuditEntry.objects.filter(action="unit.settings").exists()
    SHEEP.change(by=owner, unit=unit, changes={"sheep.days": 9}, now=NOW)
    assert AuditEntry.objects.get(action="unit.settings").data["to"] == {"sheep.days": 9}
