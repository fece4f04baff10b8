"""Odds: a small logistic model over signals, fitted on people counted by which signals they had (ADR 14)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from math import exp, sqrt

import numpy as np
import numpy.typing as npt

# Source: Peduzzi et al. (1996), "A simulation study of the number of events per variable in logistic regression analysis".
EVENTS_PER_SIGNAL = 10
# A signal that fewer people had, or did not have, is left out of the fit.
LEAST_PEOPLE = 20
# Coefficients are drawn towards 0 as by a normal prior of this spread: one signal rarely changes the odds more than sevenfold.
SPREAD = 1.0
# Source: the normal distribution's 95 % interval.
Z = 1.96
_ROUNDS = 50

Pattern = frozenset[str]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Counted:
    """Of `people` who had just the signals of a pattern on a day, so many `ordered` within the days after it."""

    pattern: Pattern
    people: int
    ordered: int


@dataclass(frozen=True)
class Chance:
    """The chance of an order, and its 95 % interval: each from 0 to 1."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Odds:
    """A fitted model. `weights` are the logarithms by which a signal multiplies the odds; `spread` is their covariance, `base` first."""

    base: float
    weights: Mapping[str, float]
    spread: Floats = field(repr=False)

    def chance(self, pattern: Collection[str]) -> Chance:
        """What somebody with these signals does."""
        row = np.array([1.0, *(float(key in pattern) for key in self.weights)])
        middle = self.base + sum(weight for key, weight in self.weights.items() if key in pattern)
        wide = Z * sqrt(max(0.0, float(row @ self.spread @ row)))
        return Chance(_logistic(middle), _logistic(middle - wide), _logistic(middle + wide))


def fit(counted: Sequence[Counted], signals: Collection[str]) -> Odds | None:
    """The model that these people speak for; None where too few of them ordered to tell its signals apart."""
    used = _usable(counted, signals)
    ordered = sum(each.ordered for each in counted)
    people = sum(each.people for each in counted)
    if not used or ordered < EVENTS_PER_SIGNAL * len(used) or ordered == people:
        return None
    x = np.array([[1.0, *(float(key in each.pattern) for key in used)] for each in counted])
    n = np.array([each.people for each in counted], np.float64)
    k = np.array([each.ordered for each in counted], np.float64)
    prior = np.diag([0.0, *[1 / SPREAD**2] * len(used)])
    weights = np.zeros(x.shape[1])
    weights[0] = np.log(ordered / (people - ordered))
    for _ in range(_ROUNDS):
        share = 1 / (1 + np.exp(-(x @ weights)))
        curve = x.T @ (x * (n * share * (1 - share))[:, None]) + prior
        step = np.linalg.solve(curve, x.T @ (k - n * share) - prior @ weights)
        weights = weights + step
        if float(np.abs(step).max()) < 1e-8:
            break
    return Odds(
        float(weights[0]), dict(zip(used, weights[1:].tolist(), strict=True)), np.linalg.inv(curve).astype(np.float64)
    )


def _usable(counted: Sequence[Counted], signals: Collection[str]) -> list[str]:
    people = sum(each.people for each in counted)
    having = {key: sum(each.people for each in counted if key in each.pattern) for key in signals}
    return [key for key in signals if LEAST_PEOPLE <= having[key] <= people - LEAST_PEOPLE]


def _logistic(value: float) -> float:
    return 1 / (1 + exp(-value)) if value >= 0 else exp(value) / (1 + exp(value))


@dataclass(frozen=True)
class Rate:
    """Of `people` so many `ordered`."""

    people: int = 0
    ordered: int = 0

    @property
    def share(self) -> float | None:
        """From 0 to 1; None of nobody."""
        return self.ordered / self.people if self.people else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % interval of the share; None of nobody.

        Source: Wilson (1927), "Probable inference, the law of succession, and statistical inference".
        """
        if not self.people:
            return None
        n, p = self.people, self.ordered / self.people
        middle, wide = p + Z * Z / (2 * n), Z * sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
        under = 1 + Z * Z / n
        return max(0.0, (middle - wide) / under), min(1.0, (middle + wide) / under)


def lift(
    one: Rate, other: Rate, more: float = 0.0, effects: tuple[float, float] = (1.0, 1.0)
) -> tuple[float, float, float] | None:
    """How many times as often those of `one` ordered as those of `other`, with its 95 % interval; None where either nobody did.

    With `more` so many are added to who ordered, and twice as many to all, on each side: none at all is then no wall.
    `effects` are by how much the variance of each share is more than that of as many independent ones.
    Source: Katz et al. (1978), the interval of the logarithm of a ratio of two shares; with 0.5 as by Walter (1975).
    """
    k, n, j, m = one.ordered + more, one.people + 2 * more, other.ordered + more, other.people + 2 * more
    if not (k and j):
        return None
    ratio = (k / n) / (j / m)
    wide = Z * sqrt(effects[0] * (1 / k - 1 / n) + effects[1] * (1 / j - 1 / m))
    return ratio, ratio * exp(-wide), ratio * exp(wide)


def difference(one: Rate, other: Rate) -> tuple[float, float, float] | None:
    """By how much the share of `one` is above that of `other`, with its 95 % interval; None where either counts nobody.

    Source: Newcombe (1998), "Interval estimation for the difference between independent proportions", method 10.
    """
    first, second = one.interval, other.interval
    if first is None or second is None:
        return None
    p, q = one.ordered / one.people, other.ordered / other.people
    low = sqrt((p - first[0]) ** 2 + (second[1] - q) ** 2)
    high = sqrt((first[1] - p) ** 2 + (q - second[0]) ** 2)
    return p - q, p - q - low, p - q + high


def rates(counted: Sequence[Counted], key: str) -> tuple[Rate, Rate]:
    """Those with a signal, and those without."""
    having = [each for each in counted if key in each.pattern]
    others = [each for each in counted if key not in each.pattern]
    return summed(having), summed(others)


def summed(counted: Sequence[Counted]) -> Rate:
    """All of them together."""
    return Rate(sum(each.people for each in counted), sum(each.ordered for each in counted))
