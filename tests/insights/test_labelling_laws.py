"""Laws of labels: any small deployment, labelled at once, in parts, and import by import."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from qunyu.insights import labelling
from qunyu.insights.label import labels
from qunyu.insights.labelling import KEPT, Cause
from tests.insights.stories import EVERYTHING, Story, bars

LAWS = settings(max_examples=6)
# Low bars and short windows, so that few facts reach every value and few days leave it.
LOW = {
    "tier_window": 30,
    "tier_least_days": 7,
    "tier_silence": 40,
    "active_messages": 1,
    "contributing_answers": 1,
    "professional_answers": 5,
    "professional_days": 2,
    "retention_after": 2,
    "retention_days": 2,
    "type_least_days": 30,
    "loyal_orders": 2,
    "loyal_loyalty": 30,
}
UNITS = [*bars({1: "/1/", 2: "/1/2/"}, **LOW), *bars({3: "/1/3/"})]
PEOPLE = 4
TEXTS = ("怎么泡白茶？", "请先把水烧到八十度再冲泡", "早上好", "")


@dataclass(frozen=True)
class Act:
    """Identity `who` (and `other`) does `what` in `community` on the day with that number, as `brought` by import 1 or 2; what 1 brought 2 may tell `again`."""

    brought: int
    number: int
    who: int
    other: int
    community: int
    what: str
    text: int
    again: bool


@dataclass(frozen=True)
class Course:
    """Acts; the identities that import 2 shows to belong to another person, and the one that it shows to be of the staff."""

    acts: tuple[Act, ...]
    merged: tuple[tuple[int, int], ...]
    role: int


DAYS = st.sampled_from((0, 1, 1, 2, 3, 29, 41, 100, 101, 180, 364, 400, 401, 402))
IDENTITIES = st.integers(1, 2 * PEOPLE)
ACTS = st.builds(
    Act,
    st.sampled_from((1, 1, 2)),
    DAYS,
    IDENTITIES,
    IDENTITIES,
    st.integers(1, 2),
    st.sampled_from("says says says joins brings leaves listed renames buys buys refunds waits".split()),
    st.integers(0, len(TEXTS) - 1),
    st.sampled_from((False, False, False, True)),
)
COURSES = st.builds(
    Course,
    st.lists(ACTS, min_size=1, max_size=22).map(tuple),
    st.lists(st.tuples(IDENTITIES, IDENTITIES), max_size=1).map(tuple),
    st.sampled_from((0, 0, 0, 1, 6)),
)


def tell(story: Story, place: int, act: Act) -> None:
    """The acts of a day follow one another by ten minutes."""
    at = f"{day_of(act.number)} {9 + place // 6:02d}:{place % 6}0"
    told: dict[str, Any] = {"import_id": act.brought, "fact_id": place.to_bytes(16, "big")}
    where = {"community": act.community, **told}
    match act.what:
        case "says":
            story.says(act.who, at, text=TEXTS[act.text], **where)
        case "joins" | "leaves":
            story.fact("left" if act.what == "leaves" else "joined", at, identity=act.who, **where)
        case "brings":
            story.joins(act.other, at, by=act.who, **where)
        case "listed":
            story.listed(act.who, at, **where)
        case "renames":
            story.fact("renamed", at, identity=act.who, other=act.other, **where)
        case _:
            subject = {"buys": "paid", "refunds": "refunded", "waits": "unpaid"}[act.what]
            number = f"A{act.text}" if act.text else ""
            buyer = None if act.text == 3 and act.brought == 2 else act.who
            story.buys(buyer, at, 100 * (1 + act.other), subject=subject, external=number, **told)
    if act.again and act.brought == 1:
        story.tells_again(2, len(story.facts) - 1)


def day_of(number: int) -> str:
    return (date(2025, 1, 20) + timedelta(days=number)).isoformat()


def told(course: Course, folder: str, imports: Iterable[int]) -> Story:
    """The course as these imports tell it: identity n is person (n + 1) // 2, until import 2 says otherwise."""
    story = Story(Path(folder))
    story.community(1, unit=2)
    story.community(2, unit=3)
    for identity in range(1, 2 * PEOPLE + 1):
        story.person(identity, (identity + 1) // 2)
    for place, act in enumerate(sorted(course.acts, key=lambda act: act.number)):
        if act.brought in imports:
            tell(story, place, act)
    if 2 in imports:
        merge(story, course)
    else:
        story.again.clear()
    return story


def merge(story: Story, course: Course) -> None:
    """Import 2 merges only people and gives only roles to people whom it names."""
    retold = {each["fact_id"] for each in story.again}
    named = {
        who
        for fact in story.facts
        if fact["import_id"] == 2 or fact["fact_id"] in retold
        for who in (fact["identity"], fact["other"])
    }
    for one, two in course.merged:
        if one in named or two in named:
            kept, gone = sorted((story.people[one][0], story.people[two][0]))
            for identity, (member, role) in story.people.items():
                if member == gone:
                    story.person(identity, kept, role)
    if course.role in named:
        boss = story.people[course.role][0]
        for identity, (member, _) in story.people.items():
            if member == boss:
                story.person(identity, member, "staff")


Rows = dict[tuple[int, str], dict[str, Any]]


def table(rows: Rows, members: Iterable[int] | None = None) -> pa.Table:
    wanted = None if members is None else set(members)
    return pa.Table.from_pylist([row for row in rows.values() if wanted is None or row["member"] in wanted], KEPT)


def applied(rows: Rows, changes: labelling.Changes) -> Rows:
    """What is kept once the changes are written."""
    found = dict(rows)
    for row in changes.put.to_pylist():
        assert row.pop("before") == found.get((row["member"], row["label"]), {}).get("value")
        found[(row["member"], row["label"])] = row
    for row in changes.gone.to_pylist():
        del found[(row["member"], row["label"])]
    return found


def ordinary(story: Story) -> set[int]:
    """Who was seen or ordered under some name and is an ordinary member."""
    seen = {fact["identity"] for fact in story.facts} | {
        fact["other"] for fact in story.facts if fact["kind"] == "renamed"
    }
    return {member for identity, (member, role) in story.people.items() if identity in seen and role == "member"}


@LAWS
@given(COURSES)
def test_every_ordinary_member_has_exactly_one_value_of_each_label(course: Course) -> None:
    with tempfile.TemporaryDirectory() as folder:
        story = told(course, folder, (1, 2))
        found = story.labels(UNITS)
    assert found.keys() == {(member, label) for member in ordinary(story) for label in labels()}
    for (_, label), row in found.items():
        assert labels()[label].rules[row["rule"]].value == row["value"]
        assert labels()[label].value(row["value"])


@LAWS
@given(COURSES, st.sets(st.integers(1, PEOPLE + 1)))
def test_labels_of_some_are_those_they_have_among_all(course: Course, some: set[int]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        story = told(course, folder, (1, 2))
        everybody, part = story.labels(UNITS), story.labels(UNITS, some)
    assert part == {key: row for key, row in everybody.items() if key[0] in some}


@LAWS
@given(COURSES)
def test_what_was_written_needs_no_writing_again(course: Course) -> None:
    with tempfile.TemporaryDirectory() as folder:
        before = told(course, folder, (1,)).labels(UNITS)
        story = told(course, folder, (1, 2))
        with story.told():
            found = labelling.changes(story.lake, EVERYTHING, UNITS, table(before))
            kept = applied(before, found)
            again = labelling.changes(story.lake, EVERYTHING, UNITS, table(kept))
        assert kept == story.labels(UNITS)
    assert (again.put.num_rows, again.gone.num_rows) == (0, 0)


@settings(max_examples=12)
@given(COURSES)
def test_an_import_leaves_the_labels_that_everything_would(course: Course) -> None:
    """Only whom it touched is labelled anew, and whoever goes under another's name is forgotten."""
    with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
        earlier = told(course, first, (1,))
        with earlier.told():
            kept = labelling.labelled(earlier.lake, EVERYTHING, UNITS)
        before = {(row["member"], row["label"]): row for row in kept.rows.to_pylist()}
        story = told(course, second, (1, 2))
        with story.told():
            some = None
            if kept.as_of:
                some = labelling.touched(story.lake, EVERYTHING, UNITS, Cause([2], kept.as_of))
            found = labelling.changes(story.lake, EVERYTHING, UNITS, table(before, some), some)
        known = {member for member, role in story.people.values() if role == "member"}
        after = {key: row for key, row in applied(before, found).items() if key[0] in known}
        assert after == story.labels(UNITS)
