"""Signal chats as signal-export writes them: '[2019-12-24, 12:23] Name: text', over as many lines as it takes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import PurePosixPath

from qunyu.events.chat_clock import ChatClock
from qunyu.events.files import File
from qunyu.events.headed_lines import Heads, blocks
from qunyu.events.problems import Problem
from qunyu.events.reading import Example, Reader, ReadOptions
from qunyu.events.record import Record
from qunyu.events.whatsapp_names import named_as_whatsapp
from qunyu.kernel.words import Words

_HEAD = re.compile(r"\[(\d{4}-\d\d-\d\d)(?:, (\d\d:\d\d)| (\d\d:\d\d:\d\d))\] (.*)")
# signal-export names every chat's file alike and its folder after the chat.
_SAME_FOR_ALL = frozenset(("chat", "index", "data"))
_REACTIONS = re.compile(r"\n?\(- (.+) -\)\s*$")
_STICKER = re.compile(r"\(\( (.*) \)\)")
_ATTACHED = re.compile(r"!?\[[^\]]*\]\((?:\./)?((?:media|(?:\.\./)?exported_stickers)/[^)]+)\)")
_CALL = re.compile(r"(?:Incoming|Outgoing|Missed)(?: voice| video| group)? call(?: \([^)]*\))?")
_DELETED = "(This message was deleted)"
_SUBJECTS = {
    **dict.fromkeys(("jpg", "jpeg", "png", "gif", "webp", "heic"), "image"),
    **dict.fromkeys(("mp4", "mov", "mkv", "webm", "3gp"), "video"),
    **dict.fromkeys(("m4a", "aac", "mp3", "ogg", "opus", "wav"), "voice"),
}


def recognise(file: File, options: ReadOptions) -> float:
    """By the head of the first line; WhatsApp on an iPhone in Swedish writes the same, with its marks or file name."""
    first = file.head_text.lstrip().partition("\n")[0]
    if not _HEAD.match(first) or named_as_whatsapp(file) or "\u200e" in file.head_text:
        return 0.0
    return 0.95


def read(file: File, options: ReadOptions) -> Iterator[Record | Problem]:
    """A record per message; lines without a name are notices. Names are all there is: no author_id."""
    chat, clock = _chat(file, options), ChatClock("ymd", options.source_zone)
    problems: list[Problem] = []
    for line, head, more in blocks(file, Heads(_HEAD.match), problems):
        yield from problems
        problems.clear()
        if head is None:
            yield Problem("not_a_record", file.name, line, {"format": "Signal"})
            continue
        date, minutes, seconds, rest = head.groups()
        at = clock.at(date, minutes or seconds)
        if at is None:
            yield Problem("impossible_time", file.name, line, {"value": f"{date} {minutes or seconds}"})
            continue
        yield _record(line, at, chat, "\n".join((rest, *(more or ()))))
    yield from problems


def _chat(file: File, options: ReadOptions) -> str:
    folder = PurePosixPath(file.name).parent.name
    if file.stem not in _SAME_FOR_ALL:
        return file.stem
    return folder or options.community or file.stem


def _record(line: int, at: datetime, chat: str, block: str) -> Record:
    author, colon, body = block.partition(": ")
    if not colon or "\n" in author:
        return Record("notice", at, chat, chat, "", "", block.strip(), line=line)
    subject, text, meta = _content(body.strip())
    return Record("message", at, chat, chat, "", author, text, "", subject, "", "", False, meta or None, line)


def _content(body: str) -> tuple[str, str, dict[str, object]]:
    """Content type, text, and what stood around it: reactions at the end, stickers and attachments as links."""
    meta: dict[str, object] = {}
    if found := _REACTIONS.search(body):
        meta["reactions"] = found[1].count(": ")
        body = body[: found.start()].rstrip()
    if body == _DELETED:
        return "other", "", {**meta, "deleted": True}
    if found := _STICKER.fullmatch(body):
        return "sticker", found[1], meta
    if _CALL.fullmatch(body):
        return "call", body, meta
    if files := _ATTACHED.findall(body):
        meta["file"] = files[0]
        return _subject(files[0]), _ATTACHED.sub("", body).strip(), meta
    return "text", body, meta


def _subject(path: str) -> str:
    if "stickers/" in path:
        return "sticker"
    return _SUBJECTS.get(path.lower().rpartition(".")[2], "file")


_EXAMPLE = """\
[2026-03-01, 09:30] Lin: Good morning!
Which tea do you like?
[2026-03-01, 09:31] Me: Green
(- Lin: 👍 -)
[2026-03-01, 09:32] Lin: ![leaf.jpg](./media/leaf.jpg)
[2026-03-41, 09:32] Lin: on a day that never was
"""
READERS = (
    Reader(
        key="signal",
        platform="signal",
        title=Words("Signal 聊天记录（signal-export 文本）", "Signal chat (text of signal-export)"),
        recognise=recognise,
        read=read,
        example=Example("Tea lovers/chat.md", _EXAMPLE.encode(), {"message": 3, "problem": 1}),
    ),
)
