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
            "opinions": 0,
            "satisfied": 0,
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
