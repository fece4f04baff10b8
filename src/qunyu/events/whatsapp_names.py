"""Names in WhatsApp's exports: of the group, which only the file's name tells, and of people."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from qunyu.events.files import File

_MARKS: dict[int, str | None] = {
    **dict.fromkeys((0x200E, 0x200F, 0xFEFF, *range(0x202A, 0x202F), *range(0x2066, 0x206A))),
    **dict.fromkeys((0x00A0, 0x202F), " "),
}
_COPY = re.compile(r"\s*\(\d+\)$")
_ENDING = re.compile(r"(?:\.(?:txt|zip))+$", re.IGNORECASE)
_TITLES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"WhatsApp[ -]?Chat (?:- |with |mit |con |avec |com )(.+)",
        r"(?:Chat de|Chat|Conversa no|Conversa do|Discussion) WhatsApp (?:con|com|avec) (.+)",
        r"[与與](.+?)的\s?WhatsApp\s?(?:聊天|對話|对话)(?:记录|記錄|紀錄)?",
    )
)


def plain(text: str) -> str:
    """`text` without WhatsApp's invisible marks of direction, and with ordinary spaces."""
    return text if text.isascii() else text.translate(_MARKS)


def person(name: str) -> str:
    """A person's name; the "~" before the self-chosen names of people outside the address book is dropped.

    The group member who has somebody in the address book exports the same person without it.
    """
    return plain(name).strip().removeprefix("~").lstrip()


def group_of(file: File) -> str:
    """The group's name as the name of the file, or of the archive around it, tells it; empty when it does not."""
    for name in (file.name, file.container):
        title = _COPY.sub("", _ENDING.sub("", plain(PurePosixPath(name).name))).strip()
        for pattern in _TITLES:
            found = pattern.fullmatch(title) or pattern.fullmatch(title.replace("_", " "))
            if found:
                return _COPY.sub("", _ENDING.sub("", found.group(1))).strip()
    return ""


def named_as_whatsapp(file: File) -> bool:
    """Whether the name of the file or its archive is one WhatsApp gives."""
    return file.stem == "_chat" or "whatsapp" in f"{file.name} {file.container}".lower()
