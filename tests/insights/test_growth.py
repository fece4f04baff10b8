"""The growth formula: exact on a small story, and always the product of its factors."""

from __future__ import annotations

import tempfile
from fractions import Fraction
from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qunyu.insights.growth import FACTORS, Growth, what_if
from qunyu.kernel.errors import DomainError
from tests.insights.stories import Story, scope_at, series
from tests.insights.test_board_laws import ACTS, LAWS, Act, told


@pytest.fixture
def march(story: Story) -> Story:
    """Five are there in March (5 leaves on the 2nd, 6 left before); 1 and 2 speak, 1 and 3 order, 3 without a word."""
    for who in (1, 2, 3, 4, 5, 6):
        story.joins(who, "2026-02-01")
    story.leaves(6, "2026-02-20")
    story.leaves(5, "2026-03-02")
    story.says(1, "2026-03-05")
    story.says(2, "2026-03-05 13:00")
    story.buys(1, "2026-03-06", 1000)
    story.buys(1, "2026-03-07", 500, quantity=100)
    story.buys(3, "2026-03-08", 700)
    story.buys(2, "2026-03-08", 9, currency="USD")
    story.buys(2, "2026-04-08", 700)
    return story


def values(found: Growth) -> dict[str, Fraction | None]:
    return {factor.key: factor.value for factor in found.factors}


def test_the_five_factors(march: Story) -> None:
    found = march.growth("2026-03-01", "2026-03-31")
    assert found is not None
    assert values(found) == {
        "visitors": 5,
        "trial_rate": Fraction(3, 5),
        "conversion": Fraction(2, 3),
        "order_value": 700,
        "orders_per_buyer": Fraction(3, 2),
    }
    assert (found.revenue, found.currency, found.others, found.why) == (2100, "CNY", ("USD",), "")
    assert list(values(found)) == list(FACTORS)


def test_what_if(march: Story) -> None:
    found = march.growth("2026-03-01", "2026-03-31")
    assert found is not None
    same = what_if(found, {})
    assert [same.revenue, same.difference] == [2100, 0]
    more = what_if(found, {"trial_rate": Fraction(1), "orders_per_buyer": Fraction(3)})
    assert [more.revenue, more.difference] == [7000, 4900]
    assert what_if(found, {"visitors": Fraction(0)}).revenue == 0


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("visitors", Fraction(-1)),
        ("trial_rate", Fraction(11, 10)),
        ("conversion", Fraction(-1, 10)),
        ("order_value", Fraction(10**12 + 1)),
        ("luck", Fraction(1)),
    ],
)
def test_values_that_no_factor_can_have(key: str, value: Fraction, march: Story) -> None:
    found = march.growth("2026-03-01", "2026-03-31")
    assert found is not None
    with pytest.raises(DomainError) as refused:
        what_if(found, {key: value})
    assert (refused.value.code, refused.value.data["field"]) == ("bad_factor", key)


def test_without_orders_the_first_two_factors_are_known(story: Story) -> None:
    story.joins(1, "2026-03-01")
    story.joins(2, "2026-03-01")
    story.says(1, "2026-03-02")
    found = story.growth("2026-03-01", "2026-03-31")
    assert found is not None
    assert (values(found), found.revenue, found.why) == ({"visitors": 2, "trial_rate": Fraction(1, 2)}, None, "orders")
    guess = {"conversion": Fraction(1, 2), "order_value": Fraction(100), "orders_per_buyer": Fraction(2)}
    assert what_if(found, {}).revenue is None
    assert [what_if(found, guess).revenue, what_if(found, guess).difference] == [100, None]


def test_nobody_bought_in_these_days(march: Story) -> None:
    found = march.growth("2026-02-01", "2026-02-28")
    assert found is not None
    assert values(found) == {
        "visitors": 6,
        "trial_rate": 0,
        "conversion": None,
        "order_value": None,
        "orders_per_buyer": None,
    }
    assert found.revenue == 0


def test_orders_of_nobody_known_here(story: Story) -> None:
    story.says(1, "2026-03-01")
    story.buys(7, "2026-03-02", 100)
    found = story.growth("2026-03-01", "2026-03-31")
    assert found is not None
    assert (found.revenue, found.why) == (None, "matched_orders")


def test_who_may_not_see_orders(march: Story) -> None:
    found = march.growth("2026-03-01", "2026-03-31", scope_at(1, allowed=("communities.view",)))
    assert found is not None
    # Who ordered in silence does not shine through.
    assert (values(found), found.revenue, found.why, found.others) == (
        {"visitors": 5, "trial_rate": Fraction(2, 5)},
        None,
        "permission",
        (),
    )


def test_nothing_in_scope(march: Story) -> None:
    assert march.growth("2026-03-01", "2026-03-31", scope_at(9)) is None
    assert march.growth("2026-03-01", "2026-03-31", communities=frozenset()) is None


@LAWS
@given(ACTS, st.lists(st.tuples(st.integers(1, 4), st.integers(0, 60), st.integers(0, 900)), max_size=8))
def test_the_product_is_the_revenue_of_members(acts: list[Act], orders: list[tuple[int, int, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        story = told(acts, folder)
        for who, number, amount in orders:
            story.buys(10 * who + 1, f"2026-{1 + number // 28:02d}-{1 + number % 28:02d}", amount)
        found = story.growth("2026-01-01", "2026-01-31")
        revenue = series(story.board(metrics=frozenset({"revenue"}), communities=frozenset({1, 2})), "revenue")
    assert found is not None
    known = [value for value in values(found).values() if value is not None]
    if len(known) == len(FACTORS):
        assert prod(known, start=Fraction(1)) == found.revenue == what_if(found, {}).revenue
    # Of one currency, and of members: what the board says of the two communities.
    assert (found.revenue or 0) == (revenue.get("2026-01") or 0)
    assert all(0 <= (values(found).get(key) or 0) <= 1 for key in ("trial_rate", "conversion"))
