"""Stamps: seconds of the window as ISO 8601 in China's time."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

from qunyu.simulation.joining import DAY

MINUTES = tuple(f"T{hour:02d}:{minute:02d}:" for hour in range(24) for minute in range(60))
SECONDS = tuple(f"{second:02d}+08:00" for second in range(60))


def stamp(starts_on: date, second: int) -> str:
    """`second` after the midnight with which the window starts, such as 2026-03-01T09:30:00+08:00."""
    day, rest = divmod(second, DAY)
    minute, rest = divmod(rest, 60)
    return _day(starts_on, day) + MINUTES[minute] + SECONDS[rest]


@lru_cache(maxsize=4_096)
def _day(starts_on: date, day: int) -> str:
    return (starts_on + timedelta(days=day)).isoformat()
