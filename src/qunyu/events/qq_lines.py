"""What QQ's own lines say (系统消息): who joined, left, took a message back; and which numbers are no people.

Sources: line texts as chat exporters and group bots show them; the ranges of official robots as Tencent's client
reports them (get_robot_uin_range of NapCat).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from qunyu.events.record import Kind, Record
from qunyu.events.wechat_lines import Move

SYSTEM_IDS = frozenset(("10000", "1000000"))
# All who speak anonymously share this number.
ANONYMOUS = "80000000"
ROBOTS = (
    range(66600000, 66600001),
    range(2854196301, 2854216400),
    range(3328144510, 3328144511),
    range(3889000000, 3890000000),
    range(4010000000, 4020000000),
)
_LONGEST = 1000

_GROUP = r"(?:了|该|本|此)*(?:群聊?|群组)(?:[。.!！]|，.*)?$"
_STAFF = r"(?:管理员|群主)?"
_PATTERNS: tuple[tuple[Kind, re.Pattern[str], int, int], ...] = (
    # kind, pattern, group of the person, group of the other
    (
        "joined",
        re.compile(rf"^(.+?)通过(?:扫描)?(.+?)(?:分享的(?:群?二维码|群名片)|的邀请(?:链接)?)加入{_GROUP}"),
        1,
        2,
    ),
    ("joined", re.compile(rf"^{_STAFF}(.+?)邀请(.+?)(?:加入|进入){_GROUP}"), 2, 1),
    ("joined", re.compile(rf"^(?:欢迎)?(.+?)(?:已经?|通过搜索)?(?:加入|进入){_GROUP}"), 1, 0),
    ("left", re.compile(rf"^(.+?)已?被(.*?)(?:移出|移除|踢出|请出){_GROUP}"), 1, 2),
    ("left", re.compile(rf"^{_STAFF}(.+?)将(.+?)(?:移出|移除|踢出|请出){_GROUP}"), 2, 1),
    ("left", re.compile(rf"^(.+?)(?:已经?|主动)?(?:退出|离开){_GROUP}"), 1, 0),
    ("recalled", re.compile(rf"^{_STAFF}(.+?)撤回了一条(?:群?成员)?消息"), 1, 0),
    ("recalled", re.compile(rf"^{_STAFF}(.+?)撤回了(?:群?成员)?(.+?)的(?:一条)?消息"), 1, 2),
)
_SPLIT = re.compile(r"[、，]")
_NUMBERED = re.compile(r"(.*)[(（](\d{5,11})[)）]", re.ASCII | re.DOTALL)


def moves(line: str) -> list[Move]:
    """What a system line tells about people; empty when it is about something else."""
    line = line.strip()
    if len(line) > _LONGEST:
        return []
    for kind, pattern, who, other in _PATTERNS:
        if found := pattern.match(line):
            by = _bare(found[other]) if other else ""
            # "管理员" alone stays: who went was removed, if by somebody unnamed.
            by = re.sub(rf"^{_STAFF}(?=.)", "", by)
            names = _SPLIT.split(found[who]) if kind == "joined" and other else [found[who]]
            return [Move(kind, _bare(name), by) for name in names if _bare(name)]
    return []


def records(text: str, at: datetime, group: tuple[str, str], line: int, message_id: str = "") -> Iterator[Record]:
    """What the system line `text` at `line` of an export becomes: a record for each person who moved, else a notice.

    `group` is the community's key and name.
    """
    found = moves(text)
    for kind, name, other in found:
        author, by = person(name), person(other)
        yield Record(kind, at, *group, *author, text, other_id=by[0], other_name=by[1], line=line)
    if not found:
        yield Record("notice", at, *group, "", "", text, message_id, line=line)


def is_robot(number: str) -> bool:
    """Whether a QQ number is one of Tencent's official robots (Q群管家 and the like)."""
    return number.isascii() and number.isdecimal() and any(int(number) in each for each in ROBOTS)


def person(text: str) -> tuple[str, str]:
    """(QQ number, name) of "name(12345)"; the number is empty where there is none, the name the number where it is."""
    found = _NUMBERED.fullmatch(text.strip())
    return (found[2], found[1].strip() or found[2]) if found else ("", text.strip())


def _bare(name: str) -> str:
    """A name without the quotes and blanks around it; one that follows its number, 名(12345), keeps both."""
    return name.strip().strip('"“”').strip()
