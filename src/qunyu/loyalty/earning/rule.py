"""What an earning rule is: the kind of deed it looks at, its figures, and how many points a deed gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words

DeedKind = Literal["order", "first_order", "join", "talk", "referral"]
MOST = 1_000_000


@dataclass(frozen=True, slots=True)
class Deed:
    """Something an own member did at `at`; `source` names it for good.

    `quantity` is what counts of it: minor units paid less refunds, days with a message in the week, else 1; 0 takes back what it gave.
    """

    kind: DeedKind
    member: int
    source: str
    at: datetime
    quantity: int = 1
    currency: str = ""


@dataclass(frozen=True)
class Figure:
    """A whole number of a rule that can be set, between `least` and `most`."""

    key: str
    title: Words
    usual: int
    least: int = 1
    most: int = MOST


@dataclass(frozen=True)
class EarningRule:
    """`points` gives the points of a deed with the rule's figures; the worked `example` is a deed's quantity, figures, and what they give."""

    key: str
    position: int
    title: Words
    help: Words
    deed: DeedKind
    figures: tuple[Figure, ...]
    points: Callable[[Deed, Mapping[str, int]], int]
    example: tuple[int, Mapping[str, int], int]

    def checked(self, figures: Mapping[str, int]) -> dict[str, int]:
        """All figures of the rule, the usual ones where none are given.

        Raises DomainError bad_figure with the `field`.
        """
        found = {each.key: figures.get(each.key, each.usual) for each in self.figures}
        for each in self.figures:
            if not each.least <= found[each.key] <= each.most:
                message = Words("须在 {least} 至 {most} 之间", "{least} to {most}").fill(
                    least=each.least, most=each.most
                )
                raise DomainError("bad_figure", message, field=f"{self.key}.{each.key}")
        return found
