"""The tree: units are renamed, moved and removed; no cycle, no orphan, no two of one name; a denial changes nothing."""

from collections.abc import Callable
from functools import partial

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qunyu.communities.models import Community
from qunyu.kernel.errors import DomainError
from qunyu.kernel.queries import entries
from qunyu.kernel.scope import Denied, Scope
from qunyu.people.actions import add_unit, change_settings, grant, move_unit, name_levels, remove_unit, rename_unit
from qunyu.people.models import DEEPEST, Level, Unit
from qunyu.people.queries import level_names, root_unit, scope_of, settings_in_force
from tests.deployment_fixtures import NOW, AddStaff

pytestmark = pytest.mark.django_db


def state() -> tuple[object, ...]:
    units = sorted(Unit.objects.values_list("pk", "parent", "name", "path"))
    return units, sorted(Level.objects.values_list("depth", "name")), entries().count()


def refused(code: str, act: Callable[[], object]) -> DomainError:
    before = state()
    with pytest.raises(DomainError) as caught:
        act()
    assert caught.value.code == code
    assert state() == before
    return caught.value


@pytest.fixture
def shop(system: Scope, unit: Unit) -> Unit:
    """静安店, below 华东店."""
    return add_unit(by=system, parent=unit, name="静安店", now=NOW)


def test_a_unit_is_renamed_once(system: Scope, unit: Unit) -> None:
    for _ in range(2):
        rename_unit(by=system, unit=unit, name=" 华东大区 ", now=NOW)
    assert Unit.objects.get(pk=unit.pk).name == "华东大区"
    assert [each.action for each in entries()][:2] == ["unit.rename", "unit.add"]


@pytest.mark.parametrize("name", ["", "  ", "a/b", "长" * 81, "a\nb", "a\0b"])
def test_a_name_that_cannot_be(system: Scope, unit: Unit, name: str) -> None:
    refused("bad_name", lambda: rename_unit(by=system, unit=unit, name=name, now=NOW))


def test_no_two_of_one_name_below_one_unit(system: Scope, unit: Unit, other_unit: Unit, shop: Unit) -> None:
    refused("unit_taken", lambda: rename_unit(by=system, unit=other_unit, name=unit.name, now=NOW))
    add_unit(by=system, parent=other_unit, name=shop.name, now=NOW)
    refused("unit_taken", lambda: move_unit(by=system, unit=shop, parent=other_unit, now=NOW))


def test_a_unit_moves_with_everything_below_it(system: Scope, unit: Unit, other_unit: Unit, shop: Unit) -> None:
    team = add_unit(by=system, parent=shop, name="一组", now=NOW)
    change_settings(by=system, unit=other_unit, changes={"bar": 7}, now=NOW)
    for _ in range(2):
        move_unit(by=system, unit=shop, parent=other_unit, now=NOW)
    team.refresh_from_db()
    shop.refresh_from_db()
    assert (shop.parent, shop.path) == (other_unit, f"{other_unit.path}{shop.pk}/")
    assert (team.parent, team.path) == (shop, f"{shop.path}{team.pk}/")
    assert settings_in_force()[team.pk] == {"bar": 7}
    assert [each.action for each in entries()].count("unit.move") == 1
    assert entries()[0].data == {"parent": other_unit.pk, "old_parent": unit.pk}


def test_who_may_what_follows_a_move(system: Scope, staff: AddStaff, unit: Unit, other_unit: Unit, shop: Unit) -> None:
    old, new = staff("old", "owner", unit), staff("new", "owner", other_unit)
    move_unit(by=system, unit=shop, parent=other_unit, now=NOW)
    assert not scope_of(old).may("members.view", shop.pk)
    assert scope_of(new).may("members.view", shop.pk)


def test_no_cycles(system: Scope, unit: Unit, shop: Unit) -> None:
    team = add_unit(by=system, parent=shop, name="一组", now=NOW)
    for parent in (unit, shop, team):
        error = refused("unit_cycle", partial(move_unit, by=system, unit=unit, parent=parent, now=NOW))
        assert parent.name in error.message.zh
    refused("unit_root", lambda: move_unit(by=system, unit=root_unit(), parent=team, now=NOW))


def test_the_tree_has_an_end(system: Scope, unit: Unit, shop: Unit) -> None:
    deepest = shop
    for number in range(DEEPEST - 3):
        deepest = add_unit(by=system, parent=deepest, name=str(number), now=NOW)
    assert deepest.depth == DEEPEST - 1
    refused("too_deep", lambda: add_unit(by=system, parent=deepest, name="x", now=NOW))
    tall = add_unit(by=system, parent=root_unit(), name="高", now=NOW)
    add_unit(by=system, parent=tall, name="层", now=NOW)
    before = Unit.objects.get(name=str(DEEPEST - 5))
    refused("too_deep", lambda: move_unit(by=system, unit=tall, parent=before, now=NOW))


def test_an_empty_unit_is_removed(system: Scope, shop: Unit) -> None:
    key = shop.pk
    change_settings(by=system, unit=shop, changes={"bar": 7}, now=NOW)
    remove_unit(by=system, unit=shop, now=NOW)
    assert not Unit.objects.filter(pk=key).exists()
    assert (entries()[0].action, entries()[0].object_id) == ("unit.remove", str(key))


def test_a_unit_that_holds_something_stays_and_says_what(
    system: Scope, staff: AddStaff, unit: Unit, shop: Unit
) -> None:
    error = refused("unit_held", lambda: remove_unit(by=system, unit=unit, now=NOW))
    assert "下级单位 1 个" in error.message.zh
    grant(by=system, staff=staff("ann"), role="owner", unit=shop, now=NOW)
    error = refused("unit_held", lambda: remove_unit(by=system, unit=shop, now=NOW))
    assert error.data["held"] == {"people.grant": 1}
    empty = add_unit(by=system, parent=unit, name="空店", now=NOW)
    Community.objects.create(unit=empty, platform="wechat", key="g", name="g")
    error = refused("unit_held", lambda: remove_unit(by=system, unit=empty, now=NOW))
    assert "communities (1)" in error.message.en
    refused("unit_root", lambda: remove_unit(by=system, unit=root_unit(), now=NOW))


def test_levels_get_names_of_ones_own(system: Scope) -> None:
    for _ in range(2):
        name_levels(by=system, names=("总部", "", " 门店 "), now=NOW)
    assert level_names() == {0: "总部", 2: "门店"}
    assert [each.action for each in entries()].count("unit.levels") == 1
    name_levels(by=system, names=(), now=NOW)
    assert level_names() == {}
    refused("too_deep", lambda: name_levels(by=system, names=["x"] * (DEEPEST + 1), now=NOW))
    refused("bad_name", lambda: name_levels(by=system, names=["x", "长" * 81], now=NOW))


def test_only_who_manages_both_ends_moves(
    staff: AddStaff, system: Scope, unit: Unit, other_unit: Unit, shop: Unit
) -> None:
    here = scope_of(staff("here", "director", unit))
    for act in (
        lambda: move_unit(by=here, unit=shop, parent=other_unit, now=NOW),
        lambda: move_unit(by=here, unit=shop, parent=root_unit(), now=NOW),
        lambda: move_unit(by=here, unit=unit, parent=shop, now=NOW),
        lambda: rename_unit(by=here, unit=other_unit, name="x", now=NOW),
        lambda: remove_unit(by=here, unit=other_unit, now=NOW),
        lambda: add_unit(by=here, parent=other_unit, name="x", now=NOW),
        lambda: name_levels(by=here, names=("x",), now=NOW),
        lambda: rename_unit(by=scope_of(staff("owner", "owner")), unit=shop, name="x", now=NOW),
    ):
        before = [state()[0], state()[1]]
        with pytest.raises(Denied):
            act()
        assert [state()[0], state()[1]] == before
    rename_unit(by=here, unit=shop, name="新静安店", now=NOW)
    assert Unit.objects.get(pk=shop.pk).name == "新静安店"


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(moves=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=8))
def test_paths_say_what_parents_say_whatever_is_moved(system: Scope, moves: list[tuple[int, int]]) -> None:
    """Law: after any moves, refused ones included, every path is the path of the parent and the unit's own id."""
    with transaction.atomic():
        units = [root_unit()]
        for number in range(5):
            units.append(add_unit(by=system, parent=units[number // 2], name=f"u{number}", now=NOW))
        for one, other in moves:
            try:
                move_unit(by=system, unit=units[one], parent=units[other], now=NOW)
            except DomainError as error:
                assert error.code in ("unit_root", "unit_cycle")
        for each in Unit.objects.select_related("parent"):
            above = each.parent.path if each.parent else "/"
            assert each.path == f"{above}{each.pk}/"
        transaction.set_rollback(True)
