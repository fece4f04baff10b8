"""What shows while imports are at work, and after one was interrupted: the last finished state and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from qunyu.communities.models import Community
from qunyu.events import actions as events
from qunyu.events.actions import begin_undo
from qunyu.events.lake.timeline import Seen, timeline
from qunyu.events.models import Import, PublishedTable
from qunyu.flows import importing, undoing
from qunyu.flows.actions import ask_import
from qunyu.flows.place import lake, place
from qunyu.flows.request import ImportRequest, Part
from qunyu.flows.tasks import tidy
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.members.models import Identity
from qunyu.members.queries import members, memberships, people
from qunyu.people.queries import root_unit
from tests.deployment_fixtures import NOW, TEA_CHAT, TEA_NAME
from tests.flows.conftest import Desk

LINES = TEA_CHAT.splitlines(keepends=True)
FIRST, WHOLE = {TEA_NAME: "".join(LINES[:6])}, {TEA_NAME: TEA_CHAT}
COLUMNS = "order_id,customer,ordered_at,amount,status\n"
ORDERS = {"orders.csv": COLUMNS + "A1,u1,2026-03-01 10:00,20,paid\n"}


def crash(*_: object, **__: object) -> None:
    raise RuntimeError("the power went")


def interrupted(desk: Desk, monkeypatch: pytest.MonkeyPatch, files: dict[str, str]) -> Import:
    """An import whose facts, figures and memberships are written, and that did not come to its end."""
    owner = desk.ask(files)
    with monkeypatch.context() as patch:
        patch.setattr(events, "finish", crash)
        patch.setattr(importing.Course, "_take_back", crash)
        with pytest.raises(RuntimeError):
            desk.run(owner)
    owner.refresh_from_db()
    assert owner.state == "saving"
    return owner


def looked_at(monkeypatch: pytest.MonkeyPatch, look: Callable[[], Any]) -> list[Any]:
    """What `look` saw when an import had written everything but its end."""
    seen: list[Any] = []
    finish = events.finish

    def looking(*given: Any, **named: Any) -> bool:
        seen.append(look())
        return finish(*given, **named)

    monkeypatch.setattr(events, "finish", looking)
    return seen


def shown(desk: Desk) -> dict[str, object]:
    """What readers see of figures, single facts and people; a known person's own counters may be ahead by seconds."""
    ids = list(Identity.objects.values_list("id", flat=True))
    moments = timeline(lake(), Seen(ids, list(Community.objects.values_list("id", flat=True))), "", 100)
    return {
        "figures": desk.figures(),
        "facts": len(desk.facts()),
        "moments": len(moments),
        "people": sorted(people(desk.scope).values_list("name", flat=True)),
        "members": sorted(members(desk.scope).values_list("name", flat=True)),
        "memberships": memberships(desk.scope).count(),
    }


def test_nothing_of_an_import_shows_before_its_end(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.bring(FIRST)
    before = shown(desk)
    seen = looked_at(monkeypatch, lambda: shown(desk))
    desk.bring(WHOLE)
    assert seen == [before]
    assert shown(desk)["facts"] == 13
    assert shown(desk)["people"] != before["people"]


def test_orders_do_not_show_before_the_end(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = looked_at(monkeypatch, desk.figures)
    desk.bring(ORDERS)
    assert seen == [{"periods": []}]
    assert desk.figures()["orders"] == [1]


def test_the_next_import_takes_back_what_an_interrupted_one_wrote(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.bring(FIRST)
    desk.bring(ORDERS)
    alone = desk.everything()
    owner = interrupted(desk, monkeypatch, WHOLE)
    desk.bring({"later.csv": COLUMNS + "A2,u1,2026-03-02 10:00,5,paid\n"})
    owner.refresh_from_db()
    assert (owner.state, owner.error["code"]) == ("failed", "interrupted")
    assert len(desk.facts()) == 9
    desk.undo(Import.objects.get(title="later.csv"))
    assert desk.everything() == alone


def test_a_community_only_an_interrupted_import_knew_comes_with_the_next(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupted(desk, monkeypatch, WHOLE)
    again = desk.bring(WHOLE)
    assert again.summary["facts"]["already"] == 0
    assert shown(desk)["facts"] == 13
    assert Community.objects.get().supplied_by_id == again.pk


def test_an_import_taken_back_by_another_may_begin_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = interrupted(desk, monkeypatch, WHOLE)
    desk.bring(ORDERS)
    desk.run(owner)
    assert (owner.state, owner.error, owner.summary["facts"]["message"]) == ("done", {}, 8)


def test_an_undo_asked_for_while_it_saves_leaves_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.bring(FIRST)
    before = desk.everything()
    owner = desk.ask(WHOLE)
    looked_at(monkeypatch, lambda: begin_undo(by=desk.scope, owner=owner, now=NOW))
    with pytest.raises(DomainError) as raised:
        desk.run(owner)
    owner.refresh_from_db()
    assert (raised.value.code, owner.state) == ("import_ended", "undoing")
    assert desk.figures() == before["figures"]
    undoing.run(owner.pk, place=place(), now=NOW)
    assert desk.everything() == before


def test_an_undo_that_waits_is_done_before_the_next_import(desk: Desk) -> None:
    owner = desk.bring(FIRST)
    begin_undo(by=desk.scope, owner=owner, now=NOW)
    desk.bring(ORDERS)
    owner.refresh_from_db()
    assert owner.state == "undone"
    assert {row["kind"] for row in desk.facts()} == {"order"}


def test_an_import_undone_before_it_saved_stops(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = desk.ask(WHOLE)
    check = importing.Course._check

    def undone(course: importing.Course) -> None:
        check(course)
        begin_undo(by=desk.scope, owner=owner, now=NOW)

    monkeypatch.setattr(importing.Course, "_check", undone)
    with pytest.raises(DomainError) as raised:
        desk.run(owner)
    owner.refresh_from_db()
    assert (raised.value.code, owner.state, desk.facts()) == ("import_ended", "undone", [])


def test_the_night_takes_back_what_a_crash_left(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.bring(FIRST)
    before = desk.everything()
    owner = interrupted(desk, monkeypatch, WHOLE)
    tidy()
    owner.refresh_from_db()
    assert (owner.state, owner.error["code"]) == ("failed", "interrupted")
    assert desk.everything() == before
    desk.run(owner)
    after, version = shown(desk), PublishedTable.objects.get(name="facts").version
    tidy()
    assert shown(desk) == after
    assert PublishedTable.objects.get(name="facts").version > version


@pytest.mark.parametrize("where", ["stage", "facts", "finish"])
def test_an_error_takes_back_at_once(desk: Desk, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    desk.bring(FIRST)
    before = desk.everything()
    owner = desk.ask(WHOLE)
    targets: dict[str, tuple[object, str]] = {
        "stage": (importing.Course, "_stage"),
        "facts": (importing.Course, "_renew"),
        "finish": (events, "finish"),
    }
    with monkeypatch.context() as patch:
        patch.setattr(*targets[where], crash)
        with pytest.raises(RuntimeError):
            desk.run(owner)
    owner.refresh_from_db()
    assert (owner.state, owner.error["code"]) == ("failed", "interrupted")
    assert desk.everything() == before
    desk.run(owner)
    assert (owner.state, len(desk.facts())) == ("done", 13)


def test_the_night_ends_imports_whose_process_is_gone(desk: Desk, system: Scope, data_folder: Path) -> None:
    (data_folder / "imports" / "u1").mkdir(parents=True)
    (data_folder / "imports" / "u1" / "o.csv").write_text(COLUMNS)
    request = ImportRequest((Part((str(data_folder / "imports" / "u1" / "o.csv"),)),))
    reading = ask_import(by=system, unit_id=root_unit().pk, title="gone", request=request, now=NOW)
    Import.objects.filter(pk=reading.pk).update(state="reading")
    tidy()
    reading.refresh_from_db()
    assert (reading.state, reading.error["code"]) == ("failed", "interrupted")
    assert (data_folder / "imports" / "u1").exists()
    Import.objects.filter(pk=reading.pk).update(finished_at=NOW)
    tidy()
    assert not (data_folder / "imports" / "u1").exists()


def test_an_older_order_file_given_again_has_the_last_word(desk: Desk) -> None:
    state = ("number", "status", "amount")
    older = desk.bring(ORDERS)
    desk.bring({"newer.csv": COLUMNS + "A1,u1,2026-03-01 10:00,20,cancelled\n"})
    assert desk.orders(*state) == [("A1", "cancelled", 2000)]
    assert desk.figures()["orders"] == [0]
    again = desk.bring(ORDERS)
    assert desk.orders(*state) == [("A1", "paid", 2000)]
    assert desk.figures()["orders"] == [1]
    desk.undo(older)
    assert desk.orders(*state) == [("A1", "paid", 2000)]
    assert desk.figures()["orders"] == [1]
    desk.undo(again)
    assert desk.orders(*state) == [("A1", "cancelled", 2000)]
