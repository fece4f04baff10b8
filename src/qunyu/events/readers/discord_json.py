"""DiscordChatExporter, JSON: one channel or thread a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from qunyu.events.discord import Line, Place, content_of_file, place_named, time_of_id
from qunyu.events.files import File
from qunyu.events.json_stream import json_first, json_items, text_at
from qunyu.events.problems import Problem
from qunyu.events.reading import Example, Reader, ReadOptions
from qunyu.events.record import Record
from qunyu.events.stamps import parse_iso, why_no_time
from qunyu.kernel.words import Words

Message = Mapping[str, Any]

# The exporter writes the type's name, or its number where it knows no name for it.
# Source: Discord developer documentation, Message Types; DiscordChatExporter's MessageKind.
SAID = {"Default", "0", "Reply", "19", "ChatInputCommand", "20", "ContextMenuCommand", "23", ""}
JOINED = {"GuildMemberJoin", "UserJoin", "7"}
ADDED = {"RecipientAdd", "1"}
REMOVED = {"RecipientRemove", "2"}


def recognise(file: File, options: ReadOptions) -> float:
    """Certain when the head names a guild, a channel and the range of dates that only this exporter writes."""
    head = file.head_text
    if not head.lstrip().startswith("{") or '"guild"' not in head or '"channel"' not in head:
        return 0.0
    return 1.0 if '"dateRange"' in head or '"exportedAt"' in head else 0.7 if '"messages"' in head else 0.0


def read(file: File, options: ReadOptions) -> Iterator[Record | Problem]:
    """One record a message, one by one, its line being its number; where the file breaks off the last is a problem."""
    place = _place(file, options)
    for number, message in enumerate(json_items(file, "messages.item"), 1):
        if isinstance(message, Problem):
            yield message
        elif isinstance(message, dict):
            at = _time(message, file.name, number, options)
            yield at if isinstance(at, Problem) else _record(message, place, at)._replace(line=number)
        else:
            yield Problem("not_a_record", file.name, number, {"format": "Discord JSON"})


def _place(file: File, options: ReadOptions) -> Place:
    """A thread's category is the channel it hangs on, a channel's only a heading, so only the former is in the name."""
    if not file.head_text.lstrip().startswith("{"):
        return place_named(file.name, options.community)
    guild, channel = json_first(file, "guild"), json_first(file, "channel")
    key, name = text_at(channel, "id"), text_at(channel, "name")
    if not key:
        return place_named(file.name, options.community)
    parent = text_at(channel, "category") if "Thread" in text_at(channel, "type") else ""
    return Place(key, " / ".join(part for part in (text_at(guild, "name"), parent, name) if part))


def _time(message: Message, file: str, number: int, options: ReadOptions) -> datetime | Problem:
    stamp = text_at(message, "timestamp")
    at = parse_iso(stamp, options.source_zone) or time_of_id(text_at(message, "id"))
    return at or Problem(why_no_time(stamp), file, number, {"value": stamp[:40]})


def _record(message: Message, place: Place, at: datetime) -> Record:
    line = _line(message)
    return _system(message, place, at, line) if line else _said(message, place, at)


def _line(message: Message) -> Line | None:
    kind = text_at(message, "type")
    if kind in SAID:
        return None
    if kind in JOINED or kind in ADDED:
        return Line("joined")
    return Line("left") if kind in REMOVED else Line("notice")


def _said(message: Message, place: Place, at: datetime) -> Record:
    author = _of(message, "author")
    return Record(
        "message", at, place.key, place.name, text_at(author, "id"), name_of(author), text_at(message, "content"),
        text_at(message, "id"), _subject(message), "", "", bool(author.get("isBot")), _meta(message),
    )  # fmt: skip


def _system(message: Message, place: Place, at: datetime, line: Line) -> Record:
    """Who was added or removed is the first one mentioned; the author then is who did it."""
    who: Message = _of(message, "author")
    by: Message = {}
    if line.kind != "notice" and text_at(message, "type") not in JOINED and (mentioned := _all(message, "mentions")):
        who, by = mentioned[0], who
        by = {} if text_at(by, "id") == text_at(who, "id") else by
    text = text_at(message, "content") if line.kind == "notice" else ""
    subject = "call" if text_at(message, "type") in ("Call", "3") else ""
    return Record(
        line.kind, at, place.key, place.name, text_at(who, "id"), name_of(who), text, text_at(message, "id"),
        subject, text_at(by, "id"), name_of(by) if by else "", bool(who.get("isBot")), _meta(message),
    )  # fmt: skip


def name_of(user: Message) -> str:
    """The name others see in the guild, else the account's."""
    return text_at(user, "nickname") or text_at(user, "name")


def _subject(message: Message) -> str:
    forwarded = _of(message, "forwardedMessage")
    for part in (message, forwarded):
        if files := _all(part, "attachments"):
            return content_of_file(text_at(files[0], "fileName") or text_at(files[0], "url"))
        if _all(part, "stickers"):
            return "sticker"
    if message.get("poll"):
        return "poll"
    text = text_at(message, "content").strip()
    is_address = text.startswith(("http://", "https://")) and len(text.split()) == 1
    return "link" if _all(message, "embeds") and (not text or is_address) else "text"


def _meta(message: Message) -> Mapping[str, object] | None:
    """What else is known, None when nothing: the message answered, reactions by emoji, last edit, files, a forward."""
    kind = text_at(message, "type")
    reply = text_at(message, "reference", "messageId") if kind in ("Reply", "19") else ""
    reactions = {text_at(each, "emoji", "name"): _count(each) for each in _all(message, "reactions")}
    meta = {
        "reply_to": reply,
        "reactions": reactions,
        "edited_at": text_at(message, "timestampEdited"),
        "files": len(_all(message, "attachments")),
        "forwarded": text_at(message, "forwardedMessage", "content"),
        "type": "" if kind in SAID else kind,
        "pinned": bool(message.get("isPinned")),
    }
    return {key: value for key, value in meta.items() if value} or None


def _count(reaction: Message) -> int:
    count = reaction.get("count")
    return count if isinstance(count, int) else 0


def _of(message: Message, key: str) -> Message:
    found = message.get(key)
    return found if isinstance(found, dict) else {}


def _all(message: Message, key: str) -> list[Message]:
    found = message.get(key)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


_EXAMPLE = """{
  "guild": {"id": "800000000000000001", "name": "Tea House", "iconUrl": ""},
  "channel": {"id": "800000000000000002", "type": "GuildTextChat", "category": "Rooms", "name": "green", "topic": null},
  "dateRange": {"after": null, "before": null},
  "messages": [
    {"id": "816000000000000000", "type": "GuildMemberJoin", "timestamp": "2021-03-01T17:32:40.546+00:00",
     "content": "Joined the server.", "author": {"id": "700000000000000001", "name": "mei", "isBot": false}},
    {"id": "816000100000000000", "type": "Default", "timestamp": "2021-03-01T17:33:04.388+00:00", "content": "hello",
     "author": {"id": "700000000000000001", "name": "mei", "nickname": "Mei", "isBot": false},
     "attachments": [{"id": "1", "url": "a.png", "fileName": "a.png", "fileSizeBytes": 9}],
     "reactions": [{"emoji": {"id": "", "name": "🍵"}, "count": 2}]},
    {"id": "816000200000000000", "type": "Reply", "timestamp": "2021-03-01T17:33:28.23+00:00", "content": "welcome!",
     "author": {"id": "700000000000000002", "name": "waiter", "isBot": true},
     "reference": {"messageId": "816000100000000000"}},
    {"id": "816000300000000000", "type": "ChannelPinnedMessage", "timestamp": "2021-03-01T17:33:52.072+00:00",
     "content": "Pinned a message.", "author": {"id": "700000000000000001", "name": "mei", "isBot": false}}
  ],
  "messageCount": 4
}
"""
READERS = (
    Reader(
        key="discord_json",
        platform="discord",
        title=Words("Discord 频道（DiscordChatExporter JSON）", "Discord channel (DiscordChatExporter JSON)"),
        recognise=recognise,
        read=read,
        example=Example(
            "Tea House - Rooms - green [800000000000000002].json",
            _EXAMPLE.encode(),
            {"message": 2, "joined": 1, "notice": 1},
        ),
    ),
)
