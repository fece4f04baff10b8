"""Laws of imports: in whatever order facts come, the answers are those of all of them at once, and a late fact changes only what it is about."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qunyu.events.lake.schema import ACTIVITY
from qunyu.events.lake.store import Lake
from qunyu.insights.alerts import find_alerts
from qunyu.insights.daily import SERIES, daily
from qunyu.insights.health import health
from tests.insights.happenings import (
    COMING_AND_GOING,
    CROWDS,
    DAYS,
    HISTORIES,
    TALK,
    Act,
    acts,
    imported,
    on,
    plain,
    tell,
    told,
)
from tests.insights.stories import EVERYTHING, Story, day

LAWS = settings(max_examples=2)
ORDERS = st.permutations((1, 2))
# Told of one moment: three messages, the last a copy of the first, and one person who came by two channels.
AT_ONCE = (
    *(Act(11, 551, who, who, 1, "says", word, 2000 + who) for who, word in ((1, 0), (2, 2), (3, 0), (4, 1), (5, 2))),
    *(Act(11, 549, 1, 1, 1, "listed", word, 2010 + word) for word in (0, 1)),
)
FIRST, LAST = day(0), day(DAYS)


def bit_by_bit(history: Iterable[Act], folder: str, order: Sequence[int]) -> Story:
    """The history in two imports, in that order: every other fact is of the same one."""
    story = told(history, folder)
    story.lake = Lake(Path(folder) / "bit by bit")
    for number in order:
        imported(story, [fact for place, fact in enumerate(story.facts) if place % 2 == number - 1])
    return story


def activity(story: Story) -> list[dict[str, Any]]:
    """The rollup's rows in an order of their own."""
    with story.lake.connect() as connection:
        rows = connection.sql(f"SELECT {', '.join(ACTIVITY.names)} FROM activity ORDER BY ALL").to_arrow_table()
    found: list[dict[str, Any]] = rows.to_pylist()
    return found


def figures(story: Story, **question: Any) -> dict[Any, Any]:
    """Every figure of the board by the week."""
    found = story.board(grain="week", **question)
    return {place: (each.value, each.n, each.why) for place, each in found.figures.items()}


def watched(story: Story) -> list[Any]:
    with story.told():
        lake = story.lake
        return [daily(lake, EVERYTHING).series, health(lake, EVERYTHING), find_alerts(lake, EVERYTHING)]


ANSWERS: Mapping[str, Callable[[Story], Any]] = {
    "board": lambda story: [figures(story), figures(story, by="community"), story.cohorts(grain="week")],
    "comings": lambda story: [story.funnels(FIRST, LAST), story.leaving(FIRST, LAST), story.parting_words(FIRST, LAST)],
    "ties": lambda story: [story.growth(FIRST, LAST), *(story.network(FIRST, LAST, community=each) for each in (1, 2))],
    "watched": watched,
    "labels": lambda story: [story.labels(), story.totals(), activity(story)],
}


@pytest.mark.parametrize("name", ANSWERS)
@LAWS
@given(st.one_of(HISTORIES, CROWDS), ORDERS)
def test_the_order_of_imports_does_not_matter(name: str, history: list[Act], order: Sequence[int]) -> None:
    history = [*history, *AT_ONCE]
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as other:
        at_once, in_parts = (
            ANSWERS[name](story) for story in (told(history, folder), bit_by_bit(history, other, order))
        )
    assert plain(in_parts) == plain(at_once)


LATE = acts(*TALK, "acts", *COMING_AND_GOING, least=1, most=8)


@LAWS
@given(HISTORIES, LATE, st.integers(1, DAYS - 1))
def test_a_late_fact_of_one_community_is_nothing_to_another(history: list[Act], late: list[Act], number: int) -> None:
    """The late facts are of community 1, on one day."""
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as other:
        before, after = told(history, folder), told(history, other)
        more = late_facts(after, late, number)
        imported(after, more)
        assert plain(foreign(after)) == plain(foreign(before))
        rows, found = activity(before), activity(after)
    assert elsewhere(rows, number) == elsewhere(found, number)


def late_facts(story: Story, late: Iterable[Act], number: int) -> list[dict[str, Any]]:
    """Tells the late acts after the lake is made; their facts."""
    assert story.lake
    start = len(story.facts)
    for act in late:
        tell(story, Act(number, act.minute, act.who, act.other, 1, act.what, act.word, 1000 + act.id), 2)
    return story.facts[start:]


def elsewhere(rows: list[dict[str, Any]], number: int) -> list[dict[str, Any]]:
    return [row for row in rows if (row["community"], row["local_day"]) != (1, on(number))]


def foreign(story: Story) -> list[Any]:
    """What is said of community 2."""
    board = story.board(grain="week", by="community")
    rows = {place: (each.value, each.n, each.why) for place, each in board.figures.items() if place[1] == 2}
    asked = (story.funnels, story.growth, story.leaving)
    spans = [each(FIRST, LAST, communities=frozenset({2})) for each in asked]
    with story.told():
        found = daily(story.lake, EVERYTHING)
    return [rows, spans, story.network(FIRST, LAST, community=2), [found.series[name][1] for name in SERIES]]


@LAWS
@given(HISTORIES, LATE, st.integers(7, DAYS - 8))
def test_a_late_fact_changes_its_own_day(history: list[Act], late: list[Act], number: int) -> None:
    """And the week that is counted up to each of the six days after it."""
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as other:
        before, after = told(history, folder), told(history, other)
        imported(after, late_facts(after, late, number))
        with before.told():
            early = daily(before.lake, EVERYTHING)
        with after.told():
            whole = daily(after.lake, EVERYTHING)
    for name in SERIES:
        changed = {int(column) for _, column in zip(*(early.series[name] != whole.series[name]).nonzero(), strict=True)}
        assert changed <= set(range(number, number + (7 if name == "week" else 1))), name
    said = sum(act.what == "says" for act in late)
    assert whole.series["messages"][0, number] - early.series["messages"][0, number] == said
