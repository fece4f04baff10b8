"""Explaining: what an analysis says of itself in place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from qunyu.kernel.words import Words


@dataclass(frozen=True)
class Explanation:
    """How it is defined (sentences), the row of the method it follows, the count behind it, and the last day there are data of."""

    sentences: tuple[Words, ...]
    source: str
    count: int
    as_of: date
