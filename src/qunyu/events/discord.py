"""What the three export formats of Discord share: ids that hold times, places, system lines, kinds of attachment."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath
from typing import NamedTuple

from qunyu.events.record import Kind

# Discord's ids count milliseconds from here. Source: Discord developer documentation, Reference, Snowflakes.
EPOCH = datetime(2015, 1, 1, tzinfo=UTC)
TIMESTAMP_SHIFT = 22
_LONGEST_ID = 20
_FILE_NAME = re.compile(r"(?P<names>.*?)\s*\[(?P<id>\d{15,20})\]")
_TAIL = re.compile(r"\s*(?:\[part \d+\]|\((?:after|before|\d{4}-\d\d-\d\d to)[^)]*\))\s*$")
_ENDINGS = {
    "image": "png jpg jpeg gif webp bmp heic avif svg",
    "video": "mp4 mov webm mkv avi m4v gifv",
    "voice": "mp3 ogg wav flac m4a opus aac",
}
_CONTENT = {ending: content for content, endings in _ENDINGS.items() for ending in endings.split()}
_ADDED = re.compile(r"added (.+) to the (?:group|thread)\.?$", re.IGNORECASE)
_REMOVED = re.compile(r"removed (.+) from the (?:group|thread)\.?$", re.IGNORECASE)
_NOTICES = re.compile(
    r"(?:started a call that lasted [\d,.]+ minutes?|changed the channel (?:name|icon)(?:: .*|\.)|pinned a message|"
    r"started a thread|added a recipient|removed a recipient)\.?$",
    re.IGNORECASE,
)


class Place(NamedTuple):
    """A channel or thread: its stable key (the id where it is known) and its name, "Guild / channel"."""

    key: str
    name: str


class Line(NamedTuple):
    """What a system line says: `who` came or went if not its author, who then is the one that added or removed them."""

    kind: Kind
    who: str = ""


def time_of_id(snowflake: str) -> datetime | None:
    """When the thing with this id was made, to the millisecond; None when it is no id.

    Source: Discord developer documentation, Snowflakes: the bits above the 22nd are milliseconds since 2015-01-01 UTC.
    """
    if not (snowflake.isascii() and snowflake.isdigit() and len(snowflake) <= _LONGEST_ID):
        return None
    milliseconds = int(snowflake) >> TIMESTAMP_SHIFT
    return EPOCH + timedelta(milliseconds=milliseconds) if milliseconds else None


def place_named(path: str, community: str) -> Place:
    """The place in DiscordChatExporter's file names, `Guild - Category - channel [id] (after 2024-01-01) [part 2].csv`.

    Without an id the name is the key; `community` names a file whose name says nothing.
    """
    stem = PurePosixPath(path).name.rpartition(".")[0] or PurePosixPath(path).name
    found = _FILE_NAME.match(stem)
    names = [part for part in (found["names"] if found else _TAIL.sub("", stem)).split(" - ") if part]
    name = " / ".join((names[0], names[-1]) if len(names) > 1 else names)
    key = found["id"] if found else ""
    if not key and len(names) < 2 and community:
        return Place(community, community)
    return Place(key or name, name or community or key)


def content_of_file(name: str) -> str:
    """The content type of an attachment, by the ending of its name or address."""
    ending = PurePosixPath(name.partition("?")[0]).suffix.removeprefix(".").lower()
    return _CONTENT.get(ending, "file")


def system_line(text: str) -> Line | None:
    """What a line means that the exporter wrote for a system message; None when somebody wrote it.

    Source: DiscordChatExporter's fallback texts for system messages; HTML has them in lower case.
    """
    plain = text.strip()
    low = plain.lower().removesuffix(".")
    if low == "joined the server":
        return Line("joined")
    if low in ("left the group", "left the thread"):
        return Line("left")
    if found := _ADDED.match(plain):
        return Line("joined", found[1])
    if found := _REMOVED.match(plain):
        return Line("left", found[1])
    return Line("notice") if _NOTICES.match(plain) else None
