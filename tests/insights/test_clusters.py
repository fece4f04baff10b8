"""Clusters: intervals that count buyers hold what they promise, where those that count orders do not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple
from math import log

import numpy as np
import numpy.typing as npt
import pytest

from qunyu.insights.clusters import Clusters
from qunyu.insights.odds import Rate, lift
from qunyu.insights.tastes import Share, taste
from tests.insights.stories import EVERYTHING, Story

Ints = npt.NDArray[np.int64]
Side = tuple[Rate, Clusters]
ROUNDS = 1500


def side(every: Ints, kind: Ints) -> Side:
    """The share of a kind and its clusters, of buyers with so many orders."""
    n = int(every.sum())
    left = (n - every).astype(float) ** 2
    sums = (float((a * b / left).sum()) for a, b in ((every, every), (every, kind), (kind, kind)))
    return Rate(n, int(kind.sum())), Clusters(*sums)


def drawn(random: np.random.Generator, buyers: int, share: float, alike: float) -> Side:
    """Buyers with about five orders each; `alike` is the correlation of the orders of one buyer."""
    every = 1 + random.poisson(4, buyers)
    own = random.beta(share * (1 / alike - 1), (1 - share) * (1 / alike - 1), buyers)
    return side(every, random.binomial(every, own))


def share_of(mine: Side, others: Side) -> Share:
    base = Rate(mine[0].people + others[0].people, mine[0].ordered + others[0].ordered)
    return Share(mine[0], base, (mine[1], others[1]))


def coverage(buyers: int, shares: tuple[float, float], alike: float) -> tuple[float, float]:
    """How often the true lift is within the interval that counts buyers, and within the one that counts orders."""
    random, true = np.random.default_rng(7), log(shares[0] / shares[1])
    within = [0, 0]
    for _ in range(ROUNDS):
        mine, others = drawn(random, buyers, shares[0], alike), drawn(random, 300, shares[1], alike)
        for place, told in enumerate((share_of(mine, others).lift, lift(mine[0], others[0], 0.5))):
            assert told is not None
            within[place] += log(told[1]) <= true <= log(told[2])
    return within[0] / ROUNDS, within[1] / ROUNDS


@pytest.mark.parametrize(
    ("buyers", "shares"), [(20, (0.3, 0.2)), (20, (0.1, 0.1)), (60, (0.3, 0.2)), (60, (0.05, 0.05)), (200, (0.2, 0.4))]
)
def test_orders_that_come_in_clusters_are_counted_by_buyer(buyers: int, shares: tuple[float, float]) -> None:
    honest, naive = coverage(buyers, shares, alike=0.3)
    assert 0.925 <= honest <= 0.975
    assert naive <= 0.87


def test_independent_orders_are_as_sure_as_ever() -> None:
    honest, naive = coverage(60, (0.3, 0.2), alike=0.001)
    assert honest == pytest.approx(0.95, abs=0.02)
    assert naive == pytest.approx(honest, abs=0.02)


@pytest.mark.parametrize(
    ("every", "kind"),
    [([4, 1, 6], [3, 0, 6]), ([5, 5, 5, 5], [0, 5, 2, 1]), ([30, 1, 1, 1], [20, 0, 1, 0])],
)
def test_the_variance_is_that_of_leaving_out_each_buyer(every: Sequence[int], kind: Sequence[int]) -> None:
    rate, clusters = side(np.array(every), np.array(kind))
    n, share = rate.people, rate.ordered / rate.people
    without = [(rate.ordered - y) / (n - x) for x, y in zip(every, kind, strict=True)]
    jackknife = sum((each - share) ** 2 for each in without)
    assert clusters.effect(rate) == pytest.approx(max(1.0, jackknife * n / (share * (1 - share))))


def test_where_nothing_varies_each_buyer_counts_once() -> None:
    rate, clusters = side(np.array([10] * 20), np.zeros(20, np.int64))
    assert clusters.effect(rate) == pytest.approx(10 * (200 / 190) ** 2)
    single, alone = side(np.ones(20, np.int64), np.zeros(20, np.int64))
    assert alone.effect(single) == pytest.approx((20 / 19) ** 2)


def test_the_lake_gives_the_sums_of_the_buyers(story: Story) -> None:
    orders = {1: (4, 3), 2: (1, 0), 3: (6, 6), 11: (5, 1), 12: (2, 0), 13: (3, 1)}
    for buyer, (every, early) in orders.items():
        for number in range(every):
            story.buys(buyer, f"2026-03-{number + 2:02} {'09' if number < early else '20'}:00", 1000)
    with story.told():
        found = taste(story.lake, EVERYTHING, frozenset({1}), np.array([1, 2, 3]))
    share = found.shares[("part", "morning")]
    assert share.clusters is not None
    for buyers, told, rate in zip(((1, 2, 3), (11, 12, 13)), share.clusters, (Rate(11, 9), Rate(10, 2)), strict=True):
        expected = side(*(np.array([orders[each][place] for each in buyers]) for place in (0, 1)))
        assert expected[0] == rate
        assert astuple(told) == pytest.approx(astuple(expected[1]))
