"""Tally: how often what is said of people is true, beside those who always say the same and those who know best."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

UNKNOWN = "unknown"
MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Judged:
    """One person: what is true, what the product says (MISSING when it has nobody, UNKNOWN when it will not say), what an oracle says."""

    truth: str
    said: str
    oracle: str


def tally(people: Sequence[Judged]) -> dict[str, Any]:
    """The figures of one label over `people`; shares are rounded to four digits and None where there is nobody to count.

    `baseline` is the accuracy of always saying the most frequent truth, `ceiling` that of the oracle. `known` is the same over
    those of whom the product says something, `coverage` their share. `classes` have, for each true value, precision and
    recall, and the oracle's. `confusion[truth][said]` counts people.
    """
    known = [each for each in people if each.said not in (UNKNOWN, MISSING)]
    return {
        **_rates(people),
        "coverage": _share(len(known), len(people)),
        "known": _rates(known),
        "classes": {value: _class(people, value) for value in sorted({each.truth for each in people})},
        "confusion": confusion(people),
    }


def _rates(people: Sequence[Judged]) -> dict[str, Any]:
    most = max(Counter(each.truth for each in people).values(), default=0)
    return {
        "n": len(people),
        "accuracy": _share(_true(each.said == each.truth for each in people), len(people)),
        "baseline": _share(most, len(people)),
        "ceiling": _share(_true(each.oracle == each.truth for each in people), len(people)),
    }


def _class(people: Sequence[Judged], value: str) -> dict[str, Any]:
    of_value = [each for each in people if each.truth == value]
    said = [each for each in people if each.said == value]
    oracle = [each for each in people if each.oracle == value]
    right = _true(each.said == value for each in of_value)
    known = _true(each.oracle == value for each in of_value)
    return {
        "n": len(of_value),
        "said": len(said),
        "precision": _share(right, len(said)),
        "recall": _share(right, len(of_value)),
        "ceiling": {"precision": _share(known, len(oracle)), "recall": _share(known, len(of_value))},
    }


def confusion(people: Iterable[Judged]) -> dict[str, dict[str, int]]:
    """By truth and by what was said of them, how many people; both in the order of their codes."""
    found: dict[str, dict[str, int]] = {}
    for (truth, said), count in sorted(Counter((each.truth, each.said) for each in people).items()):
        found.setdefault(truth, {})[said] = count
    return found


def _true(those: Iterable[bool]) -> int:
    return sum(those)


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
