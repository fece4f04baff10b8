"""Stopping: which people and orders of an import belong to somebody whose data were erased."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from qunyu.commerce.personal import stop_of
from qunyu.members import personal as members
from qunyu.privacy.stopping import stopped


def people_stopped(rows: Sequence[Mapping[str, Any]]) -> list[bool]:
    """Of each row of `Bench.identities`, whether the stop list names it: by its id, its phone's hash or its union id."""
    known = [_known_as(row) for row in rows]
    listed = stopped({each for names in known for each in names})
    return [not listed.isdisjoint(names) for names in known]


def _known_as(row: Mapping[str, Any]) -> list[str]:
    marks = (("phone", row["phone"]), ("union", row["union_id"]))
    found = [members.stop_of(row["source"], row["home"], row["key"])]
    return found + [members.stop_of_mark(kind, value) for kind, value in marks if value]


def orders_stopped(unit: int, numbers: Collection[str]) -> list[str]:
    """Those order numbers of a unit that an erased person's orders had."""
    listed = stopped({stop_of(unit, number) for number in numbers})
    return sorted(number for number in numbers if stop_of(unit, number) in listed)
