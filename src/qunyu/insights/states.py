"""States: where in its life a community stands on each day, from its levels."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from qunyu.insights.daily import Daily, Numbers
from qunyu.insights.levels import Flags, Levels, Settings, rolling
from qunyu.kernel.words import Words

State = Literal["unclear", "opening", "growing", "steady", "closing", "fading", "dead", "dissolved"]
# In the order of a life; the list of communities sorts by `WORRY`.
STATES: dict[State, Words] = {
    "unclear": Words("看不清", "Unclear"),
    "opening": Words("开群期", "Opening"),
    "growing": Words("成长", "Growing"),
    "steady": Words("平稳", "Steady"),
    "closing": Words("按计划收尾", "Closing as planned"),
    "fading": Words("衰退", "Fading"),
    "dead": Words("沉寂", "Dead"),
    "dissolved": Words("已解散", "Dissolved"),
}
CODES: dict[State, int] = {state: code for code, state in enumerate(STATES)}
ILL: tuple[State, ...] = ("fading", "dead")
Codes = npt.NDArray[np.int8]

YEAR = 364  # the same weekday a year before


def states(daily: Daily, found: Levels, settings: Settings) -> Codes:
    """The code (CODES) of each community on each day."""
    codes = np.full(found.ratio.shape, CODES["unclear"], dtype=np.int8)
    if not daily.days:
        return codes
    enough = (found.talked_days >= settings.days_needed) & _peopled(daily, settings)
    with np.errstate(invalid="ignore"):
        known = enough & ~np.isnan(found.ratio) & (found.earlier_talk * 7 >= settings.week_needed)
    _put(codes, known, "steady")
    with np.errstate(invalid="ignore", divide="ignore"):
        grown = (found.growth >= settings.growing) & (np.log(found.growth) >= settings.certainty * found.error)
        fading = (
            (found.ratio <= settings.fading) & (found.certainty >= settings.certainty) & ~_seasonal(found, settings)
        )
    _put(codes, known & grown, "growing")
    _put(codes, known & fading, "fading")
    age = _ages(daily)
    _put(codes, (age >= 0) & (age < settings.opening_days), "opening")
    _close(codes, daily, age, settings)
    _put(
        codes,
        silent_too_long(daily, found, settings) & (_peopled(daily, settings) | (age >= settings.opening_days)),
        "dead",
    )
    for row, id in enumerate(daily.ids):
        closed = daily.cards[id].get("closed_on")
        if closed is not None and daily.column(closed) < daily.days:
            codes[row, max(0, daily.column(closed)) :] = CODES["dissolved"]
    return codes


def _put(codes: Codes, where: Flags, state: State) -> None:
    codes[where] = CODES[state]


def _peopled(daily: Daily, settings: Settings) -> Flags:
    """Whether so many ordinary members were active in one week up to the day that there is a community at all."""
    found: Flags = np.maximum.accumulate(daily.series["week"], axis=1) >= settings.people_needed
    return found


def _ages(daily: Daily) -> Numbers:
    """Days since each community was opened; NaN where nobody knows."""
    columns = np.arange(daily.days, dtype=float)
    opened = [daily.opened(id) for id in daily.ids]
    first = np.array([daily.column(each) if each else np.nan for each in opened])
    ages: Numbers = columns[None] - first[:, None]
    return ages


def _seasonal(found: Levels, settings: Settings) -> Flags:
    """Where the level a year ago lay as low beside its own earlier one, and today's is not below that year's."""
    seasonal = np.zeros(found.ratio.shape, dtype=bool)
    if found.ratio.shape[1] > YEAR:
        ago, now = slice(None, -YEAR), slice(YEAR, None)
        low = found.ratio[:, ago] <= settings.fading + 0.1
        held = found.talk[:, now] >= 0.7 * found.talk[:, ago]
        seasonal[:, now] = low & held
    return seasonal


def _close(codes: Codes, daily: Daily, age: Numbers, settings: Settings) -> None:
    """Flash groups, and those whose last day is set, end by plan: their decline is none to warn of."""
    columns = np.arange(daily.days)
    for row, id in enumerate(daily.ids):
        card = daily.cards[id]
        near = np.zeros(daily.days, dtype=bool)
        if card["type"] == "flash":
            near |= np.nan_to_num(age[row], nan=-1.0) >= settings.flash_days
        if card.get("closed_on") is not None:
            last = daily.column(card["closed_on"])
            near |= (columns >= last - settings.opening_days) & (columns < last)
        codes[row, near] = CODES["closing"]


def silent_too_long(daily: Daily, found: Levels, settings: Settings) -> Flags:
    """Where ordinary members have been silent beyond what their earlier talk makes likely."""
    usual = np.fmax.accumulate(rolling(daily.series["said"], 28) / 28, axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        needed = np.clip(settings.silent_messages / usual, settings.silent_days, settings.silent_most)
        silent: Flags = found.silent >= needed
    return silent
