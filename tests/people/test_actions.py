"""Writes of staff, units and grants: each with one audit entry; a denial changes nothing and leaves no trace."""

from collections.abc import Callable

import pytest

from qunyu.kernel.errors import DomainError
from qunyu.kernel.queries import entries
from qunyu.kernel.scope import Denied, Scope, system_scope
from qunyu.people.actions import add_staff, add_unit, grant, revoke, set_active
from qunyu.people.models import ApiToken, Grant, Staff, Unit
from qunyu.people.passwords import change_password
from qunyu.people.queries import root_unit, scope_of
from tests.deployment_fixtures import NOW, PASSWORD, AddStaff

pytestmark = pytest.mark.django_db
NOBODY = Scope(system_scope("tests").actor)


def state() -> tuple[object, ...]:
    """Everything these actions can change."""
    accounts = sorted(Staff.objects.values_list("username", "name", "password", "is_active"))
    units = sorted(Unit.objects.values_list("name", "path"))
    return accounts, units, sorted(Grant.objects.values_list()), ApiToken.objects.count(), entries().count()


def actions() -> list[str]:
    return [f"{entry.action} {entry.object_kind}:{entry.object_id}" for entry in reversed(entries())]


def refused(code: str, act: Callable[[], object]) -> DomainError:
    """The error of `act`, which leaves everything as it was."""
    before = state()
    with pytest.raises(DomainError) as caught:
        act()
    assert caught.value.code == code
    assert state() == before
    return caught.value


def test_add_staff(system: Scope) -> None:
    made = add_staff(by=system, username=" mei ", name="", password=PASSWORD, now=NOW)
    assert (made.username, made.name, made.is_active, made.created_at) == ("mei", "mei", True, NOW)
    assert made.check_password(PASSWORD)
    assert dict(scope_of(made).allowed) == {}
    assert actions() == [f"staff.add staff:{made.pk}"]


def test_a_taken_name_is_refused(system: Scope, staff: AddStaff) -> None:
    staff("mei")
    error = refused("username_taken", lambda: add_staff(by=system, username="mei", name="", password=PASSWORD, now=NOW))
    assert error.data == {"username": "mei", "field": "username"}


@pytest.mark.parametrize("password", ["", "short", "password123", "8305719264420", "mei.lin@example"])
def test_a_weak_password_is_refused(system: Scope, password: str) -> None:
    refused(
        "weak_password", lambda: add_staff(by=system, username="mei.lin@example", name="", password=password, now=NOW)
    )


@pytest.mark.parametrize(("username", "name"), [("", "x"), ("  ", ""), ("m" * 61, ""), ("mei", "m" * 81)])
def test_names_fit_their_columns(system: Scope, username: str, name: str) -> None:
    refused("bad_name", lambda: add_staff(by=system, username=username, name=name, password=PASSWORD, now=NOW))


def test_add_staff_denied() -> None:
    refused("denied", lambda: add_staff(by=NOBODY, username="mei", name="", password=PASSWORD, now=NOW))


def test_grant_once(system: Scope, staff: AddStaff, unit: Unit) -> None:
    mei = staff("mei")
    before = len(actions())
    given = grant(by=system, staff=mei, role="owner", unit=unit, now=NOW)
    assert grant(by=system, staff=mei, role="owner", unit=unit, now=NOW) == given
    assert actions()[before:] == [f"staff.grant staff:{mei.pk}"]
    assert entries()[0].data == {"role": "owner", "unit": unit.pk}


def test_an_unknown_role_names_those_there_are(system: Scope, staff: AddStaff, unit: Unit) -> None:
    mei = staff("mei")
    error = refused("unknown_role", lambda: grant(by=system, staff=mei, role="king", unit=unit, now=NOW))
    assert "admin, analyst, atmosphere, auditor, director, kol, officer, owner" in error.message.en


def test_grants_stay_within_the_branch_one_manages(staff: AddStaff, unit: Unit, other_unit: Unit) -> None:
    mei, boss = staff("mei"), scope_of(staff("boss", "director", unit))
    grant(by=boss, staff=mei, role="owner", unit=unit, now=NOW)
    refused("denied", lambda: grant(by=boss, staff=mei, role="admin", unit=other_unit, now=NOW))
    refused("denied", lambda: grant(by=boss, staff=mei, role="admin", unit=root_unit(), now=NOW))


def test_nobody_without_the_right_grants_even_to_themselves(staff: AddStaff, unit: Unit) -> None:
    owner = staff("owner", "owner", unit)
    refused("denied", lambda: grant(by=scope_of(owner), staff=owner, role="director", unit=unit, now=NOW))


def test_revoke(system: Scope, staff: AddStaff, unit: Unit) -> None:
    mei = staff("mei", "owner", unit)
    given = Grant.objects.get(staff=mei)
    refused("denied", lambda: revoke(by=NOBODY, grant=given, now=NOW))
    before = len(actions())
    revoke(by=system, grant=given, now=NOW)
    assert not Grant.objects.filter(staff=mei).exists()
    assert actions()[before:] == [f"staff.revoke staff:{mei.pk}"]


def test_nobody_takes_away_their_own_access(director: Staff) -> None:
    own, scope = Grant.objects.get(staff=director), scope_of(director)
    refused("own_access", lambda: revoke(by=scope, grant=own, now=NOW))
    refused("own_access", lambda: set_active(by=scope, staff=director, active=False, now=NOW))


def test_set_active_again_changes_nothing(system: Scope, staff: AddStaff) -> None:
    mei = staff("mei")
    before = len(actions())
    for active in (False, False, True, True):
        set_active(by=system, staff=mei, active=active, now=NOW)
    assert actions()[before:] == [f"staff.stop staff:{mei.pk}", f"staff.resume staff:{mei.pk}"]


def test_set_active_denied_for_people_of_other_branches(staff: AddStaff, unit: Unit, other_unit: Unit) -> None:
    boss, foreign = scope_of(staff("boss", "director", unit)), staff("tom", "owner", other_unit)
    refused("denied", lambda: set_active(by=boss, staff=foreign, active=False, now=NOW))


def test_add_unit_is_idempotent(system: Scope, unit: Unit) -> None:
    before = len(actions())
    made = add_unit(by=system, parent=unit, name=" 一组 ", now=NOW)
    again = add_unit(by=system, parent=unit, name="一组", now=NOW)
    assert (again, again.path) == (made, f"/{root_unit().pk}/{unit.pk}/{made.pk}/")
    assert actions()[before:] == [f"unit.add unit:{made.pk}"]


def test_the_same_name_below_another_parent_is_another_unit(system: Scope, unit: Unit, other_unit: Unit) -> None:
    one = add_unit(by=system, parent=unit, name="一组", now=NOW)
    assert add_unit(by=system, parent=other_unit, name="一组", now=NOW) != one


@pytest.mark.parametrize("name", ["", "  ", "a/b", "名" * 81])
def test_a_units_name_can_stand_in_a_path(system: Scope, name: str) -> None:
    refused("bad_name", lambda: add_unit(by=system, parent=root_unit(), name=name, now=NOW))


def test_add_unit_denied_outside_ones_branch(staff: AddStaff, unit: Unit, other_unit: Unit) -> None:
    boss = scope_of(staff("boss", "director", unit))
    refused("denied", lambda: add_unit(by=boss, parent=other_unit, name="一组", now=NOW))
    refused("denied", lambda: add_unit(by=boss, parent=root_unit(), name="一组", now=NOW))
    with pytest.raises(Denied):
        add_unit(by=scope_of(staff("mei", "owner", unit)), parent=unit, name="一组", now=NOW)


def test_change_password(staff: AddStaff) -> None:
    mei = staff("mei")
    refused("wrong_password", lambda: change_password(staff=mei, old="no", new="another phrase 8", now=NOW))
    refused("weak_password", lambda: change_password(staff=mei, old=PASSWORD, new="short", now=NOW))
    change_password(staff=mei, old=PASSWORD, new="another phrase 8", now=NOW)
    assert Staff.objects.get(pk=mei.pk).check_password("another phrase 8")
    entry = entries()[0]
    assert (entry.action, entry.actor, entry.data) == ("staff.password", f"staff:{mei.pk}", {})
