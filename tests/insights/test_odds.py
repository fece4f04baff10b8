"""The model over signals: worked examples, and what it refuses to say."""

from __future__ import annotations

import pytest

from qunyu.insights.odds import Counted, Rate, difference, fit, lift, rates

ASKED, BOTH, NONE = frozenset({"asked"}), frozenset({"asked", "due"}), frozenset[str]()
PAST = [Counted(NONE, 1000, 50), Counted(ASKED, 500, 75), Counted(BOTH, 200, 100)]


def test_the_model_gives_back_what_it_was_told() -> None:
    """Three groups and three parameters: only the prior keeps it from meeting the shares exactly."""
    odds = fit(PAST, ("asked", "due", "never"))
    assert odds is not None
    assert list(odds.weights) == ["asked", "due"]
    for each in PAST:
        chance = odds.chance(each.pattern)
        assert chance.value == pytest.approx(each.ordered / each.people, abs=0.01)
        assert chance.low < chance.value < chance.high


@pytest.mark.parametrize(
    "past",
    [
        [],
        [Counted(NONE, 1000, 0), Counted(ASKED, 500, 0)],
        [Counted(NONE, 1000, 5), Counted(ASKED, 500, 4)],
        [Counted(NONE, 30, 30), Counted(ASKED, 30, 30)],
        [Counted(NONE, 1000, 90), Counted(ASKED, 19, 19)],
    ],
    ids=["nobody", "no order", "nine orders for one signal", "everybody orders", "nineteen people with the signal"],
)
def test_too_little_gives_no_model(past: list[Counted]) -> None:
    assert fit(past, ("asked",)) is None


def test_shares_and_their_intervals() -> None:
    """Source: Wilson's interval of 10 of 100 and Newcombe's example of 56/70 and 48/80, both as published."""
    assert Rate(100, 10).interval == pytest.approx((0.0552, 0.1744), abs=1e-4)
    assert (Rate().share, Rate().interval) == (None, None)
    assert difference(Rate(70, 56), Rate(80, 48)) == pytest.approx((0.2, 0.0524, 0.3339), abs=1e-4)
    assert difference(Rate(), Rate(1, 1)) is None
    found = lift(Rate(100, 20), Rate(100, 10))
    assert found is not None
    assert found[0] == 2.0
    assert found[1] < 2.0 < found[2]
    assert lift(Rate(10, 0), Rate(10, 5)) is None
    assert rates(PAST, "due") == (Rate(200, 100), Rate(1500, 125))
