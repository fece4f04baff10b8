"""Advice from a mix of user types."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qunyu.insights.advice import FEWEST, STRATEGIES, advise, interval
from qunyu.insights.label import find_label

EVEN = {"bargain": 250, "loyal": 250, "demand": 250, "low_demand": 250}
MIXES = st.fixed_dictionaries({each: st.integers(0, 300) for each in (*STRATEGIES, "unknown")})


def test_every_known_user_type_has_a_strategy() -> None:
    values = {each.code for each in find_label("user_type").values}
    assert STRATEGIES.keys() == values - {"unknown"}
    for each in STRATEGIES.values():
        assert all(words.zh and words.en for words in (each.title, each.why, each.first, *each.then))


def test_what_sets_a_community_apart_comes_first() -> None:
    everywhere = {"bargain": 200, "loyal": 100, "demand": 200, "low_demand": 500}
    found = advise({"bargain": 40, "loyal": 4, "demand": 6, "low_demand": 50}, everywhere)
    assert [(each.strategy.user_type, each.sureness) for each in found] == [("bargain", "sure"), ("low_demand", "sure")]
    first = found[0]
    assert (first.count, first.known, first.share, first.usual) == (40, 100, 0.4, 0.2)
    assert first.excess == pytest.approx(0.2 / (0.2 * 0.8 / 100) ** 0.5)


def test_a_quarter_of_few_people_is_likely_only() -> None:
    found = advise({"bargain": 6, "loyal": 5, "demand": 5, "low_demand": 4}, EVEN)
    assert [(each.strategy.user_type, each.sureness) for each in found] == [
        ("bargain", "likely"),
        ("loyal", "likely"),
        ("demand", "likely"),
    ]


def test_a_small_but_unusual_share_counts() -> None:
    everywhere = {"bargain": 10, "loyal": 20, "demand": 10, "low_demand": 960}
    found = advise({"bargain": 1, "loyal": 30, "demand": 1, "low_demand": 168}, everywhere)
    assert [(each.strategy.user_type, each.sureness) for each in found] == [("loyal", "sure"), ("low_demand", "sure")]


@pytest.mark.parametrize("counts", [{}, {"unknown": 500}, {"bargain": FEWEST - 1, "unknown": 500}])
def test_too_few_people_give_no_advice(counts: dict[str, int]) -> None:
    assert advise(counts, EVEN) == []


def test_an_interval_by_wilson() -> None:
    low, high = interval(8, 20)
    assert (round(low, 4), round(high, 4)) == (0.2188, 0.6134)
    assert interval(0, 20)[0] == 0.0
    assert interval(20, 20)[1] == 1.0


@given(MIXES, MIXES)
def test_advice_is_about_real_people_and_never_twice(counts: dict[str, int], everywhere: dict[str, int]) -> None:
    found = advise(counts, everywhere)
    assert len({each.strategy.user_type for each in found}) == len(found)
    for each in found:
        assert each.count == counts[each.strategy.user_type] > 0
        assert 0 <= each.low <= each.share <= each.high <= 1
    assert [each.excess for each in found] == sorted((each.excess for each in found), reverse=True)
