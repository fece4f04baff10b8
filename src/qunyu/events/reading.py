"""Reader: what one export format is, and the registry that finds every reader in `events/readers`."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Literal
from zoneinfo import ZoneInfo

from qunyu.events.files import File
from qunyu.events.problems import Problem
from qunyu.events.record import Record
from qunyu.events.rows import CostRow, MemberRow, OrderLine
from qunyu.kernel.words import Words

Read = Record | OrderLine | MemberRow | CostRow | Problem
Yields = Literal["chat", "orders", "members", "costs"]


@dataclass(frozen=True)
class ReadOptions:
    """How to read: the zone of stamps that carry none, foreign columns (ours -> theirs), a name for a nameless group."""

    source_zone: ZoneInfo = ZoneInfo("Asia/Shanghai")
    columns: Mapping[str, str] = field(default_factory=dict)
    community: str = ""


@dataclass(frozen=True)
class Example:
    """A short invented export of the format, and how many rows of each kind (see `kind_of`) come out of it."""

    name: str
    data: bytes
    counts: Mapping[str, int]
    columns: Mapping[str, str] = field(default_factory=dict)
    beside: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Reader:
    """One export format.

    `key` names the format, `platform` where the people are: formats of one platform share identities and overlap.
    `recognise` answers 0.0 (no) to 1.0 (certain) from the file's head, and never raises. `read` streams: it yields a Record per
    line it understands and a Problem per line it does not, holds no more than it must, and never raises over content.
    `companions` are names of files that belong to the format but hold no records of their own.
    """

    key: str
    platform: str
    title: Words
    recognise: Callable[[File, ReadOptions], float]
    read: Callable[[File, ReadOptions], Iterator[Read]]
    example: Example
    yields: Yields = "chat"
    companions: tuple[str, ...] = ()


def kind_of(row: Read) -> str:
    """A record's kind, an order line's status, else the row's type in lower case ("memberrow", "costrow", "problem")."""
    if isinstance(row, Record):
        return row.kind
    if isinstance(row, OrderLine):
        return row.status
    return type(row).__name__.lower()


@cache
def readers() -> Mapping[str, Reader]:
    """Every reader by key: a module in `events/readers` says what it reads in `READERS`."""
    package = importlib.import_module("qunyu.events.readers")
    found: dict[str, Reader] = {}
    for info in sorted(pkgutil.iter_modules(package.__path__), key=lambda each: each.name):
        module = importlib.import_module(f"{package.__name__}.{info.name}")
        for reader in module.READERS:
            found[reader.key] = reader
    return found


def recognise(file: File, options: ReadOptions, yields: Yields | None = None) -> Reader | None:
    """The reader (of those that give `yields`, if told) most certain about `file`; None when none is more than half certain."""
    able = (each for each in readers().values() if yields in (None, each.yields))
    best, highest = None, 0.5
    for reader in able:
        score = reader.recognise(file, options)
        if score > highest:
            best, highest = reader, score
        if highest >= 1.0:
            break
    return best
