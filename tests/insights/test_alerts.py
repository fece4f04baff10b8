"""Alerts of told communities: the size, the days, what made the difference, and who may see them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from qunyu.insights.alerts import MATRIX, Episode, Watch, find_alerts, history
from qunyu.kernel.actor import Actor
from qunyu.kernel.scope import Scope
from tests.insights.lives import BEGIN, live, opened
from tests.insights.stories import EVERYTHING, Story, scope_at

ODD = 50


def on(number: int) -> date:
    return BEGIN + timedelta(days=number)


def found(story: Story, scope: Scope = EVERYTHING, as_of: date | None = None) -> Watch:
    with story.told():
        return find_alerts(story.lake, scope, as_of=as_of)


def wavy(level: int) -> object:
    """Some days more, some fewer, the same every time."""
    return lambda day: level + (day * 7) % 5 - 2


def about(episode: Episode) -> tuple[int, str, bool, date, date]:
    return episode.community, episode.metric, episode.up, episode.first, episode.last


def test_a_peak_is_told_with_size_and_drivers(story: Story) -> None:
    opened(story, 1)
    live(story, 1, 60, wavy(20))  # type: ignore[arg-type]
    for place in range(90):
        story.says(1_001, f"{on(ODD)} 21:{place % 60:02d}", 1)
    watch = found(story)
    (one,) = watch.episodes
    assert about(one) == (1, "messages", True, on(ODD), on(ODD))
    assert one.observed == 90 + 18 + 1
    assert one.low < one.expected < one.high < one.observed
    assert one.expected == pytest.approx(20, abs=3)
    assert [(each.kind, each.key, each.observed) for each in one.drivers] == [("member", 1_001, 92), ("hour", 21, 90)]
    assert (watch.as_of, watch.since) == (on(59), on(4))


def test_days_in_a_row_are_one_alert(story: Story) -> None:
    opened(story, 1)
    live(story, 1, 70, lambda day: 110 if 50 <= day < 53 else 20 + day % 3)
    (one,) = found(story).episodes
    assert about(one) == (1, "messages", True, on(50), on(52))


def test_a_lull_of_all_is_one_alert_and_not_seven(story: Story) -> None:
    for community in range(1, 8):
        opened(story, community)
        live(story, community, 60, lambda day: 6 if 50 <= day < 54 else 20 + (day * 3) % 4)
    (one,) = found(story).episodes
    assert about(one) == (MATRIX, "messages", False, on(50), on(53))
    assert one.share == 1.0


def test_one_community_alone_is_not_the_matrix(story: Story) -> None:
    for community in range(1, 8):
        opened(story, community)
        live(story, community, 60, (lambda day: 200 if day == 50 else 20) if community == 1 else wavy(20))  # type: ignore[arg-type]
    assert [about(each) for each in found(story).episodes] == [(1, "messages", True, on(50), on(50))]


def test_many_who_leave_on_one_day(story: Story) -> None:
    opened(story, 1)
    live(story, 1, 60, wavy(20))  # type: ignore[arg-type]
    for member in range(30):
        story.joins(5_000 + member, f"{on(1)} 07:00", 1)
    for member in range(15):
        story.leaves(5_000 + member, f"{on(ODD)} 22:{member:02d}", 1)
    (one,) = [each for each in found(story).episodes if each.metric == "leaves"]
    assert (one.observed, one.first, one.drivers[0].kind, one.drivers[0].key) == (15, on(ODD), "hour", 22)


def test_the_last_day_may_be_half_a_day(story: Story) -> None:
    opened(story, 1)
    live(story, 1, 51, lambda day: 0 if day == 50 else 40)
    assert found(story).episodes == ()
    live(story, 1, 1, lambda day: 40, begin=on(51))
    del story.lake
    again = Story(story.folder / "again", story.communities, story.people, story.facts)
    assert [about(each) for each in found(again).episodes] == [(1, "messages", False, on(50), on(50))]


def test_after_its_last_record_nothing_is_judged(story: Story) -> None:
    for community in (1, 2):
        opened(story, community)
        live(story, community, 50 if community == 1 else 80, wavy(30))  # type: ignore[arg-type]
    assert found(story).episodes == ()


def test_too_young_to_know(story: Story) -> None:
    opened(story, 1)
    live(story, 1, 20, lambda day: 200 if day == 10 else 20)
    assert found(story).episodes == ()


@pytest.mark.parametrize("days", [0, 1])
def test_nothing_and_one_day(story: Story, days: int) -> None:
    opened(story, 1)
    live(story, 1, days, lambda day: 20)
    if not days:
        story.buys(1, "2026-03-01", 100)
    assert found(story).episodes == ()


def test_orders_are_told_to_whoever_may_see_them(story: Story) -> None:
    opened(story, 1)
    live(story, 1, 60, wavy(20))  # type: ignore[arg-type]
    for number in range(60):
        for place in range(60 if number == ODD else 5 + number % 2):
            story.buys(1_000 + place % 10, f"{on(number)} 13:{place:02d}", 1_000)
    told = [about(each)[:4] for each in found(story).episodes]
    assert told == [(1, "orders", True, on(ODD))]
    assert found(story, scope_at(1, allowed=("communities.view",))).episodes == ()


def test_only_what_a_scope_may_see(story: Story) -> None:
    for community in (1, 2):
        opened(story, community, unit=community)
        live(story, community, 60, lambda day: 200 if day == ODD else 20)
    assert {each.community for each in found(story, scope_at(2)).episodes} == {2}
    assert found(story, Scope(Actor("staff", 1, "x"))) == Watch((), None, None)
    with story.told():
        assert history(story.lake, scope_at(2), 1, "messages", last=on(ODD)) is None


def test_the_history_holds_the_day_and_its_range(story: Story) -> None:
    opened(story, 1)
    live(story, 1, 80, lambda day: 200 if day == ODD else 20)
    with story.told():
        past = history(story.lake, EVERYTHING, 1, "messages", last=on(ODD), count=30)
    assert past is not None
    place = past.days.index(on(ODD))
    assert (len(past.days), past.days[-1], past.values[place]) == (30, on(60), 201)
    assert past.high[place] < 201


def test_as_of_a_past_day_later_facts_count_for_nothing(story: Story) -> None:
    opened(story, 1)
    live(story, 1, 80, lambda day: 200 if day in (45, 70) else 20)
    early = found(story, as_of=on(60)).episodes
    assert [each.first for each in early] == [on(45)]
    assert [about(each) for each in found(story).episodes][1:] == [about(each) for each in early]
