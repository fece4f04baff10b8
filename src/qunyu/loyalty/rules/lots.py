"""Lots: which points go first, and when they are gone."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

Expiry = Literal["never", "months", "year"]


@dataclass(frozen=True, slots=True)
class LotLeft:
    """What is left of a lot; `expires_on` is the first day on which it is gone, None for never. Ids grow with time."""

    id: int
    account: int
    left: int
    expires_on: date | None


def expires_on(earned: date, expiry: str, months: int) -> date | None:
    """The first day on which points earned on that day are gone: `months` later, or after the last day of the next year; None for never.

    A day that the month does not have becomes its last.
    """
    if expiry == "months":
        return later(earned, months)
    return date(earned.year + 2, 1, 1) if expiry == "year" else None


def later(day: date, months: int) -> date:
    """The same day some months later, or the last of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def taken(lots: Iterable[LotLeft], points: int, first: Collection[int] = ()) -> list[tuple[LotLeft, int]]:
    """How many points to take of which lots: of `first` before the others, then what expires soonest, then the oldest.

    Takes all there is where that is less than `points`.
    """
    found: list[tuple[LotLeft, int]] = []
    for lot in sorted(lots, key=lambda each: (each.id not in first, each.expires_on or date.max, each.id)):
        part = min(lot.left, points)
        if part > 0:
            found.append((lot, part))
            points -= part
    return found
