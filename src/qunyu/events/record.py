"""Record: one thing an export says happened, before any id of ours is known."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from qunyu.events.problems import Problem

Kind = Literal[
    "message",  # somebody said something; `subject` is its content type
    "action",  # IRC's /me: counted beside messages
    "joined",  # the author came in; `other` invited or added them
    "left",  # the author went; `other` removed them
    "renamed",  # the author is called `other` from now on (the same person)
    "recalled",  # the author took `message_id` back
    "notice",  # any other line of the platform itself (group renamed, call started ...)
]

# Content types: the `subject` of a message.
CONTENTS = (
    "text",
    "image",
    "sticker",
    "voice",
    "video",
    "file",
    "link",
    "mini_program",
    "red_packet",
    "transfer",
    "location",
    "contact",
    "call",
    "poll",
    "other",
)


class Record(NamedTuple):
    """One line of an export.

    `author_id` is the platform's stable id, empty where the export has only names: the person is then
    known by `author_name` within that one community. `occurred_at` is aware and in UTC. `message_id` is the platform's id,
    empty where there is none. `line` is where it stood in its file (1-based; 0 where lines mean nothing). `direct` says that
    `community` is the id of the one person (or the ids of the few) with whom somebody talks there, and no group's.
    A plain tuple type on purpose: millions of these are made, and columns come out of them by zip.
    """

    kind: Kind
    occurred_at: datetime
    community: str
    community_name: str
    author_id: str
    author_name: str
    text: str = ""
    message_id: str = ""
    subject: str = ""
    other_id: str = ""
    other_name: str = ""
    bot: bool = False
    meta: Mapping[str, object] | None = None
    line: int = 0
    direct: bool = False


def as_direct(row: Record | Problem) -> Record | Problem:
    """The row of a chat with one person; a problem as it is."""
    return row._replace(direct=True) if isinstance(row, Record) else row
