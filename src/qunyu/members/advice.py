"""Advice for communities, from the user types of who is there now."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from qunyu.insights.advice import FEWEST, Advice, advise, known_of
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.members.labels import mix_by_community

TOO_FEW = Words("数据不足：已知类型的人不到 {n} 位", "not enough data: fewer than {n} people of known type")
NO_TYPES = Words("没有人的用户类型已知；请导入订单表", "nobody’s user type is known; import an order file")
BALANCED = Words("各类人都不突出，照常经营", "no type stands out: go on as now")


@dataclass(frozen=True)
class Advised:
    """One community: how many people there are of each user type (`counts`), and the advice, what sets it apart most first.

    `typeless`: nobody in any community has a known type, so there are no orders to tell it from.
    """

    counts: Mapping[str, int] = field(default_factory=dict)
    advice: tuple[Advice, ...] = ()
    typeless: bool = False

    @property
    def known(self) -> int:
        """How many people have a known type."""
        return known_of(self.counts)

    @property
    def why_none(self) -> Words | None:
        """Why there is no advice; None where there is some."""
        if self.advice:
            return None
        if self.typeless:
            return NO_TYPES
        return TOO_FEW.fill(n=FEWEST) if self.known < FEWEST else BALANCED


def advised(scope: Scope, ids: Collection[int] | None = None) -> dict[int, Advised]:
    """The advice for each of the communities `ids` (None: all) where both people and orders may be seen and anybody is now.

    What is usual is told by all communities in scope; somebody in two of them counts in each.
    Raises Denied without members.view or orders.view.
    """
    scope.require("members.view")
    scope.require("orders.view")
    found = mix_by_community(scope, "user_type")
    everywhere: dict[str, int] = {}
    for counts in found.values():
        for value, count in counts.items():
            everywhere[value] = everywhere.get(value, 0) + count
    wanted = found.keys() if ids is None else found.keys() & set(ids)
    typeless = not known_of(everywhere)
    return {id: Advised(found[id], tuple(advise(found[id], everywhere)), typeless) for id in wanted}
