"""Phrases: the text files of the package as topics and word tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

from qunyu.simulation.grammar import Phrase, compile_phrase

Lines = tuple[Phrase, ...]


@dataclass(frozen=True)
class Topic:
    """What people may come to speak of: phrases by role (open, reply, ask, answer ...).

    `group` decides how it is played; `types`, `themes` and `seasons` are where and when it comes up,
    `steps` which products it can be about (empty = all), `hours` between which hours of the day it is begun.
    `pairs` are second questions with the answers that fit them.
    """

    key: str
    group: str
    weight: float
    types: frozenset[str]
    themes: frozenset[str]
    seasons: frozenset[str]
    steps: frozenset[str]
    hours: tuple[int, int]
    lines: Mapping[str, Lines]
    pairs: tuple[tuple[Phrase, Phrase], ...]

    def fits(self, kind: str, theme: str, season: str) -> bool:
        """Whether it comes up in a community of this type and theme at this season."""
        return (
            (not self.types or kind in self.types)
            and (not self.themes or theme in self.themes)
            and (not self.seasons or season in self.seasons)
        )

    def phrases(self, role: str) -> Lines:
        """The phrases for `role`; none where the topic has none."""
        return self.lines.get(role, ())


@dataclass
class Draft:
    """A topic while its file is read."""

    header: list[str]
    lines: dict[str, list[Phrase]] = field(default_factory=dict)
    pairs: list[tuple[Phrase, Phrase]] = field(default_factory=list)
    branches: list[Draft] = field(default_factory=list)

    def branch(self, name: str) -> Draft:
        """A part of this topic with phrases of its own, beside those that stand before the first branch."""
        key, *settings = self.header
        lines = {role: list(phrases) for role, phrases in self.lines.items()}
        self.branches.append(
            Draft([f"{key}.{name.split(maxsplit=1)[0]}", *settings, *name.split()[1:]], lines, list(self.pairs))
        )
        return self.branches[-1]


@cache
def topics() -> Mapping[str, Topic]:
    """Every topic by key, read once from `texts/*.txt`."""
    found: dict[str, Topic] = {}
    for name, text in _files():
        if not name.startswith("words"):
            found.update((draft.header[0], _topic(draft, name.removesuffix(".txt"))) for draft in _drafts(text))
    return found


@cache
def words() -> Mapping[str, Lines]:
    """The word tables that slots draw from, by slot name, from `texts/words*.txt`."""
    tables: dict[str, Lines] = {}
    for name, text in _files():
        if name.startswith("words"):
            tables.update((draft.header[0], tuple(draft.lines["open"])) for draft in _drafts(text, tables))
    return tables


def _files() -> Iterator[tuple[str, str]]:
    folder = resources.files(__package__) / "texts"
    for entry in sorted(folder.iterdir(), key=lambda each: each.name):
        if entry.name.endswith(".txt"):
            yield entry.name, entry.read_text(encoding="utf-8")


def _drafts(text: str, tables: Mapping[str, Lines] | None = None) -> list[Draft]:
    known = words() if tables is None else tables
    drafts: list[Draft] = []
    role = "open"
    for line in filter(None, map(str.strip, text.splitlines())):
        if line.startswith("== "):
            drafts.append(Draft(line[3:].split()))
            current, role = drafts[-1], "open"
        elif line.startswith("-- "):
            current, role = drafts[-1].branch(line[3:]), "open"
        elif line.startswith("@"):
            role = line[1:]
        elif not line.startswith("# "):
            _add(current, role, line, known)
    return [each for draft in drafts for each in (draft.branches or [draft])]


def _add(draft: Draft, role: str, line: str, known: Mapping[str, Lines]) -> None:
    ask, arrow, answer = line.partition(" => ")
    if arrow:
        draft.pairs.append((compile_phrase(ask, known), compile_phrase(answer, known)))
    else:
        draft.lines.setdefault(role, []).append(compile_phrase(line, known))


def _topic(draft: Draft, group: str) -> Topic:
    key, *pairs = draft.header
    settings = dict(pair.split("=", 1) for pair in pairs)
    return Topic(
        key=key,
        group=settings.get("group", group),
        weight=float(settings.get("weight", "1")),
        types=_set(settings.get("types", "")),
        themes=_set(settings.get("themes", "")),
        seasons=_set(settings.get("seasons", "")),
        steps=_set(settings.get("steps", "")),
        hours=_hours(settings.get("hours", "0-24")),
        lines={role: tuple(phrases) for role, phrases in draft.lines.items()},
        pairs=tuple(draft.pairs),
    )


def _set(value: str) -> frozenset[str]:
    return frozenset(filter(None, value.split(",")))


def _hours(value: str) -> tuple[int, int]:
    first, last = value.split("-")
    return int(first), int(last)
