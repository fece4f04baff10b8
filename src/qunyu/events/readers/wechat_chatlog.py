"""WeChat chats exported by chatlog (sjzar/chatlog): CSV and JSON of its HTTP interface and of `chatlog export`.

Sources: model/message.go, chatlog/http/route.go and export/export.go below internal/ of sjzar/chatlog and forks.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from qunyu.events import wechat_lines
from qunyu.events.contents import subject_before, subject_named
from qunyu.events.csv_rows import csv_rows, header_of
from qunyu.events.files import File
from qunyu.events.json_stream import json_items, text_at
from qunyu.events.problems import Problem
from qunyu.events.reading import Example, Reader, ReadOptions
from qunyu.events.record import Record, as_direct
from qunyu.events.wall_clock import read_time, time_problem
from qunyu.kernel.words import Words

COLUMNS = frozenset(("Time", "Talker", "TalkerName", "Sender", "SenderName", "Content"))
KEYS = ('"talker"', '"sender"', '"isChatRoom"', '"content"')
SYSTEM_SENDER = "系统消息"


def recognise_csv(file: File, options: ReadOptions) -> float:
    """Certain when the header has the six columns that every version writes."""
    return 1.0 if COLUMNS.issubset(header_of(file)[0]) else 0.0


def read_csv(file: File, options: ReadOptions) -> Iterator[Record | Problem]:
    """Time is the exporting machine's wall clock; Type and TypeDesc come only from `chatlog export`."""
    header, delimiter = header_of(file)
    if not COLUMNS.issubset(header):
        yield Problem("not_a_record", file.name, 1, {"format": "chatlog"})
        return
    for each in csv_rows(file, delimiter):
        if isinstance(each, Problem):
            yield each
        elif len(each[1]) != len(header):
            yield Problem("not_a_record", file.name, each[0], {"format": "chatlog"})
        elif each[1][-1] != header[-1]:
            yield from _row(file, each[0], dict(zip(header, each[1], strict=True)), options)


def _row(file: File, line: int, row: dict[str, str], options: ReadOptions) -> Iterator[Record | Problem]:
    at = read_time(row["Time"], options.source_zone)
    if isinstance(at, str):
        yield time_problem(at, row["Time"], file.name, line)
        return
    rows = _said_or_told(at, row, _community(file, options, row["Talker"], row["TalkerName"]), line)
    yield from map(as_direct, rows) if _is_person(row["Talker"]) else rows


def _said_or_told(at: datetime, row: dict[str, str], place: tuple[str, str], line: int) -> Iterator[Record]:
    text = row["Content"]
    code = row.get("Type", "")
    if row["Sender"] == SYSTEM_SENDER or code == "10000" or row.get("TypeDesc") == "拍一拍":
        yield from wechat_lines.records(text, at, place, line)
        return
    subject = subject_before(text)
    if subject == "text" and code not in ("", "1"):
        subject = subject_named(row.get("TypeDesc", "")) or _subject(code, 0)
    yield Record("message", at, *place, row["Sender"], row["SenderName"], text, "", subject, line=line)


def recognise_json(file: File, options: ReadOptions) -> float:
    """Certain when the file is an array whose objects have a message's own keys."""
    head = file.head_text
    return 1.0 if head.lstrip().startswith("[") and all(key in head for key in KEYS) else 0.0


def read_json(file: File, options: ReadOptions) -> Iterator[Record | Problem]:
    """One object a message; the line of a record or problem is the message's number."""
    for number, message in enumerate(json_items(file, "item"), 1):
        if isinstance(message, Problem):
            yield message
        elif isinstance(message, dict) and "time" in message and "talker" in message:
            yield from _message(file, number, message, options)
        else:
            yield Problem("not_a_record", file.name, number, {"format": "chatlog"})


def _message(file: File, number: int, message: dict[str, Any], options: ReadOptions) -> Iterator[Record | Problem]:
    time = text_at(message, "time")
    at = read_time(time, options.source_zone)
    if isinstance(at, str):
        yield time_problem(at, time, file.name, number)
        return
    talker = text_at(message, "talker")
    rows = _of_json(at, message, _community(file, options, talker, text_at(message, "talkerName")), number)
    yield from map(as_direct, rows) if _is_person(talker) else rows


def _of_json(at: datetime, message: dict[str, Any], place: tuple[str, str], number: int) -> Iterator[Record]:
    code, sub = text_at(message, "type"), text_at(message, "subType")
    text = text_at(message, "content") or text_at(message, "contents", "title")
    sender = text_at(message, "sender")
    if sender == SYSTEM_SENDER or wechat_lines.is_system(_int(code), _int(sub)):
        yield from wechat_lines.records(text, at, place, number)
        return
    yield _said(message, at, *place, text, _subject(code, _int(sub)))._replace(line=number)


def _said(message: dict[str, Any], at: datetime, community: str, name: str, text: str, subject: str) -> Record:
    return Record(
        "message", at, community, name, text_at(message, "sender"), text_at(message, "senderName"), text,
        text_at(message, "seq"), subject,
    )  # fmt: skip


def _is_person(talker: str) -> bool:
    """Groups end in @chatroom; what does not is what WeChat calls somebody."""
    return bool(talker) and not talker.endswith("chatroom")


def _community(file: File, options: ReadOptions, talker: str, name: str) -> tuple[str, str]:
    key = talker or name or options.community or file.stem
    return key, name or options.community or key


def _subject(code: str, sub: int) -> str:
    return wechat_lines.subject(_int(code), sub)


def _int(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() else 0


_ROOM = "10000000001@chatroom"
_CSV_EXAMPLE = f"""Time,SenderName,Sender,TalkerName,Talker,Content
2026-03-01 09:30:00,小林,wxid_invented0001,茶友群,{_ROOM},早上好
2026-03-01 09:31:00,阿青,wxid_invented0002,茶友群,{_ROOM},![图片](http://127.0.0.1:5030/image/0a1b)
2026-03-01 09:32:00,,系统消息,茶友群,{_ROOM},\"""阿茶""通过扫描""小林""分享的二维码加入群聊\"
"""


def _example_message(minute: int, sender: str, name: str, code: int, content: str) -> dict[str, object]:
    return {
        "seq": 1772328600000 + minute * 60_000, "time": f"2026-03-01T09:{30 + minute}:00+08:00", "talker": _ROOM,
        "talkerName": "茶友群", "isChatRoom": True, "sender": sender, "senderName": name, "isSelf": False,
        "type": code, "subType": 0, "content": content,
    }  # fmt: skip


_JSON_EXAMPLE = json.dumps(
    [
        _example_message(0, "wxid_invented0001", "小林", 1, "早上好"),
        _example_message(1, "wxid_invented0002", "阿青", 47, ""),
        _example_message(2, SYSTEM_SENDER, "", 10000, '"阿青"修改群名为“茶友会”'),
    ],
    ensure_ascii=False,
)
READERS = (
    Reader(
        key="wechat_chatlog_csv",
        platform="wechat",
        title=Words("微信 · chatlog 导出的 CSV", "WeChat, chatlog CSV"),
        recognise=recognise_csv,
        read=read_csv,
        example=Example("chatlog.csv", _CSV_EXAMPLE.encode(), {"message": 2, "joined": 1}),
    ),
    Reader(
        key="wechat_chatlog_json",
        platform="wechat",
        title=Words("微信 · chatlog 导出的 JSON", "WeChat, chatlog JSON"),
        recognise=recognise_json,
        read=read_json,
        example=Example("chatlog.json", _JSON_EXAMPLE.encode(), {"message": 2, "notice": 1}),
    ),
)
