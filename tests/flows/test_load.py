"""The load of operators beside the limits that hold, and the communities nobody runs."""

from __future__ import annotations

from datetime import date

import pytest

from qunyu.communities.duties import give_duty
from qunyu.communities.models import Community
from qunyu.flows.load import Load, loads
from qunyu.flows.load_limits import LOAD_LIMITS
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Denied, Scope
from qunyu.people.models import Staff, Unit, UnitSetting
from qunyu.people.queries import root_unit, scope_of
from tests.deployment_fixtures import NOW, AddStaff, ImportFile


@pytest.fixture
def books(import_file: ImportFile, unit: Unit) -> Community:
    """A second community of 华东店: Mei (another Mei: names within communities) asks once on 10 March."""
    import_file(
        "WhatsApp Chat with Books.txt", "10/03/2026, 10:00 - Mei: Which book?\n10/03/2026, 10:01 - Ada: None\n", unit
    )
    return Community.objects.get(name="Books")


@pytest.fixture
def ann(staff: AddStaff, unit: Unit) -> Staff:
    """Owner of 华东店."""
    return staff("ann", "owner", unit)


def of(scope: Scope, username: str, **more: object) -> Load:
    return next(each for each in loads(scope, NOW, **more).rows if each.staff.username == username)  # type: ignore[arg-type]


def test_what_somebody_carries(ann: Staff, tea: Community, books: Community, system: Scope) -> None:
    """Tea lovers: Lin, Mei and 小茶 are left of four since 1 March, 8 messages, 2 of them questions, over 14 days; Books 5 days."""
    for place, kind in ((tea, "owner"), (tea, "admin"), (books, "admin")):
        give_duty(by=system, community=place, staff=ann, kind=kind, now=NOW)
    found = of(scope_of(ann), "ann")
    assert (dict(found.kinds), found.communities, found.members) == ({"owner": 1, "admin": 2}, 2, 5)
    assert found.newcomers == 6
    assert found.messages == pytest.approx(8 / 14 + 2 / 5)
    assert found.questions == pytest.approx(2 / 14 + 1 / 5)
    assert (found.silent, found.limits, found.over) == (0, {}, ())
    assert loads(scope_of(ann), NOW).as_of == date(2026, 3, 14)


def test_closed_communities_ask_for_nothing(ann: Staff, tea: Community, system: Scope) -> None:
    give_duty(by=system, community=tea, staff=ann, kind="owner", now=NOW)
    Community.objects.filter(pk=tea.pk).update(closed_on=date(2026, 3, 21))
    assert of(system, "ann").communities == 1
    Community.objects.filter(pk=tea.pk).update(closed_on=date(2026, 3, 20))
    assert (of(system, "ann").communities, of(system, "ann").members, dict(of(system, "ann").kinds)) == (0, 0, {})


def test_offices_that_carry_nothing(ann: Staff, tea: Community, system: Scope) -> None:
    give_duty(by=system, community=tea, staff=ann, kind="kol", now=NOW)
    found = of(system, "ann")
    assert (dict(found.kinds), found.communities, found.members, found.messages) == ({"kol": 1}, 0, 0, 0)


def test_what_nothing_is_recorded_of_is_unknown(ann: Staff, unit: Unit, system: Scope, tea: Community) -> None:
    new = Community.objects.create(unit=unit, platform="wechat", key="c1", name="New")
    give_duty(by=system, community=new, staff=ann, kind="owner", now=NOW)
    found = of(system, "ann")
    assert (found.communities, found.members, found.newcomers, found.messages, found.silent) == (1, None, None, None, 1)
    give_duty(by=system, community=tea, staff=ann, kind="owner", now=NOW)
    found = of(system, "ann")
    assert (found.communities, found.members, found.silent) == (2, 3, 1)


def test_limits_are_inherited_and_the_strictest_holds(
    ann: Staff, tea: Community, books: Community, unit: Unit, other_unit: Unit, staff: AddStaff, system: Scope
) -> None:
    ben = staff("ben", "admin")
    far = Community.objects.create(unit=other_unit, platform="wechat", key="c1", name="Far")
    for place in (tea, books, far):
        give_duty(by=system, community=place, staff=ben, kind="owner", now=NOW)
    give_duty(by=system, community=tea, staff=ann, kind="owner", now=NOW)
    LOAD_LIMITS.change(by=system, unit=root_unit(), changes={"load.communities": 3.0, "load.members": 4.0}, now=NOW)
    found = of(system, "ben")
    assert (found.limits, found.over) == ({"load.communities": 3, "load.members": 4}, ("load.members",))
    LOAD_LIMITS.change(by=system, unit=unit, changes={"load.communities": 2.0, "load.members": 6.0}, now=NOW)
    assert of(system, "ben").limits == {"load.communities": 2, "load.members": 4}
    assert of(system, "ben").over == ("load.communities", "load.members")
    assert (of(system, "ann").limits, of(system, "ann").over) == ({"load.communities": 2, "load.members": 6}, ())


def test_a_preview_changes_nothing(ann: Staff, tea: Community, unit: Unit, system: Scope) -> None:
    give_duty(by=system, community=tea, staff=ann, kind="owner", now=NOW)
    scope = scope_of(ann)
    as_if = LOAD_LIMITS.as_if(by=scope, unit=unit, changes={"load.members": 2.0})
    assert of(scope, "ann", settings=as_if).over == ("load.members",)
    assert of(scope, "ann").over == ()
    assert not UnitSetting.objects.exists()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"load.communities": 0.0}, "bad_load_limit"),
        ({"load.communities": 1.5}, "bad_load_limit"),
        ({"load.communities": float("nan")}, "bad_load_limit"),
        ({"load.communities": 1001.0}, "bad_load_limit"),
        ({"load.members": 1_000_001.0}, "bad_load_limit"),
        ({"load.sheep": 3.0}, "unknown_load_limit"),
    ],
)
def test_limits_that_make_no_sense(changes: dict[str, float], code: str, unit: Unit, system: Scope) -> None:
    for act in (
        lambda: LOAD_LIMITS.change(by=system, unit=unit, changes=changes, now=NOW),
        lambda: LOAD_LIMITS.as_if(by=system, unit=unit, changes=changes),
    ):
        with pytest.raises(DomainError) as refused:
            act()
        assert (refused.value.code, refused.value.data["field"]) == (code, next(iter(changes)))
    assert not UnitSetting.objects.exists()


def test_only_who_sets_units_settings(ann: Staff, staff: AddStaff, unit: Unit, other_unit: Unit) -> None:
    for scope, place in (
        (scope_of(staff("ben", "admin", unit)), unit),
        (scope_of(ann), other_unit),
        (scope_of(ann), root_unit()),
    ):
        with pytest.raises(Denied):
            LOAD_LIMITS.change(by=scope, unit=place, changes={"load.members": 2.0}, now=NOW)
        with pytest.raises(Denied):
            LOAD_LIMITS.as_if(by=scope, unit=place, changes={"load.members": 2.0})
    assert not UnitSetting.objects.exists()


def test_only_in_units_where_effort_may_be_seen(
    ann: Staff, tea: Community, staff: AddStaff, unit: Unit, other_unit: Unit, system: Scope
) -> None:
    top, stranger = staff("top", "admin"), scope_of(staff("stranger", "owner", other_unit))
    give_duty(by=system, community=tea, staff=top, kind="owner", now=NOW)
    assert (of(scope_of(ann), "top").communities, of(scope_of(ann), "top").members) == (1, 3)
    assert [each.staff.username for each in loads(stranger, NOW).rows] == ["stranger"]
    assert loads(stranger, NOW).unowned == ()
    with pytest.raises(Denied):
        loads(scope_of(staff("ben", "admin", unit)), NOW)


def test_who_runs_nothing_is_listed_and_communities_that_nobody_runs(
    ann: Staff, tea: Community, books: Community, unit: Unit, system: Scope
) -> None:
    new = Community.objects.create(unit=unit, platform="wechat", key="c1", name="New")
    give_duty(by=system, community=tea, staff=ann, kind="owner", now=NOW)
    found = loads(scope_of(ann), NOW)
    assert [(each.staff.username, each.communities) for each in found.rows] == [("ann", 1)]
    assert [(place.name, asked and asked.members) for place, asked in found.unowned] == [("Books", 2), (new.name, None)]
