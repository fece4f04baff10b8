"""Stamps: the times of exports, made aware and UTC."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo


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


def from_epoch(seconds: float) -> datetime | None:
    """Seconds since 1970-01-01 UTC as a time; None when out of the calendar's range."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
