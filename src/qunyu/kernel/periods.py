"""Periods: days, ISO weeks and months of the deployment's calendar."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words

Grain = Literal["day", "week", "month", "all"]
GRAINS: tuple[Grain, ...] = ("day", "week", "month")
BAD_DAY = Words("日期“{value}”无法识别；请写成 2026-03-01", "“{value}” is no date; write it like 2026-03-01")


def day_of(value: str) -> date:
    """The day that `value` writes (ISO 8601).

    Raises DomainError bad_day.
    """
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise DomainError("bad_day", BAD_DAY.fill(value=value)) from None


@dataclass(frozen=True, slots=True)
class Period:
    """From `first` to `last` day, both included."""

    first: date
    last: date
    grain: Grain

    @property
    def label(self) -> str:
        """2026-03-01, 2026-W09 (ISO 8601 week), 2026-03, or first..last for a free period."""
        if self.grain == "day":
            return self.first.isoformat()
        if self.grain == "month":
            return f"{self.first:%Y-%m}"
        if self.grain == "week":
            year, week, _ = self.first.isocalendar()
            return f"{year}-W{week:02d}"
        return f"{self.first.isoformat()}..{self.last.isoformat()}"


def period_start(day: date, grain: Grain) -> date:
    """The first day of the period of `grain` that holds `day`; weeks begin on Monday (ISO 8601)."""
    if grain == "week":
        return day - timedelta(days=day.weekday())
    if grain == "month":
        return day.replace(day=1)
    return day


def next_start(start: date, grain: Grain) -> date:
    """The first day of the period after the one that begins at `start`."""
    if grain == "month":
        return (start + timedelta(days=31)).replace(day=1)
    return start + timedelta(days=7 if grain == "week" else 1)


def periods_between(first: date, last: date, grain: Grain) -> Iterator[Period]:
    """Every period from the one of `first` to the one of `last`, gaps included; one free period for grain "all"."""
    if grain == "all":
        yield Period(first, last, grain)
        return
    start = period_start(first, grain)
    while start <= last:
        following = next_start(start, grain)
        yield Period(start, following - timedelta(days=1), grain)
        start = following
