"""Offering: one offer of each sort that the made-up brand would make, for its pages to show something."""

from __future__ import annotations

from datetime import datetime

from qunyu.kernel.scope import Scope
from qunyu.offers.actions import Terms, save_offer
from qunyu.offers.queries import offers
from qunyu.people.queries import root_unit
from qunyu.simulation.brand import PRODUCTS


def _of(step: str) -> tuple[str, ...]:
    return tuple(each.name for each in PRODUCTS if each.step == step)


OFFERS = (
    Terms("新人试饮", "trial", _of("trial"), price=990, cost=500),
    Terms("口粮茶三件组合", "bundle", _of("daily"), price=9_900, cost=5_500, percent=20),
    Terms("年节礼盒", "premium", _of("gift"), price=39_900, cost=21_000),
    Terms("换季补茶提醒", "reminder", _of("tea"), price=13_800),
)


def make_offers(*, by: Scope, now: datetime) -> None:
    """Makes those of the brand that are not there yet."""
    there = set(offers(by).values_list("name", flat=True))
    for each in OFFERS:
        if each.name not in there:
            save_offer(by=by, unit=root_unit(), offer=None, terms=each, now=now)
