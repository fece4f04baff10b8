"""Chances on told stories: known as of a day and nothing later, judged on a span held back, and the fixed order where little is known."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from qunyu.insights.chances import CONTACTS, Chances, Wanted, chances
from qunyu.insights.odds import Rate
from tests.insights.stories import EVERYTHING, Story

LAST = date(2026, 4, 30)


def told(story: Story, unit: int = 1, contacts: pa.Table | None = None, horizon: int = 14) -> Chances:
    given = CONTACTS.empty_table() if contacts is None else contacts
    with story.told():
        return chances(story.lake, EVERYTHING, Wanted(frozenset({unit}), horizon, 1000, lambda since: given))


@pytest.fixture(scope="module")
def regulars(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """60 who buy every 14 days and 140 who never do, all of whom spoke on the first and on the last day; one more in another unit."""
    story = Story(tmp_path_factory.mktemp("regulars"))
    for member in range(1, 201):
        story.says(member, "2026-01-01")
        story.says(member, "2026-04-30")
    for member in range(1, 61):
        for number in range(8):
            story.buys(member, f"{LAST - timedelta(days=14 * number + member % 14)}", 10000)
    story.community(2, unit=2)
    story.says(900, "2026-04-30", community=2)
    return story


def test_who_bought_at_their_own_interval_leads_the_list_with_the_counts_behind(regulars: Story) -> None:
    found = told(regulars)
    assert (found.as_of, found.people, found.spans) == (LAST, 200, 6)
    # Each regular orders once within any 14 days; of six spans all but the first show two orders before.
    assert found.past == Rate(6 * 200, 6 * 60)
    assert found.with_signal["silent"] == (Rate(1200, 360), Rate(0, 0))
    with_due, without = found.with_signal["due"]
    assert with_due.share == 1.0
    assert with_due.ordered + without.ordered == 360
    assert found.odds is not None
    assert {each.member for each in found.likely[:60]} == set(range(1, 61))
    first, last = found.likely[0], found.likely[-1]
    assert first.chance is not None and last.chance is not None
    assert first.low is not None and first.low > 0.5 > 0.2 > last.chance
    assert (last.signals, last.last_active, last.spoken) == (("active",), LAST, 2)
    assert all(each.member != 900 for each in found.likely)


def test_the_list_is_judged_as_of_an_earlier_day(regulars: Story) -> None:
    judged = told(regulars).judged
    assert judged is not None
    assert judged.day == LAST - timedelta(days=14)
    assert judged.first == Rate(50, 50)
    assert judged.tenth == Rate(20, 20)
    assert judged.others == Rate(150, 10)


def test_what_comes_after_a_day_changes_nothing_known_of_it(regulars: Story) -> None:
    """The past counted to the end of February is the same whether or not March and April were told."""
    whole = told(regulars)
    shorter = Story(
        regulars.folder / "shorter", facts=[], communities=dict(regulars.communities), people=dict(regulars.people)
    )
    until = LAST - timedelta(days=14)
    shorter.facts = [fact for fact in regulars.facts if fact["local_day"] <= until]
    shorter.says(1, f"{until}")
    earlier = told(shorter)
    assert earlier.as_of == until
    assert earlier.spans == 5
    assert earlier.past == Rate(5 * 200, 5 * 60)
    assert earlier.with_signal["due"][0].people <= whole.with_signal["due"][0].people


def test_who_bought_before_they_joined_stays_in_the_earlier_spans(tmp_path: Path) -> None:
    """30 known by their orders alone, who say one word on the last day."""
    story = Story(tmp_path)
    story.says(999, "2026-01-01")
    story.says(999, "2026-04-30")
    for member in range(1, 31):
        for number in range(8):
            story.buys(member, f"{LAST - timedelta(days=14 * number + member % 14)}", 10000)
        story.says(member, "2026-04-30")
    assert told(story).past == Rate(186, 180)


def test_days_whose_orders_are_not_there_yet_are_no_past(regulars: Story) -> None:
    """Chat to the end of April, orders only to the middle: of the last two weeks nobody knows who ordered."""
    until = LAST - timedelta(days=14)
    story = Story(
        regulars.folder / "late", facts=[], communities=dict(regulars.communities), people=dict(regulars.people)
    )
    story.facts = [fact for fact in regulars.facts if fact["kind"] != "order" or fact["local_day"] <= until]
    story.says(1, f"{LAST}")
    found = told(story)
    assert (found.as_of, found.ordered_until, found.spans) == (LAST, until, 5)
    assert found.past == Rate(5 * 200, 5 * 60)
    assert found.judged is not None
    assert found.judged.first == Rate(50, 50)


def test_contacts_are_a_signal_and_are_compared(regulars: Story) -> None:
    rows = [(1, LAST, True), (2, LAST - timedelta(days=13), False), (199, LAST - timedelta(days=1), False)]
    given = pa.table(
        [pa.array(each, field.type) for each, field in zip(zip(*rows, strict=True), CONTACTS, strict=True)],
        schema=CONTACTS,
    )
    found = told(regulars, contacts=given)
    assert "wrote" in next(each.signals for each in found.likely if each.member == 1)
    assert found.contacted is not None
    spoken, others = found.contacted
    assert spoken.people + others.people == 20
    # Whoever was spoken with after their order, or is not in the first tenth, is not counted as spoken with.
    assert spoken.people <= 1


def test_too_little_gives_the_fixed_order_and_no_chance(tmp_path: object, story: Story) -> None:
    story.says(1, "2026-03-01")
    story.says(2, "2026-03-20")
    story.says(3, "2026-03-20", text="这款多少钱一盒？")
    story.joins(4, "2026-03-19")
    found = told(story)
    assert (found.odds, found.judged, found.contacted, found.spans) == (None, None, None, 0)
    assert [each.chance for each in found.likely] == [None] * 4
    assert [each.member for each in found.likely] == [3, 2, 4, 1]
    assert told(story, unit=9).as_of is None


def test_who_left_is_not_on_the_list_until_they_come_back(story: Story) -> None:
    for member in (1, 2, 3):
        story.says(member, "2026-03-01")
    story.leaves(1, "2026-03-05")
    story.leaves(2, "2026-03-05")
    story.joins(2, "2026-03-09")
    story.person(30, 30, "staff")
    story.says(30, "2026-03-20")
    assert {each.member for each in told(story).likely} == {2, 3}


def test_who_was_brought_and_by_whom(story: Story) -> None:
    story.says(1, "2026-03-01")
    story.buys(1, "2026-03-02", 5000)
    story.brings(1, 2, "2026-03-03")
    signals = {each.member: set(each.signals) for each in told(story).likely}
    assert "brought" in signals[2]
    assert {"referrer", "once"} <= signals[1]
