"""Tastes on a told story: shares of orders beside everybody's."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from qunyu.insights.odds import Rate
from qunyu.insights.tastes import LEAST_BUYERS, MOST_PRODUCTS, Share, Taste, taste
from tests.insights.stories import EVERYTHING, Story


def told(story: Story, *people: int) -> Taste:
    with story.told():
        return taste(
            story.lake,
            EVERYTHING,
            frozenset({1}),
            np.array(people, np.int64),
            [frozenset({"白茶", "红茶"}), frozenset({"没有的"})],
        )


def bought(*names: str) -> str:
    """The `meta` of an order that holds these products."""
    return json.dumps({"lines": 1, "products": [{"name": each, "quantity": 1} for each in names]}, ensure_ascii=False)


def test_shares_are_held_against_everybody(story: Story) -> None:
    story.community(1, type="welfare")
    for member in (1, 2):
        story.joins(member, "2026-03-01")
    for number in range(20):
        story.buys(1, f"2026-03-{number + 2:02} 20:00", 1000)
        story.buys(2, f"2026-03-{number + 2:02} 09:00", 20000)
    story.buys(3, "2026-03-30 09:00", 10000)
    story.buys(2, "2026-03-30 09:00", 100, unit=2)
    found = told(story, 1)
    assert (found.orders, found.buyers, found.known) == (20, 1, False)
    assert replace(found, buyers=LEAST_BUYERS).known
    assert found.usual == {"CNY": 10000.0}
    small = found.shares[("price", "small")]
    assert (small.mine, small.base) == (Rate(20, 20), Rate(41, 20))
    # All of these are one buyer's: nothing tells how another would buy.
    assert small.lift is None
    several = told(story, 2, 3).shares[("price", "small")]
    assert several.lift is None
    story.buys(4, "2026-03-30 09:00", 1000)
    story.rewritten()
    more = told(story, 1, 4).shares[("price", "small")]
    assert (more.mine, more.base) == (Rate(21, 21), Rate(42, 21))
    assert more.lift is not None
    assert more.lift[0] == pytest.approx((21.5 / 22) / (0.5 / 22))
    assert found.shares[("part", "evening")].mine.share == 1.0
    assert found.shares[("place", "welfare")].base == Rate(41, 40)
    assert found.shares[("sale", "no")].base == Rate(41, 41)
    assert (found.band(5000, "CNY"), found.band(30000, "CNY"), found.band(99999, "CNY"), found.band(1, "USD")) == (
        "small",
        "large",
        "huge",
        "",
    )
    kinds = replace(found, type_counts=({"loyal": 1}, {"loyal": 1, "bargain": 3}))
    assert kinds.types({"bargain"}) == (Rate(1, 0), Rate(4, 3))
    assert (found.tellers, found.told("product")) == (0, {})
    assert found.holding[frozenset({"没有的"})] == Share(Rate(0, 0), Rate(0, 0))


def test_too_few_orders_tell_nothing(story: Story) -> None:
    story.buys(1, "2026-03-02", 1000)
    assert (told(story, 1).known, told(story, 2).orders, told(story).buyers) == (False, 0, 0)


def test_products_are_held_against_orders_that_name_any(story: Story) -> None:
    for buyer in range(1, 31):
        names = ("白茶", "红茶") if buyer <= 10 else ("红茶",) if buyer <= 20 else ("盖碗",)
        story.buys(buyer, "2026-03-02", 1000, meta=bought(*names), external=f"A{buyer}")
        story.buys(buyer, "2026-03-03", 1000, external=f"B{buyer}")
    for number in range(MOST_PRODUCTS):
        story.buys(30, "2026-03-04", 1000, meta=bought(f"稀有 {number}"))
    # A newer export that names no products takes none away, one that names others is right.
    story.buys(1, "2026-03-02", 1000, external="A1", import_id=2)
    story.buys(30, "2026-03-02", 1000, external="A30", import_id=2, meta=bought("盖碗", "盖碗"))
    found = told(story, *range(1, 21))
    assert (found.orders, found.tellers, found.known_products, found.unlisted) == (40, 20, True, 3)
    assert list(found.told("product"))[:3] == ["红茶", "白茶", "盖碗"]
    assert len(found.told("product")) == MOST_PRODUCTS
    white, cup = found.told("product")["白茶"], found.told("product")["盖碗"]
    assert (white.mine, white.base) == (Rate(20, 10), Rate(50, 10))
    assert (cup.mine, cup.base) == (Rate(20, 0), Rate(50, 10))
    # An order that holds both counts once.
    assert found.holding[frozenset({"白茶", "红茶"})].mine == Rate(20, 20)
    assert found.holding[frozenset({"没有的"})].mine == Rate(20, 0)
    few = told(story, *range(1, 20))
    assert (few.known, few.known_products, few.told("product")) == (False, False, {})
