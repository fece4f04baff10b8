"""Offering: one offer of each sort that the made-up brand would make, and one of them given by lot, for its pages to show something."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.offers.actions import Plan, Terms, give_offer, save_offer
from qunyu.offers.queries import offers
from qunyu.people.queries import root_unit
from qunyu.segments.queries import segments
from qunyu.simulation.brand import PRODUCTS
from qunyu.simulation.grouping import TRIED

if TYPE_CHECKING:
    from qunyu.offers.models import Offer


def _of(step: str) -> tuple[str, ...]:
    return tuple(each.name for each in PRODUCTS if each.step == step)


OFFERS = (
    Terms("新人试饮", "trial", _of("trial"), price=990, cost=500),
    Terms("口粮茶三件组合", "bundle", _of("daily"), price=9_900, cost=5_500, percent=20),
    Terms("年节礼盒", "premium", _of("gift"), price=39_900, cost=21_000),
    Terms("换季补茶提醒", "reminder", _of("tea"), price=13_800),
)


def make_offers(*, by: Scope, now: datetime) -> None:
    """Makes those of the brand that are not there yet; the first was given three weeks ago to half of a segment. Nobody's life in the made-up brand
    goes otherwise for it: its results show what no effect looks like.
    """
    there = set(offers(by).values_list("name", flat=True))
    for each in OFFERS:
        if each.name not in there:
            save_offer(by=by, unit=root_unit(), offer=None, terms=each, now=now)
    first = offers(by).get(name=OFFERS[0].name)
    if not first.givings.exists():
        _give(by, first, now - timedelta(days=21))


def _give(by: Scope, offer: Offer, at: datetime) -> None:
    try:
        give_offer(by=by, offer=offer, segment=segments(by).get(name=TRIED), plan=Plan("moments", 14, 50), now=at)
    except DomainError:
        # A very small brand has nobody of that type.
        return
