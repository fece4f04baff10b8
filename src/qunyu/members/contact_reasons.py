"""Contact reasons: why somebody may not be contacted, or is owed an answer; packages above tell what only they know."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime

from qunyu.kernel.words import Words

# Given people (primary keys) and the moment: who may not be contacted, and why.
Refuser = Callable[[Collection[int], datetime], Mapping[int, Words]]
# Given people and the moment: who waits for an answer, and since when.
Waiting = Callable[[Collection[int], datetime], Mapping[int, datetime]]

# Given the primary key of a contact that is taken back: what was built on it goes.
Withdrawer = Callable[[int], None]

_refusers: dict[str, Refuser] = {}
_waiting: dict[str, Waiting] = {}
_withdrawers: dict[str, Withdrawer] = {}


def refuse_where(name: str, refuser: Refuser) -> None:
    """Registers who else may not be contacted; `name` is a code that the refusal carries."""
    _refusers[name] = refuser


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


def refusals(people: Collection[int], now: datetime) -> dict[int, tuple[str, Words]]:
    """Who of `people` may not be contacted: the code and the words of the first reason."""
    found: dict[int, tuple[str, Words]] = {}
    for name, refuser in _refusers.items():
        for person, words in refuser(people, now).items():
            found.setdefault(person, (name, words))
    return found


def waiting(people: Collection[int], now: datetime) -> dict[int, datetime]:
    """Who of `people` waits for an answer, as the packages above know, and since when (the latest)."""
    found: dict[int, datetime] = {}
    for each in _waiting.values():
        for person, since in each(people, now).items():
            found[person] = max(since, found.get(person, since))
    return found
