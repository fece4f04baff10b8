"""Totals over all time, or of the days and communities asked for."""

from datetime import UTC, date, datetime

import pytest

from qunyu.insights.totals import NONE, OrderTotal, Totals
from tests.insights.stories import Story, scope_at


@pytest.fixture
def shop(story: Story) -> Story:
    story.person(3, 3, "bot")
    story.person(4, 4, "staff")
    story.person(12, 1)
    story.says(1, "2026-03-01 09:00")
    story.says(12, "2026-03-02 09:00", community=2)
    story.says(2, "2026-03-03 09:00")
    story.says(3, "2026-02-01 09:00")
    story.says(4, "2026-03-05 18:30")
    story.joins(2, "2026-03-01 08:00")
    story.leaves(2, "2026-03-04 09:00")
    story.fact("left", "2026-03-04 10:00", community=1, identity=1, other=4)
    for who, amount, currency in ((1, 1000, "CNY"), (12, 500, "CNY"), (2, 300, "CNY"), (1, 70, "USD")):
        story.buys(who, "2026-03-02", amount, currency=currency, quantity=100 if amount == 500 else 0)
    story.buys(None, "2026-03-02", 40)
    story.buys(2, "2026-03-02", 9000, subject="cancelled")
    return story


def test_totals(shop: Story) -> None:
    found = shop.totals()
    assert dict(found.kinds) == {"message": 4, "joined": 1, "left": 1, "removed": 1}
    # Bots do not count, staff are no members; one person under two identities is one.
    assert (found.members, found.communities) == (2, 2)
    assert (found.first_at, found.last_at) == (
        datetime(2026, 3, 1, 0, 0, tzinfo=UTC),
        datetime(2026, 3, 5, 10, 30, tzinfo=UTC),
    )


def test_orders_by_state_customer_and_currency(shop: Story) -> None:
    found = shop.totals()
    assert set(found.orders) == {
        OrderTotal("paid", True, "CNY", orders=3, buyers=2, amount=1800, refund=100),
        OrderTotal("paid", True, "USD", orders=1, buyers=1, amount=70, refund=0),
        OrderTotal("paid", False, "CNY", orders=1, buyers=0, amount=40, refund=0),
        OrderTotal("cancelled", True, "CNY", orders=1, buyers=1, amount=9000, refund=0),
    }
    assert found.buyers == 2  # over all currencies, each once


def test_an_order_told_of_twice_counts_once(story: Story) -> None:
    story.says(1, "2026-03-01")
    story.buys(1, "2026-03-02", 700, external="A1", subject="unpaid", import_id=1)
    story.buys(1, "2026-03-02", 700, external="A1", import_id=2)
    assert story.totals().orders == (OrderTotal("paid", True, "CNY", 1, 1, 700, 0),)


def test_totals_of_one_unit(shop: Story) -> None:
    shop.community(2, unit=2)
    shop.buys(2, "2026-03-02", 5, unit=2)
    found = shop.totals(scope_at(2))
    assert (dict(found.kinds), found.members, found.communities) == ({"message": 1}, 1, 1)
    assert found.orders == (OrderTotal("paid", True, "CNY", 1, 1, 5, 0),)


def test_nothing_in_scope(shop: Story) -> None:
    assert shop.totals(scope_at(9)) == Totals({}, 0, 0, None, None, (), 0)


def test_without_the_permission_there_are_no_orders(shop: Story) -> None:
    found = shop.totals(scope_at(1, allowed=("communities.view",)))
    assert (found.orders, found.buyers) == ((), 0)
    assert found.kinds["message"] == 4


def test_totals_of_some_days(shop: Story) -> None:
    found = shop.totals(first=date(2026, 3, 2), last=date(2026, 3, 3))
    assert dict(found.kinds) == {"message": 2}
    assert (found.members, found.communities, found.buyers) == (2, 2, 2)
    assert (found.first_at, found.last_at) == (
        datetime(2026, 3, 2, 1, 0, tzinfo=UTC),
        datetime(2026, 3, 3, 1, 0, tzinfo=UTC),
    )
    assert sum(row.orders for row in found.orders) == 6
    assert shop.totals(first=date(2026, 3, 3)).orders == ()


def test_totals_of_some_communities_leave_out_orders_which_belong_to_units(shop: Story) -> None:
    found = shop.totals(communities=frozenset({2}))
    assert (dict(found.kinds), found.members, found.communities) == ({"message": 1}, 1, 1)
    assert (found.orders, found.buyers) == ((), 0)
    assert shop.totals(communities=frozenset()) == NONE
