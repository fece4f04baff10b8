"""What communities ask for: members, newcomers, talk and questions of the last 28 days."""

from __future__ import annotations

from datetime import date

import pytest

from qunyu.insights.load import Demand, Demands, demands
from qunyu.kernel.scope import Scope
from tests.insights.stories import EVERYTHING, Story, scope_at

ANN, BEN = 501, 502


@pytest.fixture
def matrix(story: Story) -> Story:
    """Community 1 over two months up to 31 March, community 2 from 22 March on, community 3 silent since February.

    28 days up to 31 March begin on 4 March. Person 1 is in both 1 and 2; 4 has left 1; 5 is staff and 6 a bot.
    """
    story.community(3, unit=2)
    story.person(5, 5, "staff")
    story.person(6, 6, "bot")
    for who, at in ((1, "2026-02-01 09:00"), (2, "2026-03-03 09:00"), (3, "2026-03-04 09:00")):
        story.joins(who, at)
    story.joins(4, "2026-03-10 09:00")
    story.leaves(4, "2026-03-11 09:00")
    story.says(1, "2026-03-03 10:00", text="几点开门？")
    story.says(1, "2026-03-04 10:00", text="几点开门？")
    story.says(5, "2026-03-04 10:01", text="九点，有什么要问的吗？")
    story.says(6, "2026-03-04 10:02", text="您好，请问有什么可以帮您？")
    story.says(3, "2026-03-31 10:00", text="谢谢")
    story.says(1, "2026-03-22 10:00", 2, text="有人在吗")
    story.says(1, "2026-02-10 10:00", 3)
    return story


def of(story: Story, scope: Scope = EVERYTHING, carried: frozenset[tuple[int, int]] = frozenset()) -> Demands:
    with story.told():
        found = demands(story.lake, scope, carried)
    assert found is not None
    return found


def test_what_each_community_asks_for(matrix: Story) -> None:
    found = of(matrix)
    assert found.as_of == date(2026, 3, 31)
    assert found.communities == {
        1: Demand(members=3, newcomers=2, messages=3, questions=1, days=28),
        2: Demand(members=1, newcomers=1, messages=1, questions=1, days=10),
        3: Demand(members=1, newcomers=0, messages=0, questions=0, days=0),
    }


def test_people_of_several_communities_count_once(matrix: Story) -> None:
    assert of(matrix, carried=frozenset({(ANN, 1), (ANN, 2), (BEN, 2)})).people == {ANN: 3, BEN: 1}


def test_only_in_scope(matrix: Story) -> None:
    found = of(matrix, scope_at(2), frozenset({(ANN, 1), (ANN, 3)}))
    assert set(found.communities) == {3}
    assert found.people == {ANN: 1}
    with matrix.told():
        assert demands(matrix.lake, scope_at(), frozenset()) is None
