"""Orders and costs on the board: whose they are, and that money of two kinds is never added up."""

import pytest

from tests.insights.stories import Story, series, whys


@pytest.fixture
def visitor(story: Story) -> Story:
    """Person 1 is a member on days 10 to 12 and again from day 20 on; person 9 always."""
    story.says(9, "2026-03-01 08:00")
    story.joins(1, "2026-03-10 09:00")
    story.leaves(1, "2026-03-12 18:00")
    story.joins(1, "2026-03-20 09:00")
    story.says(9, "2026-03-30 08:00")
    return story


@pytest.mark.parametrize(
    ("at", "member"),
    [
        ("2026-03-09 12:00", False),
        ("2026-03-10 08:59", False),
        ("2026-03-10 09:00", True),
        ("2026-03-11 12:00", True),
        ("2026-03-12 17:59", True),
        ("2026-03-12 18:00", False),
        ("2026-03-15 12:00", False),
        ("2026-03-20 08:59", False),
        ("2026-03-20 09:00", True),
        ("2026-03-29 12:00", True),
    ],
)
def test_a_communitys_buyers_are_members_at_the_time(visitor: Story, at: str, member: bool) -> None:
    visitor.buys(1, at, 1000)
    part, whole = visitor.board(by="community"), visitor.board()
    assert series(part, "orders", 1) == {"2026-03": int(member)}
    assert series(part, "buyers", 1) == {"2026-03": int(member)}
    assert series(part, "revenue", 1) == {"2026-03": 1000 if member else 0}
    # Altogether the order counts whoever placed it; conversion is about members only.
    assert series(whole, "orders") == {"2026-03": 1}
    assert series(whole, "revenue") == {"2026-03": 1000}
    assert series(whole, "conversion") == {"2026-03": 0.5 if member else None}
    assert whys(whole, "conversion") == {"" if member else "matched_orders"}


def test_an_order_counts_in_each_community_of_its_buyer_and_once_altogether(story: Story) -> None:
    for community in (1, 2):
        story.says(1, "2026-03-01 09:00", community=community)
    story.buys(1, "2026-03-02", 700)
    whole, parts = story.board(), story.board(by="community")
    assert [series(parts, "revenue", key)["2026-03"] for key in (1, 2)] == [700, 700]
    assert (series(whole, "revenue"), series(whole, "orders")) == ({"2026-03": 700}, {"2026-03": 1})


@pytest.mark.parametrize("state", ["unpaid", "cancelled", "refunded", "free"])
def test_only_paid_orders_count(story: Story, state: str) -> None:
    story.says(1, "2026-03-01 09:00")
    story.buys(1, "2026-03-02", 700, subject=state)
    story.buys(1, "2026-03-02 13:00", 300)
    found = story.board()
    assert [series(found, key)["2026-03"] for key in ("orders", "revenue", "order_value")] == [1, 300, 300]


def test_orders_of_unknown_customers_count_nowhere(story: Story) -> None:
    story.says(1, "2026-03-01 09:00")
    story.buys(None, "2026-03-02", 700)
    found = story.board()
    assert [series(found, key)["2026-03"] for key in ("orders", "buyers", "revenue")] == [0, 0, 0]
    assert whys(found, "conversion") == {"matched_orders"}


def test_a_refund_lowers_revenue(story: Story) -> None:
    story.says(1, "2026-03-01 09:00")
    story.buys(1, "2026-03-02", 700, quantity=200)
    assert series(story.board(), "revenue") == {"2026-03": 500}


def test_the_newest_word_about_an_order_counts(story: Story) -> None:
    story.says(1, "2026-03-01 09:00")
    story.buys(1, "2026-03-02", 700, external="A1", subject="unpaid", import_id=1)
    story.buys(1, "2026-03-02", 700, external="A1", import_id=2)
    story.buys(1, "2026-03-02", 900, external="A2", import_id=3)
    story.buys(1, "2026-03-02", 900, external="A2", subject="cancelled", import_id=4)
    story.buys(1, "2026-03-02", 50, external="A1", unit=2, import_id=1)  # another unit's number is another order
    story.buys(1, "2026-03-02", 5)
    story.buys(1, "2026-03-02", 5)  # without a number every row is an order
    found = story.board()
    assert (series(found, "orders"), series(found, "revenue")) == ({"2026-03": 4}, {"2026-03": 760})


def test_money_of_two_currencies_is_never_summed(story: Story) -> None:
    story.says(1, "2026-03-01 09:00")
    for amount, currency in ((1000, "CNY"), (3000, "CNY"), (700, "USD")):
        story.buys(1, "2026-03-02", amount, currency=currency)
    story.buys(1, "2026-04-02", 70, currency="USD")
    found = story.board()
    assert found.currencies == ("CNY", "USD")
    assert series(found, "revenue") == series(found, "revenue", part="CNY") == {"2026-03": 4000, "2026-04": 0}
    assert series(found, "revenue", part="USD") == {"2026-03": 700, "2026-04": 70}
    assert series(found, "average_order_value", part="CNY") == {"2026-03": 4000, "2026-04": None}
    assert series(found, "order_value", part="USD") == {"2026-03": 700, "2026-04": 70}
    # Orders and buyers are no money: they count over all currencies, each once.
    assert series(found, "orders") == {"2026-03": 3, "2026-04": 1}
    assert series(found, "buyers") == {"2026-03": 1, "2026-04": 1}


def test_a_figure_without_a_currency_is_in_the_one_with_most_orders(story: Story) -> None:
    story.says(1, "2026-03-01 09:00")
    story.buys(1, "2026-03-02", 9_000_000, currency="AUD")
    story.buys(1, "2026-03-02", 1, currency="USD")
    story.buys(1, "2026-03-02", 2, currency="USD")
    found = story.board()
    figure = found.figure("revenue", found.periods[0])
    assert (figure.value, figure.part, figure.n) == (3, "USD", 2)


def test_roi_divides_within_one_currency(story: Story) -> None:
    story.says(1, "2026-03-01 09:00")
    story.buys(1, "2026-03-02", 1000, currency="USD")
    story.buys(1, "2026-03-02", 600, currency="CNY")
    story.costs(300, "2026-03-02", currency="CNY")
    assert series(story.board(), "roi") == {"2026-03": 2}


def test_roi_of_two_currencies_is_unknown(story: Story) -> None:
    story.says(1, "2026-03-01 09:00")
    story.buys(1, "2026-03-02", 1000, currency="USD")
    story.costs(300, "2026-03-02", currency="CNY")
    found = story.board()
    assert (series(found, "roi"), whys(found, "roi")) == ({"2026-03": None}, {"one_currency"})


def test_roi_is_unknown_in_a_period_that_sold_in_another_currency_than_it_spent(story: Story) -> None:
    story.says(1, "2026-03-01 09:00")
    story.buys(1, "2026-03-02", 600, currency="CNY")
    story.costs(300, "2026-03-02", currency="CNY")
    story.buys(1, "2026-04-02", 600, currency="USD")
    story.costs(300, "2026-04-02", currency="CNY")
    story.costs(300, "2026-05-02", currency="CNY")
    story.says(1, "2026-05-03")
    assert series(story.board(), "roi") == {"2026-03": 2, "2026-04": None, "2026-05": 0}


def test_costs_and_exposures_of_a_community_are_its_own(story: Story) -> None:
    story.says(1, "2026-03-01 09:00", community=1)
    story.says(2, "2026-03-01 09:00", community=2)
    story.costs(100, "2026-03-01", community=1)
    story.costs(7, "2026-03-01")  # of the whole unit
    story.shown(40, "2026-03-01", community=2)
    story.shown(5, "2026-03-01", community=2, subject="store")
    whole, parts = story.board(), story.board(by="community")
    assert series(whole, "cost") == {"2026-03": 107}
    assert [series(parts, "cost", key)["2026-03"] for key in (1, 2)] == [100, None]
    assert series(whole, "exposures") == {"2026-03": 45}
    assert [series(parts, "exposures", key)["2026-03"] for key in (1, 2)] == [None, 45]
    assert whys(parts, "cost", 2) == {"costs"}


def test_repurchases(story: Story) -> None:
    for who in (1, 2, 3):
        story.says(who, "2026-03-01 08:00")
    for who, at in ((1, "2026-03-02"), (2, "2026-03-03"), (1, "2026-03-12"), (1, "2026-04-11"), (3, "2026-04-12")):
        story.buys(who, at, 100)
    found = story.board()
    assert series(found, "repurchase_rate") == {"2026-03": 0.5, "2026-04": 0.5}
    assert series(found, "repurchase_interval") == {"2026-03": 10, "2026-04": 30}
    assert series(found, "average_order_value") == {"2026-03": 150, "2026-04": 100}
    assert series(found, "buyer_share") == {"2026-03": pytest.approx(2 / 3), "2026-04": pytest.approx(2 / 3)}
    assert series(found, "conversion") == {"2026-03": 1, "2026-04": pytest.approx(2 / 3)}
