"""Spans: the days that an analysis speaks of, as its address asks for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from qunyu.console.narrowing import Narrowing
from qunyu.events.lake.store import Lake
from qunyu.insights.board import board
from qunyu.kernel.periods import Period
from qunyu.kernel.scope import Scope
from qunyu.reports.cards import focus_of


@dataclass(frozen=True)
class Span:
    """Days `first` to `last`; `period` where they are the board's last whole one, because no days were asked for."""

    first: date
    last: date
    communities: frozenset[int] | None
    period: Period | None = None

    @property
    def label(self) -> str:
        """The period's, else the days."""
        return (self.period or Period(self.first, self.last, "all")).label


def span_of(lake: Lake, scope: Scope, asked: Narrowing) -> Span | None:
    """The days asked for, else the last whole period there are data of; None when there are none."""
    question = asked.question(metrics=frozenset({"messages"}))
    if asked.first and asked.last:
        return Span(asked.first, asked.last, question.communities)
    found = asked.shown(board(lake, scope, question))
    if not found.periods or found.as_of is None:
        return None
    if asked.first or asked.last:
        first, last = asked.first or found.periods[0].first, asked.last or found.as_of
        return Span(min(first, last), max(first, last), question.communities)
    focus = focus_of(found)
    return Span(focus.first, min(focus.last, found.as_of), question.communities, focus)
