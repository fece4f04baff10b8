"""Which period a schedule is about."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from qunyu.kernel.periods import Grain, Period, next_start, period_start


def last_whole(grain: Grain, today: date) -> Period:
    """The last period of `grain` that ended before `today`."""
    first = period_start(period_start(today, grain) - timedelta(days=1), grain)
    return Period(first, next_start(first, grain) - timedelta(days=1), grain)


def is_due(hour: int, local: datetime, first_day: date) -> bool:
    """Whether, at `local` time, the hour has come on or after the day after a period that `first_day` follows."""
    return local.date() > first_day or (local.date() == first_day and local.hour >= hour)
