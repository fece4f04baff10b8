"""Roles of one's own, and that nobody gives what they do not have, nor takes the last director away."""

from collections.abc import Callable
from functools import partial

import pytest

from qunyu.kernel.errors import DomainError
from qunyu.kernel.queries import entries
from qunyu.kernel.scope import PERMISSIONS, Denied, Scope
from qunyu.people.actions import (
    add_role,
    change_role,
    grant,
    remove_role,
    rename_staff,
    revoke,
    set_active,
)
from qunyu.people.models import Grant, Role, Staff, Unit
from qunyu.people.passwords import set_password
from qunyu.people.queries import holders, role_called, root_unit, scope_of
from tests.deployment_fixtures import NOW, PASSWORD, AddStaff

pytestmark = pytest.mark.django_db


def state() -> tuple[object, ...]:
    roles = sorted((each.code, each.name_zh, each.name_en, each.held) for each in Role.objects.all())
    accounts = sorted(Staff.objects.values_list("username", "name", "password", "is_active"))
    return roles, accounts, sorted(Grant.objects.values_list("staff", "role", "unit")), entries().count()


def refused(code: str, act: Callable[[], object]) -> DomainError:
    before = state()
    with pytest.raises(DomainError) as caught:
        act()
    assert caught.value.code == code
    assert state() == before
    return caught.value


@pytest.fixture
def keeper(system: Scope) -> Role:
    """A role of one's own that manages accounts."""
    held = ("staff.manage", "members.view")
    return add_role(by=system, name_zh="店长", name_en="Keeper", code="keeper", permissions=held, now=NOW)


def test_a_role_is_a_named_set_of_permissions(keeper: Role, staff: AddStaff, unit: Unit) -> None:
    assert (keeper.held, keeper.built_in) == (("members.view", "staff.manage"), False)
    scope = scope_of(staff("ann", "keeper", unit))
    assert dict(scope.allowed) == {each: {unit.pk} for each in ("members.view", "staff.manage")}
    assert holders()["keeper"] == 1


def test_names_and_codes_fill_themselves_in(system: Scope) -> None:
    made = add_role(by=system, name_zh=" 助教 ", permissions=["members.view"], now=NOW)
    assert (made.name_zh, made.name_en) == ("助教", "助教")
    assert made.code.startswith("role-")
    assert role_called(made.code) == made


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"permissions": []}, "bad_permission"),
        ({"permissions": ["members.fly"]}, "bad_permission"),
        ({"name_zh": " "}, "bad_name"),
        ({"name_en": "x" * 61}, "bad_name"),
        ({"code": "Ab"}, "bad_code"),
        ({"code": "9a"}, "bad_code"),
        ({"code": "owner"}, "code_taken"),
    ],
)
def test_what_makes_no_role(system: Scope, changes: dict[str, object], code: str) -> None:
    asked = {"name_zh": "助教", "permissions": ["members.view"], **changes}
    refused(code, lambda: add_role(by=system, now=NOW, **asked))  # type: ignore[arg-type]


def test_a_changed_role_changes_everybody_who_holds_it(
    system: Scope, keeper: Role, staff: AddStaff, unit: Unit
) -> None:
    ann = staff("ann", "keeper", unit)
    for _ in range(2):
        change_role(by=system, role=keeper, name_zh="店长", name_en="Keeper", permissions=["orders.view"], now=NOW)
    assert set(scope_of(ann).allowed) == {"orders.view"}
    assert [each.action for each in entries()].count("role.change") == 1
    assert entries()[0].data == {"fields": ["permissions"], "permissions": ["orders.view"]}


def test_what_comes_with_the_product_stays(system: Scope) -> None:
    owner = role_called("owner")
    refused("built_in", lambda: remove_role(by=system, role=owner, now=NOW))
    refused(
        "built_in",
        lambda: change_role(by=system, role=owner, name_zh="x", name_en="x", permissions=["members.view"], now=NOW),
    )


def test_a_role_goes_when_nobody_holds_it(system: Scope, keeper: Role, staff: AddStaff, unit: Unit) -> None:
    ann = staff("ann", "keeper", unit)
    error = refused("role_in_use", lambda: remove_role(by=system, role=keeper, now=NOW))
    assert error.data == {"count": 1}
    revoke(by=system, grant=Grant.objects.get(staff=ann), now=NOW)
    remove_role(by=system, role=keeper, now=NOW)
    assert not Role.objects.filter(code="keeper").exists()


def test_roles_are_the_matter_of_who_manages_the_whole(staff: AddStaff, keeper: Role, unit: Unit) -> None:
    ann = scope_of(staff("ann", "director", unit))
    refused("denied", lambda: add_role(by=ann, name_zh="x", permissions=["members.view"], now=NOW))
    refused("denied", lambda: remove_role(by=ann, role=keeper, now=NOW))
    top = scope_of(staff("top", "keeper"))
    refused("denied", lambda: add_role(by=top, name_zh="x", permissions=["orders.view"], now=NOW))
    assert add_role(by=top, name_zh="x", permissions=["members.view"], now=NOW).held == ("members.view",)


def test_nobody_gives_what_they_do_not_have(staff: AddStaff, keeper: Role, unit: Unit) -> None:
    ann, tom = scope_of(staff("ann", "keeper", unit)), staff("tom")
    refused("denied", lambda: grant(by=ann, staff=tom, role="director", unit=unit, now=NOW))
    refused("denied", lambda: grant(by=ann, staff=tom, role="owner", unit=unit, now=NOW))
    refused("denied", lambda: grant(by=ann, staff=tom, role="keeper", unit=root_unit(), now=NOW))
    assert grant(by=ann, staff=tom, role="keeper", unit=unit, now=NOW).role == keeper


def test_nobody_takes_over_an_account_that_may_more(staff: AddStaff, director: Staff, keeper: Role, unit: Unit) -> None:
    ann = scope_of(staff("ann", "keeper", unit))
    boss_here = staff("tom", "director", unit)
    for them in (director, boss_here):
        refused("denied", partial(set_password, by=ann, staff=them, password=PASSWORD + "2", now=NOW))
        refused("denied", partial(set_active, by=ann, staff=them, active=False, now=NOW))
        refused("denied", partial(rename_staff, by=ann, staff=them, name="x", now=NOW))
    equal = staff("zoe", "keeper", unit)
    rename_staff(by=ann, staff=equal, name="佐伊", now=NOW)
    assert Staff.objects.get(pk=equal.pk).name == "佐伊"


def test_the_last_director_stays(system: Scope, director: Staff, staff: AddStaff, unit: Unit) -> None:
    mine = Grant.objects.get(staff=director)
    staff("ann", "director", unit)  # of a part only
    closed = staff("closed", "director")
    set_active(by=system, staff=closed, active=False, now=NOW)
    refused("last_director", lambda: revoke(by=system, grant=mine, now=NOW))
    refused("last_director", lambda: set_active(by=system, staff=director, active=False, now=NOW))
    set_active(by=system, staff=closed, active=True, now=NOW)
    revoke(by=system, grant=mine, now=NOW)
    refused("last_director", lambda: set_active(by=system, staff=closed, active=False, now=NOW))


def test_a_changed_role_cannot_take_the_last_director_away(system: Scope, keeper: Role, staff: AddStaff) -> None:
    staff("ann", "keeper")
    asked = {"name_zh": "店长", "name_en": "Keeper", "permissions": ["members.view"]}
    refused("last_director", lambda: change_role(by=system, role=keeper, now=NOW, **asked))  # type: ignore[arg-type]


def test_every_permission_can_be_had_and_is_named() -> None:
    for code, words in PERMISSIONS.items():
        assert words.zh, code
        assert words.en, code


def test_a_denied_person_learns_what_is_missing(staff: AddStaff, unit: Unit) -> None:
    with pytest.raises(Denied) as caught:
        grant(by=scope_of(staff("ann", "owner", unit)), staff=staff("tom"), role="kol", unit=unit, now=NOW)
    assert "管理组织与账号" in caught.value.message.zh
