"""Laws of reports: the counts over all time are the sums of the periods below them."""

from __future__ import annotations

import tempfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qunyu.kernel.periods import GRAINS, Grain
from qunyu.reports.summary import summary
from tests.insights.happenings import HISTORIES, Act, told


@settings(max_examples=6)
@given(HISTORIES, st.sampled_from(GRAINS))
def test_the_periods_of_a_summary_add_up(history: list[Act], grain: Grain) -> None:
    with tempfile.TemporaryDirectory() as folder:
        story = told(history, folder)
        found = summary(story.board(grain=grain), story.totals(), 0)
    sums = {
        name: sum(period[name] or 0 for period in found["periods"]) for name in found["periods"][0] if name != "period"
    }
    assert (sums["messages"], sums["actions"]) == (found["messages"], found["actions"])
    assert sums["new_members"] == found["members"]
    if found["orders"]:
        assert sums["orders"] == found["orders"]["orders"]
        assert sums["revenue"] == pytest.approx(found["orders"]["revenue"])
