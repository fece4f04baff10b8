"""Scope: what is not allowed is denied."""

import pytest

from qunyu.kernel.actor import Actor, system
from qunyu.kernel.scope import PERMISSIONS, Denied, Scope, system_scope
from qunyu.kernel.words import speaking

LIN = Actor("staff", 7, "Lin")
SOME = Scope(LIN, {"members.view": frozenset({3, 4}), "orders.view": frozenset()})


@pytest.mark.parametrize(
    ("permission", "unit", "allowed"),
    [
        ("members.view", None, True),
        ("members.view", 3, True),
        ("members.view", 5, False),
        ("members.view", 0, False),  # the number nought is a unit like any other, not "anywhere"
        ("orders.view", None, False),  # held nowhere
        ("orders.view", 3, False),
        ("audit.view", None, False),
        ("no.such", None, False),
    ],
)
def test_may(permission: str, unit: int | None, allowed: bool) -> None:
    assert SOME.may(permission, unit) is allowed


@pytest.mark.parametrize("permission", PERMISSIONS)
def test_an_empty_scope_fails_closed(permission: str) -> None:
    nobody = Scope(LIN)
    assert nobody.units(permission) == frozenset()
    with pytest.raises(Denied) as caught:
        nobody.require(permission)
    assert (caught.value.code, caught.value.data) == ("denied", {"permission": permission})


@pytest.mark.parametrize("permission", PERMISSIONS)
def test_the_system_may_do_everything_anywhere(permission: str) -> None:
    everything = system_scope("tests")
    everything.require(permission)
    everything.require(permission, 12_345)
    assert everything.actor == system("tests")


def test_a_permission_that_does_not_exist_is_not_even_the_systems() -> None:
    assert not system_scope("tests").may("no.such")


def test_require_at_a_foreign_unit_says_what_is_missing() -> None:
    SOME.require("members.view", 4)
    with pytest.raises(Denied) as caught:
        SOME.require("members.view", 5)
    with speaking("en"):
        assert str(caught.value) == "You may not see members; ask a director for it"
    with speaking("zh"):
        assert str(caught.value) == "您没有“查看成员”的权限；请联系总负责开通"


def test_actors_have_short_stable_keys() -> None:
    assert (LIN.key, system("why").key, Actor("token", 3, "t").key) == ("staff:7", "system:0", "token:3")


def test_within_keeps_each_permission_only_where_the_other_holds_too() -> None:
    held = {"communities.view": frozenset({1, 2}), "members.view": frozenset({2, 3}), "orders.view": frozenset({1})}
    narrow = Scope(Actor("staff", 7, "Mei"), held).within("members.view")
    assert narrow.allowed == {
        "communities.view": frozenset({2}),
        "members.view": frozenset({2, 3}),
        "orders.view": frozenset(),
    }
    assert Scope(Actor("staff", 7, "Mei"), held).within("audit.view").allowed == dict.fromkeys(held, frozenset())
    assert system_scope("tests").within("members.view").everything
