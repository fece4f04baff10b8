"""Levels: how lively each community is beside its own earlier self, day by day, whatever the weekday or holiday.

Everything on a day is made of that day and those before it: a later day changes nothing of an earlier one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from qunyu.insights.daily import Daily, Numbers

Flags = npt.NDArray[np.bool_]
WEEK = 7


@dataclass(frozen=True)
class Settings:
    """Thresholds of the life curve; each is a default that an operator may set otherwise.

    The first two, and the share of messages in the level, were chosen on seeds 11, 12, 13, 21 and 22 of the simulation: with
    them all thirty planted declines are named and nothing else is; at 0.7 one steady community in twenty-five is named too.
    """

    # Fading is to fall to this share of the earlier level: a loss of two fifths is past what promotions and moods do.
    fading: float = 0.6
    # ... and by this many standard errors, so that ten messages less in a small group are no death.
    certainty: float = 2.0
    growing: float = 1.3
    # The level is messages ^ share × weekly active members ^ (1 - share): messages react at once, members are what counts.
    messages_share: float = 0.7
    # A community is opening for four weeks: its first rush always levels off, which is no decline.
    opening_days: int = 28
    # The earlier level is the best three weeks of the last quarter, not counting the last two weeks.
    reference_days: int = 21
    reference_reach: int = 90
    reference_gap: int = 14
    # Silence of two weeks is longer than any public holiday; where people seldom speak it takes until ten messages are missing.
    silent_days: int = 14
    silent_messages: float = 10.0
    silent_most: int = 60
    # Days of talk before a level can be compared at all: two weeks of a smoothed level and the gap.
    days_needed: int = 34
    # With fewer people there is no community whose life could be told from chance.
    people_needed: int = 3
    # Where even the best weeks brought fewer messages than this, any silence and any talk may be chance.
    week_needed: float = 3.0
    # Why a community died is asked for this long; later nobody is left to treat it for.
    treatable_days: int = 90
    # A factor of the whole matrix needs the voices of this many communities that speak at least this much a day.
    voices: int = 5
    voice: float = 3.0
    # A lull of the whole matrix beyond this is no holiday but a decline of everything, and counts as one.
    lull_days: int = 21
    # A flash group that outlives this is over; method.md F4: from opening to dissolving in days.
    flash_days: int = 14


@dataclass(frozen=True)
class Levels:
    """Arrays community × day. `talk` (messages a day) and `people` (active in the week) are smoothed and corrected for the day;
    `ratio` is the level beside the earlier one (NaN: nothing to compare), `error` its standard error in logarithms.

    `day_talk` and `day_people` are what the whole matrix did on a day beside its usual level (1 where nobody can tell).
    """

    talk: Numbers
    people: Numbers
    ratio: Numbers
    error: Numbers
    growth: Numbers
    earlier_talk: Numbers
    earlier_people: Numbers
    day_talk: Numbers
    day_people: Numbers
    talked_days: Numbers
    silent: Numbers

    @property
    def certainty(self) -> Numbers:
        """How many standard errors the level lies below the earlier one; NaN where there is nothing to compare."""
        return -np.log(np.maximum(self.ratio, 1e-6)) / self.error


def levels(daily: Daily, settings: Settings) -> Levels:
    """The levels of every community on every day."""
    said, week = daily.series["said"], daily.series["week"]
    talked = np.cumsum(said, axis=1) > 0
    day_talk = matrix_factor(said, talked, settings)
    day_people = matrix_factor(week, talked, settings)
    talk = _blank(rolling(said, WEEK) / rolling(day_talk[None], WEEK), talked)
    people = _blank(week / day_people, talked)
    first = _first_counted(daily, settings)
    earlier_talk, earlier_people = (_earlier(each, first, settings) for each in (talk, people))
    ratio = _mixed(talk / earlier_talk, people / earlier_people, settings)
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.sqrt(_CHANCE + _BURST / (WEEK * earlier_talk) + 1 / earlier_people)
    before = np.full_like(talk, np.nan)
    before[:, 28:] = talk[:, :-28]
    growth = _over(talk, before)
    return Levels(
        talk, people, ratio, error, growth, earlier_talk, earlier_people, day_talk, day_people,
        np.cumsum(talked, axis=1).astype(float), _silence(daily),
    )  # fmt: skip


# What a week's talk varies by however large it is (a tenth), and by how much more than a coin's its messages do, coming in
# conversations of about three.
_CHANCE, _BURST = 0.01, 3.0


def matrix_factor(values: Numbers, talked: Flags, settings: Settings) -> Numbers:
    """What each day was for the whole matrix: the median over communities of the day beside their median of the four weeks before.

    1 where too few communities speak enough to tell, and where a lull has lasted too long to be a holiday.
    """
    days = values.shape[1]
    factor = np.ones(days)
    known = np.where(talked, values, np.nan)
    for day in range(settings.reference_gap, days):
        since = max(0, day - 28)
        voices = talked[:, day - settings.reference_gap]
        if voices.sum() < settings.voices:
            continue
        usual = np.nanmedian(known[voices, since:day], axis=1)
        loud = usual >= settings.voice
        if loud.sum() >= settings.voices:
            factor[day] = np.median(values[voices, day][loud] / usual[loud])
    factor = np.clip(factor, 0.1, 10)
    return _without_long_lulls(factor, settings.lull_days)


def _without_long_lulls(factor: Numbers, most: int) -> Numbers:
    found, run = factor.copy(), 0
    for day, value in enumerate(factor):
        run = run + 1 if value < 0.8 else 0
        if run > most:
            found[day] = 1.0
    return found


def rolling(values: Numbers, width: int) -> Numbers:
    """Sums over `width` days up to each; fewer at the beginning."""
    sums = np.cumsum(values, axis=1)
    found = sums.copy()
    found[:, width:] -= sums[:, :-width]
    return found


def _blank(values: Numbers, talked: Flags) -> Numbers:
    """NaN in the first six days of talk, whose week is not whole."""
    whole = np.zeros_like(talked)
    whole[:, WEEK - 1 :] = talked[:, : talked.shape[1] - WEEK + 1] if talked.shape[1] >= WEEK else False
    return np.where(whole, values, np.nan)


def _first_counted(daily: Daily, settings: Settings) -> Numbers:
    """The column from which each community's earlier level may be taken: the rush of an opening is none."""
    first = np.zeros(len(daily.ids))
    for row, id in enumerate(daily.ids):
        opened = daily.opened(id)
        first[row] = daily.column(opened) + settings.opening_days // 2 if opened else 0
    return first


def _earlier(values: Numbers, first: Numbers, settings: Settings) -> Numbers:
    """The best mean over `reference_days` within reach; NaN where there are none."""
    columns = np.arange(values.shape[1])
    counted = ~np.isnan(values) & (columns[None] >= first[:, None])
    sums = rolling(np.where(counted, values, 0.0), settings.reference_days)
    count = rolling(counted.astype(float), settings.reference_days)
    enough = settings.reference_days * 2 // 3
    mean = np.where(count >= enough, sums / np.maximum(count, 1), -np.inf)
    padded = np.full((values.shape[0], values.shape[1] + settings.reference_reach), -np.inf)
    padded[:, settings.reference_reach :] = mean
    reach = settings.reference_reach - settings.reference_gap
    best = sliding_window_view(padded, reach, axis=1).max(axis=2)[:, : values.shape[1]]
    return np.where(np.isfinite(best) & (best > 0), best, np.nan)


def _mixed(talk: Numbers, people: Numbers, settings: Settings) -> Numbers:
    share = settings.messages_share
    found: Numbers = np.maximum(talk, 1e-3) ** share * np.maximum(people, 1e-3) ** (1 - share)
    return found


def _over(above: Numbers, below: Numbers) -> Numbers:
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Numbers = np.where(below > 0, above / below, np.nan)
    return found


def _silence(daily: Daily) -> Numbers:
    """Days since an ordinary member last spoke; NaN before the first time."""
    columns = np.arange(daily.days, dtype=float)
    spoke = np.where(daily.series["active"] > 0, columns[None], -np.inf)
    # Whoever fell silent before the days in sight.
    before = [daily.column(daily.spoke[id]) if id in daily.spoke else 0 for id in daily.ids]
    spoke[:, 0] = [max(first, each) if each < 0 else first for first, each in zip(spoke[:, 0], before, strict=True)]
    last = np.maximum.accumulate(spoke, axis=1)
    return np.where(np.isfinite(last), columns[None] - last, np.nan)


def onset(found: Levels, row: int, column: int) -> int:
    """The column since which a community's level has been below its earlier one for good: when the decline began, as far as one can tell."""
    earlier = found.earlier_talk[row, column]
    level = found.talk[row, : column + 1] / earlier
    high = np.flatnonzero(np.nan_to_num(level, nan=0.0) >= BEGUN)
    return int(high[-1]) + 1 if len(high) else max(0, column - 27)


BEGUN = 0.85


def day_of(daily: Daily, column: Any) -> date:
    """The day of a column that numpy counted."""
    return daily.first + timedelta(days=int(column))
