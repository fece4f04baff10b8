"""Undo: exactly what only the undone import supplied goes; the figures are those from before."""

from __future__ import annotations

import shutil
from itertools import count
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import Settings

from qunyu.communities.models import Community
from qunyu.events.actions import begin_undo
from qunyu.events.lake import rollup
from qunyu.events.models import Import
from qunyu.flows import undoing
from qunyu.flows.actions import ask_undo
from qunyu.flows.place import place
from qunyu.kernel.errors import DomainError
from qunyu.kernel.models import AuditEntry
from qunyu.members.models import Identity, Member, Membership
from qunyu.people.models import Unit
from qunyu.people.queries import scope_of
from tests.deployment_fixtures import NOW, TEA_CHAT, TEA_NAME, AddStaff
from tests.flows.conftest import Desk

LINES = TEA_CHAT.splitlines(keepends=True)


def part(start: int, stop: int) -> dict[str, str | bytes]:
    return {TEA_NAME: "".join(LINES[start:stop])}


def is_empty(desk: Desk) -> bool:
    tables = (Community, Identity, Member, Membership)
    return desk.facts() == [] and desk.facts("activity") == [] and not any(each.objects.exists() for each in tables)


def test_undo_leaves_nothing_of_a_single_import(desk: Desk) -> None:
    owner = desk.bring(part(0, 12))
    assert desk.undo(owner) == {"facts": 13, "orders": 0, "identities": 4, "communities": 1}
    owner.refresh_from_db()
    assert (owner.state, owner.finished_at) == ("undone", NOW)
    assert owner.progress == {"removed": {"facts": 13, "orders": 0, "identities": 4, "communities": 1}}
    assert is_empty(desk)
    assert desk.facts("supplies") == []
    assert list((place().data / "staging").iterdir()) == []
    assert AuditEntry.objects.filter(action="import.undo", object_id=str(owner.pk)).count() == 1


def test_undo_removes_only_what_no_other_import_supplied(desk: Desk) -> None:
    first = desk.bring(part(0, 8))
    before = desk.everything()
    second = desk.bring(part(5, 12))
    assert desk.undo(second) == {"facts": 4, "orders": 0, "identities": 1, "communities": 0}
    assert desk.everything() == before
    assert {row["import_id"] for row in desk.facts()} == {first.pk}


def test_the_heir_takes_over_and_its_undo_removes_all(desk: Desk) -> None:
    first, second = desk.bring(part(0, 8)), desk.bring(part(5, 12))
    desk.undo(first)
    assert {row["import_id"] for row in desk.facts()} == {second.pk}
    assert set(Identity.objects.values_list("supplied_by", flat=True)) == {second.pk}
    assert Community.objects.get().supplied_by_id == second.pk
    assert len(desk.texts()) == 6
    desk.undo(second)
    assert is_empty(desk)


def test_what_remains_is_what_the_other_import_alone_would_leave(desk: Desk) -> None:
    first = desk.bring(part(0, 8))
    desk.bring(part(3, 12))
    desk.undo(first)
    kept = desk.everything()
    for owner in Import.objects.filter(state="done"):
        desk.undo(owner)
    desk.bring(part(3, 12))
    assert desk.everything() == kept


def test_of_three_the_next_in_line_inherits(desk: Desk) -> None:
    first, second, third = (desk.bring(part(0, 12)) for _ in range(3))
    before = desk.everything()
    desk.undo(first)
    desk.undo(second)
    assert desk.everything() == before
    assert {row["import_id"] for row in desk.facts()} == {third.pk}
    desk.undo(third)
    assert is_empty(desk)


def test_the_same_import_again_after_an_undo(desk: Desk) -> None:
    first = desk.bring(part(0, 12))
    before = desk.everything()
    desk.undo(first)
    again = desk.bring(part(0, 12))
    assert again.summary["facts"] == {"message": 8, "joined": 2, "left": 1, "notice": 2, "already": 0}
    assert desk.everything() == before


def test_an_undo_cannot_be_asked_for_twice(desk: Desk) -> None:
    owner = desk.bring(part(0, 12))
    desk.undo(owner)
    with pytest.raises(DomainError) as raised:
        begin_undo(by=desk.scope, owner=owner, now=NOW)
    assert raised.value.code == "cannot_undo"


def test_an_undo_that_runs_again_changes_nothing(desk: Desk) -> None:
    desk.bring(part(0, 8))
    before = desk.everything()
    owner = desk.bring(part(0, 12))
    gone = desk.undo(owner)
    assert undoing.run(owner.pk, place=place(), now=NOW) == gone
    assert desk.everything() == before


@pytest.mark.parametrize("where", ["refresh", "end"])
def test_an_undo_goes_on_after_a_crash(desk: Desk, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    desk.bring(part(0, 8))
    before = desk.everything()
    owner = desk.bring(part(5, 12))
    begin_undo(by=desk.scope, owner=owner, now=NOW)

    def crash(*_: object, **__: object) -> None:
        raise RuntimeError("the power went")

    target: tuple[Any, str] = (rollup, "refresh") if where == "refresh" else (undoing, "forget_empty")
    with monkeypatch.context() as patch:
        patch.setattr(*target, crash)
        with pytest.raises(RuntimeError):
            undoing.run(owner.pk, place=place(), now=NOW)
    undoing.run(owner.pk, place=place(), now=NOW)
    owner.refresh_from_db()
    assert owner.state == "undone"
    assert desk.everything() == before


def test_an_import_that_waits_never_begins_once_it_is_undone(desk: Desk) -> None:
    owner = desk.ask(part(0, 12))
    assert desk.undo(owner) == {"facts": 0, "orders": 0, "identities": 0, "communities": 0}
    with pytest.raises(DomainError) as raised:
        desk.run(owner)
    owner.refresh_from_db()
    assert (raised.value.code, owner.state) == ("import_ended", "undone")
    assert is_empty(desk)


@pytest.mark.parametrize("role", ["", "admin", "owner"])
def test_undo_is_denied_without_the_permission_there(
    desk: Desk, staff: AddStaff, unit: Unit, other_unit: Unit, role: str
) -> None:
    """An owner of another unit may undo there, and not here."""
    owner = desk.bring(part(0, 12), unit=unit)
    before = desk.everything()
    somebody = staff("somebody", role, other_unit if role == "owner" else unit)
    entries = AuditEntry.objects.count()
    with pytest.raises(DomainError) as raised:
        ask_undo(by=scope_of(somebody), owner=owner, now=NOW)
    owner.refresh_from_db()
    assert (raised.value.code, owner.state) == ("denied", "done")
    assert desk.everything() == before
    assert AuditEntry.objects.count() == entries


def test_an_owner_may_undo_in_their_unit(desk: Desk, staff: AddStaff, unit: Unit) -> None:
    owner = desk.bring(part(0, 12), unit=unit)
    before = desk.everything()
    ask_undo(by=scope_of(staff("somebody", "owner", unit)), owner=owner, now=NOW)
    assert desk.everything() == before
    undoing.run(owner.pk, place=place(), now=NOW)
    assert is_empty(desk)


def talk() -> list[str]:
    """A chat of 24 lines over eight days: repetitions, joins, leaves, somebody who comes back."""
    texts = ("早上好", "早上好", "[图片]", "明天喝茶吗", "好", "好")
    lines = []
    for number in range(24):
        who, kind = f"u{number % 5}", {3: "joined", 11: "left", 17: "joined"}.get(number, "message")
        lines.append(
            f"2026-03-{1 + number // 3:02} {8 + number % 3 * 5:02}:00,tea,{who},{who},{texts[number % 6]},{kind}\n"
        )
    return [each for line in lines for each in (line, line)[: 2 if "早上好" in line else 1]]


TALK = talk()
SLICES = (
    st.tuples(st.integers(0, len(TALK) - 1), st.integers(1, len(TALK))).map(sorted).filter(lambda cut: cut[0] < cut[1])
)


@given(kept=st.lists(SLICES, min_size=1, max_size=2), undone=st.lists(SLICES, min_size=1, max_size=2))
@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_import_and_undo_leave_everything_as_it_was(
    desk: Desk, settings: Settings, kept: list[list[int]], undone: list[list[int]]
) -> None:
    """Whatever slices of one chat are imported, undoing the later ones in any order gives the state before them."""
    settings.QUNYU_DATA = desk.folder / "data"
    shutil.rmtree(settings.QUNYU_DATA, ignore_errors=True)
    settings.QUNYU_DATA.mkdir(parents=True)
    numbers = count()
    with transaction.atomic():

        def bring(cut: list[int]) -> Import:
            header = "time,community,author_id,author_name,text,kind\n"
            return desk.bring({f"{next(numbers)}.csv": header + "".join(TALK[cut[0] : cut[1]])})

        for cut in kept:
            bring(cut)
        before = desk.everything()
        for owner in [bring(cut) for cut in undone]:
            desk.undo(owner)
        assert desk.everything() == before
        transaction.set_rollback(True)
