"""Matching: which offers suit a kind of people, by what they prefer and by what the offers did before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qunyu.insights.odds import Rate
from qunyu.insights.tastes import Taste
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.offers.feedback import PRIOR, Met, feedback
from qunyu.offers.kinds import find_kind
from qunyu.offers.models import Offer


@dataclass(frozen=True)
class Match:
    """How well an offer suits a kind of people: `fit` is how many times as well as it suits everybody, with each reason and its factor.

    `met` is what it did in this segment before, None without a fair comparison.
    """

    offer: Offer
    fit: float
    reasons: tuple[tuple[Words, float | None], ...]
    met: Met | None


MEANT = Words(
    "{share}% 是这类方案面向的人，全体是 {base}%（{n} 人）",
    "{share} % are whom it is meant for, of everybody {base} % ({n} people)",
)
PRICED = Words(
    "{share}% 的订单在这个价位，全体是 {base}%（{n} 单）",
    "{share} % of their orders are in its price band, of all {base} % ({n} orders)",
)
BOUGHT = Words(
    "{share}% 的订单里有它的商品，全体是 {base}%（{n} 单有商品名）",
    "{share} % of their orders hold its products, of all {base} % ({n} orders name products)",
)
MET = Words(
    "抽签比较：给的 {n} 人里 {k} 人下单，留出的 {m} 人里 {j} 人（{days} 天内），折算后是同类方案的 {times:.2f} 倍",
    "by lot: {k} of {n} given and {j} of {m} left out ordered within {days} days, {times:.2f} times its kind once shrunk",
)
NO_TYPES = Words("不知道他们的用户类型", "their user types are not known")
NO_PRICE = Words("方案没有价格，或订单太少，看不出价位", "the offer has no price, or they have too few orders to tell")
NO_PRODUCTS = Words("方案没有写商品", "the offer names no products")
NOT_BOUGHT = Words(
    "订单里没有它的商品，或写明商品的买家太少，看不出来",
    "no order holds its products, or too few buyers’ orders name any to tell",
)
NOT_MET = Words(
    "还没有公平的比较（给这个人群时抽签留出一部分人，且天数已过）",
    "no fair comparison yet (given to this segment with some left out by lot, the days being over)",
)


def matches(scope: Scope, taste: Taste, found: Sequence[Offer], segment: int | None = None) -> list[Match]:
    """The offers in the order in which they suit the people of a taste; `segment` (primary key) feeds back what was given to it."""
    known = feedback(scope, found, segment)
    told = [_match(taste, each, known.get(each.pk)) for each in found]
    return sorted(told, key=lambda each: (-each.fit, each.offer.name))


def _match(taste: Taste, offer: Offer, met: Met | None) -> Match:
    reasons = [_meant(taste, offer), _priced(taste, offer), _bought(taste, offer), _did(met)]
    fit = 1.0
    for _, each in reasons:
        fit *= 1.0 if each is None else each
    return Match(offer, fit, tuple(reasons), met)


def _did(met: Met | None) -> tuple[Words, float | None]:
    if met is None:
        return NOT_MET, None
    counts = {"n": met.given.people, "k": met.given.ordered, "m": met.held.people, "j": met.held.ordered}
    return MET.fill(days=met.days, times=met.times, **counts), met.times


def _meant(taste: Taste, offer: Offer) -> tuple[Words, float | None]:
    kinds = set(offer.user_types or find_kind(offer.kind).user_types)
    mine, base = taste.types(kinds)
    if not mine.people or not base.ordered:
        return NO_TYPES, None
    words = MEANT.fill(share=_percent(mine), base=_percent(base), n=f"{mine.people:,}")
    return words, _times(mine, base)


def _priced(taste: Taste, offer: Offer) -> tuple[Words, float | None]:
    band = taste.band(offer.price, offer.currency)
    found = taste.shares.get(("price", band)) if band else None
    if found is None or not taste.known:
        return NO_PRICE, None
    words = PRICED.fill(share=_percent(found.mine), base=_percent(found.base), n=f"{found.mine.people:,}")
    return words, _times(found.mine, found.base)


def _bought(taste: Taste, offer: Offer) -> tuple[Words, float | None]:
    if not offer.products:
        return NO_PRODUCTS, None
    found = taste.holding.get(frozenset(offer.products))
    if found is None or not taste.known_products or not found.base.ordered:
        return NOT_BOUGHT, None
    words = BOUGHT.fill(share=_percent(found.mine), base=_percent(found.base), n=f"{found.mine.people:,}")
    return words, _times(found.mine, found.base)


def _times(mine: Rate, base: Rate) -> float:
    """How many times the share, drawn towards 1 as by PRIOR people like everybody, and never beyond 4 times either way."""
    share = base.ordered / base.people
    found = (mine.ordered + PRIOR * share) / (mine.people + PRIOR) / share
    return max(0.25, min(4.0, found))


def _percent(rate: Rate) -> str:
    return f"{100 * rate.ordered / rate.people:.0f}" if rate.people else "–"
