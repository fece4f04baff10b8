"""Buying: how likely each user type would have placed exactly these orders, by the generator's own process."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from qunyu.simulation.joining import DAY
from qunyu.simulation.people import UserType
from qunyu.simulation.purchases import BASKETS, REFUNDS, STEPS, more_goods
from qunyu.simulation.rhythm import Day, clock
from qunyu.simulation.scoring.known import Known, Placed

USER_TYPES: tuple[UserType, ...] = ("loyal", "bargain", "demand", "low_demand")
# Who orders on the day of joining does so within this time, perhaps past midnight.
AT_ONCE = 9_000
# Nothing is wholly impossible: that time may also reach into a day on which another order was drawn.
NEXT_TO_NOTHING = math.log(1e-12)
CLOCK_DRAWS = 4_000

Steps = dict[int, float]


def likelihoods(person: Known, days: Sequence[Day]) -> dict[UserType, float]:
    """The logarithm of the chance of the person's orders under each type: their days, promotions, products, what was given back.

    Exact for the days (purchases._buying_days, seen through the time of membership) and the products (purchases.basket).
    """
    window = window_of(person, days)
    bought = sorted(person.placed, key=lambda each: each.second)
    at = [_day(each, person) for each in bought]
    found: dict[UserType, float] = {}
    for kind in USER_TYPES:
        chances = [PROCESSES[kind](window, at, person), *(goods(kind, each) for each in bought)]
        chances += [_drawn(kind, each, days[day]) for each, day in zip(bought, at, strict=True)]
        found[kind] = sum(math.log(each) if each > 0 else NEXT_TO_NOTHING for each in chances)
    return found


@dataclass(frozen=True, slots=True)
class Window:
    """When somebody could order: from day `first` to day `last`, on which the share `rest` of a day's orders comes in time."""

    days: Sequence[Day]
    first: int
    last: int
    rest: float

    @property
    def size(self) -> int:
        """The days of the brand's window."""
        return len(self.days)

    def missed(self, day: int, end: int) -> float:
        """The chance that an order drawn for `day` is not placed; from day `end` on none is drawn."""
        if day >= end or day > self.last:
            return 1.0
        return 1.0 - self.rest if day == self.last else 0.0


def window_of(person: Known, days: Sequence[Day]) -> Window:
    """From the first joining to the last leaving, within the window of the brand."""
    gone = min(max(each.left_at for each in person.stays), len(days) * DAY)
    last, second = divmod(gone, DAY)
    rest = before(days[last], second) if last < len(days) else 1.0
    return Window(days, max(0, person.came_at) // DAY, last, rest)


def before(day: Day, second: int) -> float:
    """The share of the day's orders that come before `second`."""
    return bisect_left(_seconds(day), second) / CLOCK_DRAWS


@cache
def _seconds(day: Day) -> list[int]:
    """Seconds of the day as rhythm.clock deals them out, in order: its draws laid evenly over all chances."""
    draws = ((n + 0.5) / CLOCK_DRAWS for n in range(CLOCK_DRAWS))
    return sorted(clock(day, iter((draw, draw * CLOCK_DRAWS / 8 % 1)).__next__) for draw in draws)


def _day(order: Placed, person: Known) -> int:
    first = max(0, person.came_at)
    return first // DAY if order.second <= first + AT_ONCE else order.second // DAY


def _drawn(kind: UserType, order: Placed, day: Day) -> float:
    """Whether a promotion draws an order of `kind` on that day is certain, so that the other is impossible."""
    drawn = {"loyal": day.celebration, "bargain": day.celebration or day.members_day}.get(kind, False)
    return float(drawn == order.promoted)


def goods(kind: UserType, order: Placed) -> float:
    """The chance of the products of an order and of its being given back or not; a product drawn twice is one line."""
    weights = dict(zip(*BASKETS[kind], strict=True))
    one, *another = [weights.get(each.step, 0.0) / len(STEPS[each.step]) for each in order.products]
    more = more_goods(kind)
    refunded = REFUNDS[kind] if order.status == "refunded" else 1 - REFUNDS[kind]
    return refunded * (more * one * another[0] if another else one * (1 - more + more * one))


def _loyal(window: Window, at: Sequence[int], person: Known) -> float:
    first = _uniform(0, min(12, window.size / 3))
    return _renewal(window, at, (first, _uniform(17, 30)), (1.0,), window.size)


def _demand(window: Window, at: Sequence[int], person: Known) -> float:
    """One to three orders, 2 : 2 : 1, within 45 days."""
    first = _triangular(min(28, window.size / 3), 3)
    return _renewal(window, at, (first, _uniform(4, 16)), (1.0, 3 / 5, 1 / 3, 0.0), min(window.size, window.first + 45))


def _low_demand(window: Window, at: Sequence[int], person: Known) -> float:
    steps = {n: math.exp(-n / 9) - math.exp(-(n + 1) / 9) for n in range(window.size)}
    steps[window.size] = math.exp(-window.size / 9)
    return _renewal(window, at, (steps, steps), (1.0 if person.referred_by_loyal else 0.42, 0.0), window.size)


def _bargain(window: Window, at: Sequence[int], person: Known) -> float:
    """Each day for itself."""
    if len(set(at)) < len(at):
        return 0.0
    chance = 1.0
    for day in window.days[window.first :]:
        buys = 0.62 if day.celebration else 0.27 if day.members_day else 0.003
        buys *= 1 - window.missed(day.index, window.size)
        chance *= buys if day.index in at else 1 - buys
    return chance


def _renewal(window: Window, at: Sequence[int], steps: tuple[Steps, Steps], more: Sequence[float], end: int) -> float:
    """The chance of orders on exactly the days `at`: a first step from the window's first day, then second ones.

    `more[k]` is the chance of another order after k of them; after as many as there are, the last one holds.
    """
    chance, step, day = 1.0, steps[0], window.first
    for number, when in enumerate(at):
        chance *= _nth(more, number) * step.get(when - day, 0.0) * (1 - window.missed(when, end))
        step, day = steps[1], when
    going = _nth(more, len(at))
    missed = sum(share * window.missed(day + length, end) for length, share in step.items())
    return chance * (1 - going + going * missed)


def _nth(more: Sequence[float], number: int) -> float:
    return more[min(number, len(more) - 1)]


def _uniform(start: int, end: float) -> Steps:
    """The chances of int(random.uniform(start, end)); neither is negative."""
    return {n: (min(n + 1, end) - n) / (end - start) for n in range(start, math.ceil(end))}


def _triangular(end: float, mode: float) -> Steps:
    """The chances of int(random.triangular(0, end, mode))."""

    def below(x: float) -> float:
        return x * x / (end * mode) if x <= mode else 1 - (end - min(x, end)) ** 2 / (end * (end - mode))

    return {n: below(n + 1) - below(n) for n in range(math.ceil(end))}


PROCESSES: dict[UserType, Callable[[Window, Sequence[int], Known], float]] = {
    "loyal": _loyal,
    "bargain": _bargain,
    "demand": _demand,
    "low_demand": _low_demand,
}
