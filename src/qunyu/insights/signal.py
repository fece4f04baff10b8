"""Signal: one thing known of a person on a day that may tell whether they will order soon; the registry finds each in `insights/signals`.

A signal is a condition in DuckDB's dialect over one row of `chances.KNOWN`: what was known of a person at the end of the day `cut` and
nothing later, so that it can be asked of any past day.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words


@dataclass(frozen=True)
class Signal:
    """`when` says of whom it holds, `reason` what that tells an operator. `place` is its rank while nothing can be measured yet.

    `opening` are the words to begin with where this is the main reason, with {name}; None where it is no reason to write to anybody,
    only something that the chance depends on. `examples` are rows (what is missing is as of somebody unknown) and whether it holds.
    """

    key: str
    place: int
    title: Words
    reason: Words
    when: str
    examples: tuple[tuple[Mapping[str, Any], bool], ...]
    opening: Words | None = None


@cache
def signals() -> Mapping[str, Signal]:
    """Every signal by key, in the order of their places."""
    package = importlib.import_module("qunyu.insights.signals")
    found: list[Signal] = [
        importlib.import_module(f"{package.__name__}.{info.name}").SIGNAL
        for info in pkgutil.iter_modules(package.__path__)
    ]
    return {each.key: each for each in sorted(found, key=lambda each: each.place)}


def invitations() -> Mapping[str, Signal]:
    """Those of them that are a reason to write to somebody."""
    return {key: each for key, each in signals().items() if each.opening is not None}


def find_signal(key: str) -> Signal:
    """The signal called `key` that is a reason to write to somebody.

    Raises DomainError unknown_signal listing those there are.
    """
    known = invitations()
    if key not in known:
        message = Words("没有理由“{key}”；可用：{known}", "there is no reason “{key}”; there are: {known}")
        raise DomainError("unknown_signal", message.fill(key=key, known=", ".join(known)), field="reason")
    return known[key]
