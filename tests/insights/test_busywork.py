"""Repeated texts: what a machine can do, what nobody need do, and the minutes they stand for."""

from __future__ import annotations

from datetime import date

import pytest

from qunyu.insights.busywork import Busy, Busywork, Repeated, busywork, repeated_texts
from qunyu.kernel.scope import Denied, Scope
from tests.insights.stories import EVERYTHING, Story, moment, scope_at

ANN = 501
DAYS = (date(2026, 3, 1), date(2026, 3, 31))
SEE = ("communities.view", "members.view")


def of(story: Story, scope: Scope = EVERYTHING) -> Busywork:
    with story.told():
        found = busywork(story.lake, scope, *DAYS, {1: ANN})
    assert found is not None
    return found


def texts(story: Story, scope: Scope = EVERYTHING) -> tuple[Repeated, ...]:
    with story.told():
        return repeated_texts(story.lake, scope, *DAYS, {1: ANN})


def ends(story: Story) -> None:
    """Somebody speaks long after everything else, in all communities that the tests use."""
    for place in (1, 2, 3):
        story.says(9, "2026-03-31 22:00", place)


def counts(story: Story) -> tuple[int, int, int]:
    ends(story)
    found = of(story).of[ANN]
    return found.messages, found.repeats, found.unheard


@pytest.mark.parametrize(
    ("posts", "repeats"),
    [
        ([("01 09:00", 1), ("01 09:00", 2)], 0),
        ([("01 09:00", 1), ("01 09:00", 2), ("01 09:00", 3)], 3),
        ([("01 09:00", 1), ("01 23:59", 2), ("02 00:00", 3)], 0),
        ([("01 09:00", 1), ("02 09:00", 1)], 0),
        ([("01 09:00", 1), ("01 10:00", 1), ("01 11:00", 1)], 0),
        ([("01 09:00", 1), ("02 09:00", 1), ("05 21:00", 1)], 3),
        ([("01 09:00", 1), ("02 09:00", 1), ("03 09:00", 1), ("03 09:00", 2)], 3),
    ],
)
def test_three_communities_on_a_day_or_three_days_in_one(
    story: Story, posts: list[tuple[str, int]], repeats: int
) -> None:
    for at, place in posts:
        story.says(1, f"2026-03-{at}", place, text="早安，今天也要喝茶")
    assert counts(story)[:2] == (len(posts), repeats)


@pytest.mark.parametrize(
    ("said", "repeats"),
    [
        (("3月1日 早报：在群 120 人", "3月2日 早报：在群 98 人", "3月3日  早报：在群 101 人"), 3),
        (("Good Morning All", "good morning  all ", "GOOD MORNING ALL"), 3),
        (("收到谢谢您", "收到谢谢您", "收到谢谢您"), 0),
        (("收到谢谢您啊", "收到谢谢您啊", "收到谢谢您啊"), 3),
        (("👏👏👏👏👏👏👏", "👏👏👏👏👏👏👏", "👏👏👏👏👏👏👏"), 0),
        (("今天推荐白茶给大家", "今天推荐红茶给大家", "今天推荐绿茶给大家"), 0),
    ],
)
def test_what_counts_as_the_same(story: Story, said: tuple[str, ...], repeats: int) -> None:
    for day, text in enumerate(said, 1):
        story.says(1, f"2026-03-0{day} 09:00", text=text)
    assert counts(story)[1] == repeats


def test_pictures_are_no_texts(story: Story) -> None:
    for day in (1, 2, 3):
        story.says(1, f"2026-03-0{day} 09:00", text="[图片][图片][图片]早安图", subject="image")
    assert counts(story) == (3, 0, 0)


@pytest.mark.parametrize(
    ("who", "role", "after", "unheard"),
    [
        (2, "member", "09:30", 2),
        (2, "member", "09:30:01", 3),
        (2, "member", "09:00", 2),
        (2, "staff", "09:01", 3),
        (2, "bot", "09:01", 3),
    ],
)
def test_unheard_is_what_no_ordinary_member_spoke_after(
    story: Story, who: int, role: str, after: str, unheard: int
) -> None:
    story.person(who, who, role)
    for day in (1, 2, 3):
        story.says(1, f"2026-03-0{day} 09:00", text="今日链接请大家查收")
    story.says(who, f"2026-03-02 {after}")
    assert counts(story) == (3, 3, unheard)


def test_the_sender_does_not_hear_themself(story: Story) -> None:
    for day in (1, 2, 3):
        story.says(1, f"2026-03-0{day} 09:00", text="今日链接请大家查收")
        story.says(1, f"2026-03-0{day} 09:01", text=f"第 {'一二三'[day - 1]} 天的话")
    assert counts(story) == (6, 3, 3)


def test_what_ends_too_late_is_not_judged(story: Story) -> None:
    for day in (1, 2, 3):
        story.says(1, f"2026-03-0{day} 09:00", text="今日链接请大家查收")
    assert of(story).of[ANN].unheard == 2


@pytest.fixture
def morning(story: Story) -> Story:
    """The same greeting into three communities within two minutes, day 1 only; in the first a talk of 8 minutes follows right after.

    Altogether in chat 09:00–09:09 and a post at 12:00: 10 minutes. Without the greetings 09:05–09:09 and the post: 5.
    Nobody spoke within half an hour in communities 2 and 3, which freed alone saves nothing: the first one's sitting covers them.
    """
    for minute, place in (("09:00", 1), ("09:01", 2), ("09:02", 3)):
        story.says(1, f"2026-03-01 {minute}", place, text="早安，今天也要喝茶")
    story.says(2, "2026-03-01 09:04", text="早")
    story.says(1, "2026-03-01 09:05", text="今天有人来店里吗")
    story.says(1, "2026-03-01 09:08", text="给你留了位置")
    story.says(1, "2026-03-01 12:00", text="中午好")
    ends(story)
    return story


def test_minutes_freed_are_those_without_them(morning: Story) -> None:
    assert of(morning).of == {
        ANN: Busy(messages=6, repeats=3, unheard=2, minutes=10.0, repeat_minutes=5.0, unheard_minutes=0.0)
    }
    assert of(morning).days == {ANN: {date(2026, 3, 1): (6, 3, 2)}}
    assert of(morning).places == {(ANN, 1): (1, 0), (ANN, 2): (1, 1), (ANN, 3): (1, 1)}


def test_the_texts_with_their_counts(morning: Story) -> None:
    assert texts(morning) == (
        Repeated("早安，今天也要喝茶", 3, 3, 1, 2, moment("2026-03-01 09:02")),
    )  # fmt: skip


def test_texts_show_only_where_members_may_be_seen(morning: Story) -> None:
    morning.community(3, unit=2)
    assert texts(morning, scope_at(1, allowed=SEE)) == ()
    assert len(texts(morning, scope_at(1, 2, allowed=SEE))) == 1
    with pytest.raises(Denied):
        texts(morning, scope_at(1, 2, allowed=("communities.view",)))


def test_without_scope_nothing(morning: Story) -> None:
    with morning.told():
        assert busywork(morning.lake, scope_at(), *DAYS, {1: ANN}) is None


def test_days_without_repeats(story: Story) -> None:
    story.says(1, "2026-03-01 09:00", text="今天有人来店里吗")
    assert of(story).of == {ANN: Busy(1, 0, 0, 1.0, 0.0, 0.0)}
    assert texts(story) == ()
