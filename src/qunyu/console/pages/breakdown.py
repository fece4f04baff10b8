"""Breakdown: the board's main figures side by side, a row for each community, platform, type, theme or unit."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from qunyu.communities.queries import communities
from qunyu.console.asking import Ask
from qunyu.console.narrowing import BREAKDOWN_NAMES, Narrowing
from qunyu.flows.place import lake
from qunyu.insights.board import Board, board
from qunyu.insights.metric import Metric, metrics
from qunyu.kernel.periods import Period
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.people.queries import units_in
from qunyu.reports.cards import Card, card, focus_of
from qunyu.reports.names import TYPES, named, platform

SIDE_BY_SIDE = (
    "members", "new_members", "active_members", "messages", "interaction_rate", "retention_rate", "orders", "revenue",
)  # fmt: skip


# Rows that are shown until all are asked for: a table of five hundred communities is no comparison.
MOST = 50


@dataclass(frozen=True)
class Row:
    """One key: what it is called, where it leads ("" = nowhere), its cards."""

    name: str
    link: str
    cards: list[Card]


@dataclass(frozen=True)
class Breakdown:
    """The table: its columns and its rows, the one with most members first; `more` rows are not among them."""

    title: Words
    focus: Period
    columns: list[Metric]
    rows: list[Row]
    more: int


def breakdown(request: Ask, asked: Narrowing, columns: tuple[str, ...] = SIDE_BY_SIDE) -> Breakdown | None:
    """The table for what is asked, with the metrics `columns`, members first; None when there is nothing in it.

    Its first rows, unless the address asks for all.
    """
    if asked.by == "none":
        return None
    scope = request.scope
    found = asked.shown(board(lake(), scope, asked.question(asked.by, frozenset(columns))))
    if not found.periods:
        return None
    focus = focus_of(found)
    links = _links(scope) if asked.by == "community" else {}
    names = _names(scope, asked, found)
    keys = sorted(found.keys, key=lambda key: (-(card(found, columns[0], focus, key).figure.value or 0), names[key]))
    chosen = keys if request.GET.get("rows") == "all" else keys[:MOST]
    rows = [Row(names[key], links.get(key, ""), [card(found, name, focus, key) for name in columns]) for key in chosen]
    shown = [metrics()[name] for name in columns]
    return Breakdown(BREAKDOWN_NAMES[asked.by], focus, shown, rows, len(keys) - len(chosen))


def _links(scope: Scope) -> dict[int, str]:
    rows = communities(scope).values_list("id", "public_id")
    return {id: reverse("console:community", args=[public_id]) for id, public_id in rows}


def _names(scope: Scope, asked: Narrowing, found: Board) -> dict[int, str]:
    if asked.by == "unit":
        units = {str(unit.pk): unit.name for unit in units_in(scope, "communities.view")}
        return {key: units.get(name, name) for key, name in found.keys.items()}
    if asked.by == "platform":
        return {key: str(platform(name)) for key, name in found.keys.items()}
    if asked.by == "type":
        return {key: str(named(TYPES, name)) for key, name in found.keys.items()}
    return {key: name or str(TYPES[""]) for key, name in found.keys.items()}
