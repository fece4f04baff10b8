"""The pure rules: lots, expiry, levels, and every earning rule's worked example."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qunyu.kernel.errors import DomainError
from qunyu.loyalty.benefits import label_of
from qunyu.loyalty.earning import EarningRule, earning_rules
from qunyu.loyalty.earning.rule import Deed
from qunyu.loyalty.rules.levels import Bar, Figures, Place, Step, decide, missing
from qunyu.loyalty.rules.lots import LotLeft, expires_on, later, taken

TODAY = date(2026, 3, 20)
DAYS = st.dates(date(2026, 1, 1), date(2028, 12, 31))
LOTS = st.lists(
    st.builds(LotLeft, st.integers(1, 99), st.integers(1, 3), st.integers(0, 50), st.none() | DAYS),
    max_size=8,
    unique_by=lambda each: each.id,
)


@given(LOTS, st.integers(0, 300))
def test_what_expires_soonest_goes_first_and_never_more_than_there_is(lots: list[LotLeft], points: int) -> None:
    found = taken(lots, points)
    assert sum(part for _, part in found) == min(points, sum(each.left for each in lots))
    assert all(0 < part <= lot.left for lot, part in found)
    untouched = {each for each in lots if each.left} - {lot for lot, _ in found}
    last = max((lot.expires_on or date.max for lot, _ in found), default=date.min)
    assert all((each.expires_on or date.max) >= last for each in untouched)


def test_chosen_lots_go_before_the_others() -> None:
    soon, late = LotLeft(1, 1, 5, TODAY), LotLeft(2, 1, 5, None)
    assert taken([soon, late], 7, {2}) == [(late, 5), (soon, 2)]


@given(DAYS, st.integers(1, 60))
def test_a_month_later_is_never_before_and_never_a_month_too_far(day: date, months: int) -> None:
    found = later(day, months)
    assert day < found
    assert (found.year - day.year) * 12 + found.month - day.month == months
    assert found.day <= day.day


@pytest.mark.parametrize(
    ("expiry", "day", "gone"),
    [
        ("never", date(2026, 1, 31), None),
        ("months", date(2026, 1, 31), date(2026, 2, 28)),
        ("year", date(2026, 1, 31), date(2028, 1, 1)),
    ],
)
def test_expiry(expiry: str, day: date, gone: date | None) -> None:
    assert expires_on(day, expiry, 1) == gone


@pytest.mark.parametrize("rule", earning_rules().values(), ids=lambda rule: rule.key)
def test_worked_example(rule: EarningRule) -> None:
    quantity, figures, points = rule.example
    deed = Deed(rule.deed, 1, "x", datetime(2026, 3, 1, tzinfo=UTC), quantity, "CNY")
    assert rule.points(deed, rule.checked(figures)) == points
    assert rule.points(Deed(rule.deed, 1, "x", deed.at, 0, "CNY"), rule.checked(figures)) == 0
    with pytest.raises(DomainError, match="1"):
        rule.checked({rule.figures[0].key: 0})


SILVER = Step(1, [Bar("orders", 2)], months=12)
GOLD = Step(2, [Bar("points_year", 500), Bar("spent_year", 100_00, "CNY")], [Bar("orders", 1)], months=3)
BOTH = Step(3, [Bar("months", 6), Bar("tier", 2)], every=True, months=0)
LADDER = [SILVER, GOLD, BOTH]
SPENT = {"CNY": 100_00}


@pytest.mark.parametrize(
    ("figures", "stood", "level", "why", "until"),
    [
        (Figures(), None, None, "none", None),
        (Figures(orders=2), None, 1, "bar", date(2027, 3, 20)),
        (Figures(spent_year=SPENT, orders=0), None, 2, "bar", date(2026, 6, 20)),
        (Figures(months=9, tier=None), None, None, "none", None),
        (Figures(months=9, tier=2), None, 3, "bar", None),
        # Nobody falls while the time lasts, and nobody who meets the bars of keeping.
        (Figures(), Place(2, TODAY), 2, "holds", TODAY),
        (Figures(orders=1), Place(2, TODAY - timedelta(days=1)), 2, "kept", date(2026, 6, 20)),
        (Figures(orders=0), Place(2, TODAY - timedelta(days=1)), None, "fell", None),
        (Figures(orders=2), Place(3, None), 1, "fell", date(2027, 3, 20)),
        (Figures(orders=2), Place(1, TODAY - timedelta(days=1)), 1, "kept", date(2027, 3, 20)),
        # Unknown orders meet no bar.
        (Figures(orders=None), None, None, "none", None),
    ],
)
def test_where_somebody_stands(
    figures: Figures, stood: Place | None, level: int | None, why: str, until: date | None
) -> None:
    found = decide(LADDER, figures, stood, [], TODAY)
    assert (found.place.level, found.place.why, found.place.until) == (level, why, until)
    assert found.base == found.place


def test_a_level_given_by_hand_lies_over_what_the_bars_say() -> None:
    found = decide(LADDER, Figures(orders=2), None, [(2, TODAY)], TODAY)
    assert (found.place.level, found.place.why, found.base.level) == (2, "grant", 1)
    assert decide(LADDER, Figures(orders=2), None, [(2, TODAY - timedelta(days=1))], TODAY).place.level == 1


@settings(max_examples=60)
@given(st.integers(0, 5), st.integers(0, 900), st.sampled_from([None, 1, 2, 3]), st.integers(-40, 40))
def test_nobody_falls_before_their_time(orders: int, points: int, stood: int | None, left: int) -> None:
    place = Place(stood, TODAY + timedelta(days=left)) if stood else None
    found = decide(LADDER, Figures(orders=orders, points_year=points), place, [], TODAY)
    if place is not None and left >= 0:
        assert (found.place.level or 0) >= (stood or 0)
    again = decide(LADDER, Figures(orders=orders, points_year=points), found.base, [], TODAY)
    assert again.place.level == found.place.level


def test_what_is_missing() -> None:
    assert missing(SILVER, Figures(orders=2)) == []
    short = missing(GOLD, Figures(points_year=120, spent_year=None))
    assert short == [(GOLD.bars[0], 380), (GOLD.bars[1], None)]


def test_periods_of_quotas() -> None:
    assert [label_of(each, TODAY) for each in ("month", "quarter", "year", "ever")] == [
        "2026-03",
        "2026-Q1",
        "2026",
        "ever",
    ]
