"""Spans: from where to where a figure or a day lies, and which spans lie within others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from qunyu.segments.rules.tree import Field, Window

# Told from today on: with days of the calendar they cannot be compared once and for all.
RELATIVE = ("within", "older")
_OPEN = Decimal(10) ** 30


@dataclass(frozen=True, slots=True)
class Span:
    """From `low` to `high`, which count unless they are said to be `out`. `relative` are days told from today, today being 0."""

    low: Decimal = -_OPEN
    high: Decimal = _OPEN
    low_out: bool = False
    high_out: bool = False
    relative: bool = False

    def inside(self, other: Span) -> bool:
        """Whether whatever lies in this one lies in the other."""
        if other == EVER:
            return True
        if self.relative != other.relative:
            return False
        low = self.low > other.low or (self.low == other.low and (self.low_out or not other.low_out))
        high = self.high < other.high or (self.high == other.high and (self.high_out or not other.high_out))
        return low and high

    def apart(self, other: Span) -> bool:
        """Whether nothing can lie in both."""
        if self.relative != other.relative:
            return False
        return self._ends_before(other) or other._ends_before(self)

    def _ends_before(self, other: Span) -> bool:
        return self.high < other.low or (self.high == other.low and (self.high_out or other.low_out))


EVER = Span()


def span_of_field(leaf: Field, kind: str) -> Span | None:
    """What a condition about a number, an amount or a day allows; None for other kinds."""
    if kind not in ("number", "money", "date"):
        return None
    if leaf.op == "known":
        return EVER
    if leaf.op in RELATIVE:
        days = Decimal(leaf.values[0])
        return Span(1 - days, Decimal(0), relative=True) if leaf.op == "within" else Span(high=-days, relative=True)
    values = [_day(date.fromisoformat(each)) if kind == "date" else Decimal(each) for each in leaf.values]
    if leaf.op in ("gte", "gt", "from"):
        return Span(low=values[0], low_out=leaf.op == "gt")
    if leaf.op in ("lte", "lt", "until"):
        return Span(high=values[0], high_out=leaf.op == "lt")
    return Span(values[0], values[-1])


def span_of_window(window: Window) -> Span:
    """The days of a window."""
    if window.days is not None:
        return Span(Decimal(1 - window.days), Decimal(0), relative=True)
    return Span(
        _day(window.first) if window.first else -_OPEN,
        _day(window.last) if window.last else _OPEN,
    )


def _day(day: date) -> Decimal:
    return Decimal(day.toordinal())
