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
from qunyu.simulation.grouping import TRIED

if TYPE_CHECKING:
    from qunyu.offers.models import Offer

OFFERS = (
    Terms("试饮小包", "trial", "白茶试饮 3 克", price=990, cost=500),
    Terms("三件套组合", "bundle", "日常口粮茶", price=19_800, cost=11_000, percent=20),
    Terms("头采礼盒", "premium", "头采白毫银针", price=39_900, cost=21_000),
    Terms("换季补茶提醒", "reminder", price=13_800),
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
        give_offer(by=by, offer=offer, segment=segments(by).get(name=TRIED), plan=Plan("direct", 14, 50), now=at)
    except DomainError:
        # A very small brand has nobody of that type.
        return
