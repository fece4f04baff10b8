"""The chats of a Telegram Desktop export (result.json), message by message in constant memory.

Source: the exporter itself, telegramdesktop/tdesktop, export/output/export_output_json.cpp and export_data_types.cpp.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import ijson

from qunyu.events.files import File
from qunyu.events.json_stream import json_parsed
from qunyu.events.problems import Problem

Message = dict[str, Any]
_CHATS = ("", "chats.list.item", "left_chats.list.item")
_LISTS = {f"{chat}.messages.item".lstrip("."): chat for chat in _CHATS}
_FACTS = {f"{chat}.{fact}".lstrip("."): fact for chat in _CHATS for fact in ("name", "type", "id")}
_STARTS, _ENDS = frozenset(("start_map", "start_array")), frozenset(("end_map", "end_array"))
_KIND_OF_PEER = {1: "user", 2: "chat"}


@dataclass
class Chat:
    """What stands before a chat's messages; `number` counts the file's chats, `alone` when the file is one chat."""

    number: int = 0
    alone: bool = False
    name: str = ""
    type: str = ""
    id: str = ""


def messages(file: File) -> Iterator[tuple[Chat, Message] | Problem]:
    """Every message with its chat, and the Problem of `json_parsed`, whose line is the message's number before it."""
    return json_parsed(file, lambda document: _messages(ijson.parse(document, use_float=True)))


def _messages(events: Iterator[tuple[str, str, Any]]) -> Iterator[tuple[Chat, Message]]:
    chat = Chat()
    for prefix, event, value in events:
        if event == "start_map":
            if prefix in _LISTS:
                chat.alone = not _LISTS[prefix]
                yield chat, _built(events)
            elif prefix in _CHATS:
                chat = Chat(chat.number + 1)
        elif prefix in _FACTS and value is not None:
            setattr(chat, _FACTS[prefix], str(value))


def _built(events: Iterator[tuple[str, str, Any]]) -> Message:
    """The object whose beginning was just read; half the time of ijson's own builder, which this loop lives by."""
    message: Message = {}
    around: list[Any] = [message]
    top: Any = message
    key = ""
    for _, event, value in events:
        if event == "map_key":
            key = value
        elif event in _ENDS:
            around.pop()
            if not around:
                break
            top = around[-1]
        else:
            inner = {} if event == "start_map" else [] if event == "start_array" else value
            if type(top) is dict:
                top[key] = inner
            else:
                top.append(inner)
            if event in _STARTS:
                around.append(inner)
                top = inner
    return message


def people(file: File) -> dict[int, dict[str, str]]:
    """Per number of a chat: the id behind each name that wrote or acted in it, empty where two share the name.

    Service messages name the people that were invited or removed without their ids; this finds most of them.
    """
    found: dict[int, dict[str, str]] = {}
    for each in messages(file):
        if isinstance(each, Problem):
            break
        chat, message = each
        known = found.setdefault(chat.number, {})
        for key in ("from", "actor"):
            name, id_ = message.get(key), peer_id(message.get(f"{key}_id"))
            if isinstance(name, str) and id_ and known.setdefault(name, id_) != id_:
                known[name] = ""
    return found


def peer_id(value: object) -> str:
    """The id as exports since 2021 write it ("user123", "channel123"), from theirs or an older export's number.

    Older exports number peers from 2^32 on: users from once, basic groups from twice that. Empty for anything else.
    """
    if isinstance(value, str):
        return value
    if not isinstance(value, int) or isinstance(value, bool):
        return ""
    kind, bare = divmod(value, 1 << 32)
    return f"{_KIND_OF_PEER.get(kind, 'user')}{bare if kind in _KIND_OF_PEER else value}"


def mentions(file: File, words: tuple[bytes, ...]) -> bool:
    """Whether one of `words` stands anywhere in the file's bytes."""
    overlap = max(len(word) for word in words) - 1
    with file.open() as stream:
        tail = b""
        while piece := stream.read(1 << 20):
            if any(word in tail + piece for word in words):
                return True
            tail = piece[-overlap:]
    return False
