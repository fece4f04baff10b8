"""What is normal: calm series, laws, and a day that is nobody's own."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qunyu.insights.alerts import runs, told
from qunyu.insights.normal import Sensitivity, day_factor, normal, plain, stabilised
from qunyu.simulation.scoring.alerts import calm_series, score_calm

SENSE = Sensitivity()


def flags(values: np.ndarray, *, together: bool = True) -> np.ndarray:
    began = np.zeros(len(values), dtype=np.int64)
    found = normal(values, began, np.arange(values.shape[1]) % 7, SENSE, together=together)
    up, down = told(values, found, SENSE, 20)
    return up | down


@given(st.integers(0, 500), st.integers(30, 120))
def test_a_constant_series_has_no_alert(level: int, days: int) -> None:
    assert not flags(np.full((1, days), float(level))).any()


@given(st.lists(st.integers(0, 60), min_size=40, max_size=70), st.integers(1, 20))
def test_later_days_change_nothing_of_earlier_ones(values: list[int], more: int) -> None:
    whole = np.array([values + [7] * more], dtype=float)
    early = np.array([values], dtype=float)
    assert (flags(whole)[:, : len(values)] == flags(early)).all()


@given(st.lists(st.floats(0, 10_000), min_size=1, max_size=20))
def test_the_scale_leads_there_and_back(values: list[float]) -> None:
    given_values = np.array(values)
    assert plain(stabilised(given_values, SENSE.mood), SENSE.mood) == pytest.approx(given_values, abs=1e-6)


def test_a_larger_number_is_never_less_unusual() -> None:
    base = np.full((1, 60), 30.0)
    sizes = [
        normal(_with(base, each), np.zeros(1, np.int64), np.arange(60) % 7, SENSE).far[0, -1] for each in (40, 80, 160)
    ]
    assert sizes == sorted(sizes)


def _with(values: np.ndarray, last: float) -> np.ndarray:
    changed = values.copy()
    changed[0, -1] = last
    return changed


@pytest.mark.parametrize(("last", "told_of"), [(30, False), (55, False), (130, True), (0, True), (12, False)])
def test_a_peak_and_a_fall(last: float, told_of: bool) -> None:
    dice = np.random.default_rng(3)
    values = dice.poisson(30, (1, 60)).astype(float)
    assert bool(flags(_with(values, last))[0, -1]) is told_of


def test_a_day_that_all_share_is_nobodys_own() -> None:
    dice = np.random.default_rng(4)
    values = dice.poisson(30, (12, 60)).astype(float)
    values[:, 50] = np.round(values[:, 50] / 6)
    assert not flags(values).any()
    alone = flags(values[:1])
    assert alone[0, 50]


def test_who_does_the_usual_while_all_others_celebrate_is_no_news() -> None:
    dice = np.random.default_rng(5)
    values = dice.poisson(40, (12, 60)).astype(float)
    values[1:, 50] *= 5
    assert not flags(values)[0, 50]


def test_a_new_level_is_accepted_after_two_weeks() -> None:
    dice = np.random.default_rng(6)
    values = np.concatenate([dice.poisson(30, 60), dice.poisson(150, 60)])[None].astype(float)
    found = np.flatnonzero(flags(values)[0])
    assert found[0] == 60
    assert found[-1] < 60 + SENSE.accepted + 7


def test_few_voices_tell_nothing_of_the_day() -> None:
    usual = np.full(4, 30.0)
    assert day_factor(usual / 3, usual, np.full(4, True), SENSE) == 1.0


@pytest.mark.parametrize(
    ("up", "down", "gives"),
    [
        ("..XX..", "......", [(2, 3, True)]),
        ("..X.X.", "......", [(2, 4, True)]),
        ("..X...", "...X..", [(2, 2, True)]),
        ("X....X", "......", [(0, 0, True), (5, 5, True)]),
        ("......", "......", []),
    ],
)
def test_days_in_a_row_are_one_episode_and_the_echo_is_none(
    up: str, down: str, gives: list[tuple[int, int, bool]]
) -> None:
    rises, falls = (np.array([each == "X" for each in text]) for text in (up, down))
    assert list(runs(rises, falls, np.where(rises, 5.0, -5.0), SENSE.cooldown)) == gives


def test_calm_series_stay_quiet() -> None:
    """The rate that is aimed at: one false alert of a number in ten years; the naive rule has three a year."""
    found = score_calm(5, SENSE)
    assert found["series"] == 100
    assert found["alerts_a_series_year"] <= 0.1
    assert found["baseline"]["alerts_a_series_year"] > 2
    assert found["ceiling"]["alerts_a_series_year"] <= 0.1
    calm = calm_series(5, 3, 20)
    assert calm.values.shape == calm.rates.shape == (3, 20)
