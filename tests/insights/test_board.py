"""The board over time: gaps, ends, periods, what is unknown and why, and breakdowns."""

from datetime import date

import pytest

from qunyu.insights.board import NOTHING
from qunyu.insights.inputs import INPUTS
from qunyu.insights.metric import metrics
from qunyu.insights.question import BREAKDOWNS, Breakdown, Question
from qunyu.kernel.errors import DomainError
from tests.insights.stories import EVERYTHING, Story, series, whys

RATIOS = sorted(key for key, metric in metrics().items() if metric.empty is None)
COUNTS = sorted(key for key, metric in metrics().items() if metric.empty == 0)


@pytest.fixture(scope="module")
def gap(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """Everything is known, but in February nobody is there and nothing happens: both people left in January."""
    story = Story(tmp_path_factory.mktemp("gap"))
    story.person(9, 9, "staff")
    for month in ("01", "03"):
        for who in (1, 2):
            story.fact("joined", f"2026-{month}-10 09:0{who}", community=1, identity=who, other=3 - who)
            story.says(who, f"2026-{month}-10 10:0{who}", text="今天特价" if who == 1 else "")
            story.leaves(who, f"2026-{month}-20 10:0{who}")
        story.says(9, f"2026-{month}-10 12:00")
        story.buys(1, f"2026-{month}-11", 1000)
        story.opines(1, f"2026-{month}-11", "complaint", 0)
        story.opines(2, f"2026-{month}-11", "survey", 90, 9)
        story.costs(500, f"2026-{month}-10")
        story.shown(40, f"2026-{month}-10")
    return story


def test_counts_are_zero_in_a_gap(gap: Story) -> None:
    found = gap.board()
    assert [period.label for period in found.periods] == ["2026-01", "2026-02", "2026-03"]
    february = {key: found.figure(key, found.periods[1]) for key in COUNTS}
    assert {key: figure.value for key, figure in february.items()} == dict.fromkeys(COUNTS, 0)
    assert {figure.why for figure in february.values()} == {""}


def test_ratios_are_unknown_in_a_gap(gap: Story) -> None:
    found = gap.board()
    # January's two active people can have been lost: to divide by them is possible, and nobody stayed.
    possible = {"retention_rate", "new_member_retention"}
    for key in set(RATIOS) - possible:
        figure = found.figure(key, found.periods[1])
        assert (key, figure.value, figure.n, figure.why) == (key, None, 0, "base")
        assert figure.reason == INPUTS["base"]
    assert [found.figure(key, found.periods[1]).value for key in possible] == [0, 0]


def test_all_is_known_around_the_gap(gap: Story) -> None:
    found = gap.board()
    # Nobody bought twice in January, nobody was there before it, and both had left when February began.
    unknown = {"repurchase_interval", "retention_rate", "new_member_retention"}
    at_the_end = {
        "conversion",
        "complaint_rate",
        "buyer_share",
        "silent_share",
        "messages_per_member",
        "referral_factor",
    }  # of the members at the period's end: none
    january = {key for key in metrics() if found.figure(key, found.periods[0]).value is None}
    assert january == unknown | at_the_end
    assert series(found, "repurchase_interval") == {"2026-01": None, "2026-02": None, "2026-03": 59}
    assert series(found, "join_rate") == {"2026-01": 0.05, "2026-02": None, "2026-03": 0.05}
    assert series(found, "roi") == {"2026-01": 2, "2026-02": None, "2026-03": 2}
    assert series(found, "leave_rate") == {"2026-01": 1, "2026-02": None, "2026-03": 1}


def test_a_channel_that_was_seen_and_brought_nobody_has_a_join_rate_of_zero(story: Story) -> None:
    story.joins(1, "2026-01-10")
    story.says(1, "2026-01-10 13:00")
    story.shown(40, "2026-01-10")
    story.shown(60, "2026-02-10")
    story.says(1, "2026-03-01")
    assert series(story.board(), "join_rate") == {"2026-01": 0.025, "2026-02": 0, "2026-03": None}


def test_nobody_leaving_is_a_leave_rate_of_zero_where_somebody_is_there(story: Story) -> None:
    story.joins(1, "2026-01-10")
    story.joins(2, "2026-03-10")
    found = story.board()
    assert series(found, "leave_rate") == {"2026-01": 0, "2026-02": 0, "2026-03": 0}
    assert found.figure("leave_rate", found.periods[1]).n == 1


def test_what_was_never_told_is_unknown_and_says_how_to_supply_it(story: Story) -> None:
    story.says(1, "2026-01-10")
    story.says(1, "2026-02-10")
    found = story.board()
    for key, metric in metrics().items():
        missing = next((need for need in metric.needs if need not in ("permission", "chats")), "")
        if missing:
            assert set(series(found, key).values()) == {None}
            assert (key, whys(found, key)) == (key, {missing})
            assert found.figure(key, found.periods[0]).reason == INPUTS[missing]
    needed = {need for metric in metrics().values() for need in metric.needs}
    assert needed | {"base"} == INPUTS.keys()


def test_each_input_that_comes_makes_way_for_the_next(story: Story) -> None:
    story.says(1, "2026-01-10")
    story.joins(1, "2026-01-10 08:00")
    story.buys(99, "2026-01-10", 100)
    story.person(99, 99)
    found = story.board()
    assert whys(found, "join_rate") == {"exposures"}
    assert whys(found, "roi") == {"costs"}
    assert whys(found, "conversion") == whys(found, "buyer_share") == {"matched_orders"}
    assert series(found, "orders") == {"2026-01": 1}


def test_a_question_for_one_metric_answers_as_one_for_all(gap: Story) -> None:
    whole = gap.board()
    for metric in metrics():
        alone = gap.board(metrics=frozenset({metric}))
        assert {key[0] for key in alone.figures} == {metric}
        assert series(alone, metric) == series(whole, metric)


def test_weeks_over_new_year(story: Story) -> None:
    for at in ("2025-12-28", "2025-12-29", "2026-01-04", "2026-01-05"):
        story.says(1, at)
    assert series(story.board(grain="week"), "messages") == {"2025-W52": 1, "2026-W01": 2, "2026-W02": 1}


def test_the_day_is_shanghais(story: Story) -> None:
    story.says(1, "2026-02-28 23:59")
    story.says(1, "2026-03-01 00:00")
    assert series(story.board(grain="day"), "messages") == {"2026-02-28": 1, "2026-03-01": 1}


def test_bounds_choose_what_is_shown_and_not_who_is_new(story: Story) -> None:
    for who, at in ((1, "2026-01-05"), (1, "2026-02-05"), (2, "2026-02-06"), (1, "2026-03-05"), (3, "2026-03-06")):
        story.says(who, at)
    whole = story.board()
    part = story.board(first=date(2026, 2, 1), last=date(2026, 2, 28))
    assert [period.label for period in part.periods] == ["2026-02"]
    for key in metrics():
        assert part.figure(key, part.periods[0]) == whole.figure(key, whole.periods[1])
    assert series(part, "new_members") == {"2026-02": 1}
    assert series(part, "retention_rate") == {"2026-02": 1}


def test_bounds_show_the_periods_they_touch(story: Story) -> None:
    for at in ("2026-01-05", "2026-02-05", "2026-03-05"):
        story.says(1, at)
    labels = [each.label for each in story.board(first=date(2026, 1, 31), last=date(2026, 2, 1)).periods]
    assert labels == ["2026-01", "2026-02"]
    assert story.board(first=date(2027, 1, 1)).periods == ()


def test_bounds_in_the_wrong_order_are_refused() -> None:
    with pytest.raises(DomainError) as caught:
        Question(first=date(2026, 2, 1), last=date(2026, 1, 31))
    assert caught.value.code == "bad_period"


def test_a_year_of_silence(story: Story) -> None:
    story.says(1, "2024-12-31")
    story.says(1, "2026-01-01")
    found = story.board()
    silent = [period for period in found.periods if period.first.year == 2025]
    assert len(silent) == 12
    assert {found.figure("members", each).value for each in silent} == {1}
    assert {found.figure("messages", each).value for each in silent} == {0}
    assert found.figure("retention_rate", silent[0]).value == 0
    assert {found.figure("retention_rate", each).value for each in silent[1:]} == {None}
    # January 2025 ends 31 days after the message, and a period's 30 days end with it.
    assert {found.figure("mau", each).value for each in silent} == {0}


def test_whoever_came_before_anybody_spoke_is_there_on_the_first_day(story: Story) -> None:
    """A list tells of joins long before the chat begins; they do not stretch the board into empty years."""
    story.joins(1, "2020-05-01")
    story.joins(2, "2020-05-01")
    story.leaves(2, "2020-06-01")
    story.says(3, "2026-03-05")
    found = story.board()
    assert series(found, "members") == {"2026-03": 2}
    assert series(found, "new_members") == {"2026-03": 1}
    assert series(found, "silent_share") == {"2026-03": 0.5}


def test_joins_on_the_days_before_the_first_message_count_in_its_month(story: Story) -> None:
    story.joins(1, "2026-03-01")
    story.joins(2, "2026-03-02")
    story.says(1, "2026-03-05")
    found = story.board()
    assert series(found, "joins") == {"2026-03": 2}
    assert series(found, "new_members") == {"2026-03": 2}


def test_costs_on_the_days_before_the_first_message_count_in_its_month(story: Story) -> None:
    story.costs(500, "2026-03-01")
    story.shown(40, "2026-03-01")
    story.says(1, "2026-03-05")
    found = story.board()
    assert series(found, "cost") == {"2026-03": 500}
    assert series(found, "exposures") == {"2026-03": 40}


def test_one_person_on_one_day(story: Story) -> None:
    story.says(1, "2026-03-01")
    found = story.board(grain="all")
    (period,) = found.periods
    assert (period.label, found.as_of) == ("2026-03-01..2026-03-01", date(2026, 3, 1))
    expected = {"members": 1, "new_members": 1, "dau": 1, "wau": 1, "mau": 1, "stickiness": 1, "silent_share": 0}
    assert {key: found.figure(key, period).value for key in expected} == expected
    assert found.figure("retention_rate", period).value is None


def test_a_community_of_nobody(story: Story) -> None:
    story.community(1)
    assert story.board() == NOTHING
    assert story.board(by="community") == NOTHING


def test_a_silent_community_beside_a_lively_one(story: Story) -> None:
    story.community(2)
    story.says(1, "2026-03-01", community=1)
    found = story.board(by="community")
    assert dict(found.keys) == {1: "C1", 2: "C2"}
    assert [series(found, key, 1)["2026-03"] for key in ("members", "messages", "dau", "silent_share")] == [1, 1, 1, 0]
    for key in ("members", "messages", "dau", "silent_share"):
        assert (series(found, key, 2), whys(found, key, 2)) == ({"2026-03": None}, {"chats"})


def test_any_period_is_one_figure_compared_with_as_long_a_time_before(story: Story) -> None:
    for identity, day in (
        (1, "2026-03-01"),
        (1, "2026-03-05"),
        (2, "2026-03-06"),
        (3, "2026-03-07"),
        (1, "2026-03-08"),
        (2, "2026-03-08"),
        (4, "2026-03-20"),
    ):
        story.says(identity, day)
    found = story.board(grain="all", first=date(2026, 3, 7), last=date(2026, 3, 8))
    (period,) = found.periods
    assert period.label == "2026-03-07..2026-03-08"
    expected = {
        "messages": 3,
        "active_members": 3,
        "new_members": 1,
        "retained_members": 2,
        "members": 3,
        "mau": 3,
        "dau": 1.5,
    }
    assert {key: found.figure(key, period).value for key in expected} == expected
    assert [each.label for each in story.board(grain="all", last=date(2026, 3, 5)).periods] == [
        "2026-03-01..2026-03-05"
    ]
    whole = story.board(grain="all")
    assert whole.figure("messages", whole.periods[0]).value == 7
    for first, last in ((date(2027, 1, 1), None), (None, date(2026, 2, 1)), (date.min, date(1, 1, 2))):
        assert story.board(grain="all", first=first, last=last) == NOTHING
    ever = story.board(grain="all", first=date.min, last=date.max)
    assert ever.figure("messages", ever.periods[0]).value == 7


def broken_down() -> list[tuple[Breakdown, dict[str, int]]]:
    return [
        ("none", {"": 15}),
        ("community", {"A": 1, "B": 2, "C": 4, "D": 8}),
        ("platform", {"qq": 8, "wechat": 7}),
        ("type", {"": 9, "lead": 2, "welfare": 4}),
        ("theme", {"tea": 3, "": 12}),
        ("unit", {"1": 3, "2": 12}),
    ]


@pytest.mark.parametrize(("by", "messages"), broken_down())
def test_breakdowns(story: Story, by: Breakdown, messages: dict[str, int]) -> None:
    story.community(1, name="A", theme="tea")
    story.community(2, name="B", theme="tea", type="lead")
    story.community(3, name="C", unit=2, type="welfare")
    story.community(4, name="D", unit=2, platform="qq")
    for community, count in ((1, 1), (2, 2), (3, 4), (4, 8)):
        for _ in range(count):
            story.says(community, "2026-03-01", community=community)
    found = story.board(by=by)
    assert {name: series(found, "messages", key)["2026-03"] for key, name in found.keys.items()} == messages
    # Nobody is in two of these communities, so that people add up as messages do.
    people = sum(series(found, "members", key)["2026-03"] or 0 for key in found.keys)
    assert people == 4


def test_there_is_a_case_for_every_breakdown() -> None:
    assert [by for by, _ in broken_down()] == list(BREAKDOWNS)


def test_two_communities_of_one_name_stay_apart(story: Story) -> None:
    story.community(1, name="Tea")
    story.community(2, name="Tea")
    story.says(1, "2026-03-01", community=1)
    found = story.board(EVERYTHING, by="community")
    assert [series(found, "messages", key)["2026-03"] for key in found.keys] == [1, None]
