"""Periods tile the calendar without gaps."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qunyu.kernel.periods import GRAINS, Grain, Period, next_start, period_start, periods_between

DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))
SPANS = st.tuples(DAYS, st.integers(0, 900)).map(lambda each: (each[0], each[0] + timedelta(days=each[1])))
EACH_GRAIN = st.sampled_from(GRAINS)


@pytest.mark.parametrize(
    ("day", "grain", "first", "last", "label"),
    [
        (date(2026, 3, 1), "day", date(2026, 3, 1), date(2026, 3, 1), "2026-03-01"),
        (date(2026, 3, 1), "week", date(2026, 2, 23), date(2026, 3, 1), "2026-W09"),
        (date(2026, 3, 2), "week", date(2026, 3, 2), date(2026, 3, 8), "2026-W10"),
        # ISO 8601: the week with the year's first Thursday is the first; these days lie in another year than their week.
        (date(2026, 1, 1), "week", date(2025, 12, 29), date(2026, 1, 4), "2026-W01"),
        (date(2025, 12, 29), "week", date(2025, 12, 29), date(2026, 1, 4), "2026-W01"),
        (date(2021, 1, 3), "week", date(2020, 12, 28), date(2021, 1, 3), "2020-W53"),
        (date(2023, 1, 1), "week", date(2022, 12, 26), date(2023, 1, 1), "2022-W52"),
        (date(2026, 12, 31), "week", date(2026, 12, 28), date(2027, 1, 3), "2026-W53"),
        (date(2026, 2, 14), "month", date(2026, 2, 1), date(2026, 2, 28), "2026-02"),
        (date(2024, 2, 14), "month", date(2024, 2, 1), date(2024, 2, 29), "2024-02"),
        (date(2026, 12, 31), "month", date(2026, 12, 1), date(2026, 12, 31), "2026-12"),
        (date(2026, 1, 31), "month", date(2026, 1, 1), date(2026, 1, 31), "2026-01"),
    ],
)
def test_the_period_that_holds_a_day(day: date, grain: Grain, first: date, last: date, label: str) -> None:
    (period,) = periods_between(day, day, grain)
    assert (period.first, period.last, period.label) == (first, last, label)


def test_a_free_period_is_one_and_keeps_its_ends() -> None:
    first, last = date(2026, 3, 5), date(2027, 1, 2)
    assert list(periods_between(first, last, "all")) == [Period(first, last, "all")]
    assert Period(first, last, "all").label == "2026-03-05..2027-01-02"


def test_months_over_a_year_end() -> None:
    labels = [each.label for each in periods_between(date(2025, 11, 30), date(2026, 2, 1), "month")]
    assert labels == ["2025-11", "2025-12", "2026-01", "2026-02"]


def test_nothing_between_days_in_the_wrong_order() -> None:
    assert list(periods_between(date(2026, 3, 9), date(2026, 3, 1), "week")) == []


@given(SPANS, EACH_GRAIN)
def test_periods_tile_the_calendar(span: tuple[date, date], grain: Grain) -> None:
    first, last = span
    periods = list(periods_between(first, last, grain))
    assert periods[0].first <= first <= periods[0].last
    assert periods[-1].first <= last <= periods[-1].last
    assert all(before.last + timedelta(days=1) == after.first for before, after in pairwise(periods))
    assert len({period.label for period in periods}) == len(periods)


@given(DAYS, EACH_GRAIN)
def test_every_day_of_a_period_starts_at_its_first(day: date, grain: Grain) -> None:
    (period,) = periods_between(day, day, grain)
    inside = [period.first + timedelta(days=n) for n in range((period.last - period.first).days + 1)]
    assert {period_start(each, grain) for each in inside} == {period.first}
    assert next_start(period.first, grain) == period.last + timedelta(days=1)


@given(DAYS)
def test_weeks_are_seven_days_from_monday(day: date) -> None:
    (week,) = periods_between(day, day, "week")
    assert week.first.weekday() == 0
    assert (week.last - week.first).days == 6
    assert week.label == f"{day.isocalendar().year}-W{day.isocalendar().week:02d}"
