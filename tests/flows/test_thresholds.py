"""Thresholds: what is refused and why, and that a preview tells what then happens."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import pytest

from qunyu.flows import thresholds
from qunyu.flows.labelling import label
from qunyu.flows.thresholds import change_thresholds, preview
from qunyu.insights.label import check_threshold, defaults, find_threshold, labels
from qunyu.jobs.port import run_now
from qunyu.kernel.errors import DomainError
from qunyu.kernel.models import AuditEntry
from qunyu.kernel.scope import Denied, Scope
from qunyu.members.models import Label, LabelRun, PastLabel
from qunyu.people.actions import add_unit
from qunyu.people.models import Unit
from qunyu.people.queries import own_settings, root_unit, scope_of
from tests.deployment_fixtures import NOW, TEA_CHAT, TEA_NAME, AddStaff
from tests.flows.conftest import Desk

FAR = """\
time,community,author_id,author_name,text
2026-03-02 12:00,远,far1,远一,早上好
2026-03-03 12:00,远,far1,远一,又来了
"""


@pytest.fixture
def team(system: Scope, unit: Unit) -> Unit:
    """A unit below 华东店."""
    return add_unit(by=system, parent=unit, name="一组", now=NOW)


@pytest.fixture
def talk(desk: Desk, team: Unit, other_unit: Unit) -> Unit:
    """The tea lovers in a unit below 华东店 and somebody in 华南店, labelled; that unit."""
    desk.bring({TEA_NAME: TEA_CHAT}, unit=team)
    desk.bring({"far.csv": FAR}, unit=other_unit)
    label(now=NOW)
    return team


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The jobs asked for, instead of a queue."""
    found: list[str] = []
    monkeypatch.setattr(thresholds, "enqueue", lambda name, **_: found.append(name))
    return found


def everything() -> tuple[Any, ...]:
    tables = (Label.objects.order_by("id"), PastLabel.objects.order_by("id"), LabelRun.objects.order_by("id"))
    return own_settings(), [list(each.values()) for each in tables], AuditEntry.objects.count()


def refused(scope: Scope, unit: Unit, changes: dict[str, float | None]) -> DomainError:
    """The error of the change and of its preview, which leave everything as it was."""
    before = everything()
    with pytest.raises(DomainError) as first:
        preview(by=scope, unit=unit, changes=changes)
    with pytest.raises(DomainError) as second:
        change_thresholds(by=scope, unit=unit, changes=changes, now=NOW)
    assert (first.value.code, first.value.data) == (second.value.code, second.value.data)
    assert everything() == before
    return second.value


# --- what is refused


def bad_values() -> list[tuple[str, float]]:
    found = []
    for key in defaults():
        each = find_threshold(key)
        found += [(key, each.least - 0.5), (key, each.most + 1), (key, math.nan), (key, math.inf), (key, -math.inf)]
        if each.whole:
            found.append((key, each.least + 0.5))
    return found


def test_a_bad_value_is_refused_with_its_field(system: Scope, unit: Unit, asked: list[str]) -> None:
    for key, value in bad_values():
        error = refused(system, unit, {key: value})
        assert (error.code, error.data) == ("bad_threshold", {"field": key}), (key, value)
        assert find_threshold(key).title.zh in error.message.zh
    assert asked == []


@pytest.mark.parametrize("value", [3.0, None])
def test_an_unknown_threshold_is_refused(system: Scope, unit: Unit, value: float | None) -> None:
    error = refused(system, unit, {"mood": value})
    assert (error.code, error.data) == ("unknown_threshold", {"field": "mood"})
    assert "tier_window" in error.message.en


def test_every_limit_is_accepted() -> None:
    for key in defaults():
        each = find_threshold(key)
        for value in (each.least, each.default, each.most):
            check_threshold(key, value)


@pytest.mark.parametrize("pair", [pair for label in labels().values() for pair in label.orders], ids=str)
def test_thresholds_that_cross_are_refused(system: Scope, unit: Unit, pair: Any) -> None:
    low, high = find_threshold(pair.lower), find_threshold(pair.higher)
    error = refused(system, unit, {pair.lower: 31, pair.higher: 30})
    assert (error.code, error.data) == ("crossed_thresholds", {"field": pair.lower})
    assert all(text in error.message.en for text in ("华东店", low.title.en, high.title.en, pair.otherwise.en))


def test_thresholds_that_are_equal_do_not_cross(system: Scope, unit: Unit, asked: list[str]) -> None:
    same: dict[str, float | None] = {"contributing_answers": 9, "professional_answers": 9}
    assert change_thresholds(by=system, unit=unit, changes=same, now=NOW)
    assert asked == ["flows.label"]


def test_crossing_in_a_unit_below_is_refused_naming_it(system: Scope, unit: Unit, team: Unit, asked: list[str]) -> None:
    change_thresholds(by=system, unit=team, changes={"professional_answers": 8}, now=NOW)
    error = refused(system, unit, {"contributing_answers": 9})
    assert error.code == "crossed_thresholds"
    assert "“一组”" in error.message.en
    assert change_thresholds(by=system, unit=unit, changes={"contributing_answers": 8}, now=NOW)


def test_inheriting_again_may_cross_as_well(system: Scope, unit: Unit, asked: list[str]) -> None:
    high: dict[str, float | None] = {"contributing_answers": 30, "professional_answers": 40}
    change_thresholds(by=system, unit=unit, changes=high, now=NOW)
    error = refused(system, unit, {"professional_answers": None})
    assert (error.code, error.data) == ("crossed_thresholds", {"field": "contributing_answers"})
    assert change_thresholds(by=system, unit=unit, changes=dict.fromkeys(high), now=NOW)


def test_what_was_never_set_is_inherited_already(system: Scope, unit: Unit, asked: list[str]) -> None:
    assert not change_thresholds(by=system, unit=unit, changes=dict.fromkeys(defaults()), now=NOW)
    assert asked == []


def test_a_unit_beside_is_no_matter(system: Scope, unit: Unit, other_unit: Unit, asked: list[str]) -> None:
    change_thresholds(by=system, unit=other_unit, changes={"professional_answers": 5}, now=NOW)
    assert change_thresholds(by=system, unit=unit, changes={"contributing_answers": 20}, now=NOW)


@pytest.mark.parametrize("role", ["", "admin", "analyst", "auditor", "owner"])
def test_without_the_permission_there_nothing_is_told_or_changed(
    talk: Unit, staff: AddStaff, unit: Unit, other_unit: Unit, asked: list[str], role: str
) -> None:
    """An owner of another unit may neither look here nor change."""
    scope = scope_of(staff("somebody", role, other_unit if role == "owner" else unit))
    error = refused(scope, talk, {"active_messages": 1})
    assert isinstance(error, Denied)
    assert asked == []


def test_an_owner_changes_the_own_unit_and_those_below(
    talk: Unit, staff: AddStaff, unit: Unit, asked: list[str]
) -> None:
    scope = scope_of(staff("somebody", "owner", unit))
    for each in (unit, talk):
        assert preview(by=scope, unit=each, changes={"active_messages": 1}).people == 4
        assert change_thresholds(by=scope, unit=each, changes={"active_messages": 1}, now=NOW)
    assert isinstance(refused(scope, root_unit(), {"active_messages": 1}), Denied)


# --- what is told and what happens


def labels_now() -> dict[tuple[str, str], str]:
    rows = Label.objects.values_list("member__name", "key", "value")
    return {(name, key): value for name, key, value in rows}


@pytest.mark.parametrize(
    "changes",
    [
        {"active_messages": 1},
        {"active_messages": 3, "tier_least_days": 7, "tier_window": 7},
        {"retention_after": 1, "retention_days": 1},
        {"active_messages": 3000},
        {},
    ],
)
def test_a_preview_tells_what_then_happens(
    talk: Unit, system: Scope, unit: Unit, asked: list[str], changes: dict[str, float | None]
) -> None:
    before = labels_now()
    unchanged = everything()
    told = preview(by=system, unit=unit, changes=changes)
    assert everything() == unchanged
    assert told.people == 4
    changed = change_thresholds(by=system, unit=unit, changes=changes, now=NOW)
    assert changed == bool(changes)
    assert asked == ["flows.label"] * changed
    label(now=NOW)
    after = labels_now()
    assert after[("远一", "tier")] == before[("远一", "tier")]
    for key in labels():
        happened = Counter((before[each], after[each]) for each in before if each[1] == key and each[0] != "远一")
        assert told.moves[key] == happened
        assert told.after(key).items() >= Counter(then for _, then in happened.elements()).items()


def test_a_preview_looks_at_the_units_below_and_nowhere_else(
    talk: Unit, system: Scope, unit: Unit, other_unit: Unit
) -> None:
    people = [
        preview(by=system, unit=each, changes={"active_messages": 1}).people
        for each in (root_unit(), unit, talk, other_unit)
    ]
    assert people == [5, 4, 4, 1]


def test_a_unit_below_with_a_bar_of_its_own_does_not_move(
    talk: Unit, system: Scope, unit: Unit, asked: list[str]
) -> None:
    change_thresholds(by=system, unit=talk, changes={"active_messages": 12}, now=NOW)
    assert preview(by=system, unit=unit, changes={"active_messages": 1}).after("tier")["active"] == 0
    assert preview(by=system, unit=talk, changes={"active_messages": 1}).after("tier")["active"] > 0
    assert preview(by=system, unit=talk, changes={"active_messages": None}).after("tier")["active"] == 0


def test_a_value_that_nobody_would_have_is_told_as_zero(talk: Unit, system: Scope) -> None:
    told = preview(by=system, unit=talk, changes={"active_messages": 3000})
    assert told.after("tier") == {"ordinary": 4, "active": 0, "contributing": 0, "professional": 0}


def test_overlaps_are_told(talk: Unit, system: Scope) -> None:
    """Everybody who would be retained has spoken as well; only the order of the rules decides."""
    told = preview(by=system, unit=talk, changes={"retention_after": 1, "retention_days": 1})
    retained = told.after("stage")["retention"]
    assert retained > 0
    assert told.overlaps["stage"][("retention", "activation")] == retained
    assert preview(by=system, unit=talk, changes={"retention_days": 300}).overlaps["stage"].keys() <= {
        ("referral", "activation")
    }


def test_a_unit_of_nobody(system: Scope, unit: Unit, asked: list[str]) -> None:
    told = preview(by=system, unit=unit, changes={"active_messages": 1})
    assert (told.people, set(told.after("tier").values()), told.overlaps["tier"]) == (0, {0}, {})
    assert change_thresholds(by=system, unit=unit, changes={"active_messages": 1}, now=NOW)


def test_a_change_is_asked_for_in_its_transaction(talk: Unit, system: Scope) -> None:
    """The queue's own: the same moment asks once, and the job does it."""
    assert change_thresholds(by=system, unit=talk, changes={"active_messages": 1}, now=NOW)
    assert not change_thresholds(by=system, unit=talk, changes={"active_messages": 1}, now=NOW)
    assert run_now("flows.label") == 4
    assert labels_now()[("远一", "tier")] == "ordinary"
    assert labels_now()[("Mei", "tier")] == "active"
