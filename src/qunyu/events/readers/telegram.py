"""Telegram Desktop's export as machine-readable JSON (result.json): one chat, or all chats of an account."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from qunyu.events.files import File
from qunyu.events.problems import Problem
from qunyu.events.reading import Example, Reader, ReadOptions
from qunyu.events.record import Kind, Record, as_direct
from qunyu.events.stamps import from_epoch, parse_iso, why_no_time
from qunyu.events.telegram_contents import meta_of, subject_of, text_of
from qunyu.events.telegram_stream import Chat, Message, mentions, messages, peer_id, people
from qunyu.kernel.words import Words

_OWN = re.compile(r'"date_unixtime"|"(?:from|actor)_id"\s*:\s*(?:\d+|"(?:user|chat|channel)\d+")')
_LAYOUT = re.compile(r'"messages"\s*:\s*\[|"(?:left_)?chats"\s*:\s*\{')
_ACCOUNT = re.compile(
    r'^\{\s*"about"\s*:.*"(?:personal_information|frequent_contacts|profile_pictures)"\s*:', re.DOTALL
)
# The head of a single chat, for one that breaks off before its first message is whole.
_CHAT = re.compile(
    r'^\{\s*"name"\s*:[^{}]*"type"\s*:\s*"(?:personal_chat|bot_chat|saved_messages|(?:private|public)_(?:group|supergroup|channel))"'
    r'\s*,\s*"id"\s*:\s*-?\d'
)
_SELF_JOINS = frozenset(("join_group_by_link", "join_group_by_request", "join_group_via_community"))
_MOVES: dict[str, Kind] = {"invite_members": "joined", "create_group": "joined", "remove_members": "left"}
_NAMED = (b'"invite_members"', b'"remove_members"', b'"create_group"', b'"join_group_by_link"')
# Chats with oneself and with Telegram: no communities, and the last holds log-in codes.
_PRIVATE = frozenset(("saved_messages", "replies", "verification_codes"))
# Of these the number is the other's.
_DIRECT = frozenset(("personal_chat", "bot_chat"))

Person = tuple[str, str]  # id and name, empty where unknown
NOBODY: Person = ("", "")


def recognise(file: File, options: ReadOptions) -> float:
    """By the fields that only Telegram Desktop writes, or by the beginning of a whole account's export."""
    text = file.head_text.lstrip()
    if not text.startswith("{"):
        return 0.0
    if _LAYOUT.search(text) and _OWN.search(text):
        return 1.0
    return 0.9 if _ACCOUNT.match(text) or _CHAT.match(text) else 0.0


def read(file: File, options: ReadOptions) -> Iterator[Record | Problem]:
    """A record per message and per person who came or went, its line being the message's number in the file.

    A document that breaks off gives what stands before.
    """
    if not file.head.strip():
        yield Problem("empty_file", file.name)
        return
    known = people(file) if mentions(file, _NAMED) else {}
    reading, of, number = None, None, 0
    for number, each in enumerate(messages(file), 1):
        if isinstance(each, Problem):
            yield each
            continue
        chat, message = each
        if reading is None or chat is not of:
            reading, of = _Reading(file, options, chat, known.get(chat.number, {})), chat
        if chat.alone or chat.type not in _PRIVATE:
            rows = reading.rows(message, number)
            yield from map(as_direct, rows) if chat.type in _DIRECT else rows
    if not number:
        yield Problem("not_a_record", file.name, 0, {"format": "Telegram"})


class _Reading:
    """One chat on its way to records; `ids` are those behind the names of its people."""

    def __init__(self, file: File, options: ReadOptions, chat: Chat, ids: Mapping[str, str]) -> None:
        self.file, self.zone, self.ids = file.name, options.source_zone, ids
        self.name = chat.name or (options.community if chat.alone else "") or chat.type or file.stem
        self.key = chat.id or self.name
        self.line = 0

    def rows(self, message: Message, line: int) -> Iterator[Record | Problem]:
        self.line = line
        at = self._at(message)
        if isinstance(at, Problem):
            yield at
        elif message.get("type") == "service":
            yield from self._service(message, at)
        else:
            id_, name = self._who(message, "from")
            text, number = text_of(message), _text(message.get("id"))
            subject, meta = subject_of(message, text), meta_of(message)
            yield Record(
                "message", at, self.key, self.name, id_, name, text, number, subject, "", "", False, meta, line
            )

    def _at(self, message: Message) -> datetime | Problem:
        """date_unixtime is UTC; the older `date` is the wall clock of the computer that made the export."""
        seconds, date = _text(message.get("date_unixtime")), _text(message.get("date"))
        if not seconds and not date:
            return Problem("missing_field", self.file, self.line, {"field": "date"})
        at = _epoch(seconds) if seconds else parse_iso(date, self.zone)
        told = seconds or date
        return at or Problem(why_no_time(told), self.file, self.line, {"value": told[:40]})

    def _service(self, message: Message, at: datetime) -> Iterator[Record]:
        action, actor = _text(message.get("action")), self._who(message, "actor")
        moves, number = self._moves(message, action, actor), _text(message.get("id"))
        for count, (kind, who, other) in enumerate(moves, 1):
            # One service message can move many people, and each of these records needs an id of its own.
            own = f"{number}/{count}" if number and len(moves) > 1 else number
            yield Record(kind, at, self.key, self.name, *who, "", own, "", *other, False, None, self.line)
        if action == "create_group" or not moves:
            title = _text(message.get("title"))
            meta: dict[str, object] = {"action": action} if action else {}
            yield Record("notice", at, self.key, self.name, *actor, title, number, meta=meta or None, line=self.line)

    def _moves(self, message: Message, action: str, actor: Person) -> list[tuple[Kind, Person, Person]]:
        """Who came or went by this service message, and who did it; those who did it themselves have nobody beside."""
        if action in _SELF_JOINS:
            return [("joined", actor, self._named(_text(message.get("inviter"))))]
        kind = _MOVES.get(action)
        members = message.get("members")
        if kind is None or not isinstance(members, list):
            return []
        names = [name for name in members if isinstance(name, str) and name]
        return [(kind, actor, NOBODY) if name == actor[1] else (kind, self._named(name), actor) for name in names]

    def _who(self, message: Message, key: str) -> Person:
        return peer_id(message.get(f"{key}_id")), _text(message.get(key))

    def _named(self, name: str) -> Person:
        return self.ids.get(name, ""), name


def _text(value: Any) -> str:
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _epoch(seconds: str) -> datetime | None:
    try:
        return from_epoch(float(seconds))
    except ValueError:
        return None


_EXAMPLE = """\
{"name": "Tea lovers", "type": "private_supergroup", "id": 1000001, "messages": [
 {"id": 1, "type": "service", "date": "2026-03-01T09:30:00", "date_unixtime": "1772328600", "actor": "Lin",
  "actor_id": "user101", "action": "create_group", "title": "Tea lovers", "members": ["Mei"], "text": ""},
 {"id": 2, "type": "message", "date": "2026-03-01T09:31:00", "date_unixtime": "1772328660", "from": "Mei",
  "from_id": "user102", "text": ["Look: ", {"type": "link", "text": "https://example.org/tea"}]},
 {"id": 3, "type": "message", "date": "2026-03-01T09:32:00", "date_unixtime": "1772328720", "from": null,
  "from_id": "user103", "photo": "photos/photo_1.jpg", "text": ""},
 {"id": 4, "type": "service", "date": "2026-03-01T09:33:00", "date_unixtime": "1772328780", "actor": "Lin",
  "actor_id": "user101", "action": "remove_members", "members": ["Mei"], "text": ""},
 {"id": 5, "type": "unsupported"}
]}
"""
READERS = (
    Reader(
        key="telegram",
        platform="telegram",
        title=Words("Telegram Desktop 导出的 JSON", "Telegram Desktop export (JSON)"),
        recognise=recognise,
        read=read,
        example=Example(
            "ChatExport_2026-03-02/result.json",
            _EXAMPLE.encode(),
            {"joined": 1, "notice": 1, "message": 2, "left": 1, "problem": 1},
        ),
    ),
)
