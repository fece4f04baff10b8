"""Laws of accounts: what is counted in two ways is the same, and what is told in parts adds up."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qunyu.insights.daily import daily
from qunyu.insights.funnel import STEPS
from qunyu.kernel.periods import GRAINS, Grain
from tests.insights.happenings import DAYS, HISTORIES, Act, on, plain, told
from tests.insights.stories import EVERYTHING, Story, day

LAWS = settings(max_examples=6)
FIRST, LAST = day(0), day(DAYS)
PARTS = tuple(frozenset({community}) for community in (1, 2))
# Shares of people, who are those behind them.
SHARES = frozenset(
    "retention_rate new_member_retention first_words_rate newcomers_answered repurchase_rate buyer_share".split()
)


@contextmanager
def of(history: list[Act]) -> Iterator[Story]:
    with tempfile.TemporaryDirectory() as folder:
        yield told(history, folder)


@LAWS
@given(HISTORIES)
def test_as_many_people_are_in_a_step_as_it_counts_each_by_one_channel(history: list[Act]) -> None:
    by_two_channels = [Act(30 + word, 540, 1, 1, 1, "listed", word, 2000 + word) for word in (0, 1)]
    with of([*history, *by_two_channels]) as story:
        found = story.funnels(FIRST, LAST)
        assert found
        people = {step: story.in_step(step, FIRST, LAST) for step in (*list(STEPS)[1:], "unheard")}
        by_channel = {each.channel: story.in_step("came", FIRST, LAST, channel=each.channel) for each in found.channels}
    for step in found.whole.steps[1:]:
        assert step.count in (None, len(people[step.key])), step.key
    assert found.whole.unheard in (None, len(people["unheard"]))
    for each in found.channels:
        assert each.steps[1].count == len(by_channel[each.channel])
    if found.channels:
        assert Counter(who for came in by_channel.values() for who in came) == Counter(people["came"])
    assert set(people["again"]) <= set(people["ordered"]) <= set(people["spoke"]) <= set(people["came"])
    assert not set(people["unheard"]) & set(people["spoke"])


@LAWS
@given(HISTORIES, st.sampled_from(GRAINS), st.sampled_from([None, frozenset({1})]))
def test_a_share_of_people_is_those_behind_it(history: list[Act], grain: Grain, only: frozenset[int] | None) -> None:
    with of(history) as story:
        board = story.board(grain=grain, metrics=SHARES, communities=only)
        for key in sorted(SHARES):
            known = [period for period in board.periods if board.figure(key, period).value is not None]
            for period in known[len(known) // 2 :][:1]:
                figure = board.figure(key, period)
                people = story.behind(key, period.first.isoformat(), grain=grain, communities=only)
                assert len(people) == pytest.approx((figure.value or 0) * figure.n), key


@LAWS
@given(HISTORIES)
def test_the_daily_series_are_the_boards_days(history: list[Act]) -> None:
    names = {"messages": "messages", "active_members": "active", "wau": "week", "joins": "joins", "leaves": "leaves"}
    with of(history) as story:
        board = story.board(grain="day", by="community", metrics=frozenset({*names, "promotion_share"}))
        with story.told():
            found = daily(story.lake, EVERYTHING)
    assert [period.first for period in board.periods] == [found.day(column) for column in range(found.days)]
    for column, period in enumerate(board.periods):
        for row, community in enumerate(found.ids):
            for metric, name in names.items():
                value = board.figure(metric, period, community).value or 0
                assert value == found.series[name][row, column], (metric, period)
            share = board.figure("promotion_share", period, community)
            assert (share.value or 0) * share.n == pytest.approx(found.series["promotions"][row, column])


@LAWS
@given(HISTORIES)
def test_leavings_of_communities_add_up(history: list[Act]) -> None:
    """All but those of whom it counts whether they were ever heard anywhere."""
    with of(history) as story:
        whole = story.leaving(FIRST, LAST)
        parts = [story.leaving(FIRST, LAST, communities=each) for each in PARTS]
    assert whole
    told_of = [each for each in parts if each and not each.why]
    for name in ("total", "removed", "compared", "newcomers", "newcomers_silent"):
        assert sum(getattr(each, name) for each in told_of) == getattr(whole, name), name
    for name in ("tenures", "silences", "reasons"):
        sums = Counter(dict.fromkeys(getattr(whole, name), 0))
        for each in told_of:
            sums.update(getattr(each, name))
        assert sums == getattr(whole, name), name
    for name in ("advertising", "usual"):
        means = [(getattr(each, name) or 0) * each.compared for each in told_of]
        assert sum(means) == pytest.approx((getattr(whole, name) or 0) * whole.compared), name


@LAWS
@given(HISTORIES, st.integers(1, DAYS))
def test_spans_that_adjoin_add_up(history: list[Act], cut: int) -> None:
    halves = (FIRST, day(cut - 1)), (day(cut), LAST)
    around = [Act(number, 600, 1, 1, 1, "buys", 1, 2000 + number) for number in (cut - 1, cut)]
    with of([*history, Act(0, 540, 1, 1, 1, "joins", 0, 1999), *around]) as story:
        growths = [story.growth(*span) for span in ((FIRST, LAST), *halves)]
        totals = [
            story.totals(first=on(first), last=on(last)) for first, last in ((0, DAYS), (0, cut - 1), (cut, DAYS))
        ]
        leavings = [story.leaving(*span) for span in ((FIRST, LAST), *halves)]
        talk = story.board(grain="all", metrics=frozenset({"messages"}))
    assert totals[1].kinds.keys() | totals[2].kinds.keys() == totals[0].kinds.keys()
    assert Counter(totals[1].kinds) + Counter(totals[2].kinds) == totals[0].kinds
    assert totals[0].kinds["message"] == talk.figure("messages", talk.periods[0]).value
    for name in ("orders", "amount", "refund"):
        sums = [sum(getattr(each, name) for each in found.orders) for found in totals]
        assert sums[0] == sums[1] + sums[2], name
    factors = [{each.key: each for each in found.factors} for found in growths if found]
    assert len(factors) == 3
    if "order_value" in factors[0]:
        for part in ("count", "base"):
            whole, one, other = (getattr(each["order_value"], part) for each in factors)
            assert whole == one + other, part
        assert all(
            each["orders_per_buyer"].base <= each["trial_rate"].count <= each["visitors"].count for each in factors
        )
    gone = [found.total for found in leavings if found]
    assert gone[0] == gone[1] + gone[2]


@LAWS
@given(HISTORIES)
def test_networks_hold_all_that_was_said_by_people(history: list[Act]) -> None:
    with of(history) as story:
        board = story.board(grain="all", by="community", metrics=frozenset({"messages", "speaking_members"}))
        found = [story.network(FIRST, LAST, community=community) for community in (1, 2)]
    for community, network in zip((1, 2), found, strict=True):
        assert network
        assert network.messages == board.figure("messages", board.periods[0], community).value
        # The staff is one more of those who speak; of the others some may only have sent signs.
        assert network.people > (board.figure("speaking_members", board.periods[0], community).value or 0)
        assert plain(sum(node.strength for node in network.nodes)) == 2 * network.strength
