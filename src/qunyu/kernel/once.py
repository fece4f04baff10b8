"""Once: what does not change while one page is made is asked for once, however many ask."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, TypeVar

Answer = TypeVar("Answer")

_kept: ContextVar[dict[Callable[[], Any], Any] | None] = ContextVar("kept", default=None)


@contextmanager
def asking_once() -> Iterator[None]:
    """Until its end each function marked with `once` is asked once; for whoever only reads. Nothing is kept beyond it."""
    token = _kept.set({})
    try:
        yield
    finally:
        _kept.reset(token)


def once(ask: Callable[[], Answer]) -> Callable[[], Answer]:
    """Marks a function without arguments whose answer may be kept within `asking_once`; nobody may change what it gives."""

    @wraps(ask)
    def answer() -> Answer:
        kept = _kept.get()
        if kept is None:
            return ask()
        if ask not in kept:
            kept[ask] = ask()
        found: Answer = kept[ask]
        return found

    return answer
