"""Offering: one offer of each sort that the made-up brand would make, for its pages to show something."""

from __future__ import annotations

from datetime import datetime

from qunyu.kernel.scope import Scope
from qunyu.offers.actions import Terms, save_offer
from qunyu.offers.queries import offers
from qunyu.people.queries import root_unit

OFFERS = (
    Terms("试饮小包", "trial", "白茶试饮 3 克", price=990, cost=500),
    Terms("三件套组合", "bundle", "日常口粮茶", price=19_800, cost=11_000, percent=20),
    Terms("头采礼盒", "premium", "头采白毫银针", price=39_900, cost=21_000),
    Terms("换季补茶提醒", "reminder", price=13_800),
)


def make_offers(*, by: Scope, now: datetime) -> None:
    """Makes those of the brand that are not there yet."""
    there = set(offers(by).values_list("name", flat=True))
    for each in OFFERS:
        if each.name not in there:
            save_offer(by=by, unit=root_unit(), offer=None, terms=each, now=now)
