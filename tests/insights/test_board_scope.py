"""The board shows what a scope allows, and nothing shines through from elsewhere."""

from datetime import date

import pytest

from qunyu.insights import providers
from qunyu.insights.board import board
from qunyu.insights.metric import metrics
from qunyu.insights.question import BREAKDOWNS, Breakdown, Question
from qunyu.kernel.actor import Actor
from qunyu.kernel.scope import Scope
from tests.insights.stories import EVERYTHING, Story, scope_at, series, whys


@pytest.fixture(scope="module")
def two_units(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """Community 1 of unit 1 and community 2 of unit 2; person 1 is in both, person 2 in the second only."""
    story = Story(tmp_path_factory.mktemp("two units"))
    story.community(1, unit=1)
    story.community(2, unit=2, platform="qq", theme="tea", type="lead")
    story.says(1, "2026-03-01 09:00", community=1)
    story.says(1, "2026-02-01 09:00", community=2)
    story.says(2, "2026-04-01 09:00", community=2)
    story.buys(1, "2026-03-02", 1000, unit=1)
    story.buys(1, "2026-03-02", 7, unit=2, currency="USD")
    story.buys(2, "2026-05-02", 70, unit=2)
    story.costs(300, "2026-03-01", unit=1)
    story.costs(20, "2026-03-01", unit=2)
    story.costs(4, "2026-03-01", unit=2, community=2)
    story.shown(50, "2026-03-01", unit=2)
    return story


@pytest.mark.parametrize("by", BREAKDOWNS)
@pytest.mark.parametrize(
    "scope", [Scope(Actor("staff", 7, "Mei")), scope_at(9), scope_at()], ids=["no grants", "elsewhere", "nowhere"]
)
def test_nothing_in_scope_is_an_empty_board(two_units: Story, scope: Scope, by: Breakdown) -> None:
    found = two_units.board(scope, by=by)
    assert (found.periods, dict(found.figures), found.as_of, found.currencies) == ((), {}, None, ())


def test_one_unit_sees_its_own_days_people_orders_and_costs(two_units: Story) -> None:
    found = two_units.board(scope_at(1))
    assert [period.label for period in found.periods] == ["2026-03"]
    assert found.as_of == date(2026, 3, 2)
    expected = {"members": 1, "messages": 1, "new_members": 1, "orders": 1, "buyers": 1, "revenue": 1000, "cost": 300}
    assert {key: series(found, key)["2026-03"] for key in expected} == expected
    assert found.currencies == ("CNY",)
    assert whys(found, "exposures") == {"exposures"}


def test_the_other_unit_sees_its_own(two_units: Story) -> None:
    found = two_units.board(scope_at(2))
    assert series(found, "members") == {"2026-02": 1, "2026-03": 1, "2026-04": 2, "2026-05": 2}
    assert series(found, "revenue", part="CNY") == {"2026-02": 0, "2026-03": 0, "2026-04": 0, "2026-05": 70}
    assert series(found, "cost", part="CNY")["2026-03"] == 24
    assert series(found, "exposures")["2026-03"] == 50


def test_both_units_together_see_what_the_system_sees(two_units: Story) -> None:
    assert two_units.board(scope_at(1, 2)) == two_units.board(EVERYTHING)


@pytest.mark.parametrize("by", BREAKDOWNS[1:])
def test_names_of_foreign_communities_are_not_told(two_units: Story, by: Breakdown) -> None:
    found = two_units.board(scope_at(1), by=by)
    assert len(found.keys) == 1
    assert {name for name in found.keys.values() if name} <= {"C1", "wechat", "1"}


def test_without_the_permission_orders_are_unknown_and_leave_no_trace(two_units: Story) -> None:
    found = two_units.board(scope_at(1, 2, allowed=("communities.view",)))
    for key, metric in metrics().items():
        if "permission" in metric.needs:
            assert (set(series(found, key).values()), whys(found, key)) == ({None}, {"permission"})
    assert found.as_of == date(2026, 4, 1)  # not the day of the last order
    assert "USD" not in found.currencies
    assert series(found, "members")["2026-03"] == 1


def test_orders_are_seen_where_orders_may_be_seen(two_units: Story) -> None:
    mixed = Scope(Actor("staff", 7, "Mei"), {"communities.view": frozenset({1, 2}), "orders.view": frozenset({2})})
    found = two_units.board(mixed)
    assert series(found, "orders") == {"2026-02": 0, "2026-03": 1, "2026-04": 0, "2026-05": 1}
    assert series(found, "revenue", part="USD")["2026-03"] == 7


def test_a_question_about_one_community(two_units: Story) -> None:
    found = two_units.board(communities=frozenset({1}))
    assert {key: series(found, key)["2026-03"] for key in ("members", "messages")} == {"members": 1, "messages": 1}
    # Only the community's own costs, and the orders of its members.
    assert whys(found, "cost") == {"costs"}
    assert series(found, "orders")["2026-03"] == 2
    alone = two_units.board(by="community")
    assert series(alone, "messages", 1)["2026-03"] == 1


def test_a_question_about_a_foreign_community_is_answered_with_nothing(two_units: Story) -> None:
    found = two_units.board(scope_at(1, allowed=("communities.view",)), communities=frozenset({2}))
    assert found.periods == ()


def test_without_providers_there_are_no_people(two_units: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(providers, "_providers", {})
    found = board(two_units.lake, scope_at(1, 2), Question())
    for metric in ("members", "new_members", "messages", "silent_share"):
        assert (set(series(found, metric).values()), whys(found, metric)) == ({None}, {"chats"})
    assert set(series(found, "orders").values()) == {0}  # of known buyers
