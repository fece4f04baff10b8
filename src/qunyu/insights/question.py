"""Question: whose numbers are asked, in which periods, broken down by what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from qunyu.kernel.errors import DomainError
from qunyu.kernel.periods import Grain
from qunyu.kernel.words import Words

Breakdown = Literal["none", "community", "platform", "type", "theme", "unit"]
BREAKDOWNS: tuple[Breakdown, ...] = ("none", "community", "platform", "type", "theme", "unit")
ALTOGETHER = 0


@dataclass(frozen=True)
class Question:
    """`communities` limits to these ids (None: every one in scope); `first` and `last` bound the days shown, both included.

    What is known before `first` still counts where it matters: who is new, who was a member.
    """

    grain: Grain = "month"
    by: Breakdown = "none"
    first: date | None = None
    last: date | None = None
    communities: frozenset[int] | None = None
    metrics: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if self.first and self.last and self.first > self.last:
            message = Words(
                "开始日期 {first} 晚于结束日期 {last}；请交换",
                "the first day {first} is after the last day {last}; swap them",
            )
            raise DomainError("bad_period", message.fill(first=self.first, last=self.last))
