"""Levels: which step of the ladder somebody stands on, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from qunyu.loyalty.rules.lots import later

BarKind = Literal["points_year", "spent_year", "spent_ever", "orders", "tier", "months"]
BAR_KINDS: tuple[BarKind, ...] = ("points_year", "spent_year", "spent_ever", "orders", "tier", "months")
# These speak of orders.
MONEY_KINDS = ("spent_year", "spent_ever", "orders")
Why = Literal["bar", "kept", "holds", "grant", "fell", "none"]


@dataclass(frozen=True, slots=True)
class Bar:
    """What it takes: at least so much of something; of sums minor units of `currency`, of tiers the place of the tier (from 0)."""

    kind: BarKind
    least: int
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """What is known of somebody; None is unknown, and meets no bar. Sums are minor units by currency, `tier` the place of the tier."""

    points_year: int = 0
    spent_year: Mapping[str, int] | None = None
    spent_ever: Mapping[str, int] | None = None
    orders: int | None = None
    tier: int | None = None
    months: int | None = None

    def of(self, bar: Bar) -> int | None:
        """What somebody has of what the bar asks for."""
        if bar.kind in ("spent_year", "spent_ever"):
            sums = self.spent_year if bar.kind == "spent_year" else self.spent_ever
            return None if sums is None else sums.get(bar.currency, 0)
        found: int | None = getattr(self, bar.kind)
        return found


@dataclass(frozen=True, slots=True)
class Step:
    """A level: `keep` empty asks for the bars again; `months` 0 holds for as long as they are met."""

    id: int
    bars: Sequence[Bar] = ()
    keep: Sequence[Bar] = ()
    every: bool = False
    months: int = 12


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody stands: the level's id (None: on none), until when at least (None: no end), and why."""

    level: int | None
    until: date | None = None
    why: Why = "none"


@dataclass(frozen=True, slots=True)
class Decision:
    """`base` is what the bars say, `place` that or what was given by hand where it is higher."""

    base: Place
    place: Place
    met: Sequence[tuple[Bar, int | None]] = field(default=())


def meets(bar: Bar, figures: Figures) -> bool:
    """Whether somebody has what the bar asks for."""
    there = figures.of(bar)
    return there is not None and there >= bar.least


def reached(bars: Sequence[Bar], every: bool, figures: Figures) -> bool:
    """Whether the bars let somebody in: all of them, or one; no bars let everybody in."""
    met = [meets(each, figures) for each in bars]
    return not bars or (all(met) if every else any(met))


def decide(
    ladder: Sequence[Step], figures: Figures, stood: Place | None, given: Iterable[tuple[int, date]], today: date
) -> Decision:
    """Where somebody stands `today`: `ladder` from the lowest step up, `stood` what the bars said so far, `given` by hand (level, until).

    Up at once; down only when the time is over and the bars of keeping are not met.
    """
    place = {step.id: number for number, step in enumerate(ladder)}
    base = _by_bars(ladder, figures, stood if stood and stood.level in place else None, today)
    hands = [(place[level], until) for level, until in given if level in place and until >= today]
    highest = max(hands, default=(-1, today))
    mine = place[base.level] if base.level is not None else -1
    shown = Place(ladder[highest[0]].id, highest[1], "grant") if highest[0] > mine else base
    asked = _asked(ladder, place, base)
    return Decision(base, shown, [(each, figures.of(each)) for each in asked])


def _by_bars(ladder: Sequence[Step], figures: Figures, stood: Place | None, today: date) -> Place:
    best = max((n for n, step in enumerate(ladder) if reached(step.bars, step.every, figures)), default=-1)
    now = next((n for n, step in enumerate(ladder) if stood and step.id == stood.level), -1)
    if best > now:
        return _on(ladder[best], today, "bar")
    if now < 0 or stood is None:
        return Place(None)
    step = ladder[now]
    if stood.until is not None and stood.until >= today:
        return Place(step.id, stood.until, "holds" if best < now else stood.why)
    if best == now or (step.keep and reached(step.keep, step.every, figures)):
        return _on(step, today, "kept")
    return _on(ladder[best], today, "fell") if best >= 0 else Place(None, None, "fell")


def _on(step: Step, today: date, why: Why) -> Place:
    return Place(step.id, later(today, step.months) if step.months else None, why)


def _asked(ladder: Sequence[Step], place: Mapping[int, int], base: Place) -> Sequence[Bar]:
    """The bars that the reason speaks of: of the level itself, or of the one that could not be kept."""
    if base.level is None:
        return ladder[0].bars if ladder else ()
    step = ladder[place[base.level]]
    if base.why == "fell" and place[base.level] + 1 < len(ladder):
        above = ladder[place[base.level] + 1]
        return above.keep or above.bars
    return (step.keep or step.bars) if base.why == "kept" else step.bars


def missing(step: Step, figures: Figures) -> list[tuple[Bar, int | None]]:
    """The bars of a level that somebody does not meet, with how much is missing (None: unknown); empty when they let in."""
    if reached(step.bars, step.every, figures):
        return []
    short = [each for each in step.bars if not meets(each, figures)]
    return [(each, None if (there := figures.of(each)) is None else each.least - there) for each in short]
