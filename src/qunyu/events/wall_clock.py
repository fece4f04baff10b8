"""Times as chat exports write them: ISO 8601, epoch numbers, and the wall clocks of Chinese desktop programs."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo

from qunyu.events.cell_times import is_year_last, wall
from qunyu.events.cells import Unreadable
from qunyu.events.problems import Problem
from qunyu.events.stamps import from_epoch, to_utc

_EPOCH = re.compile(r"(\d{9,17})(?:\.(\d{1,9})\d*)?", re.ASCII)


def read_time(value: str, zone: tzinfo) -> datetime | str:
    """`value` in UTC, a wall clock's being in `zone`; else the code of the problem with it.

    Epoch numbers are seconds (up to 11 digits), milliseconds (up to 14) or microseconds. Codes: "bad_time" when it is
    no time or one whose day and month could be confused, "impossible_time" when it is written like one that never was.
    """
    text = value.strip()
    if text[12:13] == ":":
        # 2026-03-01 9:05:01 as QQ writes it: with its nought it takes the short way.
        text = f"{text[:11]}0{text[11:]}"
    if text[4:5] == "-" and len(text) > 12:
        try:
            stamp = datetime.fromisoformat(text)
            return stamp if stamp.tzinfo is UTC else to_utc(stamp, zone)
        except (ValueError, OverflowError):
            pass
    if found := _EPOCH.fullmatch(text):
        return _epoch(found[1], found[2] or "")
    return _wall(text, zone)


def time_problem(code: str, value: str, file: str, line: int) -> Problem:
    """The problem `code` of `read_time` at its place, the time shortened to what a message can show."""
    return Problem(code, file, line, {"value": value.strip()[:40]})


def _epoch(whole: str, fraction: str) -> datetime | str:
    """Exact to the microsecond: a float would lose it."""
    scale = 1 if len(whole) <= 11 else 1_000 if len(whole) <= 14 else 1_000_000
    seconds, rest = divmod(int(whole), scale)
    start = from_epoch(seconds)
    if start is None:
        return "impossible_time"
    micro = rest * (1_000_000 // scale) + int(f"{fraction:0<6}"[:6]) // scale
    return start + timedelta(microseconds=micro)


def _wall(text: str, zone: tzinfo) -> datetime | str:
    if is_year_last(text):
        return "bad_time"
    try:
        return to_utc(wall(text), zone)
    except Unreadable as error:
        return "bad_time" if error.code == "missing_field" else error.code
    except OverflowError:
        return "impossible_time"
