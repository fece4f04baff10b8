"""Features of orders and invitations, on told stories."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest

from tests.insights.stories import Story, bars
from tests.insights.test_features import LAST

LONG = "请先把水烧到八十度再冲泡"


def on(last: str, days_before: int) -> str:
    """The day so many days before `last`."""
    return (date.fromisoformat(last) - timedelta(days=days_before)).isoformat()


def some(found: Mapping[str, Any], *names: str) -> tuple[Any, ...]:
    return tuple(found[name] for name in names)


def test_a_buyer_in_no_community(story: Story) -> None:
    story.buys(1, "2026-03-02", 5000, unit=2)
    story.says(2, "2026-03-11")
    found = story.features(bars({1: "/1/", 2: "/1/2/"}))[1]
    assert some(found, "unit", "first_day", "last_day", "known_days") == (2, "2026-03-02", None, 10)
    assert some(found, "present", "orders", "value_ratio", "messages") == (True, 1, 1, 0)


def test_customers_who_never_paid(story: Story) -> None:
    """Their orders are known: that they bought nothing is no lack of data."""
    for who, subject in enumerate(("unpaid", "cancelled", "free"), start=1):
        story.buys(who, "2026-03-02", 5000, subject=subject)
    names = ("orders_known", "orders", "refunded", "value_ratio", "first_day", "last_order", "possible_months")
    for found in story.features().values():
        assert some(found, *names) == (True, 0, 0, None, "2026-03-02", None, None)


def test_orders_of_unknown_customers_tell_nothing_of_anybody(story: Story) -> None:
    story.says(1, "2026-03-02")
    story.buys(None, "2026-03-02", 5000)
    assert story.features()[1]["orders_known"] is False


def test_refunds(story: Story) -> None:
    story.buys(1, "2026-03-02", 5000)
    story.buys(1, "2026-03-03", 5000, quantity=1000)
    story.buys(1, "2026-03-04", 5000, subject="refunded")
    story.buys(1, "2026-03-05", 5000, subject="cancelled", quantity=5000)
    assert some(story.features()[1], "orders", "refunded", "last_order") == (2, 2, "2026-03-03")


def test_of_an_order_told_twice_the_newest_counts(story: Story) -> None:
    story.buys(1, "2026-03-02", 5000, external="A1", subject="unpaid")
    story.buys(1, "2026-03-02", 5000, external="A1", import_id=2)
    story.buys(1, "2026-03-03", 5000, external="A2")
    story.buys(None, "2026-03-03", 5000, external="A2", subject="refunded", import_id=2)
    assert some(story.features()[1], "orders", "refunded") == (1, 1)


def test_an_order_is_compared_with_those_of_its_currency(story: Story) -> None:
    for who, amount, currency in ((1, 100, "CNY"), (2, 200, "CNY"), (3, 300, "CNY"), (4, 5000, "JPY"), (4, 600, "CNY")):
        story.buys(who, "2026-03-02", amount, currency=currency)
    story.buys(5, "2026-03-02", 9999, subject="unpaid")
    found = story.features()
    # The median of 100, 200, 300 and 600 is 250; the one order in yen is its own.
    assert [found[who]["value_ratio"] for who in (1, 2, 3, 4, 5)] == [0.4, 0.8, 1.2, 1.7, None]


def test_orders_of_nothing_are_worth_the_usual(story: Story) -> None:
    story.buys(1, "2026-03-02", 0)
    story.buys(1, "2026-03-03", 0)
    assert story.features()[1]["value_ratio"] == 1
    assert story.values("user_type") == {1: "demand"}


def sold(story: Story, counts: Mapping[str, int]) -> None:
    """That many orders on those days, each of another customer from 100 on."""
    who = 100
    for day, count in counts.items():
        for _ in range(count):
            story.buys(who, day, 1000)
            who += 1


@pytest.mark.parametrize(
    ("there", "orders"),
    [pytest.param(5, 1, id="five"), pytest.param(4, 0, id="too few orders"), pytest.param(12, 1, id="many")],
)
def test_a_sale_day_has_far_more_orders_than_the_weeks_around(story: Story, there: int, orders: int) -> None:
    days = {on("2026-03-30", number): 1 for number in range(30)}
    sold(story, {**days, "2026-03-15": there - 1})
    story.buys(1, "2026-03-15", 1000)
    story.buys(1, "2026-03-16", 1000)
    assert some(story.features()[1], "orders", "sale_orders") == (2, orders)


def test_a_sale_day_has_more_than_twice_the_usual(story: Story) -> None:
    days = {on("2026-03-30", number): 3 for number in range(30)}
    sold(story, {**days, "2026-03-10": 6, "2026-03-20": 7})
    features = story.features()
    assert sum(each["sale_orders"] for each in features.values()) == 7


def test_days_without_orders_count_among_the_usual(story: Story) -> None:
    sold(story, {"2026-03-01": 1, "2026-03-15": 5, "2026-03-30": 1})
    assert sum(each["sale_orders"] for each in story.features().values()) == 5


def test_months_bought(story: Story) -> None:
    cases: dict[tuple[int, ...], tuple[int, int]] = {
        (0,): (1, 1),
        (29,): (1, 1),
        (30,): (1, 2),
        (0, 29, 30): (2, 2),
        (179,): (1, 6),
        (180,): (0, 6),
        (10, 40, 70, 100, 130, 160): (6, 6),
        (10, 250): (1, 6),
        (9000,): (0, 6),
    }
    for who, days_before in enumerate(cases):
        for number in days_before:
            story.buys(1 + who, on(LAST, number), 1000)
    found = story.features()
    for who, (days_before, months) in enumerate(cases.items()):
        assert some(found[1 + who], "bought_months", "possible_months") == months, days_before


def test_refunded_orders_are_no_months_bought(story: Story) -> None:
    story.buys(1, on(LAST, 100), 1000, subject="refunded")
    story.buys(1, on(LAST, 10), 1000)
    story.says(2, LAST)
    assert some(story.features()[1], "bought_months", "possible_months") == (1, 1)


def test_invitations(story: Story) -> None:
    """Two of one person are one, oneself is none, and neither is a bot or one of the staff."""
    story.person(21, 2)
    story.person(22, 2)
    story.person(12, 1)
    story.person(7, 7, "staff")
    story.person(8, 8, "bot")
    for guest in (21, 22, 3, 12, 7, 8):
        story.joins(guest, "2026-03-02", by=1)
    story.joins(21, "2026-03-05", community=2, by=1)
    story.joins(4, "2026-03-05", by=7)
    story.buys(22, "2026-03-06", 100)
    story.buys(3, "2026-03-06", 100, subject="refunded")
    story.says(1, "2026-03-07")
    found = story.features()
    assert some(found[1], "invited", "recommended") == (2, 1)
    assert found.keys() == {1, 2, 3, 4}
    assert [found[who]["invited"] for who in (2, 3, 4)] == [0, 0, 0]


def test_an_inviter_who_never_did_anything_is_nobody_to_label(story: Story) -> None:
    story.joins(2, "2026-03-02", by=1)
    assert story.features().keys() == {2}


TREE = {1: "/1/", 2: "/1/2/", 21: "/1/2/21/", 22: "/1/2/22/", 3: "/1/3/", 12: "/1/12/"}


def test_a_members_unit_is_the_lowest_that_holds_all_their_communities(story: Story) -> None:
    homes = {(21,): 21, (21, 22): 2, (21, 2): 2, (21, 3): 1, (2, 12): 1, (21, 22, 2): 2, (1, 21): 1}
    for unit in TREE:
        story.community(unit, unit=unit)
    for who, places in enumerate(homes):
        for unit in places:
            story.says(1 + who, "2026-03-02", community=unit)
    found = story.features(bars(TREE))
    assert [each["unit"] for _, each in sorted(found.items())] == list(homes.values())


def test_orders_move_nobody_out_of_their_communities_unit(story: Story) -> None:
    story.community(1, unit=21)
    story.says(1, "2026-03-02")
    story.buys(1, "2026-03-02", 100, unit=3)
    story.buys(2, "2026-03-02", 100, unit=21)
    story.buys(2, "2026-03-03", 100, unit=22)
    found = story.features(bars(TREE))
    assert (found[1]["unit"], found[2]["unit"]) == (21, 2)


def test_features_of_some_are_those_they_have_among_all(story: Story) -> None:
    sold(story, {on("2026-03-30", number): 1 + number % 4 for number in range(20)})
    story.joins(100, "2026-03-02", by=1)
    story.says(1, "2026-03-03")
    everybody = story.features()
    assert story.features(members=[1, 100, 999]) == {who: everybody[who] for who in (1, 100)}
    assert story.features(members=[]) == {}
