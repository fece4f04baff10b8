"""What the lines of IRC logs say: the stamp in front, who did what behind it, and lines that announce a day."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from qunyu.events.record import Kind

STAMP = re.compile(
    r"(?:(?P<month>[A-Z][a-z]{2}) {1,2}(?P<day>\d{1,2}) )?"
    r"\[?(?:(?P<date>\d{4}-\d\d-\d\d)[T ])?(?P<clock>\d{1,2}:\d\d(?::\d\d)?)(?: ?(?P<half>[AaPp])\.?[Mm]\.?)?\]?"
    r"(?P<gap>[\t ])"
)
_MESSAGE = re.compile(r"<[ @+%&~!]?([^>]+)>[ \t]?(.*)", re.DOTALL)
_NOTICE = re.compile(r"-([^\s:-][^\s:]*)(?::\S+)?- (.*)", re.DOTALL)
_STARRED = re.compile(
    r"\S+ \([^()\s]+@\S+\) (?:has (?:joined|left|quit)|Quit)\b|\S+ is now known as \S+$|\S+ was kicked by \S+"
)
_JOINED = re.compile(r"(?:Joins: (\S+)|(.+?)\s+(?:[\[(].*)?has joined\b|(.+?) entered the room)")
_RENAMED = re.compile(r"(\S+) is now known as (.+)")
_KICKED = re.compile(r"(\S+) was kicked (?:(?:from|off) \S+ )?by (\S+)\s*(.*)")
_KICKS = re.compile(r"(\S+) has kicked (\S+)\s*(.*)")
_LEFT = re.compile(r"(.+?)\s+(?:[\[(].*)?has (?:left|quit)\b(?:\s+[#&]\S+)?(.*)")
_GONE = re.compile(r"(?:Parts|Quits): (\S+)(?: \(\S+@\S+\))?(.*)|(\S+) \(\S+@\S+\) Quit(.*)|(.+?) left the room(.*)")
_CONTROL = re.compile(r"\x03(?:\d{1,2}(?:,\d{1,2})?)?|[\x00-\x08\x0b-\x1f\x7f]")
_DAY_LINE = re.compile(
    r"(?:\[?\d\d:\d\d(?::\d\d)?\]? )?"
    r"(?:--- |\*\*\*\* (?:BEGIN|ENDING) LOGGING AT |Session (?:Start|Close|Time): )"
)
_DAY = re.compile(r"\b([A-Z][a-z]{2}|\d{1,2}月) {1,2}(\d{1,2})(?: \d\d:\d\d(?::\d\d)?)?(?: [A-Z]{3,5})? (\d{4})\b")
_ISO_DAY = re.compile(r"(?<!\d)(\d{4})[-_./]?(\d\d)[-_./]?(\d\d)(?!\d)")
_EGGDROP_DAY = re.compile(r"(?<!\d)(\d\d)([A-Z][a-z]{2})(\d{4})(?!\d)")
_MONTHS = {name: number for number, name in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1)}
YEARS = range(1988, 2200)  # IRC was first run in August 1988


class Event(NamedTuple):
    """What one line says; `other` is the new name of a rename or who removed the author."""

    kind: Kind
    author: str
    text: str = ""
    other: str = ""


def event_of(body: str, after_tab: bool = False) -> Event | None:
    """What `body`, a line without its stamp, says; None when it fits no log style.

    `after_tab`: the stamp ended in a tab, so the body is WeeChat's `prefix TAB text`.
    """
    if after_tab:
        return _weechat(body)
    body = body.lstrip(" ")
    first = body[:1]
    if first == "<":
        said = _MESSAGE.match(body)
        return Event("message", said[1].strip(), clean(said[2])) if said else None
    if first == "*":
        return _starred(body)
    if first == "=" and body.startswith("==="):
        return happening(body[3:].strip())
    return _dashed(body) if first == "-" else None


def _weechat(body: str) -> Event | None:
    prefix, tab, text = body.partition("\t")
    prefix = prefix.strip()
    if not tab:
        return None
    if prefix in ("-->", "<--", "--", "=!="):
        return happening(text)
    if prefix == "*":
        return _action(text)
    return Event("message", bare(prefix), clean(text)) if prefix else Event("notice", "", clean(text))


def _starred(body: str) -> Event:
    """`*** something happened` (ZNC), `* somebody does something` (everybody), `* nick (host) has joined` (mIRC)."""
    if body.startswith("***"):
        return happening(body.lstrip("* "))
    rest = body[1:].strip()
    return happening(rest) if _STARRED.match(rest) else _action(rest)


def _action(rest: str) -> Event:
    author, _, text = rest.partition(" ")
    return Event("action", bare(author), clean(text))


def _dashed(body: str) -> Event | None:
    """irssi's `-!- something happened`, WeeChat's arrows pasted with spaces, `-somebody- notice`."""
    for mark in ("-!- ", "--> ", "-- ", "-=- "):
        if body.startswith(mark):
            return happening(body[len(mark) :].strip())
    notice = _NOTICE.match(body)
    return Event("notice", notice[1], clean(notice[2])) if notice else None


def happening(text: str) -> Event:
    """Joins, parts, quits, kicks and changes of nick; anything else is a notice with its whole text.

    A nick has no space in it, so "x y is now known as z" is a notice: logs that write /me as `=== nick text` say such.
    """
    if renamed := _RENAMED.match(text):
        return Event("renamed", bare(renamed[1]), "", bare(renamed[2].strip()))
    if joined := _JOINED.match(text):
        return Event("joined", bare(joined[1] or joined[2] or joined[3]))
    return _leaving(text) or Event("notice", "", clean(text))


def _leaving(text: str) -> Event | None:
    if kicked := _KICKED.match(text):
        return Event("left", bare(kicked[1]), _reason(kicked[3]), bare(kicked[2]))
    if kicks := _KICKS.match(text):
        return Event("left", bare(kicks[2]), _reason(kicks[3]), bare(kicks[1]))
    if left := _LEFT.match(text):
        return Event("left", bare(left[1]), _reason(left[2]))
    if gone := _GONE.match(text):
        return Event("left", bare(gone[1] or gone[3] or gone[5]), _reason(gone[2] or gone[4] or gone[6] or ""))
    return None


def bare(nick: str) -> str:
    """`nick` without the mode sign (@ operator, + voice ...) that clients put in front.

    Source: RFC 2812, 2.3.1: no nick begins with one.
    """
    return nick.lstrip(" @+%&~!").strip()


def clean(text: str) -> str:
    """`text` without mIRC's colour and style codes."""
    return text if text.isprintable() else _CONTROL.sub("", text)


def _reason(text: str) -> str:
    return clean(text).strip(" .").removeprefix("[").removesuffix("]").removeprefix("(").removesuffix(")").strip('" ')


def announced_day(text: str) -> date | None:
    """The day on a `--- Day changed`, `--- Log opened`, `BEGIN LOGGING AT` or `Session Start` line; None on others."""
    if not _DAY_LINE.match(text):
        return None
    found = _DAY.search(text)
    return _date(int(found[3]), month_of(found[1]), int(found[2])) if found else None


def named_day(path: str) -> date | None:
    """The day in a file's name, else in its folders (2004/12/25/#chan.txt); None when there is none."""
    for part in (path.rpartition("/")[2], path):
        for found in _ISO_DAY.finditer(part):
            if day := _date(int(found[1]), int(found[2]), int(found[3])):
                return day
        eggdrop = _EGGDROP_DAY.search(part)
        if eggdrop and (day := _date(int(eggdrop[3]), month_of(eggdrop[2]), int(eggdrop[1]))):
            return day
    return None


def without_day(name: str) -> str:
    """`name` without the day in it."""
    return _EGGDROP_DAY.sub("", _ISO_DAY.sub("", name))


def month_of(name: str) -> int:
    """The number of an English month's three letters or of "12月"; 0 when it is none."""
    return int(name[:-1]) if name.endswith("月") else _MONTHS.get(name, 0)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if year in YEARS else None
    except ValueError:
        return None
