"""What a set of grants allows, case by case."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qunyu.kernel.scope import PERMISSIONS
from qunyu.people.rules import BUILT_IN_ROLES, Held, allowed_units

#   1 ─ 2 ─ 4
#     │   └ 12
#     └ 3 ─ 5
TREE = {1: "/1/", 2: "/1/2/", 3: "/1/3/", 4: "/1/2/4/", 12: "/1/2/12/", 5: "/1/3/5/"}


@pytest.mark.parametrize(
    ("held", "allowed"),
    [
        pytest.param([], {}, id="nothing"),
        pytest.param([Held("/1/", ("a",))], {"a": {1, 2, 3, 4, 5, 12}}, id="the root is everything"),
        pytest.param([Held("/1/2/", ("a",))], {"a": {2, 4, 12}}, id="a branch"),
        pytest.param([Held("/1/2/4/", ("a",))], {"a": {4}}, id="a leaf"),
        pytest.param([Held("/1/2/", ())], {}, id="a role without permissions"),
        pytest.param([Held("/9/", ("a",))], {"a": set()}, id="a unit that is gone"),
        pytest.param([Held("/1/2/", ("a",)), Held("/1/3/", ("b",))], {"a": {2, 4, 12}, "b": {3, 5}}, id="apart"),
        pytest.param([Held("/1/2/4/", ("a",)), Held("/1/3/", ("a",))], {"a": {3, 4, 5}}, id="added up"),
        pytest.param([Held("/1/2/", ("a",)), Held("/1/2/4/", ("a", "b"))], {"a": {2, 4, 12}, "b": {4}}, id="inside"),
    ],
)
def test_allowed_units(held: list[Held], allowed: dict[str, set[int]]) -> None:
    assert allowed_units(held, TREE) == allowed


def test_numbers_that_begin_alike_are_not_below_one_another() -> None:
    assert allowed_units([Held("/1/", ("a",))], {1: "/1/", 12: "/12/", 3: "/12/1/"}) == {"a": {1}}


def test_a_path_that_is_not_written_yet_is_nowhere() -> None:
    assert allowed_units([Held("/1/", ("a",))], {1: "/1/", 2: ""}) == {"a": {1}}


@given(st.lists(st.tuples(st.sampled_from(sorted(TREE.values())), st.sets(st.sampled_from("abc")))))
def test_more_grants_never_allow_less(grants: list[tuple[str, set[str]]]) -> None:
    held = [Held(path, tuple(sorted(permissions))) for path, permissions in grants]
    everything = allowed_units(held, TREE)
    for fewer in (held[1:], held[:-1]):
        for permission, units in allowed_units(fewer, TREE).items():
            assert units <= everything[permission]


def test_built_in_roles_hold_permissions_that_exist() -> None:
    for words, permissions in BUILT_IN_ROLES.values():
        assert words.zh
        assert words.en
        assert set(permissions) <= PERMISSIONS.keys()
        assert len(set(permissions)) == len(permissions)
    assert set(BUILT_IN_ROLES["director"][1]) == PERMISSIONS.keys()
    managers = [code for code, (_, held) in BUILT_IN_ROLES.items() if "staff.manage" in held]
    assert managers == ["director"]
