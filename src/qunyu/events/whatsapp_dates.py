"""The date styles of WhatsApp's exports: what a message's first line looks like, and which number is the day.

Source: the exports of Android and iOS in several languages as documented by chat-miner, whatstk, whatsapp-chat-parser
and ChatLab (their issues collect what phones really write); see docs/import-formats/whatsapp.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from qunyu.events.chat_clock import GAP, HALF, Order, date_numbers
from qunyu.events.files import File
from qunyu.events.headed_lines import Heads, Match
from qunyu.events.problems import Problem

MARKS = "\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff"
_AT = "at|um|à|às|a las|alle|kl\\."
_BETWEEN = f"[,،]?{GAP}(?:(?:{_AT}){GAP})?"
_DATE = f"\\d{{1,4}}([/.-]){GAP}?\\d{{1,2}}\\2{GAP}?\\d{{1,4}}\\.?"
_TIME = f"(?:{HALF}{GAP}?)?\\d{{1,2}}[:.]\\d{{2}}(?:[:.]\\d{{2}})?(?:{GAP}?{HALF})?"
_OPEN = re.compile(f"[{MARKS}]*({_DATE}){_BETWEEN}({_TIME})(?:{GAP}[-–]{GAP}|:{GAP})(.*)")
_BRACKETED = re.compile(f"[{MARKS}]*\\[({_DATE}){_BETWEEN}({_TIME})\\]{GAP}?(.*)")

# The groups of every head: the date, its separator, the time, and the rest of the line.
DATE, TIME, REST = 1, 3, 4

ORDERS: tuple[Order, ...] = ("dmy", "mdy", "ymd")
_STARTS = frozenset("0123456789[\u200e\u200f\u202a\u202d\ufeff")
_ENOUGH = 8  # so many dates that agree settle the order without reading on


def head_of(line: str) -> Match | None:
    """The head of a message in any style; None when `line` does not begin one."""
    return _OPEN.match(line) or _BRACKETED.match(line)


@dataclass(frozen=True)
class Style:
    """How one file writes its heads; `guessed` when its dates leave open which number is the day."""

    heads: Heads
    order: Order
    guessed: bool = False


def survey(file: File, wanted: str) -> Style:
    """The style of a file, from a first pass that ends once the order is settled; `wanted` overrules that order."""
    heads = _heads_of(file)
    first = next(heads, None)
    if first is None:
        return Style(Heads(head_of), "dmy")
    usual = Heads(_specialised(first).match, head_of, _STARTS)
    if wanted in ORDERS:
        return Style(usual, wanted)
    found = _order(first, heads)
    return Style(usual, found or "dmy", found is None and first.group(2) != ".")


def _heads_of(file: File) -> Iterator[Match]:
    """The first head of each run of lines that begin with the same date."""
    unheard: list[Problem] = []
    last = "\n"
    for _, line in file.lines(unheard):
        unheard.clear()
        if line[:1] not in _STARTS or line.startswith(last):
            continue
        found = head_of(line)
        if found is not None:
            last = line[: found.end(DATE)]
            yield found


def _order(first: Match, more: Iterator[Match]) -> Order | None:
    numbers = date_numbers(first.group(DATE))
    if numbers is not None and numbers[0] > 31:
        return "ymd"
    votes = _Votes()
    votes.add(first)
    for head in more:
        if votes.settled:
            break
        votes.add(head)
    return votes.winner


@dataclass
class _Votes:
    """A number above 12 cannot be a month; where none is, the order that makes time run forward more often wins."""

    first_is_day: int = 0
    second_is_day: int = 0
    backward: dict[Order, int] = field(default_factory=lambda: {"dmy": 0, "mdy": 0})
    _last: tuple[int, int, int] | None = None

    def add(self, head: Match) -> None:
        numbers = date_numbers(head.group(DATE))
        if numbers is None or numbers[0] > 31:
            return
        self.first_is_day += numbers[0] > 12 >= numbers[1]
        self.second_is_day += numbers[1] > 12 >= numbers[0]
        if self._last is not None:
            (a, b, c), (x, y, z) = self._last, numbers
            self.backward["dmy"] += (z, y, x) < (c, b, a)
            self.backward["mdy"] += (z, x, y) < (c, a, b)
        self._last = numbers

    @property
    def settled(self) -> bool:
        return abs(self.first_is_day - self.second_is_day) >= _ENOUGH

    @property
    def winner(self) -> Order | None:
        if self.first_is_day != self.second_is_day:
            return "dmy" if self.first_is_day > self.second_is_day else "mdy"
        if self.backward["dmy"] != self.backward["mdy"]:
            return "dmy" if self.backward["dmy"] < self.backward["mdy"] else "mdy"
        return None


def _specialised(sample: Match) -> re.Pattern[str]:
    """A pattern for heads written like `sample` alone, which takes half the time of one for all styles."""
    line, date = sample.string, sample.group(DATE)
    gap = f"{GAP}?" if re.search(GAP, date) else ""
    separator = re.escape(sample.group(2))
    dates = f"\\d{{1,4}}({separator}){gap}\\d{{1,2}}{separator}{gap}\\d{{1,4}}{'[.]?' if date[-1] == '.' else ''}"
    between = re.escape(line[sample.end(DATE) : sample.start(TIME)])
    until = re.escape(line[sample.end(TIME) : sample.start(REST)])
    before = re.escape(line[: sample.start(DATE)].lstrip("\ufeff\u200e\u200f\u202a\u202d"))
    marks = f"[{MARKS}]*" if before else ""
    return re.compile(f"{marks}{before}({dates}){between}({_times(sample.group(TIME))}){until}(.*)")


def _times(time: str) -> str:
    """The pattern of times written like `time`, with or without seconds and half of the day."""
    seconds = "[:.]\\d{2}" if len(re.findall(r"\d+", time)) == 3 else ""
    before = f"{HALF}{GAP}?" if not time[0].isdigit() else ""
    after = f"{GAP}?{HALF}" if not time[-1].isdigit() else ""
    return f"{before}\\d{{1,2}}[:.]\\d{{2}}{seconds}{after}"
