"""Cohorts of a story that one can count on one's fingers."""

from datetime import date

import pytest

from qunyu.insights.cohorts import Cohort, Cohorts
from tests.insights.stories import Story, scope_at


@pytest.fixture
def spring(story: Story) -> Story:
    """January brings 1 and 2, February 3; 2 comes back in March only, 3 never; 4 only joins in March."""
    for who, at in ((1, "01-10"), (2, "01-11"), (1, "02-10"), (3, "02-11"), (1, "03-10"), (2, "03-11"), (9, "04-01")):
        story.says(who, f"2026-{at}")
    story.joins(4, "2026-03-20")
    story.person(9, 9, "staff")
    return story


def shares(found: Cohorts) -> dict[str, tuple[int, tuple[float, ...]]]:
    return {row.period.label: (row.size, row.shares) for row in found.rows}


def test_cohorts_by_month(spring: Story) -> None:
    found = spring.cohorts()
    assert shares(found) == {
        "2026-01": (2, (1, 0.5, 1, 0)),
        "2026-02": (1, (1, 0, 0)),
        "2026-03": (1, (0, 0)),  # came in and never spoke
    }
    assert found.ages == 4


def test_the_latest_cohorts(spring: Story) -> None:
    assert list(shares(spring.cohorts(latest=1))) == ["2026-03"]


def test_periods_that_brought_nobody_are_no_cohorts(spring: Story) -> None:
    assert list(shares(spring.cohorts(grain="week"))) == ["2026-W02", "2026-W07", "2026-W12"]


def test_a_cohort_of_one_community_begins_when_somebody_came_there(story: Story) -> None:
    story.says(1, "2026-01-10", community=1)
    story.says(1, "2026-02-10", community=2)
    assert shares(story.cohorts()) == {"2026-01": (1, (1, 1))}
    assert shares(story.cohorts(communities=frozenset({2})))["2026-02"] == (1, (1,))


def test_nothing_in_scope_gives_no_cohorts(spring: Story) -> None:
    assert spring.cohorts(scope_at(9)) == Cohorts(())
    assert Cohorts(()).ages == 0


def test_one_person_on_one_day(story: Story) -> None:
    story.says(1, "2026-03-01")
    (row,) = story.cohorts(grain="day").rows
    assert isinstance(row, Cohort)
    assert (row.size, row.shares) == (1, (1,))


def test_who_was_only_listed_before_the_talk_is_no_cohort(story: Story) -> None:
    """Orders reach back to January, but whether those on the list were active before March nobody knows."""
    story.buys(8, "2026-01-05", 900)
    story.joins(1, "2026-01-10")
    story.joins(2, "2026-02-10")
    story.says(2, "2026-03-10")
    story.joins(3, "2026-03-20")
    story.says(3, "2026-04-01")
    assert shares(story.cohorts()) == {"2026-03": (1, (0, 1))}


def test_without_any_talk_there_are_no_cohorts(story: Story) -> None:
    story.joins(1, "2026-01-10")
    story.buys(1, "2026-01-11", 900)
    assert story.cohorts() == Cohorts(())


def test_only_cohorts_born_in_the_days_asked(spring: Story) -> None:
    asked = spring.cohorts(first=date(2026, 2, 20), last=date(2026, 3, 1))
    assert shares(asked) == {"2026-02": (1, (1, 0, 0)), "2026-03": (1, (0, 0))}
    assert list(shares(spring.cohorts(first=date(2026, 3, 1)))) == ["2026-03"]
    assert list(shares(spring.cohorts(last=date(2026, 2, 28)))) == ["2026-01", "2026-02"]
    assert spring.cohorts(first=date(2027, 1, 1)) == Cohorts(())
