"""Stamps: the times of exports, made aware and UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo

_SHAPE = re.compile(
    r"\s*(?:\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?\s*(?:Z|[+-]\d\d:?\d\d)?)?|-?\d+(?:\.\d+)?)\s*", re.ASCII
)


def to_utc(stamp: datetime, zone: tzinfo) -> datetime:
    """`stamp` in UTC; one without a zone is a wall clock's in `zone` (the earlier of two in an autumn's double hour)."""
    aware = stamp if stamp.tzinfo is not None else stamp.replace(tzinfo=zone)
    return aware.astimezone(UTC)


def parse_iso(value: str, zone: tzinfo) -> datetime | None:
    """An ISO 8601 stamp in UTC, in `zone` when it carries none; None when `value` is no stamp."""
    try:
        return to_utc(datetime.fromisoformat(value.strip()), zone)
    except (ValueError, OverflowError):
        return None


def why_no_time(value: str) -> str:
    """The problem's code for a stamp that the functions here refuse: written like a time that never was, or like none."""
    return "impossible_time" if _SHAPE.fullmatch(value) else "bad_time"


def from_epoch(seconds: float) -> datetime | None:
    """Seconds since 1970-01-01 UTC as a time; None when out of the calendar's range."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
