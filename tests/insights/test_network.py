"""Who is tied to whom, and what hangs on single people."""

from __future__ import annotations

import tempfile

import pytest
from hypothesis import given

from qunyu.insights.network import Network, Tie
from tests.insights.stories import Story, scope_at
from tests.insights.test_board_laws import ACTS, LAWS, Act, told

FIRST, LAST = "2026-03-01", "2026-03-31"


@pytest.fixture
def star(story: Story) -> Story:
    """Staff 1 talks with 2 (three times), 3 and 4; 3 once with 4 besides; 5 speaks too late for a tie; a bot does not come between."""
    story.person(1, 1, "staff")
    story.person(8, 8, "bot")
    talk = [
        ("09:00", 1), ("09:01", 2), ("09:02", 1), ("09:03", 2), ("10:00", 1), ("10:10", 3), ("11:00", 4), ("11:05", 1),
        ("12:00", 3), ("12:01", 4), ("12:02", 4), ("14:00", 5), ("14:11", 1),
    ]  # fmt: skip
    for minute, who in talk:
        story.says(who, f"2026-03-01 {minute}")
    story.says(8, "2026-03-01 09:01:30")
    story.says(2, "2026-04-01 09:00")
    return story


def of(story: Story) -> Network:
    found = story.network(FIRST, LAST)
    assert found is not None
    return found


def test_ties_and_their_strength(star: Story) -> None:
    found = of(star)
    assert found.strongest == (Tie(1, 2, 3), Tie(1, 3, 1), Tie(1, 4, 1), Tie(3, 4, 1))
    assert (found.messages, found.people, found.tied, found.ties, found.strength) == (13, 5, 4, 4, 6)
    assert found.density == 0.4


def test_who_holds_it_together(star: Story) -> None:
    found = of(star)
    assert [(node.member, node.role, node.ties, node.strength) for node in found.nodes] == [
        (1, "staff", 3, 5), (2, "member", 1, 3), (3, "member", 2, 2), (4, "member", 2, 2),
    ]  # fmt: skip
    assert (found.top_one, found.top_three, found.nodes[0].share) == (5 / 6, 1, 5 / 6)
    assert found.alone == 1


def test_someone_alone_has_no_ties(story: Story) -> None:
    story.says(1, "2026-03-01 09:00")
    story.says(1, "2026-03-01 09:01")
    found = of(story)
    assert (found.people, found.ties, found.density, found.top_one, found.alone, found.nodes) == (
        1,
        0,
        None,
        None,
        0,
        (),
    )


def test_two_names_of_one_person_are_no_tie(story: Story) -> None:
    story.person(2, 1)
    story.says(1, "2026-03-01 09:00")
    story.says(2, "2026-03-01 09:01")
    assert of(story).ties == 0


def test_days_without_talk(star: Story) -> None:
    found = star.network("2027-01-01", "2027-01-31")
    assert found is not None
    assert (found.messages, found.people, found.density) == (0, 0, None)


def test_only_communities_in_scope(star: Story) -> None:
    star.community(1, unit=2)
    assert star.network(FIRST, LAST, scope_at(1)) is None
    assert star.network(FIRST, LAST, community=7) is None
    assert star.network(FIRST, LAST, scope_at(2)) == of(star)


@LAWS
@given(ACTS)
def test_strengths_and_shares_agree(acts: list[Act]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        found = told(acts, folder).network("2025-12-01", "2026-03-31")
    assert found is not None
    assert sum(node.strength for node in found.nodes) == 2 * found.strength
    assert sum(tie.strength for tie in found.strongest) == found.strength < max(found.messages, 1)
    assert sum(node.ties for node in found.nodes) == 2 * found.ties
    assert 0 <= (found.density or 0) <= 1
    assert 0 <= (found.top_one or 0) <= (found.top_three or 0) <= 1
    assert found.alone <= max(found.tied - 1, 0)
