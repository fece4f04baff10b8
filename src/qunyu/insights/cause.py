"""Cause: why a community fades, one file each in `insights/causes`, and the registry that finds them."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from qunyu.insights.evidence import Evidence
from qunyu.kernel.words import Words


@dataclass(frozen=True, slots=True)
class Line:
    """One figure of evidence, before and now, as numbers; `share` ones lie between 0 and 1. `n` is the count behind the one of now."""

    title: Words
    before: float | None
    now: float | None
    n: int
    share: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """A cause found: `strength` from 0 to 1 tells which of several is likelier, `said` says why in words and figures.

    `member` is the person concerned (0: none); whoever shows the name needs members.view.
    """

    strength: float
    said: Words
    lines: tuple[Line, ...]
    member: int = 0


@dataclass(frozen=True)
class Cause:
    """One cause: `find` gives a finding or None; `step` is the first thing to do about it; `example` what it finds in made-up evidence."""

    key: str
    title: Words
    definition: Words
    step: Words
    source: str
    find: Callable[[Evidence], Finding | None]
    example: tuple[Evidence, float]


@cache
def causes() -> Mapping[str, Cause]:
    """Every cause by key."""
    package = importlib.import_module("qunyu.insights.causes")
    found: dict[str, Cause] = {}
    for info in sorted(pkgutil.iter_modules(package.__path__), key=lambda each: each.name):
        cause: Cause = importlib.import_module(f"{package.__name__}.{info.name}").CAUSE
        found[cause.key] = cause
    return found


@dataclass(frozen=True, slots=True)
class Likely:
    """A cause with what speaks for it."""

    cause: Cause
    finding: Finding


def likely_causes(evidence: Evidence) -> tuple[Likely, ...]:
    """The causes that the evidence speaks for, the likeliest first."""
    found = [Likely(cause, finding) for cause in causes().values() if (finding := cause.find(evidence)) is not None]
    return tuple(sorted(found, key=lambda each: (-each.finding.strength, each.cause.key)))


def rate(part: float, whole: float) -> float | None:
    """part ÷ whole; None when there is nothing to divide by."""
    return part / whole if whole else None


def within(value: float, low: float = 0.0, high: float = 1.0) -> float:
    """The value, held between the bounds."""
    return max(low, min(high, value))
