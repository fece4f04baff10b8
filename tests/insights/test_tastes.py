"""Tastes on a told story: shares of orders beside everybody's."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from qunyu.insights.odds import Rate
from qunyu.insights.tastes import LEAST_BUYERS, Taste, taste
from tests.insights.stories import EVERYTHING, Story


def told(story: Story, *people: int) -> Taste:
    with story.told():
        return taste(
            story.lake,
            EVERYTHING,
            frozenset({1}),
            np.array(people, np.int64),
            ({"loyal": 1}, {"loyal": 1, "bargain": 3}),
        )


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
    assert small.lift is not None
    assert small.lift[0] == pytest.approx((20.5 / 21) / (0.5 / 22))
    assert found.shares[("part", "evening")].mine.share == 1.0
    assert found.shares[("place", "welfare")].base == Rate(41, 40)
    assert found.shares[("sale", "no")].base == Rate(41, 41)
    assert (found.band(5000, "CNY"), found.band(30000, "CNY"), found.band(99999, "CNY"), found.band(1, "USD")) == (
        "small",
        "large",
        "huge",
        "",
    )
    assert found.types({"bargain"}) == (Rate(1, 0), Rate(4, 3))


def test_too_few_orders_tell_nothing(story: Story) -> None:
    story.buys(1, "2026-03-02", 1000)
    assert (told(story, 1).known, told(story, 2).orders, told(story).buyers) == (False, 0, 0)
