"""The funnel of a story that one can count on one's fingers, and what holds of every funnel."""

from __future__ import annotations

import tempfile

import pytest
from hypothesis import given

from qunyu.events.lake.store import Lake
from qunyu.insights.funnel import STEPS, Funnel
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Denied
from tests.insights.happenings import imported
from tests.insights.stories import Story, scope_at, series
from tests.insights.test_board_laws import ACTS, LAWS, Act, told


@pytest.fixture
def march(story: Story) -> Story:
    """In March 1 to 5 come, by poster (1, 2, 3) or a friend (4), 5 nobody knows how; 6 was there before.

    1 speaks and orders twice, 2 speaks and orders once in April, 3 speaks and ordered before coming, 4 orders without a word, 5 nothing.
    """
    story.says(6, "2026-02-01")
    story.buys(3, "2026-02-20", 100)
    story.shown(50, "2026-03-01", subject="海报")
    story.shown(30, "2026-03-02", subject="抖音")
    story.shown(9, "2026-04-02", subject="海报")
    for who, channel in ((1, "海报"), (2, "海报"), (3, "海报"), (4, "朋友")):
        story.fact("listed", f"2026-03-0{who}", community=1, identity=who, subject=channel, quantity=1)
    story.joins(5, "2026-03-05")
    for who in (1, 2, 3):
        story.says(who, f"2026-03-1{who}")
    story.buys(1, "2026-03-12", 100)
    story.buys(1, "2026-03-13", 100)
    story.buys(2, "2026-04-20", 100)
    story.buys(4, "2026-03-20", 100)
    story.buys(6, "2026-03-20", 100)
    return story


def counts(found: Funnel) -> list[int | None]:
    return [step.count for step in found.steps]


def test_the_steps_and_their_shares(march: Story) -> None:
    found = march.funnels("2026-03-01", "2026-03-31")
    assert found is not None
    assert counts(found.whole) == [80, 5, 3, 2, 1]
    assert [step.of_before for step in found.whole.steps] == [None, 5 / 80, 3 / 5, 2 / 3, 1 / 2]
    assert [step.of_first for step in found.whole.steps] == [None, 1, 3 / 5, 2 / 5, 1 / 5]
    assert (found.whole.unheard, found.as_of.isoformat()) == (1, "2026-04-20")
    assert [step.key for step in found.whole.steps] == list(STEPS)


def test_by_channel_the_busiest_first_and_the_untold_last(march: Story) -> None:
    found = march.funnels("2026-03-01", "2026-03-31")
    assert found is not None
    assert [(each.channel, counts(each), each.unheard) for each in found.channels] == [
        ("海报", [50, 3, 3, 2, 1], 0),
        ("朋友", [None, 1, 0, 0, 0], 1),
        ("抖音", [30, 0, 0, 0, 0], 0),
        ("", [None, 1, 0, 0, 0], 0),
    ]
    assert found.channels[1].steps[0].why == "exposures"


@pytest.mark.parametrize("order", [(0, 1, 2), (0, 2, 1)])
def test_of_two_channels_told_of_one_moment_the_same_one_counts_in_any_order(
    order: tuple[int, ...], story: Story
) -> None:
    """Two lists, each with its own channel, give a day of joining and no hour."""
    story.says(6, "2026-03-01")
    story.listed(1, "2026-03-02 00:00", subject="海报")
    story.listed(1, "2026-03-02 00:00", subject="朋友")
    story.lake = Lake(story.folder / "bit by bit")
    for place in order:
        imported(story, [story.facts[place]])
    found = story.funnels("2026-03-01", "2026-03-31")
    assert found is not None
    assert [(each.channel, counts(each)[1]) for each in found.channels] == [("海报", 1), ("", 1)]


@pytest.mark.parametrize(
    ("step", "people"),
    [("came", [1, 2, 3, 4, 5]), ("spoke", [1, 2, 3]), ("ordered", [1, 2]), ("again", [1]), ("unheard", [4])],
)
def test_the_people_in_a_step(step: str, people: list[int], march: Story) -> None:
    assert march.in_step(step, "2026-03-01", "2026-03-31") == people
    by_poster = [who for who in people if who < 4]
    assert march.in_step(step, "2026-03-01", "2026-03-31", channel="海报") == by_poster


def test_people_in_steps_only_where_they_may_be_seen(march: Story) -> None:
    no_orders = scope_at(1, allowed=("communities.view", "members.view"))
    assert march.in_step("spoke", "2026-03-01", "2026-03-31", no_orders) == [1, 2, 3]
    for step, scope in (("ordered", no_orders), ("came", scope_at(1))):
        with pytest.raises(Denied):
            march.in_step(step, "2026-03-01", "2026-03-31", scope)
    elsewhere = scope_at(9, allowed=("communities.view", "members.view", "orders.view"))
    assert march.in_step("ordered", "2026-03-01", "2026-03-31", elsewhere) == []
    with pytest.raises(DomainError) as refused:
        march.in_step("exposed", "2026-03-01", "2026-03-31")
    assert refused.value.code == "unknown_step"


def test_those_who_came_are_the_boards_new_members(march: Story) -> None:
    found = march.funnels("2026-03-01", "2026-03-31")
    assert found is not None
    assert found.whole.steps[1].count == series(march.board(), "new_members")["2026-03"]


def test_without_orders_exposures_or_channels(story: Story) -> None:
    story.joins(1, "2026-03-01")
    story.says(1, "2026-03-02")
    found = story.funnels("2026-03-01", "2026-03-31")
    assert found is not None
    assert counts(found.whole) == [None, 1, 1, None, None]
    assert [step.why for step in found.whole.steps] == ["exposures", "", "", "orders", "orders"]
    assert (found.channels, found.whole.unheard) == ((), None)


def test_where_nobody_is_seen_coming_it_is_unknown_how_many_of_them_speak(story: Story) -> None:
    story.says(1, "2026-03-02")
    story.buys(1, "2026-03-03", 1000)
    found = story.funnels("2026-03-01", "2026-03-31")
    assert found is not None
    assert counts(found.whole) == [None, 1, None, 1, 0]
    assert ([step.why for step in found.whole.steps], found.whole.unheard) == (["exposures", "", "joins", "", ""], None)
    assert found.whole.steps[3].of_before == 1


def test_who_may_not_see_orders_is_told_nothing_of_them(march: Story) -> None:
    found = march.funnels("2026-03-01", "2026-03-31", scope_at(1, allowed=("communities.view",)))
    assert found is not None
    assert counts(found.whole) == [80, 5, 3, None, None]
    assert [step.why for step in found.whole.steps[3:]] == ["permission", "permission"]
    assert found.whole.unheard is None


def test_nothing_in_scope_is_no_funnel(march: Story) -> None:
    assert march.funnels("2026-03-01", "2026-03-31", scope_at(9)) is None
    assert march.funnels("2026-03-01", "2026-03-31", communities=frozenset()) is None


def test_days_on_which_nobody_came(march: Story) -> None:
    found = march.funnels("2030-01-01", "2030-01-31")
    assert found is not None
    assert counts(found.whole) == [None, 0, 0, 0, 0]
    assert {step.of_first for step in found.whole.steps} == {None}


def test_days_the_wrong_way_round(march: Story) -> None:
    with pytest.raises(DomainError) as refused:
        march.funnels("2026-03-31", "2026-03-01")
    assert refused.value.code == "bad_period"


@LAWS
@given(ACTS)
def test_every_step_is_a_part_of_the_one_before(acts: list[Act]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        story = told(acts, folder)
        for number, who in enumerate((11, 21, 21, 31)):
            story.buys(who, f"2026-01-1{number}", 100)
        story.fact("listed", "2026-01-05", community=1, identity=21, subject="poster", quantity=1)
        found = story.funnels("2025-12-20", "2026-01-31")
        new = sum(value or 0 for label, value in series(story.board(), "new_members").items() if label < "2026-02")
    assert found is not None
    for each in (found.whole, *found.channels):
        steps = [step.count or 0 for step in each.steps[1:]]
        assert steps == sorted(steps, reverse=True)
        assert all(0 <= (step.of_before or 0) <= 1 for step in each.steps[2:])
    assert found.whole.steps[1].count == new
    if found.channels:
        parts = zip(*(counts(each)[1:] for each in found.channels), strict=True)
        assert [sum(part) for part in parts] == counts(found.whole)[1:]
