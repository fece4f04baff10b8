"""Stopping: which people and orders of an import belong to somebody whose data were erased."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from qunyu.commerce.personal import stop_of as stop_of_order
from qunyu.kernel.platform_ids import chat_ids, keyed_id
from qunyu.members.stops import stop_of, stop_of_chat, stop_of_mark
from qunyu.privacy.stopping import anybody_stopped, stopped


def people_stopped(rows: Sequence[Mapping[str, Any]]) -> list[bool]:
    """Of each row of `Bench.identities`, whether the stop list names it: by its id, its phone's hash or its union id."""
    known = [_known_as(row) for row in rows]
    listed = stopped({each for names in known for each in names})
    return [not listed.isdisjoint(names) for names in known]


def _known_as(row: Mapping[str, Any]) -> list[str]:
    marks = (("phone", row["phone"]), ("union", row["union_id"]))
    # Of a chat that is named by somebody's id or name the stop list may have the hash alone.
    homes = {row["home"], keyed_id(row["home"])} if row["home"] else {""}
    found = [stop_of(row["source"], home, row["key"]) for home in sorted(homes)]
    return found + [stop_of_mark(kind, value) for kind, value in marks if value]


def chats_stopped(pairs: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those (platform, key) that are chats with an erased person, or were called by their name."""
    if not anybody_stopped():
        return set()
    known = {(platform, key): _named_by(platform, key) for platform, key in pairs}
    listed = stopped({each for names in known.values() for each in names})
    return {pair for pair, names in known.items() if names & listed}


def _named_by(platform: str, key: str) -> set[str]:
    return {stop_of_chat(platform, key)} | {stop_of(platform, "", id) for id in chat_ids(key)}


def orders_stopped(unit: int, numbers: Collection[str]) -> list[str]:
    """Those order numbers of a unit that an erased person's orders had."""
    listed = stopped({stop_of_order(unit, number) for number in numbers})
    return sorted(number for number in numbers if stop_of_order(unit, number) in listed)
