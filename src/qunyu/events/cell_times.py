"""Times in cells: ISO, Chinese, American, compact and spreadsheet serials, as wall clocks and as UTC."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Literal

from qunyu.events.cells import Unreadable, is_blank, unwrapped
from qunyu.events.stamps import from_epoch, to_utc

DateOrder = Literal["mdy", "dmy", "ymd"]
ORDERS: dict[str, DateOrder] = {"mdy": "mdy", "dmy": "dmy", "ymd": "ymd"}

# A spreadsheet counts days from here (day 60, the 29 February 1900 that never was, lies before every serial we take).
_SERIAL_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 - a wall clock's time, as everything a cell says
_SERIALS = range(20_000, 80_000)

_YEAR_FIRST = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)\s*日?[T,\s]*(.*)", re.ASCII)
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})(?!\d)[T,\s]*(.*)", re.ASCII)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:[T\s]*(\d.*))?", re.ASCII)
_CLOCK = re.compile(
    r"(?P<before>上午|下午|凌晨|晚上|中午|AM|PM)?\s*(?P<hour>\d{1,2})\s*[:：时点]\s*(?P<minute>\d{1,2})?\s*分?"
    r"(?:[:：]?\s*(?P<second>\d{1,2})(?:[.,](?P<fraction>\d{1,9}))?\s*秒?)?\s*(?P<after>[AP]\.?M\.?)?\s*"
    r"(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?",
    re.IGNORECASE,
)
_SERIAL = re.compile(r"(\d{5})(\.\d+)?", re.ASCII)


@lru_cache(maxsize=4096)
def moment(text: str, zone: tzinfo, order: DateOrder = "mdy") -> datetime:
    """The time a cell holds, in UTC; a wall clock's without a zone of its own is in `zone`.

    Raises Unreadable: "missing_field" when blank, "bad_time" when no time, "impossible_time" when no such time exists.
    """
    try:
        return to_utc(wall(text, order), zone)
    except OverflowError:
        raise Unreadable("impossible_time", value=text.strip()[:40]) from None


def day(text: str, zone: tzinfo, order: DateOrder = "mdy") -> date:
    """The day a cell holds: as written, or in `zone` when it is a time with a zone of its own. Raises as `moment`."""
    at = wall(text, order)
    return at.date() if at.tzinfo is None else at.astimezone(zone).date()


def wall(text: str, order: DateOrder = "mdy") -> datetime:
    """The time as written, aware only when it says its zone. Raises Unreadable as `moment`."""
    if text[4:5] == "-" and len(text) == 19:
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            pass
    if is_blank(text):
        raise Unreadable("missing_field", field="time")
    bare = unwrapped(text).replace("\u3000", " ").replace("\u202f", " ")
    try:
        at = _parsed(bare, order)
    except (ValueError, OverflowError):
        raise Unreadable("impossible_time", value=bare[:40]) from None
    if at is None:
        raise Unreadable("bad_time", value=bare[:40])
    return at


def _parsed(text: str, order: DateOrder) -> datetime | None:
    """None when `text` looks like no time at all. Raises ValueError when it looks like one that does not exist."""
    if found := _YEAR_FIRST.fullmatch(text):
        return _at(int(found[1]), int(found[2]), int(found[3]), found[4])
    if found := _YEAR_LAST.fullmatch(text):
        return _at(*_year_last(found, order), found[5])
    if text.isdecimal() and len(text) in (10, 13):
        return from_epoch(int(text) / (1 if len(text) == 10 else 1000))
    if (found := _SERIAL.fullmatch(text)) and int(found[1]) in _SERIALS:
        return _SERIAL_ZERO + timedelta(seconds=round(float(text) * 86_400))
    if found := _COMPACT.fullmatch(text):
        return _at(int(found[1]), int(found[2]), int(found[3]), _colons(found[4] or ""))
    return None


def _year_last(found: re.Match[str], order: DateOrder) -> tuple[int, int, int]:
    first, second, last = int(found[1]), int(found[3]), int(found[4])
    if order == "ymd" and len(found[4]) == 2:
        return 2000 + first, second, last
    # 69 is where POSIX turns the century.
    year = last if len(found[4]) == 4 else last + (1900 if last >= 69 else 2000)
    european = order == "dmy" or found[2] == "."
    return (year, second, first) if european else (year, first, second)


def _colons(digits: str) -> str:
    """0905 and 090500 as 09:05 and 09:05:00; anything else unchanged."""
    if digits.isdecimal() and len(digits) in (4, 6):
        return ":".join(digits[at : at + 2] for at in range(0, len(digits), 2))
    return digits


def _at(year: int, month: int, day_of_month: int, clock: str) -> datetime | None:
    midnight = datetime(year, month, day_of_month)  # noqa: DTZ001 - a wall clock's until the cell names a zone
    if not clock.strip():
        return midnight
    found = _CLOCK.fullmatch(clock.strip())
    if found is None:
        return None
    fraction = int(f"{found['fraction'] or '0':0<6}"[:6])
    minute, second = int(found["minute"] or 0), int(found["second"] or 0)
    return midnight.replace(
        hour=_hour(found), minute=minute, second=second, microsecond=fraction, tzinfo=_zone(found["zone"])
    )


def _hour(found: re.Match[str]) -> int:
    """The hour of 24. Raises ValueError for 13 PM."""
    hour = int(found["hour"])
    half = (found["before"] or found["after"] or "").replace(".", "").upper()
    if half in ("AM", "PM") and not 1 <= hour <= 12:
        raise ValueError(half)
    if half in ("PM", "下午", "晚上", "中午") and 1 <= hour < (12 if half != "中午" else 4):
        return hour + 12
    return 0 if half in ("AM", "上午", "凌晨") and hour == 12 else hour


def _zone(text: str | None) -> tzinfo | None:
    if not text:
        return None
    if text[0] not in "+-":
        return UTC
    hours, minutes = int(text[1:3]), int(text[3:].removeprefix(":") or 0)
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if text[0] == "-" else offset)


def date_order(texts: Iterable[str]) -> tuple[DateOrder, bool]:
    """(order, whether that is a guess) of a column's dates like 3/4/2026: a number above 12 is a day.

    Month first when nothing tells, or when no date is of that kind (which is no guess).
    """
    firsts = seconds = either = 0
    for text in texts:
        found = _YEAR_LAST.fullmatch(text.strip())
        if found is None or found[2] == ".":
            continue
        firsts += int(found[1]) > 12
        seconds += int(found[3]) > 12
        either += 1
    return ("dmy" if firsts > seconds else "mdy"), bool(either) and firsts == seconds


def is_year_last(text: str) -> bool:
    """Whether the cell is a date whose day and month could be confused."""
    found = _YEAR_LAST.fullmatch(text.strip())
    return found is not None and found[2] != "."
