"""The health of told communities: the dying one early, and nobody else."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from qunyu.insights.health import Checkup, Health, health
from qunyu.insights.levels import Settings
from qunyu.kernel.actor import Actor
from qunyu.kernel.scope import Scope
from tests.insights.lives import BEGIN, checkup, live, opened
from tests.insights.stories import Story, scope_at


def steady(_: int) -> int:
    return 20


def fading(begun: int, half: float = 12) -> object:
    return lambda day: round(20 * 0.5 ** max(0.0, (day - begun) / half))


def only(found: Checkup) -> Health:
    (one,) = found.found.values()
    return one


def test_a_steady_community(story: Story) -> None:
    opened(story, 1)
    live(story, 1, 80, steady)
    found = only(checkup(story))
    assert (found.state, found.causes, found.proposal) == ("steady", (), None)
    assert found.level == pytest.approx(1.0)
    assert (found.days, found.people, found.members, found.since) == (80, 10, 10, None)
    assert found.reason.zh == "活跃度是此前最好三周的 100%：成员每天消息 20.0 → 20.0 条"
    assert found.reason.en == "its activity is 100% of its best three weeks before: members’ messages a day 20.0 → 20.0"


def test_one_of_ten_people_that_halves_every_twelve_days_is_named_in_three_weeks(story: Story) -> None:
    opened(story, 1)
    live(story, 1, 90, fading(60))  # type: ignore[arg-type]
    first = next(
        day for day in range(60, 90) if only(checkup(story, BEGIN + timedelta(days=day), Settings())).state == "fading"
    )
    assert first == 81
    found = only(checkup(story))
    assert (found.state, found.causes[0].cause.key) == ("fading", "nobody_speaks")
    assert found.since == BEGIN + timedelta(days=67)
    assert found.proposal is not None
    assert (found.proposal.kind, found.proposal.into) == ("revive", 0)
    assert found.proposal.step == found.causes[0].cause.step


def test_a_holiday_of_the_whole_matrix_is_no_decline(story: Story) -> None:
    for community in range(1, 7):
        opened(story, community)
        live(story, community, 80, lambda day: 5 if 70 <= day < 78 else 20)
    found = checkup(story, BEGIN + timedelta(days=77))
    assert {each.state for each in found.found.values()} == {"steady"}
    assert "全部社群这一周都偏安静" in found.found[1].reason.zh
    assert found.found[1].curve.quiet[-1]


def test_one_alone_that_falls_while_the_others_do_not_is_named(story: Story) -> None:
    for community in range(1, 7):
        opened(story, community)
        live(story, community, 80, (lambda day: 4 if day >= 66 else 20) if community == 3 else steady)
    states = {id: each.state for id, each in checkup(story).found.items()}
    assert states == {1: "steady", 2: "steady", 3: "fading", 4: "steady", 5: "steady", 6: "steady"}


def test_a_season_that_comes_every_year_is_no_decline(story: Story) -> None:
    opened(story, 1, opened_on=date(2020, 1, 1))
    # Summer is half as lively as the months before, each year.
    live(story, 1, 470, lambda day: 4 if day % 364 >= 95 and day % 364 < 300 else 20, begin=date(2025, 3, 3))
    day = date(2025, 3, 3) + timedelta(days=364 + 104)
    found = only(checkup(story, day))
    assert (found.state, found.level is not None and found.level < 0.6) == ("steady", True)
    earlier = only(checkup(story, date(2025, 3, 3) + timedelta(days=104)))
    assert earlier.state == "fading"


def test_a_small_community_is_not_dying_of_three_messages_less(story: Story) -> None:
    opened(story, 1)
    live(story, 1, 80, lambda day: int(day % 2 == 0) if day < 70 else int(day % 4 == 0), people=5)
    assert only(checkup(story)).state == "steady"


def test_one_where_hardly_anybody_speaks_is_unclear(story: Story) -> None:
    opened(story, 1)
    live(story, 1, 80, lambda day: 4 if day == 3 else int(day % 7 == 0), people=5)
    found = only(checkup(story))
    assert (found.state, found.sureness) == ("unclear", "low")
    assert "涨落与偶然分不开" in found.reason.zh


def test_a_flash_group_closes_by_plan(story: Story) -> None:
    story.community(1, type="flash", opened_on=BEGIN, closed_on=None)
    live(story, 1, 40, lambda day: 40 if day < 5 else 1)
    found = only(checkup(story))
    assert (found.state, found.causes) == ("closing", ())
    assert found.proposal is not None
    assert found.proposal.kind == "dissolve"


def test_one_that_closes_soon_is_not_dying_and_then_it_is_dissolved(story: Story) -> None:
    opened(story, 1, closed_on=BEGIN + timedelta(days=80))
    live(story, 1, 80, fading(50))  # type: ignore[arg-type]
    assert only(checkup(story, BEGIN + timedelta(days=79))).state == "closing"
    found = only(checkup(story, BEGIN + timedelta(days=80)))
    assert (found.state, found.proposal) == ("dissolved", None)


def test_a_new_community_is_opening_whatever_its_rush_does(story: Story) -> None:
    story.community(1, type="lead", opened_on=BEGIN, closed_on=None)
    live(story, 1, 27, lambda day: 40 if day < 4 else 5)
    found = only(checkup(story))
    assert (found.state, found.reason.zh) == ("opening", "开群第 26 天，头四周不判断涨落")


def test_growing(story: Story) -> None:
    opened(story, 1)
    live(story, 1, 80, lambda day: 10 + max(0, day - 50))
    assert only(checkup(story)).state == "growing"


def test_silence_is_death_after_two_weeks(story: Story) -> None:
    opened(story, 1)
    live(story, 1, 60, steady)
    day = BEGIN + timedelta(days=59)
    assert only(checkup(story, day + timedelta(days=13))).state == "fading"
    found = only(checkup(story, day + timedelta(days=14)))
    assert (found.state, found.since, found.reason.zh) == (
        "dead", day + timedelta(days=1), "普通成员已 14 天没有说话",
    )  # fmt: skip
    assert found.sureness == "medium"
    assert "导出到此为止" in found.unknown[0].zh
    assert found.proposal is not None
    assert found.proposal.kind == "dissolve"


def test_a_year_of_silence(story: Story) -> None:
    opened(story, 1)
    live(story, 1, 60, steady)
    found = only(checkup(story, BEGIN + timedelta(days=59 + 700)))
    assert (found.state, found.reason.zh, found.curve.days) == ("dead", "普通成员已 700 天没有说话", ())


def test_one_day_of_data_says_so(story: Story) -> None:
    opened(story, 1)
    live(story, 1, 1, steady)
    found = only(checkup(story))
    assert (found.state, found.sureness, found.days) == ("unclear", "low", 1)
    assert found.reason.zh == "聊天记录只有 1 天，至少要 34 天才能比较"


def test_a_community_of_one_and_of_nobody(story: Story) -> None:
    opened(story, 1)
    live(story, 1, 80, steady, people=1)
    opened(story, 2)
    found = checkup(story).found
    assert (found[1].state, found[1].reason.zh) == ("unclear", "一周里最多只有 1 位普通成员发言，谈不上涨落")
    assert (found[2].state, found[2].reason.zh, found[2].members) == ("unclear", "没有成员聊天记录", 0)


def test_nothing_at_all(story: Story) -> None:
    opened(story, 1)
    story.buys(5, "2026-03-01", 100)
    assert checkup(story).found == {}


def test_dead_members_go_where_they_already_sit(story: Story) -> None:
    for community in (1, 2, 3):
        opened(story, community, theme="tea" if community < 3 else "books")
        live(story, community, 60 if community == 1 else 90, steady)
    for member in range(4):
        story.joins(1_000 + member, f"{BEGIN} 07:00", 2)
    found = checkup(story).found[1]
    assert found.state == "dead"
    assert found.proposal is not None
    assert (found.proposal.kind, found.proposal.into) == ("merge", 2)
    assert found.proposal.why.zh == "“C2”里已有本群 4 位成员（本群 10 人），同主题、类型、组织单位，还有 486 个空位"


def test_a_soul_figure_that_leaves_is_the_cause(story: Story) -> None:
    opened(story, 1)
    live(story, 1, 80, lambda day: 20 if day < 56 else 4)
    for number in range(56):
        for place in range(6):
            story.says(77, f"{BEGIN + timedelta(days=number)} 20:{place:02d}", 1)
    story.leaves(77, f"{BEGIN + timedelta(days=56)} 08:00", 1)
    first = checkup(story).found[1].causes[0]
    assert (first.cause.key, first.finding.member) == ("soul_left", 77)


def test_only_what_a_scope_may_see(story: Story) -> None:
    opened(story, 1, unit=1)
    opened(story, 2, unit=2)
    live(story, 1, 60, steady)
    live(story, 2, 60, steady)
    with story.told():
        assert set(health(story.lake, scope_at(2)).found) == {2}
        assert health(story.lake, Scope(Actor("staff", 1, "x"))) == Checkup(None, {})
        assert set(health(story.lake, scope_at(1, 2), only={1}).found) == {1}


def test_later_days_change_nothing_of_an_earlier_one(story: Story) -> None:
    for community in range(1, 7):
        opened(story, community)
        live(story, community, 100, (lambda day: 3 if day > 80 else 20) if community == 1 else steady)
    day = BEGIN + timedelta(days=70)
    early = Story(story.folder / "early", story.communities, story.people)
    early.facts = [each for each in story.facts if each["local_day"] <= day]
    assert checkup(early).found == checkup(story, day).found
