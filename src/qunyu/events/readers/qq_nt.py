"""QQ NT chats exported by qq-chat-exporter (shuakami): one JSON document, its chunked form, and chunks of JSON Lines.

Sources: SimpleMessageParser.ts, JsonExporter.ts, ChunkedJsonlWriter.ts and exportFileName.ts of its repository.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from qunyu.events import qq_lines
from qunyu.events.contents import subject_named, subject_of
from qunyu.events.files import File
from qunyu.events.json_lines import json_lines
from qunyu.events.json_stream import json_first, json_items, text_at
from qunyu.events.problems import Problem
from qunyu.events.reading import Example, Reader, ReadOptions
from qunyu.events.record import Record, as_direct
from qunyu.events.wall_clock import read_time, time_problem
from qunyu.kernel.words import Words

FORMAT = "qq-chat-exporter"
KEYS = frozenset(("timestamp", "sender", "content"))

_ELEMENTS = {
    "image": "image", "face": "sticker", "market_face": "sticker", "giphy": "sticker", "face_bubble": "sticker",
    "audio": "voice", "video": "video", "file": "file", "location": "location", "av_record": "call",
    "forward": "other", "multi_forward": "other", "json": "link", "calendar": "other", "markdown": "text",
}  # fmt: skip
_TYPES = {
    "file": "file", "type_8": "file", "video": "video", "type_9": "video", "audio": "voice", "type_6": "voice",
    "json": "link", "type_7": "link", "forward": "other", "type_11": "other", "type_17": "sticker",
}  # fmt: skip
_BRACKETED = re.compile(r"(?:\[[^\]\n]{1,200}\]\s*)+")
# The number in names such as: group_123456_20260301_093000, group_name_123456_20260301_093000, or name with (123456).
_NUMBER = re.compile(r"^(?:group|friend|private)_(?:.*_)?(\d{5,12})_\d{8}_\d{6}|\((\d{5,12})\)(?:_|$)", re.ASCII)


def recognise(file: File, options: ReadOptions) -> float:
    """Certain when the document begins with the exporter's name, likely when it has its chatInfo and messages."""
    head = file.head_text.lstrip()
    if not head.startswith("{"):
        return 0.0
    if '"metadata"' in head and "QQChatExporter" in head[:2000]:
        return 1.0
    return 0.9 if all(key in head for key in ('"chatInfo"', '"messages"', '"sender"', '"timestamp"')) else 0.0


def read(file: File, options: ReadOptions) -> Iterator[Record | Problem]:
    """Streams `messages`, or those of every chunk, after chatInfo. The line of a record or problem is the message's number."""
    chunked = '"chunkInfo"' in file.head_text
    info = json_first(file, "chunks.item.chatInfo" if chunked else "chatInfo")
    group, direct = _group(file.stem, info, options), _is_direct(file.stem, info)
    number = 0
    for number, message in enumerate(json_items(file, "chunks.item.messages.item" if chunked else "messages.item"), 1):
        rows = _message(file, number, message, group, options)
        yield from map(as_direct, rows) if direct else rows
    if not number:
        yield Problem("not_a_record", file.name, 0, {"format": FORMAT})


def recognise_lines(file: File, options: ReadOptions) -> float:
    """Certain when the first line is an object with a message's keys, nested as the exporter nests them."""
    try:
        first = json.loads(file.head_text.partition("\n")[0])
    except (ValueError, RecursionError):
        return 0.0
    nested = isinstance(first, dict) and KEYS.issubset(first)
    return 1.0 if nested and isinstance(first["sender"], dict) and isinstance(first["content"], dict) else 0.0


def read_lines(file: File, options: ReadOptions) -> Iterator[Record | Problem]:
    """One message a line; the chat's name stands in the manifest.json of the folder above."""
    folder = PurePosixPath(file.name).parent.parent
    manifest = file.siblings.get(str(folder / "manifest.json"))
    info = json_first(manifest, "chatInfo") if manifest else None
    group, direct = _group(folder.name or file.stem, info, options), _is_direct(folder.name or file.stem, info)
    for number, message in json_lines(file, FORMAT):
        rows = _message(file, number, message, group, options)
        yield from map(as_direct, rows) if direct else rows


def _is_direct(stem: str, info: Any) -> bool:
    """Whether the number in the file's name is a friend's."""
    return text_at(info, "type") in ("private", "friend") or stem.startswith(("friend_", "private_"))


def _group(stem: str, info: Any, options: ReadOptions) -> tuple[str, str]:
    """(number or name, name) of the chat: its number stands only in the file's name."""
    found = _NUMBER.search(stem)
    number = (found[1] or found[2]) if found else ""
    name = text_at(info, "name") or options.community or number or stem
    return number or name, name


def _message(
    file: File, number: int, message: Any, group: tuple[str, str], options: ReadOptions
) -> Iterator[Record | Problem]:
    if isinstance(message, Problem):
        yield message
        return
    if not isinstance(message, dict) or not KEYS.issubset(message):
        yield Problem("not_a_record", file.name, number, {"format": FORMAT})
        return
    time = text_at(message, "timestamp")
    at = read_time(time, options.source_zone)
    if isinstance(at, str):
        yield time_problem(at, time, file.name, number)
    elif message.get("system") is True or message.get("type") == "system":
        yield from qq_lines.records(_text(message), at, group, number, text_at(message, "id"))
    else:
        yield from _said(message, at, group, number)


def _said(message: dict[str, Any], at: datetime, group: tuple[str, str], line: int) -> Iterator[Record]:
    uin = text_at(message, "sender", "uin")
    author = uin if uin not in ("", "0") else text_at(message, "sender", "uid")
    robot = qq_lines.is_robot(author)
    author = "" if author == qq_lines.ANONYMOUS else author
    name, text, key = text_at(message, "sender", "name"), _text(message), text_at(message, "id")
    yield Record("message", at, *group, author, name, text, key, _subject(message, text), bot=robot, line=line)
    # The export keeps what was said and only marks it; when it was taken back is not told.
    if message.get("recalled") is True:
        yield Record("recalled", at, *group, author, name, message_id=key, bot=robot, line=line)


def _text(message: dict[str, Any]) -> str:
    content = message["content"]
    return content if isinstance(content, str) else text_at(content, "text")


def _subject(message: dict[str, Any], text: str) -> str:
    """Words win; a text that is nothing but [placeholders] is what its first element or its type says."""
    if text and not _BRACKETED.fullmatch(text):
        return "text"
    content = message["content"]
    elements = content.get("elements") if isinstance(content, dict) else None
    for each in elements if isinstance(elements, list) else ():
        kind = _ELEMENTS.get(text_at(each, "type"), "")
        if kind == "link" and subject_named(text_at(each, "data", "appName")) == "mini_program":
            return "mini_program"
        if kind:
            return kind
    named = subject_of(text)
    return _TYPES.get(text_at(message, "type"), named) if named == "text" else named


def _example_message(minute: int, uin: str, name: str, text: str, **more: object) -> dict[str, object]:
    return {
        "id": f"760000000000000000{minute}", "seq": str(minute), "timestamp": 1772328600000 + minute * 60_000,
        "sender": {"uid": f"u_invented{uin}", "uin": uin, "name": name}, "type": "type_1",
        "content": {"text": text, "elements": [], "resources": []}, "recalled": False, "system": False, **more,
    }  # fmt: skip


_MESSAGES = (
    _example_message(0, "100001", "小林", "早上好"),
    _example_message(1, "100002", "阿青", "[图片: a.jpg]"),
    _example_message(2, "100002", "阿青", "发错了", recalled=True),
    _example_message(3, "0", "0", "阿壶加入了群聊。", system=True, type="system"),
)
_DOCUMENT = {
    "metadata": {"name": "QQChatExporter V5", "version": "5.5.1"},
    "chatInfo": {"name": "茶友群", "type": "group"},
    "messages": _MESSAGES,
}
_COUNTS = {"message": 3, "recalled": 1, "joined": 1}
READERS = (
    Reader(
        key="qq_nt",
        platform="qq",
        title=Words("QQ NT 导出的 JSON（qq-chat-exporter）", "QQ NT JSON (qq-chat-exporter)"),
        recognise=recognise,
        read=read,
        example=Example("group_10000001_20260301_100000.json", json.dumps(_DOCUMENT).encode(), _COUNTS),
    ),
    Reader(
        key="qq_nt_lines",
        platform="qq",
        title=Words("QQ NT 导出的 JSONL 分块（qq-chat-exporter）", "QQ NT JSON Lines chunks (qq-chat-exporter)"),
        recognise=recognise_lines,
        read=read_lines,
        example=Example("c000001.jsonl", "".join(json.dumps(each) + "\n" for each in _MESSAGES).encode(), _COUNTS),
        companions=("manifest.json",),
    ),
)
