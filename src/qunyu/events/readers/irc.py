"""IRC channel logs as text: bots and bouncers (ZNC, irclogs), irssi, WeeChat, HexChat, mIRC."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from functools import lru_cache
from pathlib import PurePosixPath
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from qunyu.events.files import File
from qunyu.events.irc_lines import (
    STAMP,
    YEARS,
    Event,
    announced_day,
    event_of,
    month_of,
    named_day,
    without_day,
)
from qunyu.events.problems import Problem
from qunyu.events.reading import Example, Reader, ReadOptions
from qunyu.events.record import Record
from qunyu.events.stamps import to_utc
from qunyu.kernel.words import Words

# Clocks are set back by an hour in autumn and by a little at any time; further back means that midnight lies between.
SET_BACK = 90 * 60
NOON = 12 * 3600
_SAMPLE = 200
_IN_JOINS = re.compile(
    r"[^\s<>]@\S+[\])]\s+has (?:joined|left)\s+([#&][^\s,]+)|^\S* ?(?:===|-!-) \S+ +has (?:joined|left) +([#&][^\s,]+)",
    re.MULTILINE,
)
_IN_NAME = re.compile(r"(?:[._ -]*(?:raw|ascii|log|logs|txt|weechatlog|html?|gz|xz|bz2))*[._ -]*$", re.IGNORECASE)


def recognise(file: File, options: ReadOptions) -> float:
    """The share of the first lines that carry a clock and say something in an IRC log's way."""
    lines = [line for line in file.head_text.split("\n")[:_SAMPLE] if line.strip()]
    stamped = sum(1 for line in lines if _understood(line))
    others = sum(1 for line in lines if line.startswith("=== ") or announced_day(line))
    if not stamped or stamped + others < 0.8 * len(lines):
        return 0.0
    return 0.6 if _is_any_table(file, lines) else 0.9


def _is_any_table(file: File, lines: list[str]) -> bool:
    """Tables of time, name and text look like a WeeChat log; only its file name and its arrows tell."""
    arrows = any(arrow in line for line in lines for arrow in ("\t-->\t", "\t<--\t", "\t--\t"))
    return all("\t" in line for line in lines) and not arrows and not file.name.endswith(".weechatlog")


def _understood(line: str) -> bool:
    stamp = STAMP.match(line)
    return stamp is not None and event_of(line[stamp.end() :], stamp["gap"] == "\t") is not None


def read(file: File, options: ReadOptions) -> Iterator[Record | Problem]:
    """Stamps are wall clocks in `options.source_zone`; lines without one have the time of the line before.

    A file without a day, neither in its name nor in its lines, gives one bad_time problem and no records.
    """
    found: list[Problem] = []
    clock = _Clock(file.name, options.source_zone, named_day(file.name), found)
    community = community_of(file, options)
    for number, text in file.lines(found):
        if text and not text.isspace():
            clock.line = number
            record = _record(text, clock, community)
            if record is not None:
                yield record
        if found:
            yield from found
            found.clear()
            if clock.dayless:
                return
    yield from found


def _record(text: str, clock: _Clock, community: str) -> Record | None:
    last = clock.last
    if last and text.startswith(last) and not text.startswith("--- ", len(last)):
        event, at = event_of(text[len(last) :], last[-1] == "\t"), clock.time
        return _as_record(event, at, clock, community)
    stamp = STAMP.match(text)
    if stamp is None or text.startswith("--- ", stamp.end()):
        day = announced_day(text)
        if day is not None:
            clock.turn_to(day)
            return None
    if stamp is None:
        event = event_of(text) if text.startswith("===") else None
        return _as_record(event, clock.now() if event else None, clock, community)
    event = event_of(text[stamp.end() :], stamp["gap"] == "\t")
    return _as_record(event, clock.at(stamp) if event else None, clock, community)


def _as_record(event: Event | None, at: datetime | None, clock: _Clock, community: str) -> Record | None:
    if event is None:
        clock.complain("not_a_record", format="IRC")
    if event is None or at is None:
        return None
    kind, author, text, other = event
    subject = "text" if kind in ("message", "action") else ""
    return Record(kind, at, community, community, "", author, text, "", subject, "", other, False, None, clock.line)


@dataclass
class _Clock:
    """Turns clocks without a day into times: keeps the day and moves it on when the clock falls back past midnight.

    `last` is the stamp read last as it was written, `time` what it meant: most lines repeat the stamp before them.
    """

    file: str
    zone: ZoneInfo
    day: date | None
    problems: list[Problem]
    line: int = 0
    seconds: int = -1
    beyond_twelve: bool = False
    told: bool = False
    dayless: bool = False
    last: str = ""
    time: datetime | None = None

    def complain(self, code: str, **data: str) -> None:
        self.problems.append(Problem(code, self.file, self.line, data))

    def turn_to(self, day: date) -> None:
        """From here on it is `day`, from its first second."""
        self.day, self.seconds, self.last, self.time = day, -1, "", None

    def now(self) -> datetime | None:
        """The time of the last stamp; the day's first second before any."""
        return self.time if self.time is not None else self._time(max(self.seconds, 0))

    def at(self, stamp: re.Match[str]) -> datetime | None:
        """The time of `stamp`; None, with a problem, when there is no such time or no day."""
        if not self._move(stamp):
            return None
        self.last, self.time = stamp[0], self._time(self.seconds)
        return self.time

    def _move(self, stamp: re.Match[str]) -> bool:
        """Sets day and seconds; False when the stamp cannot be."""
        seconds, day = _seconds(stamp["clock"], stamp["half"]), self.day
        try:
            day = date.fromisoformat(stamp["date"]) if stamp["date"] else _of_year(stamp, day)
        except ValueError:
            seconds = -1
        if seconds < 0 or (day is not None and day.year not in YEARS):
            self.complain("impossible_time", value=stamp[0].strip()[:40])
            return False
        if day is not None and not stamp["date"] and not stamp["month"]:
            day += timedelta(days=self._passed_midnight(seconds))
        self.beyond_twelve |= seconds >= NOON + 3600
        self.day, self.seconds = day, seconds
        return True

    def _passed_midnight(self, seconds: int) -> int:
        """1 when midnight lies between the last stamp and this one, else 0.

        Until an hour above 12 was seen the clock may be one of twelve hours: 12:59 then 1:00 is no midnight. Nothing
        in the file says which half of the day is meant, so the hours are taken as written and a problem says so once.
        """
        back = self.seconds - seconds
        if back <= SET_BACK:
            return 0
        if self.beyond_twelve or self.seconds < NOON - 3600 or seconds >= 2 * 3600 or back > NOON:
            return 1
        if not self.told:
            self.told = True
            self.complain("ambiguous_layout", reason=f"{_words(self.seconds)} → {_words(seconds)}", chosen="24h")
        return 0

    def _time(self, seconds: int) -> datetime | None:
        if self.day is None:
            self.dayless = True
            self.problems.append(Problem("bad_time", self.file, 0, {"value": _words(seconds)}))
            return None
        clock = time_of_day(seconds // 3600, seconds // 60 % 60, seconds % 60)
        return to_utc(datetime.combine(self.day, clock), self.zone)


def _seconds(clock: str, half: str | None) -> int:
    """Seconds since midnight; -1 when there is no such time."""
    hour, minute, second = (*map(int, clock.split(":")), 0)[:3]
    if half:
        hour = hour % 12 + (12 if half in "pP" else 0)
    try:
        time_of_day(hour, minute, second)
    except ValueError:
        return -1
    return hour * 3600 + minute * 60 + second


def _words(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}"


def _of_year(stamp: re.Match[str], day: date | None) -> date | None:
    """The day of a stamp "Dec 25 09:14:03" in the year of `day`, or the next one when the log went on over New Year."""
    if not stamp["month"] or day is None:
        return day
    month = month_of(stamp["month"])
    year = day.year + 1 if month < day.month - 6 else day.year
    return date(year, month, int(stamp["day"]))


def community_of(file: File, options: ReadOptions) -> str:
    """The channel that joins name, else the file's name, else the files beside it; lower case, as IRC ignores case."""
    own = _in_joins(file) or _in_name(file.name)
    return own or _beside(file) or options.community or _stem(file)


@lru_cache(maxsize=4096)
def _in_joins(file: File) -> str:
    named = Counter((found[1] or found[2]).lower() for found in _IN_JOINS.finditer(file.head_text))
    return named.most_common(1)[0][0] if named else ""


def _in_name(name: str) -> str:
    for part in reversed(PurePosixPath(name).parts):
        plain = unquote(part)
        start = min((at for sign in "#&" if (at := plain.find(sign)) >= 0), default=-1)
        if start >= 0:
            return _IN_NAME.sub("", without_day(plain[start:])).lower()
    return ""


def _beside(file: File) -> str:
    """The one channel that joins name in the same folder, else in the whole import; "" when they name several."""
    folder = PurePosixPath(file.name).parent
    everywhere = list(file.siblings.values())
    for files in ([each for each in everywhere if PurePosixPath(each.name).parent == folder], everywhere):
        named = {_in_joins(each) for each in files} - {""}
        if named:
            return named.pop() if len(named) == 1 else ""
    return ""


def _stem(file: File) -> str:
    return _IN_NAME.sub("", without_day(file.stem)).strip(" ._-") or file.stem


READERS = (
    Reader(
        key="irc",
        platform="irc",
        title=Words("IRC 频道日志（文本）", "IRC channel log (text)"),
        recognise=recognise,
        read=read,
        example=Example(
            "2021-03-01.raw.txt",
            (
                "[09:14] <mei> good morning\n"
                "=== tom [~tom@host.example] has joined #Tea\n"
                "[09:15]  * mei waves\n"
                "=== tom is now known as tommy\n"
                "[23:59] <tommy> good night\n"
                '=== mei [~mei@host.example] has left #tea ["bye"]\n'
                "[00:01] <tommy> a new day\n"
                "=== tommy was kicked off #tea by mei (late)\n"
            ).encode("ascii"),
            {"message": 3, "joined": 1, "action": 1, "renamed": 1, "left": 2},
        ),
    ),
)
