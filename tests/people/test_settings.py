"""Settings of units: what is inherited, what a change leaves, who may change."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from qunyu.kernel.queries import entries
from qunyu.kernel.scope import Denied, Scope
from qunyu.people.actions import add_unit, change_settings
from qunyu.people.models import Role, Unit, UnitSetting
from qunyu.people.queries import own_settings, root_unit, scope_of, settings_in_force
from qunyu.people.rules import inherited
from tests.deployment_fixtures import NOW, AddStaff

TREE = {1: "/1/", 2: "/1/2/", 3: "/1/3/", 4: "/1/2/4/", 12: "/1/2/12/"}


@pytest.mark.parametrize(
    ("own", "found"),
    [
        pytest.param({}, {1: {}, 2: {}, 3: {}, 4: {}, 12: {}}, id="nobody set anything"),
        pytest.param({1: {"a": 1.0}}, {unit: {"a": 1.0} for unit in TREE}, id="the root is for all"),
        pytest.param(
            {1: {"a": 1.0}, 2: {"a": 2.0}},
            {1: {"a": 1.0}, 2: {"a": 2.0}, 3: {"a": 1.0}, 4: {"a": 2.0}, 12: {"a": 2.0}},
            id="the nearest above wins",
        ),
        pytest.param(
            {1: {"a": 1.0}, 2: {"b": 2.0}, 4: {"a": 0.0}},
            {
                1: {"a": 1.0},
                2: {"a": 1.0, "b": 2.0},
                3: {"a": 1.0},
                4: {"a": 0.0, "b": 2.0},
                12: {"a": 1.0, "b": 2.0},
            },
            id="each by itself, zero counts",
        ),
        pytest.param({9: {"a": 1.0}}, {1: {}, 2: {}, 3: {}, 4: {}, 12: {}}, id="an unknown unit is nobody’s"),
    ],
)
def test_inherited(own: dict[int, dict[str, float]], found: dict[int, dict[str, float]]) -> None:
    assert inherited(TREE, own) == found


def test_no_units() -> None:
    assert inherited({}, {1: {"a": 1.0}}) == {}


@given(
    st.dictionaries(st.sampled_from(sorted(TREE)), st.dictionaries(st.sampled_from("ab"), st.floats(0, 9), min_size=1)),
    st.permutations(sorted(TREE)),
)
def test_every_unit_goes_by_its_own_or_by_what_holds_above(own: dict[int, dict[str, float]], order: list[int]) -> None:
    found = inherited({unit: TREE[unit] for unit in order}, own)
    above = {2: 1, 3: 1, 4: 2, 12: 2}
    assert found[1] == own.get(1, {})
    for unit, parent in above.items():
        assert found[unit] == {**found[parent], **own.get(unit, {})}


@pytest.fixture
def team(system: Scope, unit: Unit) -> Unit:
    """A unit below 华东店."""
    return add_unit(by=system, parent=unit, name="一组", now=NOW)


def in_force(*units: Unit) -> list[dict[str, float]]:
    found = settings_in_force()
    return [found[each.pk] for each in units]


def test_a_unit_below_inherits_until_it_says_otherwise(system: Scope, unit: Unit, other_unit: Unit, team: Unit) -> None:
    assert change_settings(by=system, unit=root_unit(), changes={"bar": 5}, now=NOW)
    assert in_force(root_unit(), unit, team, other_unit) == [{"bar": 5}] * 4
    assert change_settings(by=system, unit=unit, changes={"bar": 7, "line": 1.5}, now=NOW)
    assert in_force(root_unit(), unit, team, other_unit) == [
        {"bar": 5},
        {"bar": 7, "line": 1.5},
        {"bar": 7, "line": 1.5},
        {"bar": 5},
    ]
    assert change_settings(by=system, unit=unit, changes={"bar": None}, now=NOW)
    assert in_force(unit, team) == [{"bar": 5, "line": 1.5}] * 2
    assert own_settings() == {root_unit().pk: {"bar": 5}, unit.pk: {"line": 1.5}}


def test_what_would_hold_is_told_without_being_kept(system: Scope, unit: Unit, team: Unit) -> None:
    change_settings(by=system, unit=unit, changes={"bar": 7}, now=NOW)
    assert settings_in_force({team.pk: {"bar": 9}})[team.pk] == {"bar": 9}
    assert settings_in_force({team.pk: {"bar": 9}})[unit.pk] == {}
    assert in_force(unit, team) == [{"bar": 7}] * 2


def test_a_change_has_one_audit_entry_with_what_was(system: Scope, unit: Unit) -> None:
    change_settings(by=system, unit=unit, changes={"bar": 7, "line": 2}, now=NOW)
    before = entries().count()
    assert change_settings(by=system, unit=unit, changes={"bar": 8, "line": 2, "lid": None, "cap": 3}, now=NOW)
    entry = entries()[0]
    assert entries().count() == before + 1
    assert (entry.action, entry.object_kind, entry.object_id) == ("unit.settings", "unit", str(unit.pk))
    assert entry.data == {"to": {"bar": 8, "cap": 3}, "was": {"bar": 7, "cap": None}}


def test_the_same_again_changes_nothing(system: Scope, unit: Unit) -> None:
    change_settings(by=system, unit=unit, changes={"bar": 7}, now=NOW)
    before = entries().count()
    assert not change_settings(by=system, unit=unit, changes={"bar": 7, "line": None}, now=NOW)
    assert not change_settings(by=system, unit=unit, changes={}, now=NOW)
    assert entries().count() == before
    assert own_settings() == {unit.pk: {"bar": 7}}


@pytest.mark.parametrize(
    ("role", "there"), [("", True), ("admin", True), ("analyst", True), ("auditor", True), ("owner", False)]
)
def test_without_the_permission_there_nothing_changes(
    system: Scope, staff: AddStaff, unit: Unit, other_unit: Unit, role: str, there: bool
) -> None:
    """An owner of another unit, or of one below, may not change here."""
    change_settings(by=system, unit=unit, changes={"bar": 7}, now=NOW)
    scope = scope_of(staff("somebody", role, unit if there else other_unit))
    before = entries().count()
    for changes in ({"bar": 8}, {"bar": None}, {}):
        with pytest.raises(Denied):
            change_settings(by=scope, unit=unit, changes=changes, now=NOW)
        with pytest.raises(Denied):
            change_settings(by=scope, unit=root_unit(), changes=changes, now=NOW)
    assert own_settings() == {unit.pk: {"bar": 7}}
    assert entries().count() == before


@pytest.mark.parametrize("role", ["owner", "director"])
def test_owners_and_directors_change_their_units(staff: AddStaff, unit: Unit, team: Unit, role: str) -> None:
    scope = scope_of(staff("somebody", role, unit))
    for each in (unit, team):
        assert change_settings(by=scope, unit=each, changes={"bar": 8}, now=NOW)
    with pytest.raises(Denied):
        change_settings(by=scope, unit=root_unit(), changes={"bar": 8}, now=NOW)


def test_settings_go_with_their_unit(system: Scope, team: Unit) -> None:
    change_settings(by=system, unit=team, changes={"bar": 7}, now=NOW)
    team.delete()
    assert not UnitSetting.objects.exists()


@pytest.mark.django_db
def test_the_migration_gives_directors_and_owners_the_permission() -> None:
    """Those of an earlier release, and only once; what else an operator changed in a role stays."""
    for role in Role.objects.all():
        role.permissions = [each for each in role.permissions if each not in ("settings.edit", "imports.run")]
        role.save()
    migration = import_module("qunyu.people.migrations.0004_settings_permission")
    for _ in range(2):
        migration.give(apps, connection.SchemaEditorClass(connection))
    held = {role.code: role.permissions for role in Role.objects.all()}
    assert {code for code, permissions in held.items() if "settings.edit" in permissions} == {"director", "owner"}
    assert held["owner"].count("settings.edit") == 1
    assert not any("imports.run" in permissions for permissions in held.values())


@pytest.mark.django_db
def test_a_new_deployment_has_the_permission() -> None:
    held = {role.code for role in Role.objects.all() if "settings.edit" in role.permissions}
    assert held == {"director", "owner"}
