"""Cues: what an order makes its buyer say: the question before it, the picture or complaint after it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from random import Random
from typing import Literal

from qunyu.simulation.brand import BrandSpec, Product
from qunyu.simulation.joining import DAY
from qunyu.simulation.people import Membership
from qunyu.simulation.purchases import Order

Kind = Literal["ask", "show", "complain"]


@dataclass(frozen=True, slots=True)
class Cue:
    """`member` starts a conversation of this kind about `product` at `second` of the window."""

    kind: Kind
    second: int
    member: Membership
    product: Product


Cues = dict[tuple[int, int], list[Cue]]
TIMES = {"ask": (-9_000, -900), "show": (2 * DAY, 5 * DAY), "complain": (2 * DAY, 4 * DAY)}


def cues_of(spec: BrandSpec, orders: list[Order]) -> Cues:
    """Cues by (community number, day); only in communities where the buyer is engaged at that time."""
    random = Random(f"{spec.seed}/cues")
    found: Cues = defaultdict(list)
    for order in orders:
        for kind in _kinds(order, random):
            second = order.second + int(random.uniform(*TIMES[kind]))
            second = _waking(second)
            member = _engaged(order, second, random)
            if member is not None:
                found[member.community.number, second // DAY].append(Cue(kind, second, member, order.lines[0].product))
    return found


def _kinds(order: Order, random: Random) -> list[Kind]:
    found: list[Kind] = []
    asking = {"demand": 0.55, "loyal": 0.2, "low_demand": 0.2, "bargain": 0.25}[order.buyer.type]
    if random.random() < asking:
        found.append("ask")
    if order.status == "refunded" and random.random() < 0.5:
        found.append("complain")
    elif order.status == "paid" and random.random() < 0.16:
        found.append("show")
    return found


def _waking(second: int) -> int:
    """Between eight in the morning and half past ten in the evening of the same day."""
    day, clock = divmod(second, DAY)
    return day * DAY + min(max(clock, 8 * 3_600 + clock % 1_800), 22 * 3_600 + clock % 1_800)


def _engaged(order: Order, second: int, random: Random) -> Membership | None:
    fitting = [
        each
        for each in order.buyer.memberships
        if each.joined_at + 300 < second < each.silent_at and each.community.open_on(second // DAY)
    ]
    return random.choice(fitting) if fitting else None
