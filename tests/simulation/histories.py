"""Hand-made people of a brand's truth."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from qunyu.simulation.joining import DAY
from qunyu.simulation.purchases import Status
from qunyu.simulation.scoring.known import CATALOGUE, Known, Placed, Stay, Truth

NOON = 12 * 3_600
# 14 days from the 10th to the 23rd: the 18th (day 8) is the members' day, day 9 the celebration.
STARTS_ON = date(2026, 7, 10)
MEMBERS_DAY, CELEBRATION = 8, 9


def at(day: int, second: int = NOON) -> int:
    """The second of the window at that day and second of it."""
    return day * DAY + second


def order(day: int, product: str = "rose", *, promoted: bool = False, status: Status = "paid") -> Placed:
    """An order of one product at noon."""
    return Placed(at(day), promoted, status, (CATALOGUE[product],))


def person(number: int = 1, **traits: Any) -> Known:
    """Somebody who joined the group at noon of day 2 and stayed, of no special kind unless told."""
    given = {
        "ids": {"wechat": f"wx{number}"},
        "type": "low_demand",
        "tier": "ordinary",
        "stage": "acquisition",
        "rate": 0.05,
        "stays": (Stay("group", at(2)),),
    }
    return Known(**{**given, **traits})


def truth(*people: Known, days: int = 14) -> Truth:
    """A brand of one group and these people."""
    return Truth(1, STARTS_ON, STARTS_ON + timedelta(days=days - 1), people)
