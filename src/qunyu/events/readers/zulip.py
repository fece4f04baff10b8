"""Zulip: server exports (messages-000001.json), the API's get-messages answers, and zulip-archive's topic files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote

from selectolax.lexbor import LexborHTMLParser

from qunyu.events.files import File
from qunyu.events.json_stream import json_first, json_items, text_at
from qunyu.events.problems import Problem
from qunyu.events.reading import Example, Reader, ReadOptions
from qunyu.events.record import Kind, Record
from qunyu.events.stamps import from_epoch, why_no_time
from qunyu.kernel.words import Words

Message = Mapping[str, Any]

REALM = "realm.json"
INDEX = "stream_index.json"
# Source: Zulip's Recipient model: whom a message goes to.
PERSONAL, STREAM = 1, 2
_PEOPLE = ("zerver_userprofile", "zerver_userprofile_mirrordummy", "zerver_userprofile_crossrealm")
_ARCHIVE_FOLDER = re.compile(r"(\d+)-(.*)")
_UPLOAD = re.compile(r"/user_uploads/[^\s)\"']+")
_BLOCKS = "p, li, pre, blockquote, tr, h1, h2, h3, h4, h5, h6"
_ENDINGS = {
    "image": ("png", "jpg", "jpeg", "gif", "webp", "bmp", "heic", "avif", "svg"),
    "video": ("mp4", "mov", "webm", "mkv"),
    "voice": ("mp3", "ogg", "wav", "flac", "m4a", "opus"),
}
_SYSTEM_BOT = re.compile(r"[\w.+-]*-bot@")


@dataclass(frozen=True)
class Realm:
    """Who and where the numbers of a server export are."""

    people: Mapping[str, tuple[str, bool]] = field(default_factory=dict)
    places: Mapping[str, tuple[str, str]] = field(default_factory=dict)


def recognise(file: File, options: ReadOptions) -> float:
    """Certain for a server export's messages, nearly so for the API's and the archive's."""
    head = file.head_text.lstrip()
    if head.startswith("{") and '"zerver_message"' in head:
        return 1.0
    if head.startswith("{") and '"messages"' in head and '"display_recipient"' in head and '"sender_id"' in head:
        return 0.95
    if head.startswith("[") and '"sender_full_name"' in head and '"timestamp"' in head:
        return 0.9
    return 0.0


def read(file: File, options: ReadOptions) -> Iterator[Record | Problem]:
    """One record a message; a stream (channel) is a community, the topic is in meta."""
    head = file.head_text.lstrip()
    if '"zerver_message"' in head:
        yield from _exported(file)
    elif head.startswith("["):
        yield from _archived(file, options)
    else:
        yield from _answered(file)


def _exported(file: File) -> Iterator[Record | Problem]:
    realm_file = file.sibling(REALM)
    realm = _realm(realm_file) if realm_file is not None else Realm()
    for number, message in enumerate(json_items(file, "zerver_message.item"), 1):
        at = _time(message, "date_sent") or _time(message, "pub_date")
        if not isinstance(message, dict) or at is None:
            yield _bad(message, file, number, "date_sent")
            continue
        sender, to = text_at(message, "sender"), text_at(message, "recipient")
        name, bot = realm.people.get(sender, (sender, False))
        place = realm.places.get(to, (f"recipient:{to}", f"recipient {to}"))
        place = _conversation(place, sender, name, realm)
        yield _record(message, at, place, (sender, name, bot), text_at(message, "content"))._replace(line=number)


def _conversation(place: tuple[str, str], sender: str, name: str, realm: Realm) -> tuple[str, str]:
    """A message to one person belongs to both: the pair is the place, whoever of the two wrote."""
    if not place[0].startswith("person:"):
        return place
    other = place[0].removeprefix("person:")
    names = sorted({name, realm.people.get(other, (other, False))[0]})
    return "direct:" + ",".join(sorted({sender, other}, key=_number)), ", ".join(names)


def _answered(file: File) -> Iterator[Record | Problem]:
    for number, message in enumerate(json_items(file, "messages.item"), 1):
        at = _time(message, "timestamp")
        if not isinstance(message, dict) or at is None:
            yield _bad(message, file, number, "timestamp")
            continue
        sender = text_at(message, "sender_id")
        bot = _SYSTEM_BOT.match(text_at(message, "sender_email")) is not None
        is_html = text_at(message, "content_type") != "text/x-markdown"
        text = plain(text_at(message, "content")) if is_html else text_at(message, "content")
        yield _record(
            message, at, _addressed(message), (sender, text_at(message, "sender_full_name"), bot), text
        )._replace(line=number)


def _addressed(message: Message) -> tuple[str, str]:
    to = message.get("display_recipient")
    if not isinstance(to, list):
        return text_at(message, "stream_id") or str(to or ""), str(to or "")
    people = [each for each in to if isinstance(each, dict)]
    ids = sorted((text_at(each, "id") for each in people), key=_number)
    return "direct:" + ",".join(ids), ", ".join(sorted(text_at(each, "full_name") for each in people))


def _archived(file: File, options: ReadOptions) -> Iterator[Record | Problem]:
    """A folder `12-tea` for a stream and a file `green.20tea.json` for a topic; senders have names only."""
    path = PurePosixPath(file.name)
    found = _ARCHIVE_FOLDER.fullmatch(path.parent.name)
    key, name = (found[1], found[2].replace("-", " ")) if found else (path.parent.name or options.community,) * 2
    name = _indexed(file).get(key, name)
    topic = unquote(file.stem.replace(".", "%"))
    for number, message in enumerate(json_items(file, "item"), 1):
        at = _time(message, "timestamp")
        if not isinstance(message, dict) or at is None:
            yield _bad(message, file, number, "timestamp")
            continue
        author = ("", text_at(message, "sender_full_name"), False)
        yield _record(
            {"topic": topic, **message}, at, (key, name), author, plain(text_at(message, "content"))
        )._replace(line=number)


def _bad(message: object, file: File, number: int, field_name: str) -> Problem:
    if isinstance(message, Problem):
        return message
    if not isinstance(message, dict):
        return Problem("not_a_record", file.name, number, {"format": "Zulip"})
    stamp = str(message.get(field_name, ""))
    return Problem(why_no_time(stamp), file.name, number, {"value": stamp[:40]})


def _record(message: Message, at: datetime, place: tuple[str, str], author: tuple[str, str, bool], text: str) -> Record:
    kind: Kind = "action" if text.startswith("/me ") else "message"
    return Record(
        kind, at, place[0], place[1], author[0], author[1], text.removeprefix("/me ") if kind == "action" else text,
        text_at(message, "id"), _subject(message, text), "", "", author[2], _meta(message),
        direct=place[0].startswith("direct:"),
    )  # fmt: skip


def _time(message: object, key: str) -> datetime | None:
    seconds = message.get(key) if isinstance(message, dict) else None
    try:
        return None if seconds is None or isinstance(seconds, bool) else from_epoch(float(seconds))
    except (TypeError, ValueError):
        return None


def plain(html: str) -> str:
    """The text of a message that the server has rendered: emoji and images as their names, a line a block."""
    if "<" not in html and "&" not in html:
        return html
    page = LexborHTMLParser(html)
    for image in page.css("img"):
        image.replace_with(image.attributes.get("alt") or "")
    for line_end in page.css("br"):
        line_end.replace_with("\n")
    for block in page.css(_BLOCKS):
        block.insert_after("\n")
    text = page.body.text() if page.body is not None else ""
    return re.sub(r"\n{2,}", "\n", text).strip()


def _subject(message: Message, text: str) -> str:
    upload = _UPLOAD.search(text_at(message, "content"))
    if upload:
        ending = upload[0].rpartition(".")[2].lower()
        return next((content for content, endings in _ENDINGS.items() if ending in endings), "file")
    if text.startswith("/poll"):
        return "poll"
    return "link" if text.startswith(("http://", "https://")) and len(text.split()) == 1 else "text"


def _meta(message: Message) -> Mapping[str, object] | None:
    """The topic, reactions by emoji, when it was last edited; None when nothing."""
    reactions: dict[str, int] = {}
    listed = message.get("reactions")
    for each in listed if isinstance(listed, list) else ():
        name = text_at(each, "emoji_name")
        reactions[name] = reactions.get(name, 0) + 1
    edited = _time(message, "last_edit_timestamp") or _time(message, "last_edit_time")
    meta = {
        "topic": text_at(message, "topic") or text_at(message, "subject"),
        "reactions": reactions,
        "edited_at": edited.isoformat() if edited else "",
    }
    return {key: value for key, value in meta.items() if value} or None


@lru_cache(maxsize=2)
def _realm(file: File) -> Realm:
    """Several passes over the file, each of which keeps the names only."""
    people: dict[str, tuple[str, bool]] = {}
    for table in _PEOPLE:
        for user in _rows(file, table):
            name = text_at(user, "full_name") or text_at(user, "email")
            people.setdefault(text_at(user, "id"), (name, bool(user.get("is_bot")) or table == _PEOPLE[2]))
    streams = {text_at(each, "id"): text_at(each, "name") for each in _rows(file, "zerver_stream")}
    places: dict[str, tuple[str, str]] = {}
    for recipient in _rows(file, "zerver_recipient"):
        kind, key = recipient.get("type"), text_at(recipient, "type_id")
        if kind == STREAM:
            places[text_at(recipient, "id")] = (key, streams.get(key) or key)
        else:
            places[text_at(recipient, "id")] = (f"person:{key}" if kind == PERSONAL else f"group:{key}", f"group {key}")
    return Realm(people, places)


def _rows(file: File, table: str) -> Iterator[Message]:
    return (row for row in json_items(file, f"{table}.item") if isinstance(row, dict))


def _indexed(file: File) -> Mapping[str, str]:
    """Streams' true names by id, from zulip-archive's index above the folders."""
    index = file.siblings.get(str(PurePosixPath(file.name).parent.parent / INDEX))
    streams = json_first(index, "streams") if index is not None else None
    return {text_at(each, "id"): name for name, each in streams.items()} if isinstance(streams, dict) else {}


def _number(key: str) -> tuple[int, str]:
    return (int(key), "") if key.isdecimal() else (0, key)


READERS = (
    Reader(
        key="zulip",
        platform="zulip",
        title=Words("Zulip 导出（JSON）", "Zulip export (JSON)"),
        recognise=recognise,
        read=read,
        example=Example(
            "messages-000001.json",
            b"""{"zerver_message": [
  {"id": 101, "sender": 8, "recipient": 21, "subject": "green", "content": "hello", "date_sent": 1614615399.25},
  {"id": 102, "sender": 9, "recipient": 21, "subject": "green", "content": "/me bows", "date_sent": 1614615460.5},
  {"id": 103, "sender": 8, "recipient": 22, "subject": "", "content": "a word", "date_sent": 1614615470.0}
], "zerver_usermessage": []}
""",
            {"message": 2, "action": 1},
            beside={
                "realm.json": b"""{"zerver_userprofile": [{"id": 8, "full_name": "Mei", "is_bot": false},
 {"id": 9, "full_name": "Tom", "is_bot": false}],
 "zerver_stream": [{"id": 5, "name": "tea"}],
 "zerver_recipient": [{"id": 21, "type": 2, "type_id": 5}, {"id": 22, "type": 1, "type_id": 9}]}""",
            },
        ),
        companions=(REALM, INDEX, "attachment.json", "records.json", "analytics.json", "user.json", "stats.txt"),
    ),
)
