"""Laws of later days: what happens on a day changes no answer about days that were over before it.

Where an answer follows people beyond the days asked, it may only grow, or change by what comes within the time its definition names.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from qunyu.insights.board import Figure
from qunyu.insights.funnel import Funnel, Funnels
from qunyu.insights.metric import metrics
from qunyu.insights.question import Breakdown
from qunyu.kernel.periods import GRAINS, Grain, Period
from tests.insights.happenings import (
    COMING_AND_GOING,
    DAYS,
    HISTORIES,
    MONEY,
    TALK,
    Act,
    acts,
    later,
    on,
    plain,
    told,
)
from tests.insights.stories import Story, bars, day

LAWS = settings(max_examples=5)
MORE = acts(*TALK, "acts", *COMING_AND_GOING, *MONEY, least=8, most=20)
CUTS = st.integers(12, DAYS)
GRAIN = st.sampled_from(GRAINS)
# Metric -> within how many days after a period something still counts for it.
REACH = {
    "newcomer_wait": 1,
    "newcomers_answered": 1,
    "first_words_rate": 7,
    "successful_invitations": 30,
    "invited_buyers": 30,
}
GROWING = ("successful_invitations", "invited_buyers")
OF_PEOPLE = st.sampled_from(sorted(key for key, metric in metrics().items() if metric.people))


@contextmanager
def before_and_after(history: list[Act], more: list[Act], cut: int) -> Iterator[tuple[Story, Story]]:
    """The history, and the same with more of it on the day `cut` and later."""
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as other:
        yield told(history, folder), told([*history, *later(more, cut)], other)


def over(period: Period, cut: int, metric: str = "") -> bool:
    """Whether nothing from the day `cut` on counts for the metric in that period."""
    return period.last + timedelta(days=REACH.get(metric, 0)) < on(cut)


def stays(before: Figure, after: Figure) -> bool:
    """Whether it is the same figure, or nothing, where only the later days told of an input (which holds for all time)."""
    if before.why in ("", "base"):
        same = plain((before.value, before.n, before.why)) == plain((after.value, after.n, after.why))
        return same or after.why == "one_currency"
    return after.why == before.why or after.value in (None, 0)


@LAWS
@given(HISTORIES, MORE, CUTS, GRAIN, st.sampled_from(("none", "community")))
def test_figures_of_the_board(history: list[Act], more: list[Act], cut: int, grain: Grain, by: Breakdown) -> None:
    with before_and_after(history, more, cut) as (early, whole):
        before, after = early.board(grain=grain, by=by), whole.board(grain=grain, by=by)
    assert after.periods[: len(before.periods)] == before.periods
    asked = [(metric, period, key) for metric in metrics() for period in before.periods for key in before.keys]
    for metric, period, key in asked:
        one, other = before.figure(metric, period, key), after.figure(metric, period, key)
        if over(period, cut, metric):
            assert stays(one, other), (metric, period, key, one, other)
        elif over(period, cut) and metric in GROWING:
            assert (one.value or 0) <= (other.value or 0), (metric, period, key)


@LAWS
@given(HISTORIES, MORE, CUTS, GRAIN)
def test_cohorts(history: list[Act], more: list[Act], cut: int, grain: Grain) -> None:
    with before_and_after(history, more, cut) as (early, whole):
        before, after = (story.cohorts(grain=grain, latest=1000).rows for story in (early, whole))
        periods = early.board(grain=grain, metrics=frozenset({"members"})).periods
    closed = sum(over(period, cut) for period in periods)
    kept, found = (
        [
            (row.period, row.size, row.shares[: closed - periods.index(row.period)])
            for row in rows
            if over(row.period, cut)
        ]
        for rows in (before, after)
    )
    assert plain(kept) == plain(found)


@LAWS
@given(HISTORIES, MORE, CUTS, st.sets(OF_PEOPLE, min_size=4, max_size=4))
def test_people_behind_a_figure(history: list[Act], more: list[Act], cut: int, keys: set[str]) -> None:
    with before_and_after(history, more, cut) as (early, whole):
        periods = early.board(grain="week", metrics=frozenset({"members"})).periods
        for key in sorted(keys):
            for period in [each for each in periods if over(each, cut, key)][-1:]:
                start = period.first.isoformat()
                assert early.behind(key, start, grain="week") == whole.behind(key, start, grain="week"), key


@LAWS
@given(HISTORIES, MORE, CUTS)
def test_of_those_who_came_more_may_speak_and_order_and_nobody_else_came(
    history: list[Act], more: list[Act], cut: int
) -> None:
    span = day(0), day(cut - 1)
    with before_and_after(history, more, cut) as (early, whole):
        before, after = early.funnels(*span), whole.funnels(*span)
        people = {
            step: (set(early.in_step(step, *span)), set(whole.in_step(step, *span)))
            for step in ("came", "spoke", "ordered", "again")
        }
    assert before
    assert after
    assert people["came"][0] == people["came"][1]
    assert all(one <= other for one, other in people.values())
    assert steps(before.whole)[:2] == steps(after.whole)[:2]
    assert seen(before) == seen(after)
    assert all((one or 0) <= (other or 0) for one, other in zip(steps(before.whole), steps(after.whole), strict=True))


def steps(funnel: Funnel) -> list[int | None]:
    return [step.count for step in funnel.steps]


def seen(found: Funnels) -> dict[str, int]:
    """Channel -> how often it was seen."""
    return {each.channel: each.steps[0].count for each in found.channels if each.steps[0].count is not None}


@LAWS
@given(HISTORIES, MORE, CUTS)
def test_growth(history: list[Act], more: list[Act], cut: int) -> None:
    with before_and_after(history, more, cut) as (early, whole):
        for first in (day(0), day(cut - 9)):
            before, after = (story.growth(first, day(cut - 1)) for story in (early, whole))
            assert before
            assert after
            if before.why:
                # Only the later days told of orders: on these days there were none.
                assert after.factors[: len(before.factors)] == before.factors
                assert not after.revenue
            else:
                assert after == replace(before, as_of=after.as_of)


@LAWS
@given(HISTORIES, MORE, CUTS, st.booleans())
def test_leaving(history: list[Act], more: list[Act], cut: int, next_day: bool) -> None:
    """Whoever spoke and left may still be heard on the day after."""
    span = day(0), day(cut - 1 if next_day else cut - 2)
    with before_and_after(history, more, cut) as (early, whole):
        before, after = (story.leaving(*span) for story in (early, whole))
        assert early.parting_words(*span) == whole.parting_words(*span)
    assert before
    assert after
    if before.why:
        assert (before.why, before.total, after.total) == ("joins", 0, 0)
        return
    unheard = after.newcomers_unheard if next_day else before.newcomers_unheard
    assert unheard <= before.newcomers_unheard
    assert plain(after) == plain(replace(before, as_of=after.as_of, newcomers_unheard=unheard))


@LAWS
@given(HISTORIES, MORE, CUTS)
def test_network_and_totals(history: list[Act], more: list[Act], cut: int) -> None:
    span = on(0), on(cut - 1)
    with before_and_after(history, more, cut) as (early, whole):
        for community in (1, 2):
            before, after = (story.network(day(0), day(cut - 1), community=community) for story in (early, whole))
            assert before
            assert after
            assert after == replace(before, as_of=after.as_of)
        assert early.totals(first=span[0], last=span[1]) == whole.totals(first=span[0], last=span[1])


# What is told of a person alone, and not of how long ago it was.
LASTING = (
    "first_day", "last_day", "last_order", "present", "messages", "spoken_days", "spoken_span", "answers", "spoken_30",
    "answers_30", "answer_days", "orders", "refunded", "invited", "recommended",
)  # fmt: skip


@LAWS
@given(HISTORIES, acts(*TALK, "leaves", "acts", least=1, most=8))
def test_features_of_those_who_did_nothing_more(history: list[Act], more: list[Act]) -> None:
    """Person 1 alone goes on: of the others only the days that have passed are more."""
    last = later([replace(act, who=1) for act in more], DAYS + 1)
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as other:
        stories = told(history, folder), told([*history, *last], other)
        before, after = (story.features(bars(None, tier_window=20)) for story in stories)
    passed = max(act.number for act in last) - DAYS
    assert before.keys() <= after.keys() <= before.keys() | {1}
    for member in before.keys() - {1}:
        one, then = before[member], after[member]
        assert plain([then[name] for name in LASTING]) == plain([one[name] for name in LASTING])
        assert then["known_days"] == one["known_days"] + passed
        assert then["silent_days"] == (None if one["silent_days"] is None else one["silent_days"] + passed)
