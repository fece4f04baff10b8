"""Returning: whom nobody's table may bring back. The package that keeps the stop list answers; without it nobody is left out."""

from __future__ import annotations

from collections.abc import Callable, Collection

Stopped = Callable[[Collection[str]], set[str]]

_asked: list[Stopped] = []


def provide_stopped(stopped: Stopped) -> None:
    """Registers who says which of the names that erased people were known by (see the holders' `stops`) must not come back."""
    _asked[:] = [stopped]


def stopped(known_as: Collection[str]) -> set[str]:
    """Those of `known_as` that must not come back."""
    return _asked[0](known_as) if _asked and known_as else set()
