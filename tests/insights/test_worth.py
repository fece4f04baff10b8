"""What somebody brought and cost, on a told story with every part worked out by hand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from qunyu.insights.worth import COUNTS, POINTS, Asked, Prices, Worths, worths
from tests.insights.stories import EVERYTHING, Story

NONE = Prices(None, None, 5, 20)


def counts(**told: int) -> pa.Table:
    return pa.table(
        {
            "member": pa.array([int(each[1:]) for each in told], pa.int64()),
            "count": pa.array(told.values(), pa.int64()),
        },
        schema=COUNTS,
    )


def points(*rows: tuple[int, int, float | None]) -> pa.Table:
    columns = zip(*rows, strict=True)
    return pa.table(list(map(pa.array, columns, POINTS.types)), schema=POINTS)


def told(story: Story, prices: Prices = NONE, new_days: int = 0, **given: pa.Table) -> Worths:
    def spent(first: date, last: date, currency: str) -> Mapping[str, pa.Table]:
        assert (first, last, currency) == (date(2026, 3, 1), date(2026, 3, 30), "CNY")
        nothing = {
            **dict.fromkeys(("contacts", "complaints", "benefits"), COUNTS.empty_table()),
            "points": POINTS.empty_table(),
        }
        return {**nothing, **given}

    with story.told():
        return worths(story.lake, EVERYTHING, Asked(frozenset({1}), 30, new_days, 100), spent, prices)


def rows(found: Worths) -> dict[int, dict[str, Any]]:
    return {each["member"]: each for each in found.rows}


@pytest.fixture
def month(story: Story) -> Story:
    """Two people over 30 days of March that cost 60.00: 1 is there all the time and buys twice, 2 comes on the 16th and buys nothing."""
    story.says(1, "2026-03-01")
    story.says(2, "2026-03-16")
    story.says(1, "2026-03-30")
    story.brings(1, 2, "2026-03-16")
    story.buys(1, "2026-03-10", 20000, quantity=5000)
    story.buys(1, "2026-03-12", 10000)
    story.buys(1, "2026-03-13", 700, currency="USD")
    story.buys(1, "2026-02-01", 99999)
    story.costs(6000, "2026-03-05", community=1)
    return story


def test_unknown_prices_leave_unknown_parts(month: Story) -> None:
    found = told(month, contacts=counts(m2=3))
    assert (found.currency, found.foreign, found.costs) == ("CNY", 1, 6000)
    assert (found.people, found.fresh, found.minus) == (2, 0, 1)
    one, two = rows(found)[1], rows(found)[2]
    # 30 and 15 days of 45: 40.00 and 20.00 of the costs.
    assert (one["orders"], one["revenue"], one["refunds"], one["upkeep"], one["days"]) == (2, 25000, 5000, 4000, 30)
    assert (one["profit"], one["care"], one["rewards"]) == (None, None, 0)
    assert (one["costs"], one["balance"], one["side"]) == (4000, 21000, "brings")
    assert (one["brought"], one["brought_revenue"]) == (1, 0)
    assert (two["contacts"], two["care"], two["costs"], two["balance"], two["side"]) == (3, None, 2000, -2000, "costs")


def test_prices_turn_counts_into_amounts(month: Story) -> None:
    found = told(
        month,
        Prices(0.1, 120.0, 5, 20),
        contacts=counts(m1=3),
        complaints=counts(m1=1),
        points=points((1, 60, 120.0), (1, 40, 80.0)),
    )
    one = rows(found)[1]
    # 35 minutes at 120.00 an hour, 100 points at 0.02, 4000 of the community: more than a tenth of 250.00.
    assert (one["profit"], one["care"], one["rewards"]) == (2500, 7000, 200)
    assert (one["costs"], one["balance"], one["side"]) == (11200, -8700, "costs")


def test_points_of_no_known_worth_are_no_cost_of_nought(month: Story) -> None:
    one = rows(told(month, points=points((1, 60, 120.0), (1, 40, None))))[1]
    assert (one["points"], one["rewards"]) == (100, None)


def test_new_people_are_counted_and_not_judged(month: Story) -> None:
    found = told(month, new_days=20)
    assert (found.people, found.fresh, set(rows(found))) == (1, 1, {1})


def test_nothing_known_gives_nothing(story: Story) -> None:
    assert told(story) == Worths()
