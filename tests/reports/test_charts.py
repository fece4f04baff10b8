"""Charts: options that ECharts takes as they are, in the same order as the board's periods."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from qunyu.insights.board import NOTHING
from qunyu.insights.cohorts import Cohort, Cohorts
from qunyu.kernel.periods import periods_between
from qunyu.kernel.words import speaking
from qunyu.reports.charts import PLANS, Chart, board_charts, cohort_chart
from qunyu.reports.page import Content
from tests.insights.stories import Story, scope_at


def by_key(charts: list[Chart]) -> dict[str, Chart]:
    return {chart.key: chart for chart in charts}


def lines(chart: Chart) -> dict[str, list[float | None]]:
    with speaking("en"):
        return {each["name"]: each["data"] for each in chart.option["series"]}


@pytest.fixture
def story_of_a_day(tmp_path: Path) -> Story:
    story = Story(tmp_path)
    story.says(1, "2026-03-01")
    return story


@pytest.fixture
def charts(whole: Content) -> dict[str, Chart]:
    with speaking("en"):
        return by_key(board_charts(whole.board))


def test_every_option_is_plain_json(charts: dict[str, Chart], whole: Content) -> None:
    kept = cohort_chart(whole.cohorts)
    assert kept is not None
    for chart in (*charts.values(), kept):
        assert json.loads(json.dumps(chart.option, allow_nan=False)) == chart.option


def test_every_plan_with_figures_is_drawn(charts: dict[str, Chart]) -> None:
    assert list(charts) == [plan.key for plan in PLANS]
    for chart in charts.values():
        assert chart.title.zh
        assert chart.title.en


def test_the_legend_stands_on_top_and_the_periods_below(charts: dict[str, Chart]) -> None:
    for chart in charts.values():
        assert chart.option["legend"]["top"] == 0
        assert chart.option["xAxis"]["data"] == ["2026-01", "2026-02", "2026-03"]
        assert chart.option["aria"] == {"enabled": True}


def test_points_are_the_boards_figures(charts: dict[str, Chart]) -> None:
    assert lines(charts["talk"]) == {"Messages": [4, 0, 2], "Active members": [2, 0, 1]}
    assert lines(charts["members"]) == {"Joins": [1, 0, 0], "Leaves": [1, 0, 0], "Members": [2, 2, 2]}
    assert lines(charts["sales"]) == {"Orders": [2, 0, 1], "Revenue (CNY)": [2468, 0, 1234]}


def test_shares_are_drawn_in_percent_and_unknown_points_are_null(charts: dict[str, Chart]) -> None:
    got = lines(charts["buying"])
    assert got["Conversion"] == [100, 0, 50]
    assert got["Repurchase rate"] == [0, None, 100]
    assert lines(charts["interaction"])["Retention rate"] == [None, 0, None]


def test_a_known_zero_is_drawn(charts: dict[str, Chart]) -> None:
    """That nobody stayed is news; that nobody knows is not."""
    assert lines(charts["faces"])["Retained members"] == [0, 0, 0]


def axes(chart: Chart) -> list[int]:
    return [each["yAxisIndex"] for each in chart.option["series"]]


def test_money_has_an_axis_of_its_own_beside_counts(charts: dict[str, Chart]) -> None:
    assert (axes(charts["sales"]), len(charts["sales"].option["yAxis"])) == ([0, 1], 2)
    assert (set(axes(charts["buying"])), len(charts["buying"].option["yAxis"])) == ({0}, 1)
    assert charts["buying"].option["yAxis"][0]["axisLabel"] == {"formatter": "{value} %"}


def test_counts_are_told_in_whole_numbers(charts: dict[str, Chart]) -> None:
    assert [charts[key].option["yAxis"][0].get("minInterval") for key in ("talk", "sales", "buying")] == [1, 1, None]


def test_amounts_name_their_currency_and_those_not_drawn(tmp_path: Path) -> None:
    story = Story(tmp_path)
    story.says(1, "2026-03-01")
    for amount, currency in ((500, "CNY"), (700, "CNY"), (900, "EUR")):
        story.fact("order", "2026-03-01", identity=1, subject="paid", amount=amount, currency=currency, quantity=0)
    with speaking("en"):
        chart = by_key(board_charts(story.board()))["sales"]
        assert lines(chart)["Revenue (CNY)"] == [12]
        assert chart.note is not None
        assert str(chart.note) == "amounts are drawn in CNY only; there are EUR besides"


def test_names_are_spoken_in_the_language_of_the_page(whole: Content) -> None:
    names: dict[str, Any] = {}
    for language in ("zh", "en"):
        with speaking("zh" if language == "zh" else "en"):
            names[language] = [each["name"] for each in by_key(board_charts(whole.board))["talk"].option["series"]]
    assert names == {"zh": ["消息数", "活跃成员"], "en": ["Messages", "Active members"]}


def test_what_is_unknown_all_along_is_not_drawn(shop: Story) -> None:
    charts = by_key(board_charts(shop.board(scope_at(1, allowed=("communities.view",)))))
    assert "sales" not in charts
    assert "buying" not in charts
    assert "talk" in charts


def test_an_empty_board_has_no_charts() -> None:
    assert board_charts(NOTHING) == []
    assert cohort_chart(Cohorts(())) is None


def test_one_period_alone_keeps_nobody_yet(story_of_a_day: Story) -> None:
    assert cohort_chart(story_of_a_day.cohorts()) is None
    with speaking("en"):
        assert lines(by_key(board_charts(story_of_a_day.board()))["talk"]) == {"Messages": [1], "Active members": [1]}


def test_cohorts_are_cells_of_row_and_age(whole: Content) -> None:
    chart = cohort_chart(whole.cohorts)
    assert chart is not None
    assert chart.note is not None
    assert chart.option["yAxis"]["data"] == ["2026-01 (3)"]
    (series,) = chart.option["series"]
    # Of January's three (the one who came and left included) nobody speaks in February, one in March.
    assert chart.option["xAxis"]["data"] == ["+1", "+2"]
    assert series["data"] == [[0, 0, 0], [1, 0, 33.3]]
    assert chart.option["visualMap"]["max"] == 33.3


def test_counts_of_another_scale_have_an_axis_of_their_own(tmp_path: Path) -> None:
    story = Story(tmp_path)
    for minute in range(10):
        story.says(1, f"2026-03-01 10:{minute:02d}")
    with speaking("en"):
        talk = by_key(board_charts(story.board()))["talk"]
    assert lines(talk) == {"Messages": [10], "Active members (right axis)": [1]}
    assert (axes(talk), len(talk.option["yAxis"])) == ([0, 1], 2)


def test_counts_up_to_five_times_as_many_share_an_axis(tmp_path: Path) -> None:
    story = Story(tmp_path)
    for minute in range(5):
        story.says(1, f"2026-03-01 10:{minute:02d}")
    talk = by_key(board_charts(story.board()))["talk"]
    assert (set(axes(talk)), len(talk.option["yAxis"])) == ({0}, 1)


def test_the_lines_of_a_large_crowd_do_not_flatten_its_bars(tmp_path: Path) -> None:
    story = Story(tmp_path)
    for who in range(1, 21):
        story.says(who, "2026-03-01")
    story.joins(21, "2026-04-02")
    story.says(1, "2026-04-03")
    with speaking("en"):
        members = by_key(board_charts(story.board()))["members"]
    assert lines(members) == {"Joins": [0, 1], "Leaves": [0, 0], "Members (right axis)": [20, 21]}
    assert axes(members) == [0, 0, 1]


def test_only_the_first_ages_of_cohorts_are_drawn() -> None:
    periods = tuple(periods_between(date(2026, 1, 1), date(2026, 1, 30), "day"))
    rows = (Cohort(periods[0], 2, (1.0, *[0.5] * 29)), Cohort(periods[20], 4, (1.0, *[0.25] * 9)))
    chart, short = cohort_chart(Cohorts(rows)), cohort_chart(Cohorts(rows[1:]))
    assert chart is not None
    assert short is not None
    assert chart.option["xAxis"]["data"] == [f"+{age}" for age in range(1, 25)]
    assert len(chart.option["series"][0]["data"]) == 24 + 9
    assert "24" in str(chart.note)
    assert [each.option["series"][0]["label"]["show"] for each in (chart, short)] == [False, True]
    assert len(short.option["xAxis"]["data"]) == 9
    assert "24" not in str(short.note)
