"""Headed lines: messages of several lines, where only the first one carries a date and a name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from qunyu.events.files import File
from qunyu.events.problems import Problem

Match = re.Match[str]
MOST_CHARACTERS = 256 * 1024  # four times the longest message WhatsApp lets anybody send


def never(line: str) -> Match | None:
    """The head that no line has."""
    return None


@dataclass(frozen=True)
class Heads:
    """How to find a message's first line: `usual` is tried first, `rare` on lines that begin with one of `starts`."""

    usual: Callable[[str], Match | None]
    rare: Callable[[str], Match | None] = never
    starts: frozenset[str] = frozenset()


def blocks(file: File, heads: Heads, problems: list[Problem]) -> Iterator[tuple[int, Match | None, list[str] | None]]:
    """(line number, head, following lines or None) per message; the head is None for a line that belongs to none.

    Holds one message at a time, of at most MOST_CHARACTERS: the lines beyond are given back as belonging to none.
    """
    usual, rare, starts = heads.usual, heads.rare, heads.starts
    at, room = 0, 0
    head: Match | None = None
    more: list[str] | None = None
    for number, line in file.lines(problems):
        found = usual(line)
        if found is None and line[:1] in starts:
            found = rare(line)
        if found is not None:
            if head is not None:
                yield at, head, more
            at, head, more, room = number, found, None, MOST_CHARACTERS
        elif room < len(line) or head is None:
            if line.strip():
                yield number, None, None
        else:
            room -= len(line) + 1
            more = more or []
            more.append(line)
    if head is not None:
        yield at, head, more
