"""Grammar: phrases with slots and alternatives, and the choice of one wording.

A phrase is text in which `{word}` is a slot and `(one|other|)` a choice; `{3-9}` is a whole number from 3 to 9, and
`{name}` stays as it is for the caller to fill. Choices may hold slots and choices. Chinese brackets are plain text.
What a STICKY slot once drew is kept in `bound`, so that a whole conversation speaks of the same town, dish or book.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, MutableMapping

Chance = Callable[[], float]
Bound = MutableMapping[str, str]
Part = Callable[[Chance, Bound], str]
Phrase = tuple["str | Part", ...]
Tables = Mapping[str, "tuple[Phrase, ...]"]

RANGE = re.compile(r"(\d+)-(\d+)")
TOKEN = re.compile(r"[{}()|]|[^{}()|]+")
KEPT = "{name}"
STICKY = frozenset(
    [
        "city2",
        "place",
        "drama",
        "tea",
        "fruit",
        "meal",
        "dish",
        "hobby",
        "subject",
        "pet",
        "book",
        "land",
        "year",
        "ware",
        "aroma",
        "who",
    ]
)


def render(phrase: Phrase, chance: Chance, bound: Bound) -> str:
    """One wording of `phrase`; slots found in `bound` take that value."""
    if len(phrase) == 1 and isinstance(phrase[0], str):
        return phrase[0]
    return "".join([part if isinstance(part, str) else part(chance, bound) for part in phrase])


def compile_phrase(text: str, tables: Tables) -> Phrase:
    """`text` made ready for `render`; slots that `bound` does not hold are looked up in `tables` when rendered.

    Raises ValueError when brackets do not match.
    """
    tokens = TOKEN.findall(text)
    phrase, rest = _sequence(tokens, 0, tables)
    if rest != len(tokens):
        raise ValueError(f"unmatched bracket in {text!r}")
    return phrase


def _sequence(tokens: list[str], at: int, tables: Tables) -> tuple[Phrase, int]:
    parts: list[str | Part] = []
    while at < len(tokens) and tokens[at] not in ("|", ")"):
        part, at = _part(tokens, at, tables)
        parts.append(part)
    return tuple(parts), at


def _part(tokens: list[str], at: int, tables: Tables) -> tuple[str | Part, int]:
    if tokens[at] == "{":
        if tokens[at + 2 : at + 3] != ["}"]:
            raise ValueError(f"unmatched brace before {''.join(tokens[at:])!r}")
        return _slot(tokens[at + 1], tables), at + 3
    if tokens[at] == "(":
        return _choice(tokens, at + 1, tables)
    return tokens[at], at + 1


def _choice(tokens: list[str], at: int, tables: Tables) -> tuple[Part, int]:
    options: list[Phrase] = []
    while True:
        option, at = _sequence(tokens, at, tables)
        options.append(option)
        if at >= len(tokens):
            raise ValueError("a choice is never closed")
        if tokens[at] == ")":
            return _chooser(tuple(options)), at + 1
        at += 1


def _chooser(options: tuple[Phrase, ...]) -> Part:
    size = len(options)
    return lambda chance, bound: render(options[int(chance() * size)], chance, bound)


def _slot(name: str, tables: Tables) -> str | Part:
    if (found := RANGE.fullmatch(name)) is not None:
        low, high = int(found[1]), int(found[2])
        return lambda chance, bound: str(low + int(chance() * (high - low + 1)))
    if "{" + name + "}" == KEPT:
        return KEPT
    return lambda chance, bound: _filled(name, tables, chance, bound)


def _filled(name: str, tables: Tables, chance: Chance, bound: Bound) -> str:
    value = bound.get(name)
    if value is not None:
        return value
    options = tables[name]
    value = render(options[int(chance() * len(options))], chance, bound)
    if name in STICKY:
        bound[name] = value
    return value
