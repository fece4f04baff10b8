"""Laws of the board: any small story, told by DuckDB and counted again in plain Python."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qunyu.kernel.periods import GRAINS, Grain, Period, periods_between
from tests.insights.stories import Story, day, series

DAYS = 75
LAWS = settings(max_examples=6)


@dataclass(frozen=True)
class Act:
    """Person `who` does `what` ("says", "joins" or "leaves") in `community` on the day with that number."""

    number: int
    who: int
    community: int
    what: str


SPARSE = st.one_of(st.integers(0, DAYS), st.sampled_from([0, 1, 6, 7, 29, 30, 31, 60]))
ACTS = st.lists(
    st.builds(
        Act, SPARSE, st.integers(1, 4), st.integers(1, 2), st.sampled_from(["says", "says", "says", "joins", "leaves"])
    ),
    max_size=30,
).map(lambda acts: sorted(acts, key=lambda act: act.number))


def told(acts: list[Act], folder: str) -> Story:
    """The acts as a story, a minute between two; somebody of the staff speaks on the first and the last day.

    Every person has an identity for each community, and they all are one member.
    """
    story = Story(Path(folder))
    story.community(1, type="lead")
    story.community(2, type="welfare")
    story.person(99, 99, "staff")
    for who in range(1, 5):
        for community in (1, 2):
            story.person(10 * who + community, who)
    story.says(99, f"{day(0)} 00:00")
    for place, act in enumerate(acts):
        minute = f"{1 + place // 60:02d}:{place % 60:02d}"
        getattr(story, act.what)(10 * act.who + act.community, f"{day(act.number)} {minute}", act.community)
    story.says(99, f"{day(DAYS)} 23:00")
    return story


class Counted:
    """The same acts, counted by hand."""

    def __init__(self, acts: list[Act], grain: Grain) -> None:
        self.acts = acts
        self.start = date.fromisoformat(day(0))
        self.end = self.start + timedelta(days=DAYS)
        self.periods = list(periods_between(self.start, self.end, grain))
        self.active_on: dict[date, set[int]] = defaultdict(set)
        self.seen: dict[int, date] = {}
        for act in acts:
            at = self.day(act)
            self.seen[act.who] = min(at, self.seen.get(act.who, at))
            if act.what == "says":
                self.active_on[at].add(act.who)

    def day(self, act: Act) -> date:
        return self.start + timedelta(days=act.number)

    def days(self, period: Period) -> list[date]:
        first, last = max(period.first, self.start), min(period.last, self.end)
        return [first + timedelta(days=n) for n in range((last - first).days + 1)]

    def active(self, period: Period) -> set[int]:
        return set().union(*(self.active_on[each] for each in self.days(period)))

    def born(self, period: Period) -> set[int]:
        return {who for who, first in self.seen.items() if period.first <= first <= period.last}

    def members(self, period: Period) -> int:
        """Who is somewhere at the period's end: seen there, and the last act was no leaving."""
        last: dict[tuple[int, int], str] = {}
        for act in self.acts:
            if self.day(act) <= period.last:
                last[(act.who, act.community)] = act.what
        return len({who for (who, _), what in last.items() if what != "leaves"})

    def window(self, period: Period, length: int) -> int:
        end = self.days(period)[-1]
        return len(set().union(*(self.active_on[end - timedelta(days=n)] for n in range(length))))

    def dau(self, period: Period) -> float:
        days = self.days(period)
        return sum(len(self.active_on[each]) for each in days) / len(days)

    def retained(self, place: int) -> int:
        return len(self.active(self.periods[place]) & self.active(self.periods[place - 1])) if place else 0


METRICS = frozenset(
    "members active_members new_members retained_members retention_rate new_member_retention dau wau mau stickiness".split()
)


@LAWS
@given(ACTS, st.sampled_from(GRAINS))
def test_the_board_counts_as_one_does_by_hand(acts: list[Act], grain: Grain) -> None:
    with tempfile.TemporaryDirectory() as folder:
        found = told(acts, folder).board(grain=grain, metrics=METRICS)
    hand = Counted(acts, grain)
    assert list(found.periods) == hand.periods
    for place, period in enumerate(hand.periods):
        got = {key: found.figure(key, period).value for key in METRICS}
        active, mau = len(hand.active(period)), hand.window(period, 30)
        assert got["members"] == hand.members(period)
        assert got["active_members"] == active
        assert got["new_members"] == len(hand.born(period))
        assert got["retained_members"] == hand.retained(place)
        assert got["dau"] == pytest.approx(hand.dau(period))
        assert (got["wau"], got["mau"]) == (hand.window(period, 7), mau)
        assert got["stickiness"] == (pytest.approx(hand.dau(period) / mau) if mau else None)
        before = len(hand.active(hand.periods[place - 1])) if place else 0
        assert got["retention_rate"] == (pytest.approx(hand.retained(place) / before) if before else None)
        born = hand.born(hand.periods[place - 1]) if place else set()
        stayed = len(born & hand.active(period))
        assert got["new_member_retention"] == (pytest.approx(stayed / len(born)) if born else None)


@LAWS
@given(ACTS, st.sampled_from(GRAINS))
def test_cohorts_are_the_new_members_and_their_later_days(acts: list[Act], grain: Grain) -> None:
    with tempfile.TemporaryDirectory() as folder:
        story = told(acts, folder)
        found = story.cohorts(grain=grain, latest=1000)
        new = series(story.board(grain=grain, metrics=frozenset({"new_members"})), "new_members")
    hand = Counted(acts, grain)
    assert {row.period.label: row.size for row in found.rows} == {label: size for label, size in new.items() if size}
    assert sum(row.size for row in found.rows) == len(hand.seen)
    for row in found.rows:
        born, place = hand.born(row.period), hand.periods.index(row.period)
        later = [len(born & hand.active(each)) for each in hand.periods[place:]]
        assert [share * row.size for share in row.shares] == pytest.approx(later)


SHARES = frozenset("retention_rate new_member_retention silent_share interaction_rate leave_rate".split())
ADDING = SHARES | frozenset("messages actions members active_members retained_members".split())


@LAWS
@given(ACTS)
def test_parts_add_up_and_shares_stay_shares(acts: list[Act]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        story = told(acts, folder)
        whole, parts = story.board(metrics=ADDING), story.board(by="type", metrics=ADDING)
    for period in whole.periods:
        for metric in ("messages", "actions"):
            pieces = [parts.figure(metric, period, key).value or 0 for key in parts.keys]
            assert sum(pieces) == whole.figure(metric, period).value
        for metric in ("members", "active_members"):
            pieces = [parts.figure(metric, period, key).value or 0 for key in parts.keys]
            assert max(pieces) <= (whole.figure(metric, period).value or 0) <= sum(pieces)
    for before, after in zip(whole.periods, whole.periods[1:], strict=False):
        retained = whole.figure("retained_members", after).value or 0
        assert retained <= (whole.figure("active_members", before).value or 0)
        assert retained <= (whole.figure("active_members", after).value or 0)
    values = [figure.value for (metric, *_), figure in whole.figures.items() if metric in SHARES]
    assert all(0 <= value <= 1 for value in values if value is not None)
