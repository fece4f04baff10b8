"""The people behind a figure are those it counts, and only those one may see."""

from __future__ import annotations

import tempfile
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qunyu.insights.behind import may_see_behind
from qunyu.insights.metric import metrics
from qunyu.kernel.actor import Actor
from qunyu.kernel.errors import DomainError
from qunyu.kernel.periods import GRAINS, Grain
from qunyu.kernel.scope import Denied, Scope
from tests.insights.stories import Story, scope_at
from tests.insights.test_board_laws import ACTS, LAWS, Act, told

COUNTED = frozenset(key for key, metric in metrics().items() if metric.people and metric.unit == "people")
PEOPLE = ("communities.view", "members.view", "orders.view")


@LAWS
@given(ACTS, st.sampled_from(GRAINS), st.sampled_from([None, frozenset({1})]))
def test_as_many_people_stand_behind_a_figure_as_it_counts(
    acts: list[Act], grain: Grain, only: frozenset[int] | None
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        story = told(acts, folder)
        story.brings(11, 21, "2026-01-20 10:00")
        story.buys(31, "2026-01-25 10:00", 700)
        story.buys(41, "2025-12-25 10:00", 700)
        found = story.board(grain=grain, metrics=COUNTED, communities=only)
        period = found.periods[len(found.periods) // 2]
        for key in COUNTED:
            people = story.behind(key, period.first.isoformat(), grain=grain, communities=only)
            figure = found.figure(key, period)
            assert (key, len(people)) == (key, figure.value if figure.value is not None else len(people))


@pytest.fixture(scope="module")
def spring(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """Community 1 of unit 1 and 2 of unit 2: 1 is in both, 2 in the second; 1 buys in March of unit 1, 3 in no community of unit 2."""
    story = Story(tmp_path_factory.mktemp("spring"))
    story.community(1, unit=1)
    story.community(2, unit=2)
    story.says(1, "2026-02-01", community=1)
    story.says(1, "2026-03-01", community=1)
    story.says(1, "2026-03-02", community=2)
    story.says(2, "2026-03-03", community=2)
    story.person(3, 3)
    story.buys(1, "2026-03-05", 900, unit=1)
    story.buys(3, "2026-03-06", 900, unit=2)
    return story


@pytest.mark.parametrize(
    ("metric", "month", "people"),
    [
        ("active_members", "2026-03-01", [1, 2]),
        ("new_members", "2026-02-01", [1]),
        ("new_members", "2026-03-01", [2]),
        ("retention_rate", "2026-03-01", [1]),
        ("silent_share", "2026-03-01", []),
        ("buyers", "2026-03-01", [1, 3]),
        ("conversion", "2026-03-01", [1]),
        ("repurchase_rate", "2026-03-01", []),
        ("active_members", "2025-01-01", []),
    ],
)
def test_who_is_behind(spring: Story, metric: str, month: str, people: list[int]) -> None:
    assert spring.behind(metric, month) == people


def test_days_asked_bound_no_period(spring: Story) -> None:
    one = date(2026, 3, 2)
    assert spring.behind("active_members", "2026-03-01", first=one, last=one) == [1, 2]


def test_only_where_people_may_be_seen(spring: Story) -> None:
    """Figures of both units, people of unit 2 alone: that 1 was active in unit 1 is not told."""
    mixed = Scope(
        Actor("staff", 7, "Mei"),
        {"communities.view": frozenset({1, 2}), "members.view": frozenset({2}), "orders.view": frozenset({1, 2})},
    )
    assert spring.behind("active_members", "2026-02-01", mixed) == []
    assert spring.behind("active_members", "2026-03-01", mixed) == [1, 2]
    assert spring.behind("buyers", "2026-03-01", mixed) == [3]
    assert spring.behind("active_members", "2026-03-01", scope_at(9, allowed=PEOPLE)) == []


def test_without_the_permission_nobody_is_shown(spring: Story) -> None:
    with pytest.raises(Denied):
        spring.behind("active_members", "2026-03-01", scope_at(1, 2, allowed=("communities.view", "orders.view")))
    with pytest.raises(Denied):
        spring.behind("buyers", "2026-03-01", scope_at(1, 2, allowed=("communities.view", "members.view")))


def test_figures_about_no_people_have_none(spring: Story) -> None:
    with pytest.raises(DomainError, match="不是按人统计") as refused:
        spring.behind("cost", "2026-03-01")
    assert refused.value.code == "no_people"
    with pytest.raises(DomainError) as unknown:
        spring.behind("magic", "2026-03-01")
    assert unknown.value.code == "unknown_metric"


def test_who_may_open_a_list() -> None:
    buyers, active, cost = (metrics()[key] for key in ("buyers", "active_members", "cost"))
    everywhere = scope_at(1, allowed=PEOPLE)
    assert [may_see_behind(everywhere, each) for each in (buyers, active, cost)] == [True, True, False]
    no_orders = scope_at(1, allowed=PEOPLE[:2])
    assert [may_see_behind(no_orders, each) for each in (buyers, active)] == [False, True]
    apart = Scope(Actor("staff", 7, "Mei"), {"communities.view": frozenset({1}), "members.view": frozenset({2})})
    assert not may_see_behind(apart, active)
