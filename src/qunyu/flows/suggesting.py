"""Suggesting: the course that asks anew who may be the same person."""

from __future__ import annotations

from datetime import datetime

from qunyu.flows.place import lake
from qunyu.jobs.port import enqueue, load
from qunyu.kernel.scope import Scope, system_scope
from qunyu.members.suggesting import find, keep


def suggest(*, now: datetime, by: Scope | None = None) -> int:
    """Finds the questions anew and keeps them; how many there are. Again it changes nothing."""
    return keep(by=by or system_scope("suggesting"), found=find(lake()), now=now)


def ask_suggestions(*, by: Scope, now: datetime) -> None:
    """Has a worker ask anew who may be the same person.

    Raises Denied.
    """
    load()
    by.require("members.edit")
    enqueue("flows.suggest", key=f"asked-{now.timestamp()}")
