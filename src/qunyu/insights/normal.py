"""Normal: what a number may be on a day, given its level, its weekday and what the whole matrix does; robust and without hindsight.

Every day is judged by the days before it, and by how other communities fare on the same day.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qunyu.insights.daily import Numbers

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Sensitivity:
    """Thresholds of alerts; each is a default.

    Aimed at: at most one false alert in ten years of one number of one community, that is for 30 communities and 5 numbers one in
    two to three weeks. `simulation.scoring.alerts` measures what comes of it.
    """

    # Standard deviations above and below the expected. On the scale of `stabilised` what is above 3.5 happens once in ten
    # thousand calm days and what is below -4.3 too: a bad day of few counts lies further down than a good one up.
    far: float = 3.8
    fall: float = 4.4
    # Nobody needs to be told of less than this many times more, or less than this share of, what was expected ...
    times: float = 2.0
    share: float = 0.4
    # ... or of a difference of fewer than this, by unit of the number.
    least: float = 8.0
    # Days before a level is known; how fast it moves: half of it is the last week's.
    learning: int = 21
    pace: float = 0.09
    # A number that has been elsewhere for this many days has found a new level, and is judged by that.
    accepted: int = 14
    # Days of the same number's silence after an episode: what comes back after a peak is no news.
    cooldown: int = 3
    voices: int = 5
    # The share by which a day's numbers vary beyond a coin's, squared: mood, weather, topics.
    mood: float = 0.05
    # No number is steadier than this share of what is usual: there are few days to learn a spread from.
    narrow: float = 0.7
    # How many communities must lie on the same side for a day to be the matrix's.
    together: float = 0.7


@dataclass(frozen=True)
class Normal:
    """Arrays row × day: the `expected` number, the normal range from `low` to `high`, and `far`, by how many deviations the
    number lies off (0 while nothing can be said); `day` is what the matrix did, 1 for its usual."""

    expected: Numbers
    low: Numbers
    high: Numbers
    far: Numbers
    day: Numbers


def normal(
    values: Numbers,
    began: npt.NDArray[np.int64],
    weekdays: npt.NDArray[np.int64],
    sense: Sensitivity,
    *,
    together: bool = True,
) -> Normal:
    """What is normal for each row of counts; `began` is the first column of each, `weekdays` the weekday of each column.

    `together` tells whether the rows are communities whose common days count as nobody's own.
    """
    rows, days = values.shape
    learner = _Learner(values, began, sense)
    expected, far = np.zeros((rows, days)), np.zeros((rows, days))
    low, high, factor = np.zeros((rows, days)), np.zeros((rows, days)), np.ones(days)
    drift = 0.0
    for day in range(days):
        usual = learner.usual(day, int(weekdays[day]))
        if together:
            factor[day] = day_factor(values[:, day], usual, learner.known(day), sense)
        expected[:, day] = usual * factor[day]
        far[:, day] = learner.judge(day, expected[:, day])
        low[:, day], high[:, day] = learner.bounds(expected[:, day])
        # Levels and factors could drift apart for ever: what stays with the factor for weeks belongs to the levels.
        drift += 0.07 * (np.log(factor[day]) - drift)
        learner.learn(day, int(weekdays[day]), factor[day] / float(np.exp(drift)), far[:, day])
    return Normal(expected, low, high, far, factor)


def day_factor(values: Numbers, usual: Numbers, known: Flags, sense: Sensitivity) -> float:
    """What a day is for everybody: the median of the loud ones, else of all together with the largest cut; 1 where few can tell."""
    loud = known & (usual >= 3)
    if loud.sum() >= sense.voices:
        return float(np.clip(np.median(values[loud] / usual[loud]), 0.05, 20))
    total = float(usual[known].sum())
    if known.sum() < sense.voices or total < 5:
        return 1.0
    cut = np.minimum(values[known], 3 * usual[known] + 2)
    return float(np.clip((cut.sum() + 10) / (total + 10), 0.2, 5))


class _Learner:
    """Levels, weekdays and spreads of every row while the days go by."""

    def __init__(self, values: Numbers, began: npt.NDArray[np.int64], sense: Sensitivity) -> None:
        rows = values.shape[0]
        self.values, self.began, self.sense = values, began, sense
        self.level = np.zeros(rows)
        self.week = np.ones((rows, 7))
        self.spread = np.full(rows, 1.2)
        self.off = np.zeros(rows, dtype=np.int64)

    def known(self, day: int) -> Flags:
        """The rows that have been learned for long enough."""
        found: Flags = day - self.began >= self.sense.learning
        return found

    def usual(self, day: int, weekday: int) -> Numbers:
        """The number of an ordinary day of that weekday."""
        found: Numbers = self.level * self.week[:, weekday]
        return found

    def judge(self, day: int, expected: Numbers) -> Numbers:
        """By how many deviations each row's number lies off; 0 while it is being learned."""
        found = stabilised(self.values[:, day], self.sense.mood) - stabilised(expected, self.sense.mood)
        return np.where(self.known(day), found / self.spread, 0.0)

    def bounds(self, expected: Numbers) -> tuple[Numbers, Numbers]:
        """The normal range: between these nothing is said."""
        centre, sense = stabilised(expected, self.sense.mood), self.sense
        low, high = centre - sense.fall * self.spread, centre + sense.far * self.spread
        return plain(low, sense.mood), plain(high, sense.mood)

    def learn(self, day: int, weekday: int, factor: float, far: Numbers) -> None:
        """Takes the day in: what lies far off moves nothing until it has lasted."""
        value, age = self.values[:, day] / factor, day - self.began
        odd = ((far >= self.sense.far) | (far <= -self.sense.fall)) & (age >= self.sense.learning)
        self.off = np.where(odd, self.off + 1, 0)
        moved = self.off >= self.sense.accepted
        live = (age >= 0) & (~odd | moved)
        plain_day = value / np.clip(self.week[:, weekday], 0.2, 5)
        # The first days count alike, so that a level is known as soon as can be; later ones by the pace.
        pace = np.where(moved, 0.5, np.maximum(self.sense.pace, 1 / np.maximum(age + 1, 1)))
        capped = np.clip(plain_day, self.level / 3 - 1, self.level * 3 + 3)
        step = np.where(age < 7, plain_day, capped) - self.level
        self._learn_weekday(day, weekday, value, live & (age >= 14))
        self.level = np.where(live, self.level + pace * step, self.level)
        # Cut where one day would say too much; what is lost by that is given back.
        residual = np.minimum(np.abs(far), 2.5) * self.spread
        grown = np.sqrt(self.spread**2 + 0.04 * (residual**2 * 1.05 - self.spread**2))
        self.spread = np.where(live & (age >= self.sense.learning), np.maximum(grown, self.sense.narrow), self.spread)

    def _learn_weekday(self, day: int, weekday: int, value: Numbers, live: Flags) -> None:
        """A row's own week, slowly: the common one is in the day's factor already."""
        enough = live & (self.level >= 3)
        ratio = np.clip(value / np.maximum(self.level, 1e-9), 0.4, 2.5)
        self.week[:, weekday] = np.where(
            enough, self.week[:, weekday] * (1 - 0.12) + 0.12 * ratio, self.week[:, weekday]
        )


def stabilised(values: Numbers, mood: float) -> Numbers:
    """Counts on a scale on which they vary alike: like a root for few, like a logarithm for many.

    Source: Anscombe (1948), the transformation of negative binomial counts.
    """
    root = np.sqrt(mood)
    found: Numbers = 2 / root * np.arcsinh(root * np.sqrt(np.maximum(values, 0) + 0.375))
    return found


def plain(values: Numbers, mood: float) -> Numbers:
    """The counts that `stabilised` makes these of, not below 0."""
    root = np.sqrt(mood)
    found: Numbers = np.maximum((np.sinh(np.maximum(values, 0) * root / 2) / root) ** 2 - 0.375, 0.0)
    return found
