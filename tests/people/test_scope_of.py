"""The scope that follows from an account's grants, and finding units."""

import pytest

from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import PERMISSIONS, Denied, Scope
from qunyu.people.actions import add_unit, grant, set_active
from qunyu.people.models import Unit
from qunyu.people.queries import audit_trail, find_unit, root_unit, scope_of, staff_called, units_in, units_seen
from tests.deployment_fixtures import NOW, AddStaff

pytestmark = pytest.mark.django_db


def test_without_grants_nothing_is_allowed(staff: AddStaff) -> None:
    scope = scope_of(staff("mei"))
    assert scope.actor.key.startswith("staff:")
    assert (dict(scope.allowed), scope.everything) == ({}, False)
    assert not any(scope.may(permission) for permission in PERMISSIONS)


def test_an_inactive_account_may_nothing_at_once(system: Scope, staff: AddStaff, unit: Unit) -> None:
    mei = staff("mei", "director", unit)
    assert scope_of(mei).may("staff.manage")
    set_active(by=system, staff=mei, active=False, now=NOW)
    mei.refresh_from_db()
    assert dict(scope_of(mei).allowed) == {}
    set_active(by=system, staff=mei, active=True, now=NOW)
    mei.refresh_from_db()
    assert scope_of(mei).may("staff.manage")


def test_the_root_covers_units_that_come_later(system: Scope, staff: AddStaff) -> None:
    director = staff("director", "director")
    late = add_unit(by=system, parent=root_unit(), name="新店", now=NOW)
    assert scope_of(director).units("orders.view") == {root_unit().pk, late.pk}


def test_several_units_with_different_roles(system: Scope, staff: AddStaff, unit: Unit, other_unit: Unit) -> None:
    below = add_unit(by=system, parent=unit, name="一组", now=NOW)
    mei = staff("mei", "owner", unit)
    grant(by=system, staff=mei, role="analyst", unit=other_unit, now=NOW)
    scope = scope_of(mei)
    assert scope.units("communities.view") == {unit.pk, below.pk, other_unit.pk}
    assert scope.units("orders.view") == {unit.pk, below.pk, other_unit.pk}
    assert scope.units("members.view") == {unit.pk, below.pk}
    assert scope.units("staff.manage") == frozenset()
    assert not scope.may("communities.view", root_unit().pk)
    assert units_in(scope, "members.view") == [unit, below]
    assert units_seen(scope) == sorted([unit, below, other_unit], key=lambda each: each.path)


def test_units_in_of_the_system_are_all(system: Scope, unit: Unit) -> None:
    assert units_in(system, "communities.view") == [root_unit(), unit]
    assert units_seen(system) == [root_unit(), unit]
    assert units_seen(Scope(system.actor)) == []


def test_find_unit(system: Scope, unit: Unit) -> None:
    below = add_unit(by=system, parent=unit, name="一组", now=NOW)
    assert find_unit("") == find_unit("/") == root_unit()
    assert find_unit("华东店") == find_unit("/华东店/") == unit
    assert find_unit("华东店/一组") == below


@pytest.mark.parametrize(("path", "missing"), [("华西店", "华西店"), ("华东店/二组/x", "二组"), ("一组", "一组")])
def test_find_unit_names_the_part_that_is_not_there(unit: Unit, path: str, missing: str) -> None:
    with pytest.raises(DomainError) as caught:
        find_unit(path)
    assert (caught.value.code, caught.value.data) == ("unknown_unit", {"name": missing})


def test_staff_called(staff: AddStaff) -> None:
    assert staff("mei") == staff_called("mei")
    with pytest.raises(DomainError) as caught:
        staff_called("nobody")
    assert caught.value.code == "unknown_staff"


def test_the_audit_trail_is_for_those_who_may_see_all_of_it(staff: AddStaff, unit: Unit) -> None:
    assert audit_trail(scope_of(staff("sun", "auditor"))).count() > 0
    for scope in (scope_of(staff("mei", "auditor", unit)), scope_of(staff("tom", "owner"))):
        with pytest.raises(Denied):
            audit_trail(scope)
