"""Advice: what the mix of user types in a community asks for, by the method's strategies, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Literal

from qunyu.kernel.words import Words

# With fewer people of known type a single one moves the share by more than 5 %.
FEWEST = 20
# Of four types each would have a quarter if all were equally many.
MANY = 0.25
# Two standard errors: of twenty communities that are like all others, one seems to differ.
Z = 1.96

Sureness = Literal["sure", "likely"]


@dataclass(frozen=True)
class Strategy:
    """What to do where many people are of one user type; `first` is the first step, taken with the list of them."""

    user_type: str
    title: Words
    why: Words
    first: Words
    then: tuple[Words, ...]


STRATEGIES = {
    each.user_type: each
    for each in (
        Strategy(
            "bargain",
            Words("组合优惠，提高客单价", "Bundles and a higher order value"),
            Words(
                "为优惠而来的人多：单件降价只会少赚，组合与凑单让他们一次买得更多，好友砍价让优惠带来新人。",
                "Many come for the price: a discount on one piece only costs; bundles let them buy more at a time, and a price cut by friends brings new people.",
            ),
            Words("选出这些人，准备一个凑单更划算的组合", "take the list of them and make one bundle that pays from two pieces on"),
            (
                Words("砍价：邀请好友一起降价", "let friends cut the price together"),
                Words("促销集中在少数几天，平日不打折", "keep sales to few days, none in between"),
            ),
        ),
        Strategy(
            "loyal",
            Words("高价值单品与更好的服务", "High-value products and better service"),
            Words(
                "月月回购、愿意推荐的人多：他们不靠折扣，靠好东西与被重视；折扣反而让价格显得不可信。",
                "Many buy every month and recommend: they come for good things and for being valued; discounts would make prices look untrue.",
            ),
            Words("选出这些人，先听他们想要什么新品", "take the list of them and ask what they would like to see next"),
            (
                Words("新品先给他们试用，专人服务", "let them try new products first, with one person to serve them"),
                Words("请满意的人推荐一位朋友", "ask who is content to recommend one friend"),
            ),
        ),
        Strategy(
            "demand",
            Words("在下一次需要时提醒", "A reminder at the next need"),
            Words(
                "一时需要、之后没再买的人多：反复推销没有用，等下一次需要快到时提醒一次。",
                "Many needed something once and did not come back: pushing does not help; one reminder when the next need is near does.",
            ),
            Words("选出这些人，按上次购买的日子排出提醒时间", "take the list of them and set a day to remind by their last order"),
            (
                Words("问一句用得怎么样，比推销更早", "ask how it served them before offering anything"),
                Words("送礼、换季等时点提前一周", "be a week early for gifts and seasons"),
            ),
        ),
        Strategy(
            "low_demand",
            Words("一次试用，之后不再花钱", "One trial offer, then no more spending"),
            Words(
                "买过一次或没买过的人多：给一次低门槛的试用；没有反应就不再投入费用与打扰。",
                "Many bought once or never: make one easy trial offer; who does not answer costs no more money and is left in peace.",
            ),
            Words("选出这些人，发一次试用优惠并记下结果", "take the list of them, make one trial offer and note the outcome"),
            (
                Words("一个月后没有下单的，不再投放", "no more spending on who has not ordered after a month"),
                Words("欢迎继续留在群里：他们可能推荐别人", "they are welcome to stay: they may recommend others"),
            ),
        ),
    )
}  # fmt: skip


@dataclass(frozen=True)
class Advice:
    """One strategy for one community. `count` of `known` people are of its type; `low` to `high` is the 95 % interval of their share.

    `usual` is the type's share over all communities looked at. Sure: the interval lies above a quarter, or above `usual`.
    """

    strategy: Strategy
    count: int
    known: int
    low: float
    high: float
    usual: float
    sureness: Sureness

    @property
    def share(self) -> float:
        """Of the people of known type, those of this one."""
        return self.count / self.known

    @property
    def excess(self) -> float:
        """By how many standard errors the share is above the usual one; by this advice is ordered."""
        spread = sqrt(max(self.usual * (1 - self.usual), 1e-9) / self.known)
        return (self.share - self.usual) / spread


def interval(count: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share, also for few observations.

    Source: E. B. Wilson (1927), Probable inference, the law of succession, and statistical inference, JASA 22.
    """
    share, square = count / of, Z * Z / of
    middle = (share + square / 2) / (1 + square)
    reach = Z * sqrt(share * (1 - share) / of + square / (4 * of)) / (1 + square)
    # The share itself lies within; rounding must not say otherwise.
    return max(0.0, min(share, middle - reach)), min(1.0, max(share, middle + reach))


def known_of(counts: Mapping[str, int]) -> int:
    """How many people have a known user type."""
    return sum(counts.get(each, 0) for each in STRATEGIES)


def advise(counts: Mapping[str, int], everywhere: Mapping[str, int]) -> list[Advice]:
    """The strategies that apply to a community with these people by user type, what sets it apart most first.

    Empty where fewer than FEWEST have a known type, and where no type is many. `everywhere` counts over all communities.
    """
    known, all_known = known_of(counts), known_of(everywhere)
    if known < FEWEST:
        return []
    found = [_advice(each, counts.get(each.user_type, 0), known, everywhere.get(each.user_type, 0) / (all_known or 1))
             for each in STRATEGIES.values()]  # fmt: skip
    return sorted((each for each in found if each is not None), key=lambda each: (-each.excess, -each.share))


def _advice(strategy: Strategy, count: int, known: int, usual: float) -> Advice | None:
    low, high = interval(count, known)
    many, more = count / known >= MANY, low > usual and count / known >= MANY / 2
    if not (many or more):
        return None
    return Advice(strategy, count, known, low, high, usual, "sure" if low > MANY or more else "likely")
