"""Every feature's value in cases small enough to count by hand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest

from qunyu.insights.features import FEATURES
from tests.insights.stories import Story, bars

LONG = "请先把水烧到八十度再冲泡"


def on(last: str, days_before: int) -> str:
    """The day so many days before `last`."""
    return (date.fromisoformat(last) - timedelta(days=days_before)).isoformat()


def some(found: Mapping[str, Any], *names: str) -> tuple[Any, ...]:
    return tuple(found[name] for name in names)


def test_the_features_are_those_that_are_described(story: Story) -> None:
    story.says(1, "2026-03-02")
    assert story.features()[1].keys() - {"unit"} == FEATURES.keys()


def test_one_person_of_one_day(story: Story) -> None:
    story.says(1, "2026-03-02 09:00")
    story.says(1, "2026-03-02 09:05")
    assert story.features() == {
        1: {
            "unit": 1,
            "first_day": "2026-03-02",
            "last_day": "2026-03-02",
            "last_order": None,
            "known_days": 1,
            "present": True,
            "messages": 2,
            "spoken_days": 1,
            "spoken_span": 0,
            "silent_days": 0,
            "answers": 0,
            "spoken_30": pytest.approx(60 / 21),
            "answers_30": 0,
            "answer_days": 0,
            "recent_days": 1,
            "recent_answers": 0,
            "best_week": 1,
            "best_month": 1,
            "best_quarter": 1,
            "orders_known": False,
            "orders": 0,
            "refunded": 0,
            "value_ratio": None,
            "sale_orders": 0,
            "bought_months": 0,
            "possible_months": None,
            "invited": 0,
            "recommended": 0,
        }
    }


def test_nobody(story: Story) -> None:
    assert story.features() == {}


def test_days_in_several_communities_and_under_several_names_count_once(story: Story) -> None:
    story.person(11, 1)
    story.person(12, 1)
    for identity, community in ((11, 1), (11, 2), (12, 1)):
        for day in ("2026-03-02", "2026-03-03"):
            story.says(identity, day, community)
    story.says(12, "2026-03-20", 2)
    found = story.features()
    assert found.keys() == {1}
    names = ("messages", "spoken_days", "recent_days", "best_week", "best_month", "best_quarter")
    assert some(found[1], *names) == (7, 3, 3, 2, 3, 3)


def test_a_renamed_person_is_two_identities_and_stays(story: Story) -> None:
    """The old name's going is no leaving of the person."""
    story.person(11, 1)
    story.person(12, 1)
    story.says(11, "2026-03-02")
    story.fact("renamed", "2026-03-03", community=1, identity=11, other=12)
    story.says(12, "2026-03-04")
    assert some(story.features()[1], "present", "messages", "spoken_days", "spoken_span") == (True, 2, 2, 2)


def test_a_name_that_was_given_up_is_gone(story: Story) -> None:
    story.says(11, "2026-03-02")
    story.fact("renamed", "2026-03-03", community=1, identity=11, other=12)
    found = story.features()
    assert (found[11]["present"], found[12]["present"]) == (False, True)
    assert some(found[12], "first_day", "last_day", "messages") == ("2026-03-03", None, 0)


def test_whoever_left_every_community_is_not_present(story: Story) -> None:
    for who, left in enumerate(((), (1,), (2,), (1, 2)), start=1):
        for community in (1, 2):
            story.says(who, "2026-03-02 09:00", community)
            if community in left:
                story.leaves(who, "2026-03-03 09:00", community)
    found = story.features()
    assert [found[who]["present"] for who in (1, 2, 3, 4)] == [True, True, True, False]


def test_whoever_came_back_is_present(story: Story) -> None:
    story.says(1, "2026-03-02")
    story.leaves(1, "2026-03-03")
    story.joins(1, "2026-03-05")
    assert story.features()[1]["present"] is True


def test_a_member_list_reaches_back_before_the_first_message_that_was_kept(story: Story) -> None:
    story.listed(1, "2026-01-01")
    story.says(2, "2026-03-01")
    story.says(1, "2026-03-08")
    found = story.features()[1]
    assert some(found, "first_day", "known_days", "spoken_span") == ("2026-01-01", 67, 7)
    # Seen for eight days, less than the 21 that are averaged over at least.
    assert found["spoken_30"] == pytest.approx(30 / 21)


def test_where_no_message_was_kept_nobody_could_be_heard(story: Story) -> None:
    story.listed(1, "2026-01-01", community=2)
    story.says(2, "2026-03-01")
    story.joins(1, "2026-03-05")
    story.says(1, "2026-03-08")
    assert some(story.features()[1], "first_day", "spoken_span") == ("2026-01-01", 3)


def test_whoever_never_spoke(story: Story) -> None:
    story.joins(1, "2026-03-02")
    story.says(2, "2026-03-05")
    found = story.features()[1]
    names = ("last_day", "silent_days", "messages", "spoken_days", "spoken_span", "spoken_30", "best_week")
    assert some(found, *names) == (None, None, 0, 0, 0, 0, 0)


LAST = "2026-06-30"


def test_the_window_looks_back_from_the_last_message(story: Story) -> None:
    for who, days_before in ((1, 89), (2, 90)):
        story.says(who, on(LAST, days_before))
        story.says(who, LAST)
    story.says(3, on(LAST, -40))
    found = story.features()
    assert some(found[1], "spoken_30", "spoken_span", "silent_days") == (pytest.approx(60 / 90), 89, 40)
    assert some(found[2], "spoken_30", "spoken_span", "silent_days") == (pytest.approx(30 / 90), 90, 40)


def test_the_window_is_the_units(story: Story) -> None:
    for days_before in (0, 6, 7):
        story.says(1, on(LAST, days_before))
    assert story.features(bars(tier_window=7, tier_least_days=1))[1]["spoken_30"] == pytest.approx(30 * 2 / 7)
    assert story.features(bars(tier_window=8, tier_least_days=1))[1]["spoken_30"] == pytest.approx(30 * 3 / 8)


def test_a_short_time_is_averaged_over_the_least_days(story: Story) -> None:
    for minute in range(3):
        story.says(1, f"2026-03-02 09:0{minute}")
    assert story.features(bars(tier_least_days=1))[1]["spoken_30"] == 90
    assert story.features(bars(tier_least_days=30))[1]["spoken_30"] == 3


def test_the_last_hundred_days_look_back_from_the_last_day_of_data(story: Story) -> None:
    for who, days_before in ((1, 99), (2, 100)):
        story.says(who, on(LAST, days_before))
        story.says(who, on(LAST, 1))
    story.says(3, LAST)
    found = story.features()
    assert [found[who]["recent_days"] for who in (1, 2, 3)] == [2, 1, 1]


def test_weeks_months_and_quarters_are_those_of_the_calendar(story: Story) -> None:
    """29 March 2026 is a Sunday: two days before April, two after, in two weeks, two months and two quarters."""
    for day in ("2026-03-28", "2026-03-29", "2026-04-01", "2026-04-02", "2026-04-30"):
        story.says(1, day)
    assert some(story.features()[1], "best_week", "best_month", "best_quarter") == (2, 3, 3)


def test_the_best_week_month_and_quarter_are_of_the_last_year(story: Story) -> None:
    for number in range(10):
        story.says(1, f"2025-06-{2 + number:02}")
    story.says(1, "2026-07-05")
    assert some(story.features()[1], "best_week", "best_month", "best_quarter", "spoken_days") == (1, 1, 1, 11)


def test_a_year_of_silence(story: Story) -> None:
    story.says(1, "2025-03-02")
    story.says(2, "2026-03-02")
    found = story.features()[1]
    names = ("silent_days", "known_days", "recent_days", "best_week", "best_month", "best_quarter", "spoken_days")
    assert some(found, *names) == (365, 366, 0, 0, 0, 0, 1)
    assert found["spoken_30"] == pytest.approx(30 / 21)


def test_answers(story: Story) -> None:
    """The first real word of somebody else within the hour; a repeat or one's own is none."""
    story.says(1, "2026-03-02 09:00", text="怎么泡白茶？")
    story.says(1, "2026-03-02 09:01", text="我自己先说一句话看看")
    story.says(2, "2026-03-02 09:10", text=LONG)
    story.says(3, "2026-03-02 09:11", text=f"{LONG}，再等三分钟")
    story.says(1, "2026-03-03 09:00", text="哪种杯子好？")
    story.says(2, "2026-03-03 10:00", text=f"{LONG}用盖碗")
    story.says(1, "2026-03-04 09:00", text="还有什么推荐吗？")
    story.says(2, "2026-03-04 10:01", text=f"{LONG}太晚了")
    found = story.features()
    names = ("answers", "recent_answers", "answer_days", "answers_30")
    assert some(found[2], *names) == (2, 2, 2, pytest.approx(60 / 21))
    assert [found[who]["answers"] for who in (1, 3)] == [0, 0]


def test_stickers_and_repeats_are_no_real_words(story: Story) -> None:
    story.says(1, "2026-03-02 09:00", subject="sticker")
    story.says(1, "2026-03-02 09:01", text="早上好")
    story.says(2, "2026-03-02 09:02", text="早上好")
    found = story.features()
    assert some(found[1], "messages", "spoken_30") == (2, pytest.approx(30 / 21))
    assert some(found[2], "messages", "spoken_30", "spoken_days") == (1, 0, 1)


def test_only_ordinary_members_have_features(story: Story) -> None:
    for identity, role in enumerate(("member", "staff", "atmosphere", "bot"), start=1):
        story.person(identity, identity, role)
        story.says(identity, "2026-03-02")
        story.buys(identity, "2026-03-02", 100)
    assert story.features().keys() == {1}


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
