"""Slack workspace exports: a folder a channel, a JSON file a day, names in users.json and channels.json."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Any

from qunyu.events.files import File
from qunyu.events.json_stream import json_items, text_at
from qunyu.events.problems import Problem
from qunyu.events.reading import Example, Reader, ReadOptions
from qunyu.events.record import Kind, Record
from qunyu.events.stamps import from_epoch, why_no_time
from qunyu.kernel.words import Words

Message = Mapping[str, Any]

CHANNELS = ("channels.json", "groups.json", "mpims.json", "dms.json")
USERS = ("users.json", "org_users.json")
OTHERS = ("integration_logs.json", "canvases.json", "content_flags.json", "file_conversations.json", "lists.json")
SLACKBOT = "USLACKBOT"

# Subtypes that are somebody's words; those in KINDS are something else; all others are lines of the platform.
# Source: Slack developer documentation, message event, message subtypes.
SAID = {
    "", "bot_message", "file_share", "file_comment", "file_mention", "reply_broadcast", "slackbot_response",
    "thread_broadcast",
}  # fmt: skip
ABOUT_FILES = {"file_comment", "file_mention"}
KINDS: dict[str, Kind] = {
    "me_message": "action",
    "channel_join": "joined",
    "group_join": "joined",
    "channel_leave": "left",
    "group_leave": "left",
    "message_deleted": "recalled",
    "tombstone": "recalled",
}
_DAY_NAME = re.compile(r"\d{4}-\d\d-\d\d")
_MARKUP = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")
_BROADCASTS = {"here", "channel", "everyone", "group"}


@dataclass(frozen=True)
class Names:
    """What the reference files of one export say: people's names, which of them are bots, channels by their folder."""

    people: Mapping[str, str]
    bots: frozenset[str]
    channels: Mapping[str, tuple[str, str]]


def recognise(file: File, options: ReadOptions) -> float:
    """Nearly certain for an array of messages with Slack's stamps in a file named by a day."""
    head = file.head_text.lstrip()
    if not head.startswith("[") or not re.search(r'"ts": ?"\d{9,10}\.\d{6}"', head):
        return 0.0
    is_message = re.search(r'"type": ?"message"', head) is not None
    return 0.95 if is_message and _DAY_NAME.fullmatch(file.stem) else 0.7 if is_message else 0.0


def read(file: File, options: ReadOptions) -> Iterator[Record | Problem]:
    """One record a message; the channel is the folder, its id and people's names come from files beside the folder."""
    names = _names(_reference_files(file))
    folder = PurePosixPath(file.name).parent.name
    channel = names.channels.get(folder) or (folder or options.community,) * 2
    for number, message in enumerate(json_items(file, "item"), 1):
        if isinstance(message, Problem):
            yield message
        elif not isinstance(message, dict) or "ts" not in message:
            yield Problem("not_a_record", file.name, number, {"format": "Slack"})
        else:
            found, stamp = _record(message, channel, names), text_at(message, "ts")
            yield (
                found._replace(line=number)
                if found
                else Problem(why_no_time(stamp), file.name, number, {"value": stamp[:40]})
            )


def _reference_files(file: File) -> tuple[File, ...]:
    """The export's own lists: beside the channel's folder, or beside the file when somebody moved it there."""
    path = PurePosixPath(file.name)
    found = []
    for name in (*USERS, *CHANNELS):
        beside = file.siblings.get(str(path.parent.parent / name)) or file.sibling(name)
        if beside is not None:
            found.append(beside)
    return tuple(found)


@lru_cache(maxsize=2)
def _names(files: tuple[File, ...]) -> Names:
    people: dict[str, str] = {}
    bots = {SLACKBOT}
    channels: dict[str, tuple[str, str]] = {}
    for file in files:
        for entry in json_items(file, "item"):
            if not isinstance(entry, dict):
                continue
            if PurePosixPath(file.name).name in USERS:
                people[text_at(entry, "id")] = name_of(entry)
                bots |= {text_at(entry, "id")} if entry.get("is_bot") else set()
            else:
                _add_channel(entry, channels, people)
    return Names(people, frozenset(bots), channels)


def _add_channel(entry: Message, channels: dict[str, tuple[str, str]], people: Mapping[str, str]) -> None:
    """Folders are named by the channel's name, or by its id where it has none (direct messages)."""
    key, name = text_at(entry, "id"), text_at(entry, "name")
    members = entry.get("members")
    if not name and isinstance(members, list):
        name = ", ".join(people.get(str(member), str(member)) for member in members)
    folder = text_at(entry, "name") or key
    channels[folder] = channels[key] = (key or folder, name or folder)


def name_of(user: Message) -> str:
    """What the workspace shows: the display name, else the full name, else the account's."""
    for keys in (("profile", "display_name"), ("profile", "real_name"), ("display_name",), ("real_name",), ("name",)):
        if name := text_at(user, *keys).strip():
            return name
    return text_at(user, "id")


def _record(message: Message, channel: tuple[str, str], names: Names) -> Record | None:
    """None when the stamp is none."""
    subtype = text_at(message, "subtype")
    kind = KINDS.get(subtype) or ("message" if subtype in SAID else "notice")
    at = _time(text_at(message, "ts"))
    if at is None:
        return None
    source = _inner(message) if kind == "recalled" or subtype == "message_changed" else message
    author, name = _author(source, names)
    other = text_at(message, "inviter") if kind == "joined" else ""
    text = plain(_text(source), names.people) if kind in ("message", "action", "notice") else ""
    subject = _subject(message, text) if kind in ("message", "action") else ""
    bot = (bool(source.get("bot_id")) and subtype in SAID) or author in names.bots
    return Record(
        kind, at, channel[0], channel[1], author, name, text, text_at(source, "ts"), subject,
        other, names.people.get(other, other), bot, _meta(message, subtype),
    )  # fmt: skip


def _time(stamp: str) -> datetime | None:
    """ "1452837318.000002" are seconds since 1970; the digits behind the point count the messages of that second."""
    try:
        return from_epoch(float(stamp))
    except ValueError:
        return None


def _inner(message: Message) -> Message:
    """The message that was deleted or changed. A tombstone stands for it and names Slackbot, who did not write it."""
    inner = message.get("message") or message.get("previous_message")
    found = dict(inner) if isinstance(inner, dict) else {}
    if not found and text_at(message, "user") != SLACKBOT:
        found["user"] = message.get("user")
    found["ts"] = text_at(message, "deleted_ts") or text_at(found, "ts") or text_at(message, "ts")
    return found


def _author(message: Message, names: Names) -> tuple[str, str]:
    """(id, name); a comment on a file has its author inside, an app that is no user has a bot's id."""
    key = text_at(message, "user") or text_at(message, "comment", "user") or text_at(message, "bot_id")
    own = (
        text_at(message, "username")
        or name_of(_dict(message, "user_profile"))
        or name_of(_dict(message, "bot_profile"))
    )
    return key, names.people.get(key) or own or key


def _text(message: Message) -> str:
    """The text; that of the attachments where apps put it there."""
    if text := text_at(message, "text"):
        return text
    parts = (text_at(each, "fallback") or text_at(each, "text") for each in _list(message, "attachments"))
    return "\n".join(part for part in parts if part)


def plain(text: str, people: Mapping[str, str]) -> str:
    """`text` with <@U1>, <#C1|name>, <!here>, <url|label> as people see them, and &amp; &lt; &gt; undone.

    Source: Slack developer documentation, Formatting message text: only these three characters are escaped.
    """
    if "<" in text:
        text = _MARKUP.sub(lambda found: _shown(found, people), text)
    if "&" in text:
        text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return text


def _shown(found: re.Match[str], people: Mapping[str, str]) -> str:
    sign, target, label = found[1], found[2], found[3] or ""
    if sign == "@":
        return f"@{(people.get(target) or label or target).lstrip('@')}"
    if sign == "#":
        return f"#{label or target}"
    if sign == "!":
        return f"@{target}" if target in _BROADCASTS else label or target
    bare = target.removeprefix("mailto:").removeprefix("tel:")
    return bare if target.endswith(label) else f"{label} ({target})"


def _subject(message: Message, text: str) -> str:
    files = _list(message, "files") or [each for each in (_dict(message, "file"),) if each]
    if files and text_at(message, "subtype") not in ABOUT_FILES:
        family = text_at(files[0], "mimetype").partition("/")[0]
        return {"image": "image", "video": "video", "audio": "voice"}.get(family, "file")
    is_address = text.startswith(("http://", "https://")) and len(text.split()) == 1
    return "link" if is_address else "text"


def _meta(message: Message, subtype: str) -> Mapping[str, object] | None:
    """Thread, reactions, last edit, number of files and subtype; None when nothing."""
    thread, edited = text_at(message, "thread_ts"), _time(text_at(message, "edited", "ts"))
    meta = {
        "reply_to": thread if thread != text_at(message, "ts") else "",
        "reactions": {text_at(each, "name"): _count(each) for each in _list(message, "reactions")},
        "edited_at": edited.isoformat() if edited else "",
        "files": len(_list(message, "files")) or int(bool(_dict(message, "file"))),
        "type": subtype if subtype not in ("", "bot_message", "file_share", "me_message") else "",
    }
    return {key: value for key, value in meta.items() if value} or None


def _count(reaction: Message) -> int:
    count = reaction.get("count")
    return count if isinstance(count, int) else 0


def _dict(message: Message, key: str) -> Message:
    found = message.get(key)
    return found if isinstance(found, dict) else {}


def _list(message: Message, key: str) -> list[Message]:
    found = message.get(key)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


READERS = (
    Reader(
        key="slack",
        platform="slack",
        title=Words("Slack 工作区导出（JSON）", "Slack workspace export (JSON)"),
        recognise=recognise,
        read=read,
        example=Example(
            "tea/2021-03-01.json",
            b"""[
  {"type": "message", "subtype": "channel_join", "user": "U02", "inviter": "U01", "ts": "1614615399.000100",
   "text": "<@U02> has joined the channel"},
  {"type": "message", "user": "U01", "ts": "1614615460.000200", "text": "hello <@U02> &amp; all"},
  {"type": "message", "subtype": "me_message", "user": "U02", "ts": "1614615470.000300", "text": "bows"},
  {"type": "message", "subtype": "channel_topic", "user": "U01", "ts": "1614615480.000400", "topic": "green",
   "text": "<@U01> set the channel topic: green"}
]
""",
            {"message": 1, "action": 1, "joined": 1, "notice": 1},
            beside={
                "users.json": b'[{"id": "U01", "name": "mei", "profile": {"real_name": "Mei", "display_name": ""}}]',
                "channels.json": b'[{"id": "C01", "name": "tea", "members": ["U01", "U02"]}]',
            },
        ),
        companions=(*USERS, *CHANNELS, *OTHERS),
    ),
)
