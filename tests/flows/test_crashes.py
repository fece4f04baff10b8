"""Imports that a crash interrupts, and jobs that are done twice."""

from __future__ import annotations

from collections import Counter

import pytest

from qunyu.events import actions as events
from qunyu.events.lake import rollup
from qunyu.events.lake.store import Lake
from qunyu.flows import importing
from qunyu.kernel.errors import DomainError
from qunyu.members.models import Membership
from tests.deployment_fixtures import TEA_CHAT, TEA_NAME
from tests.flows.conftest import Desk

CRASHES = {
    "after the facts": (rollup, "refresh"),
    "at the figures": (Lake, "replace"),
    "at the memberships": (importing, "renew_memberships"),
    "at the end": (events, "finish"),
}


@pytest.mark.parametrize("where", list(CRASHES))
def test_after_a_crash_a_second_run_finishes_and_adds_nothing_twice(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    lines = TEA_CHAT.splitlines(keepends=True)
    desk.bring({TEA_NAME: "".join(lines[:6])})
    owner = desk.ask({TEA_NAME: TEA_CHAT})

    def crash(*_: object, **__: object) -> None:
        raise RuntimeError("the power went")

    with monkeypatch.context() as patch:
        patch.setattr(*CRASHES[where], crash)
        patch.setattr(importing.Course, "_take_back", crash)
        with pytest.raises(RuntimeError):
            desk.run(owner)
    owner.refresh_from_db()
    assert owner.state == "saving"
    desk.run(owner)
    assert owner.state == "done"
    assert owner.summary["facts"] == {"message": 5, "left": 1, "already": 7}
    assert len(desk.facts()) == 13
    assert Counter(row["fact_id"] for row in desk.facts("supplies")).keys() <= {row["fact_id"] for row in desk.facts()}
    assert sum(value or 0 for value in desk.figures()["messages"]) == 8
    assert Membership.objects.get(identity__key="Mei").messages == 3
    assert desk.undo(owner)["facts"] == 6
    assert len(desk.facts()) == 7


def test_a_job_done_twice_changes_nothing(desk: Desk) -> None:
    owner = desk.bring({TEA_NAME: TEA_CHAT})
    before = (desk.everything(), owner.state, owner.summary)
    with pytest.raises(DomainError) as raised:
        desk.run(owner)
    assert raised.value.code == "import_ended"
    owner.refresh_from_db()
    assert (desk.everything(), owner.state, owner.summary) == before


def test_an_import_that_was_undone_does_not_come_back(desk: Desk) -> None:
    owner = desk.bring({TEA_NAME: TEA_CHAT})
    desk.undo(owner)
    with pytest.raises(DomainError):
        desk.run(owner)
    owner.refresh_from_db()
    assert (owner.state, desk.facts()) == ("undone", [])
