"""Contact reasons: why somebody may not be contacted, or is owed an answer; packages above tell what only they know."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from qunyu.kernel.words import Words

# Given people (primary keys; None: everybody) and the moment: who may not be contacted.
Refuser = Callable[[Collection[int] | None, datetime], Collection[int]]
# Given people and the moment: who waits for an answer, and since when.
Waiting = Callable[[Collection[int], datetime], Mapping[int, datetime]]

# Given the primary key of a contact that is taken back: what was built on it goes.
Withdrawer = Callable[[int], None]


@dataclass(frozen=True)
class _Refusal:
    words: Words
    who: Refuser
    selling: bool


_refusals: dict[str, _Refusal] = {}
_waiting: dict[str, Waiting] = {}
_withdrawers: dict[str, Withdrawer] = {}


def refuse_where(name: str, words: Words, who: Refuser, *, selling: bool = False) -> None:
    """Registers who else may not be contacted, or with `selling` only not sold to; the refusal carries the code `name` and the words."""
    _refusals[name] = _Refusal(words, who, selling)


def answer_where(name: str, waiting: Waiting) -> None:
    """Registers who else waits for an answer."""
    _waiting[name] = waiting


def withdraw_with(name: str, withdrawer: Withdrawer) -> None:
    """Registers what else goes with a contact that did not happen after all."""
    _withdrawers[name] = withdrawer


def withdraw(contact: int) -> None:
    """Undoes what was built on a contact (primary key) before it is taken back."""
    for each in _withdrawers.values():
        each(contact)


def refusals(people: Collection[int] | None, now: datetime, *, selling: bool) -> dict[int, str]:
    """Who of `people` (None: of all) may not be contacted, or not sold to: the code of the first reason."""
    found: dict[int, str] = {}
    for name, each in _refusals.items():
        if selling or not each.selling:
            found = dict.fromkeys(each.who(people, now), name) | found
    return found


def refusal_words() -> dict[str, Words]:
    """Every reason why somebody may not be contacted or sold to, by its code."""
    return {name: each.words for name, each in _refusals.items()}


def waiting(people: Collection[int], now: datetime) -> dict[int, datetime]:
    """Who of `people` waits for an answer, as the packages above know, and since when (the latest)."""
    found: dict[int, datetime] = {}
    for each in _waiting.values():
        for person, since in each(people, now).items():
            found[person] = max(since, found.get(person, since))
    return found
