"""Laws of health and alerts: every day is judged by that day and those before it, whatever came later."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from qunyu.insights.alerts import WATCHED, Watching, find_alerts, history, told_once
from qunyu.insights.daily import SERIES, Daily, Numbers, daily
from qunyu.insights.health import health
from qunyu.insights.levels import Settings, levels, rolling
from qunyu.insights.normal import Sensitivity, normal
from qunyu.insights.states import STATES, states
from tests.insights.happenings import plain
from tests.insights.lives import BEGIN, live, opened
from tests.insights.stories import EVERYTHING, Story

COMMUNITIES = 6


@dataclass(frozen=True)
class Matrix:
    """What six communities say a day: `levels` of each, from the day of `turns` on that many tenths of it, `peaks` (community, day), by
    chance of `seed`; it is cut after `early` of `days`."""

    levels: tuple[int, ...]
    turns: tuple[tuple[int, int], ...]
    peaks: frozenset[tuple[int, int]]
    seed: int
    early: int
    days: int

    def values(self) -> Numbers:
        """Messages by community and day."""
        expected = np.repeat(np.array(self.levels, dtype=float)[:, None], self.days, axis=1)
        for row, (day, tenths) in enumerate(self.turns):
            expected[row, day:] *= tenths / 10
        for row, day in self.peaks:
            expected[row, day : day + 1] = 4 * expected[row, day : day + 1] + 30
        return np.random.default_rng(self.seed).poisson(expected).astype(float)


def matrices(least: int, most: int, highest: int) -> st.SearchStrategy[Matrix]:
    """Matrices of so many days, with at most so many messages a day."""
    turn = st.tuples(st.integers(0, most), st.sampled_from((0, 1, 4, 10, 20)))
    level = st.sampled_from([each for each in (0, 2, 5, 12, 30, 60) if each <= highest])
    peaks = st.frozensets(st.tuples(st.integers(0, COMMUNITIES - 1), st.integers(21, most)), min_size=2, max_size=6)

    def of(days: int) -> st.SearchStrategy[Matrix]:
        lines = (st.tuples(*[each] * COMMUNITIES) for each in (level, turn))
        return st.builds(Matrix, *lines, peaks, st.integers(0, 99), st.integers(least - 15, days - 1), st.just(days))

    return st.integers(least, most).flatmap(of)


def made(values: Numbers) -> Daily:
    """The days as the lake would tell them: a word of the staff on each, and ten people who speak in turn (two at first in one)."""
    days = values.shape[1]
    people = np.full(values.shape, 10.0)
    people[3, :60] = 2
    active = np.minimum(values, people)
    series = {name: np.zeros(values.shape) for name in SERIES}
    series |= {"messages": values + 1, "said": values, "active": active, "week": np.minimum(rolling(active, 7), people)}
    series |= {"joins": np.floor(values / 4), "leaves": np.floor(values / 6), "promotions": np.floor(values / 3)}
    ids = tuple(range(1, values.shape[0] + 1))
    last = BEGIN + timedelta(days=days - 1)
    cards = {
        id: {"type": "flash" if id == 6 else "lead", "opened_on": BEGIN - timedelta(days=99), "closed_on": None}
        for id in ids
    }
    cards[5] |= {"opened_on": BEGIN + timedelta(days=9), "closed_on": BEGIN + timedelta(days=70)}
    spoken = {id: np.flatnonzero(values[row]) for row, id in enumerate(ids)}
    spoke = {id: BEGIN + timedelta(days=int(found[-1])) for id, found in spoken.items() if len(found)}
    return Daily(ids, BEGIN, last, series, cards, dict.fromkeys(ids, (BEGIN, last)), spoke)


@given(matrices(60, 160, 60))
@settings(max_examples=25)
def test_levels_and_states_of_a_day_are_told_by_it_and_those_before(matrix: Matrix) -> None:
    values, chosen = matrix.values(), Settings()
    whole, early = made(values), made(values[:, : matrix.early])
    found, before = levels(whole, chosen), levels(early, chosen)
    for name, numbers in vars(before).items():
        known = getattr(found, name)[..., : matrix.early]
        assert np.allclose(known, numbers, rtol=1e-9, equal_nan=True), name
    codes, codes_before = states(whole, found, chosen), states(early, before, chosen)
    assert (codes[:, : matrix.early] == codes_before).all()
    assert set(codes.ravel()) <= set(range(len(STATES)))


@given(matrices(60, 160, 60))
@settings(max_examples=12)
def test_what_is_normal_and_what_was_told_stay(matrix: Matrix) -> None:
    """But for the last three days: a run may go on, and a fall on the last day is judged only once something comes after it."""
    values, sense = matrix.values(), Sensitivity()
    whole, early = Watching(made(values), sense), Watching(made(values[:, : matrix.early]), sense)
    for watched in WATCHED.values():
        if watched.series in whole.series:
            one, other = (
                normal(each.series[watched.series], each.began, each.weekdays, sense) for each in (early, whole)
            )
            for name, numbers in vars(one).items():
                assert np.allclose(getattr(other, name)[..., : matrix.early], numbers, rtol=1e-9), (watched.key, name)
    settled = early.daily.last - timedelta(days=3)
    told, still = (
        [each for each in told_once(list(found.episodes())) if each.last <= settled] for found in (early, whole)
    )
    assert plain(still) == plain(told)


@contextmanager
def lived(matrix: Matrix) -> Iterator[tuple[Story, Story, date]]:
    """The matrix's talk with orders, up to the day where it is cut and all of it, and that day; on the next day
    somebody leaves each, and later orders are of another currency."""
    with tempfile.TemporaryDirectory() as folder:
        whole = Story(Path(folder) / "whole")
        values = matrix.values().astype(int)
        for row in range(COMMUNITIES):
            opened(whole, row + 1)
            live(whole, row + 1, matrix.days, lambda number, row=row: int(values[row, number]))  # type: ignore[misc]
            whole.leaves(1_000 * (row + 1), f"{BEGIN + timedelta(days=matrix.early)} 22:00", row + 1)
        sell(whole, matrix)
        day = BEGIN + timedelta(days=matrix.early - 1)
        early = Story(Path(folder) / "early", whole.communities, whole.people)
        early.facts = [each for each in whole.facts if each["local_day"] <= day]
        yield early, whole, day


def sell(story: Story, matrix: Matrix) -> None:
    """Three or four orders a day in yuan, dear ones on one day, and from the cut on forty in dollars."""
    dear = min(day for _, day in matrix.peaks)
    for buyer in range(1_000, 1_010):
        story.joins(buyer, f"{BEGIN} 07:00", 1)
    for number in range(matrix.days):
        later = number >= matrix.early
        for place in range(40 if later else 3 + number % 2):
            stamp = f"{BEGIN + timedelta(days=number)} 13:{place:02d}"
            amount = 20_000 if number == dear else 1_000
            story.buys(1_000 + place % 10, stamp, amount, currency="USD" if later else "CNY")


LIVES = matrices(50, 75, 12)
LAWS = settings(max_examples=2)


@LAWS
@given(LIVES)
def test_health_and_alerts_of_a_past_day(matrix: Matrix) -> None:
    with lived(matrix) as (early, whole, day):
        with early.told():
            before = [health(early.lake, EVERYTHING), find_alerts(early.lake, EVERYTHING)]
        with whole.told():
            after = [health(whole.lake, EVERYTHING, as_of=day), find_alerts(whole.lake, EVERYTHING, as_of=day)]
    assert plain(after) == plain(before)


@LAWS
@given(LIVES, st.integers(0, COMMUNITIES), st.sampled_from(("messages", "active_members", "promotions")))
def test_numbers_and_normal_ranges_of_past_days(matrix: Matrix, community: int, metric: str) -> None:
    with lived(matrix) as (early, whole, day):
        with early.told():
            before = history(early.lake, EVERYTHING, community, metric, last=day, count=60)
            lines = daily(early.lake, EVERYTHING)
        with whole.told():
            after = history(whole.lake, EVERYTHING, community, metric, last=day, count=71)
            past, everything = daily(whole.lake, EVERYTHING, day), daily(whole.lake, EVERYTHING)
    assert before
    assert after
    for name, numbers in vars(before).items():
        places = [after.days.index(each) for each in before.days]
        assert [getattr(after, name)[place] for place in places] == list(numbers), name
    for name in SERIES:
        assert (past.series[name] == lines.series[name]).all(), name
        assert (everything.series[name][:, : lines.days] == lines.series[name]).all(), name
