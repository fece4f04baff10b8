"""Tree: what a condition is, as frozen values.

A leaf stands for the members of whom it is known to be true; `Not` for everybody else the asker may see. So of whom a value is
unknown belongs to the complement, and a condition and its complement are everybody, without overlap.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

# How often something was done. "at_most" and "exactly" hold for those, too, of whom nothing of the kind is recorded.
Times = Literal["at_least", "at_most", "exactly"]
TIMES: tuple[Times, ...] = ("at_least", "at_most", "exactly")
# What communities may be narrowed by.
ASPECTS = ("community", "type", "theme", "platform", "unit")


@dataclass(frozen=True, slots=True)
class Window:
    """The last `days` days, today included; or from `first` to `last`, both included; all of it empty: ever."""

    days: int | None = None
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Places:
    """Communities: each of `narrowed` is (aspect, values); any value of an aspect, and all aspects. Empty: any community."""

    narrowed: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Everybody:
    """Whoever the asker may see."""


@dataclass(frozen=True, slots=True)
class Field:
    """`field` compared by `op` with `values`, each in the one spelling that `checking` gives it."""

    field: str
    op: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Did:
    """Did `verb` so many `count` times (`times`) within `window`, in communities of `places`; `text` is what was mentioned."""

    verb: str
    times: Times = "at_least"
    count: int = 1
    window: Window = Window()
    places: Places = Places()
    text: str = ""


@dataclass(frozen=True, slots=True)
class Not:
    """Everybody but those of `part`."""

    part: Condition


@dataclass(frozen=True, slots=True)
class And:
    """Those of every one of two or more `parts`."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Those of any of two or more `parts`."""

    parts: tuple[Condition, ...]


Condition = Everybody | Field | Did | Not | And | Or
Leaf = Everybody | Field | Did


def below(condition: Condition) -> tuple[Condition, ...]:
    """The parts of a condition; none of a leaf."""
    if isinstance(condition, Not):
        return (condition.part,)
    return condition.parts if isinstance(condition, And | Or) else ()


def leaves(condition: Condition) -> Iterator[Leaf]:
    """Every leaf, from left to right."""
    if isinstance(condition, Everybody | Field | Did):
        yield condition
    for part in below(condition):
        yield from leaves(part)


def depth(condition: Condition) -> int:
    """How many `Not`, `And` and `Or` lie above the deepest leaf."""
    deepest, rest = 0, [(condition, 0)]
    while rest:
        here, level = rest.pop()
        deepest = max(deepest, level)
        rest += [(part, level + 1) for part in below(here)]
    return deepest


def changed(condition: Condition, change: Callable[[Leaf], Condition]) -> Condition:
    """The condition with every leaf replaced by what `change` makes of it."""
    if isinstance(condition, Not):
        return Not(changed(condition.part, change))
    if isinstance(condition, And | Or):
        return replace(condition, parts=tuple(changed(part, change) for part in condition.parts))
    return change(condition)


def named(condition: Condition, field: str) -> frozenset[str]:
    """The values that conditions about `field` name, such as the tags a condition reads."""
    return frozenset(
        value for leaf in leaves(condition) if isinstance(leaf, Field) and leaf.field == field for value in leaf.values
    )
