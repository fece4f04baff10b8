"""What WeChat's own grey lines say: who joined, left, was removed, took a message back; and its message type codes.

Sources: the texts that wechaty's puppets and other group bots match; type codes as MemoTrace and chatlog name them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from qunyu.events.record import Kind, Record

SYSTEM_TYPES = frozenset((10000, 10002))
# A grey line is short; what is longer is somebody's text and not worth matching.
_LONGEST = 1000

_TYPES = {
    1: "text", 3: "image", 34: "voice", 42: "contact", 43: "video", 47: "sticker", 48: "location",
    49: "link", 50: "call", 62: "video", 66: "contact",
}  # fmt: skip
_APP_TYPES = {
    1: "text", 2: "image", 6: "file", 8: "sticker", 17: "location", 19: "other", 24: "other", 33: "mini_program",
    36: "mini_program", 53: "other", 57: "text", 74: "file", 87: "other", 2000: "transfer", 2001: "red_packet",
    2003: "red_packet",
}  # fmt: skip
_APP, _PAT = 49, 62

_NAME = r"[\"“](.+?)[\"”]"
_JOINED = (
    # (pattern, group of the newcomers, group of who brought them)
    (re.compile(rf"^{_NAME}邀请你和[\"“](.+)[\"”]加入了?群聊"), "你、{2}", 1),
    (re.compile(rf"^{_NAME}邀请你加入了?群聊"), "你", 1),
    (re.compile(rf"^{_NAME}邀请[\"“](.+)[\"”]加入了?群聊"), "{2}", 1),
    (re.compile(r"^(你)邀请[\"“](.+)[\"”]加入了?群聊"), "{2}", 1),
    (re.compile(rf"^{_NAME}通过扫描{_NAME}分享的二维码加入了?群聊"), "{1}", 2),
    (re.compile(rf"^{_NAME}通过扫描(你)分享的二维码加入了?群聊"), "{1}", 2),
    (re.compile(rf"^{_NAME}通过{_NAME}的邀请二维码加入了?群聊"), "{1}", 2),
    (re.compile(rf"^(你)通过扫描{_NAME}分享的二维码加入了?群聊"), "{1}", 2),
    (re.compile(r"^(你)通过扫描二维码加入了?群聊"), "{1}", 0),
    (re.compile(rf"^{_NAME}(?:通过扫描二维码)?加入了?群聊"), "{1}", 0),
    (re.compile(r"^(.+?) invited you and (.+) to (?:the|a) group chat", re.I), "你, {2}", 1),
    (re.compile(r"^(.+?) invited you to (?:the|a) group chat", re.I), "你", 1),
    (re.compile(r"^(.+?) invited (.+?) to (?:the|a) group chat", re.I), "{2}", 1),
    (re.compile(rf"^{_NAME} joined (?:the )?group chat via the QR code shared by {_NAME}", re.I), "{1}", 2),
    (re.compile(rf"^{_NAME} joined (?:the )?group chat via the QR code (you) shared", re.I), "{1}", 2),
)
_LEFT = (
    (re.compile(r"^(你)将[\"“](.+)[\"”]移出了?群聊"), "{2}", 1),
    (re.compile(rf"^{_NAME}将[\"“](.+)[\"”]移出了?群聊"), "{2}", 1),
    (re.compile(rf"^(你)被{_NAME}移出了?群聊"), "{1}", 2),
    (re.compile(rf"^{_NAME}被{_NAME}移出了?群聊"), "{1}", 2),
    (re.compile(r"^[\"“]?(.+?)[\"”]?(?:已|主动)?退出了?群聊[。\s]*$"), "{1}", 0),
    (re.compile(r"^(You) removed \"(.+)\" from the group chat", re.I), "{2}", 1),
    (re.compile(r"^(You) were removed from the group chat by \"(.+?)\"", re.I), "{1}", 2),
)
_RECALLED = (
    (re.compile(rf"^{_NAME} ?撤回了成员 ?{_NAME} ?的一条消息"), "{1}", 2),
    (re.compile(rf"^(你) ?撤回了成员 ?{_NAME} ?的一条消息"), "{1}", 2),
    (re.compile(rf"^{_NAME} ?撤回了一条消息"), "{1}", 0),
    (re.compile(r"^(你) ?撤回了一条消息"), "{1}", 0),
    (re.compile(r"^\"?(.+?)\"? (?:has )?recalled a message", re.I), "{1}", 0),
)
_MARKUP = re.compile(r"<!\[CDATA\[|\]\]>|</?[A-Za-z_?!][^<>]*>")
_CHINESE_NAMES = re.compile(r"[\"”]?、[\"“]?")
_ENGLISH_NAMES = re.compile(r"[\"”]?, [\"“]?")


class Move(NamedTuple):
    """Somebody came (joined), went (left) or took a message back (recalled); `other` had a part in it. Names only."""

    kind: Kind
    name: str
    other: str = ""


def moves(line: str) -> list[Move]:
    """What a grey line, freed of markup, tells about people; empty when it is about something else."""
    if len(line) > _LONGEST:
        return []
    return [*_moves("joined", _JOINED, line), *_moves("left", _LEFT, line), *_moves("recalled", _RECALLED, line)]


def records(text: str, at: datetime, group: tuple[str, str], line: int, message_id: str = "") -> Iterator[Record]:
    """What the grey line `text` at `line` of an export becomes: a record for each person who moved, else a notice.

    `group` is the community's key and name.
    """
    text = freed(text)
    found = moves(text)
    for kind, name, other in found:
        yield Record(kind, at, *group, "", name, text, other_name=other, line=line)
    if not found:
        yield Record("notice", at, *group, "", "", text, message_id, line=line)


def freed(line: str) -> str:
    """A grey line without the XML that WeChat keeps around its links, images and CDATA."""
    return _MARKUP.sub("", line).strip() if "<" in line else line.strip()


def is_system(code: int, sub: int) -> bool:
    """Whether a message of this type is a grey line (a pat, 拍一拍, being one too)."""
    return code in SYSTEM_TYPES or (code == _APP and sub == _PAT)


def subject(code: int, sub: int) -> str:
    """The content type of message type `code`; app messages (49) tell theirs by `sub`, links being the rest."""
    return _APP_TYPES.get(sub, "link") if code == _APP else _TYPES.get(code, "other")


def _moves(kind: Kind, patterns: tuple[tuple[re.Pattern[str], str, int], ...], line: str) -> Iterator[Move]:
    for pattern, who, other in patterns:
        found = pattern.match(line)
        if found:
            by = found[other] if other else ""
            names = who.format("", *found.groups())
            list_of = _ENGLISH_NAMES if pattern.flags & re.IGNORECASE else _CHINESE_NAMES
            parts = list_of.split(names) if kind != "recalled" else [names]
            yield from (Move(kind, name.strip(), _you(by)) for name in parts if name.strip())
            return


def _you(name: str) -> str:
    return "你" if name.lower() == "you" else name.strip()
