"""Likeness: how likely two identities with like names are one person, with the reasons for and against."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

# What people put between a place or a shop and their name.
_PARTS = re.compile(r"[-—_|｜/·•~～@（(【\[:：\s]+")
_ENOUGH_TRACES = 20


def plain_name(name: str) -> str:
    """The letters and digits of a name, widths and case made one: without emoji, blanks and signs; "" where nothing is left."""
    text = unicodedata.normalize("NFKC", name).casefold()
    return "".join(each for each in text if unicodedata.category(each)[0] in "LN")


def parts_of(name: str) -> list[str]:
    """The last part of a name that stands behind a sign (上海-小茶), plain; empty where there is no such part."""
    parts = [plain_name(each) for each in _PARTS.split(unicodedata.normalize("NFKC", name))]
    kept = [each for each in parts if each]
    return kept[-1:] if len(kept) > 1 and len(kept[-1]) > 1 else []


@dataclass(frozen=True, slots=True)
class Two:
    """What is known of two identities and the members they belong to.

    `how` their names are alike ("equal", "part", "near"), how many members bear the name, its `length` in letters, whether both write it
    `exactly` so, with the same signs; whether the members have accounts on `one_platform`, and one identity is a `shop`'s customer;
    whether their units lie on one branch (None: unknown); whether communities share a theme; in how many communities both were at one
    time (`beside`); whether one left a community before the other came there (`after`); in how many `minutes` both spoke; at which
    hours each is there (empty: unknown); whether both have phones (union ids) and none in common.
    """

    how: str
    bearers: int
    length: int
    exactly: bool = False
    one_platform: bool = False
    shop: bool = False
    near: bool | None = None
    theme: bool = False
    beside: int = 0
    after: bool = False
    minutes: int = 0
    hours: tuple[Sequence[int], Sequence[int]] = ((), ())
    phones_differ: bool = False
    unions_differ: bool = False


@dataclass(frozen=True, slots=True)
class Score:
    """From 0 to 100, and what it is made of: (code, weight, figure), the weightiest first."""

    percent: int
    reasons: tuple[tuple[str, float, float], ...]


def score(two: Two) -> Score:
    """A sum of weights, for and against, as a chance: 100 / (1 + e^-sum).

    Source: logistic regression over the candidates of one simulated brand, the weights rounded, and what is too rare there set by hand.
    """
    reasons = [each for each in _reasons(two) if each[1]]
    total = _START + sum(weight for _, weight, _ in reasons)
    listed = sorted(reasons, key=lambda each: -abs(each[1]))
    return Score(round(100 / (1 + math.exp(-total))), tuple((code, round(w, 2), round(n, 2)) for code, w, n in listed))


_START = -3.2
_HOW = {"equal": 0.2, "part": 1.5, "near": -0.6}
_BEARERS = {2: 0.6, 3: -0.4, 4: -0.4, 5: -1.0, 6: -1.2}


def _reasons(two: Two) -> list[tuple[str, float, float]]:
    found: list[tuple[str, float, float]] = [
        ("exactly", 2.4, 0) if two.exactly else (two.how, _HOW[two.how], 0),
        ("bearers", _BEARERS.get(two.bearers, -2.0), two.bearers),
        ("long_name", 0.8 if two.length >= 6 else 0.2 if two.length >= 4 else 0.0, two.length),
        ("one_platform", -3.0 * two.one_platform, 0),
        ("phones_differ", -3.0 * two.phones_differ, 0),
        ("unions_differ", -3.5 * two.unions_differ, 0),
        ("shop", 1.5 * two.shop, 0),
        ("theme", 0.2 * two.theme, 0),
        ("beside", -1.5 * bool(two.beside), two.beside),
        ("after", 0.5 * two.after, 0),
        ("minutes", -min(0.8 * two.minutes, 2.4), two.minutes),
    ]
    if two.near is not None:
        found.append(("near_units" if two.near else "far_units", 0.2 if two.near else -0.4, 0))
    alike = _alike_hours(*two.hours)
    if alike is not None:
        found.append(("hours" if alike >= 0.7 else "other_hours", 2 * (alike - 0.7), alike))
    return found


def _alike_hours(one: Sequence[int], other: Sequence[int]) -> float | None:
    """The cosine of two days' hours, 0 to 1; None where either left too few traces to tell."""
    if sum(one) < _ENOUGH_TRACES or sum(other) < _ENOUGH_TRACES:
        return None
    both = sum(a * b for a, b in zip(one, other, strict=True))
    return both / math.sqrt(sum(a * a for a in one) * sum(b * b for b in other))
