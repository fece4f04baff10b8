"""Who left when, after what, and what they said last."""

from __future__ import annotations

import tempfile
from datetime import date

import pytest
from hypothesis import given

from qunyu.insights.leaving import Leaving
from qunyu.insights.parting_words import EVERY, reason_in
from qunyu.kernel.actor import Actor
from qunyu.kernel.scope import Denied, Scope
from tests.insights.stories import Story, moment, scope_at, series
from tests.insights.test_board_laws import ACTS, LAWS, Act, told

FIRST, LAST = "2026-03-01", "2026-03-31"


@pytest.fixture
def march(story: Story) -> Story:
    """Six leave in March: 1 the day it comes, 2 on its 7th day after a complaint, 3 removed, 4 after 40 days of silence, 5 nobody saw come,
    6 by the list, without a time."""
    story.person(9, 9, "staff")
    story.says(9, "2026-01-01 08:00")
    story.joins(4, "2026-01-10")
    story.says(4, "2026-01-20")
    story.joins(1, "2026-03-02 09:00")
    story.leaves(1, "2026-03-02 10:00")
    story.joins(2, "2026-03-03 09:00")
    story.says(2, "2026-03-04 09:00", text="大家好，我是新来的")
    story.says(2, "2026-03-09 08:00", text="广告太多了")
    story.says(2, "2026-03-09 08:01", text="再见")
    story.leaves(2, "2026-03-09 09:00")
    story.says(3, "2026-03-10 09:00", text="加我微信领券")
    story.fact("left", "2026-03-10 10:00", community=1, identity=3, other=9)
    story.leaves(4, "2026-03-11 11:00")
    story.says(5, "2026-03-12 20:00", text="这个茶怎么泡")
    story.leaves(5, "2026-03-12 21:00")
    story.fact("unlisted", "2026-03-20 12:00", community=1, identity=6, quantity=1)
    story.fact("unlisted", "2026-03-12 12:00", community=1, identity=5, quantity=1)
    story.says(9, "2026-03-30 09:00")
    story.leaves(7, "2026-04-01")
    return story


def told_of(story: Story, scope: Scope | None = None) -> Leaving:
    found = story.leaving(FIRST, LAST, scope) if scope else story.leaving(FIRST, LAST)
    assert found is not None
    return found


def test_how_many_and_how(march: Story) -> None:
    found = told_of(march)
    assert (found.total, found.removed, found.why) == (6, 1, "")
    assert found.total == series(march.board(), "leaves")["2026-03"]


def test_when(march: Story) -> None:
    found = told_of(march)
    assert {key: count for key, count in found.tenures.items() if count} == {"1": 1, "7": 1, "90": 1, "unknown": 3}
    assert [each for each in found.days if each[1]] == [
        (date(2026, 3, 2), 1), (date(2026, 3, 9), 1), (date(2026, 3, 10), 1), (date(2026, 3, 11), 1), (date(2026, 3, 12), 1),
        (date(2026, 3, 20), 1),
    ]  # fmt: skip
    assert len(found.days) == 31
    # Mondays at 9 and 10, Tuesday, Wednesday, Thursday, Friday.
    assert found.hours == ((1, 9, 1), (1, 10, 1), (2, 10, 1), (3, 11, 1), (4, 21, 1), (5, 12, 1))


def test_after_what(march: Story) -> None:
    found = told_of(march)
    assert {key: count for key, count in found.silences.items() if count} == {"0": 3, "later": 1, "never": 2}
    assert (found.newcomers, found.newcomers_silent, found.newcomers_unheard) == (2, 1, 1)
    # Of 2, 3, 4 and 5 somebody spoke on the day of leaving or before: 0 of 2 messages, 1 of 3, 1 of 1, 0 of 1; of the month 1 of 6.
    assert found.compared == 4
    assert found.advertising == pytest.approx((0 + 1 / 3 + 1 + 0) / 4)
    assert found.usual == pytest.approx(1 / 6)


def test_stated_reasons_are_of_those_who_went_by_themselves(march: Story) -> None:
    found = told_of(march)
    assert {key: count for key, count in found.reasons.items() if count} == {"advertising": 1, "other": 1, "unsaid": 3}
    assert sum(found.reasons.values()) == found.total - found.removed
    assert list(found.reasons) == list(EVERY)


def test_last_words(march: Story) -> None:
    quotes = march.parting_words(FIRST, LAST)
    assert [(each.member, each.community, each.text, each.reason) for each in quotes] == [
        (5, 1, "这个茶怎么泡", "other"),
        (2, 1, "广告太多了\n再见", "advertising"),
    ]
    assert quotes[0].at == moment("2026-03-12 21:00")


def test_words_only_where_people_may_be_seen(march: Story) -> None:
    with pytest.raises(Denied):
        march.parting_words(FIRST, LAST, scope_at(1))
    elsewhere = Scope(Actor("staff", 7, "Mei"), {"communities.view": frozenset({1}), "members.view": frozenset({2})})
    assert march.parting_words(FIRST, LAST, elsewhere) == ()
    assert len(march.parting_words(FIRST, LAST, scope_at(1, allowed=("communities.view", "members.view")))) == 2


def test_nothing_in_scope(march: Story) -> None:
    assert march.leaving(FIRST, LAST, scope_at(9)) is None
    assert march.leaving(FIRST, LAST, communities=frozenset()) is None


def test_where_nobody_is_seen_coming_or_going_leaving_is_unknown(story: Story) -> None:
    story.says(1, "2026-03-01")
    found = told_of(story)
    assert (found.why, found.total, found.advertising, found.days) == ("joins", 0, None, ())
    story = Story(story.folder / "orders")
    story.community(1)
    story.buys(1, "2026-03-01", 100)
    assert told_of(story).why == "chats"


def test_a_month_in_which_nobody_left(march: Story) -> None:
    found = march.leaving("2026-02-01", "2026-02-28")
    assert found is not None
    assert (found.total, found.advertising, found.compared, sum(found.reasons.values())) == (0, None, 0, 0)
    assert [count for _, count in found.days] == [0] * 28


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "unsaid"),
        ("   ", "unsaid"),
        ("天天发广告，受不了", "advertising"),
        ("全是链接", "advertising"),
        ("Nothing but ads here", "advertising"),
        ("这个广告词谁写的", "other"),
        ("消息太多了，看不过来", "noise"),
        ("太贵了", "price"),
        ("多少钱一盒？", "other"),
        ("I can’t afford it", "price"),
        ("什么时候给我退款", "quality"),
        ("群里老有人阴阳怪气", "quarrel"),
        ("聊的都和茶没关系", "off_topic"),
        ("家里已经买了", "no_need"),
        ("最近太忙", "no_time"),
        ("拜拜", "goodbye"),
        ("广告太多，拜拜", "advertising"),
        ("maybe tomorrow", "other"),
        ("Bye all", "goodbye"),
    ],
)
def test_reasons_are_told_from_words(text: str, reason: str) -> None:
    assert reason_in(text) == reason


@LAWS
@given(ACTS)
def test_every_leaving_has_one_place_in_each_account(acts: list[Act]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        story = told(acts, folder)
        found = story.leaving("2025-12-01", "2026-03-31")
        counted = sum(value or 0 for value in series(story.board(), "leaves").values())
    assert found is not None
    if found.why:
        assert counted == 0
        return
    assert found.total == counted == sum(found.tenures.values()) == sum(found.silences.values())
    assert found.total == sum(count for _, count in found.days) == sum(count for *_, count in found.hours)
    assert found.total - found.removed == sum(found.reasons.values())
    assert found.newcomers_silent + found.newcomers_unheard <= found.newcomers <= found.total
