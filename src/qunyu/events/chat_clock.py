"""ChatClock: the dates and times that exported chats repeat line by line, read once each and made UTC."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, tzinfo
from typing import Literal

from qunyu.events.stamps import to_utc

Order = Literal["dmy", "mdy", "ymd"]
GAP = "[ \u00a0\u202f\u2009]"
_MORNING = "凌晨|清晨|早上|上午|午前|오전|ص"
_LATER = "中午|下午|傍晚|晚上|午後|오후|م"
HALF = f"(?:[AaPp]\\.?{GAP}?[Mm]\\.?|{_MORNING}|{_LATER})"
_CLOCK = re.compile(f"({HALF})?{GAP}?(\\d{{1,2}})[:.](\\d{{2}})(?:[:.](\\d{{2}}))?{GAP}?({HALF})?")
_LATER_HALF = re.compile(f"[Pp]|{_LATER}")
_DAY = timedelta(days=1)
_MOST_TIMES = 100_000


class ChatClock:
    """Turns pairs of date and time, as written, into UTC.

    A chat repeats its dates and times over and over, so the last date and every time of day are remembered.
    """

    def __init__(self, order: Order, zone: tzinfo) -> None:
        self._order: Order = order
        self._zone = zone
        self._times: dict[str, timedelta | None] = {}
        self._date = ""
        self._local: datetime | None = None
        self._utc: datetime | None = None

    def at(self, date: str, time: str) -> datetime | None:
        """The moment in UTC; None when there is no such date or time."""
        if date != self._date:
            self._turn_to(date)
        try:
            since = self._times[time]
        except KeyError:
            since = self._learn(time)
        if self._utc is not None and since is not None:
            return self._utc + since
        return self._at_slowly(since)

    def _turn_to(self, date: str) -> None:
        self._date = date
        self._local = midnight(date, self._order)
        self._utc = None if self._local is None else _fixed_midnight(self._local, self._zone)

    def _learn(self, time: str) -> timedelta | None:
        if len(self._times) >= _MOST_TIMES:
            self._times.clear()
        since = self._times[time] = since_midnight(time)
        return since

    def _at_slowly(self, since: timedelta | None) -> datetime | None:
        if self._local is None or since is None:
            return None
        try:
            return to_utc(self._local + since, self._zone)
        except OverflowError:
            return None


def _fixed_midnight(local: datetime, zone: tzinfo) -> datetime | None:
    """The UTC time of a day's beginning; None when the zone's offset changes during that day."""
    try:
        begin, end = to_utc(local, zone), to_utc(local + _DAY, zone)
    except OverflowError:
        return None
    return begin if end - begin == _DAY else None


def midnight(date: str, order: Order) -> datetime | None:
    """The beginning of the day `date` names, without a zone; a first number above 31 is the year whatever `order` says.

    Years of two digits are those since 2000: no chat program is older. None when there is no such day.
    """
    numbers = date_numbers(date)
    if numbers is None:
        return None
    first, second, third = numbers
    century = 0 if re.search(r"\d{3}", date) else 2000
    if order == "ymd" or first > 31:
        year, month, day = first, second, third
    elif order == "mdy":
        month, day, year = first, second, third
    else:
        day, month, year = first, second, third
    try:
        return datetime(century + year, month, day)  # noqa: DTZ001 - a wall clock has no zone
    except ValueError:
        return None


def date_numbers(date: str) -> tuple[int, int, int] | None:
    """The three numbers of a date as they stand; None when there are not three."""
    found = re.findall(r"\d+", date)
    return (int(found[0]), int(found[1]), int(found[2])) if len(found) == 3 else None


def since_midnight(time: str) -> timedelta | None:
    """How long after midnight `time` is ("20:49", "8:49:10 p. m.", "下午8:49"); None when there is no such time."""
    found = _CLOCK.fullmatch(time)
    if found is None:
        return None
    before, hours, minutes, seconds, after = found.groups()
    hour = _hour(int(hours), before or after or "")
    minute, second = int(minutes), int(seconds or 0)
    if hour > 23 or minute > 59 or second > 59:
        return None
    return timedelta(hours=hour, minutes=minute, seconds=second)


def _hour(hour: int, half: str) -> int:
    """The hour of 24; `half` names the half of the day, empty for a clock of 24 hours.

    Phones do write "00:08 a. m." and "13:05 PM", so hours above 12 stand as they are.
    """
    if not half or hour > 12:
        return hour
    if half == "中午":
        return hour if hour > 10 else hour + 12
    return hour % 12 + 12 if _LATER_HALF.match(half) else hour % 12
