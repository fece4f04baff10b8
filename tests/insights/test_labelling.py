"""Whom an import touches, and what labels then differ, on told stories; the laws are in test_labelling_laws."""

from __future__ import annotations

import json

import pyarrow as pa
import pytest

from qunyu.insights import labelling
from qunyu.insights.label import labels
from qunyu.insights.labelling import KEPT
from tests.insights.stories import EVERYTHING, Story, bars

LONG = "请先把水烧到八十度再冲泡"
LABELS = set(labels())


def reason(story: Story, member: int, label: str) -> str:
    row = story.labels()[(member, label)]
    return labels()[label].reason(row["rule"], json.loads(row["figures"])).en


# --- whose labels may differ


def test_a_chat_touches_who_spoke_and_nobody_elsewhere(story: Story) -> None:
    story.says(1, "2026-03-01")
    story.says(2, "2026-03-01")
    story.says(3, "2026-03-01", community=2)
    story.says(1, "2026-03-02", import_id=2)
    story.says(4, "2026-03-02", import_id=2)
    assert story.touched(2, since="2026-03-02") == {1, 4}
    assert story.touched(1, 2, since="2026-03-02") == {1, 2, 3, 4}
    assert story.touched(since="2026-03-02") == set()


def test_all_identities_of_a_person_are_one(story: Story) -> None:
    story.person(12, 1)
    story.says(12, "2026-03-01", community=2)
    story.says(1, "2026-03-02", import_id=2)
    assert story.touched(2, since="2026-03-02") == {1}


def test_what_was_told_again_touches_its_people(story: Story) -> None:
    story.says(1, "2026-03-01")
    story.says(2, "2026-03-01")
    story.tells_again(2, 0)
    assert story.touched(2, since="2026-03-01") == {1}


def test_who_is_named_is_touched_like_who_acts(story: Story) -> None:
    story.says(5, "2026-03-01")
    story.fact("renamed", "2026-03-02", community=1, identity=1, other=2, import_id=2)
    story.joins(3, "2026-03-02", by=4, import_id=2)
    assert story.touched(2, since="2026-03-02") == {1, 2, 3, 4}


def test_a_late_word_touches_all_who_spoke_there_that_day(story: Story) -> None:
    """Between a question and its answer somebody else's is the answer; what was said first now only repeats it."""
    story.says(1, "2026-03-01")
    story.says(1, "2026-03-02 09:00", text="怎么泡白茶？")
    story.says(2, "2026-03-02 09:10", text=LONG)
    story.says(3, "2026-03-03")
    story.says(4, "2026-03-02", community=2)
    before = story.features()[2]["answers"]
    story.says(5, "2026-03-02 09:05", text=f"{LONG}，慢慢来", import_id=2)
    story.rewritten()
    assert (before, story.features()[2]["answers"]) == (1, 0)
    assert story.touched(2, since="2026-03-03") == {1, 2, 5}


def test_an_earlier_beginning_touches_the_whole_community(story: Story) -> None:
    story.listed(1, "2026-01-01")
    story.says(1, "2026-03-10")
    story.says(2, "2026-03-10")
    story.says(3, "2026-03-10", community=2)
    before = story.features()[1]["spoken_span"]
    story.says(2, "2026-03-01", import_id=2)
    story.rewritten()
    assert (before, story.features()[1]["spoken_span"]) == (0, 9)
    assert story.touched(2, since="2026-03-10") == {1, 2}


def test_orders_touch_everybody_with_orders_and_who_brought_them(story: Story) -> None:
    story.says(4, "2026-03-01")
    story.joins(2, "2026-03-01", by=1)
    story.buys(2, "2026-03-01", 100)
    story.buys(3, "2026-03-02", 100, import_id=2)
    assert story.touched(2, since="2026-03-02") == {1, 2, 3}


def test_the_first_orders_touch_everybody(story: Story) -> None:
    """That no orders are known was the reason of all."""
    story.says(1, "2026-03-01")
    story.buys(None, "2026-03-01", 100)
    story.says(2, "2026-03-02", import_id=2)
    story.buys(3, "2026-03-02", 100, import_id=3)
    story.buys(3, "2026-03-02", 100, import_id=4)
    assert story.touched(2, since="2026-03-02") == {2}
    assert story.touched(3, since="2026-03-02") == {1, 2, 3}
    assert story.touched(4, since="2026-03-02") == {3}


@pytest.mark.parametrize("first", [3, 4])
def test_of_imports_that_came_together_one_touches_everybody(story: Story, first: int) -> None:
    story.says(1, "2026-03-01")
    for number in (3, 4):
        story.buys(number, "2026-03-02", 100, import_id=number)
    touched = [story.touched(number, since="2026-03-02") for number in (first, 7 - first)]
    assert {1, 3, 4} in touched


def test_an_inviter_is_touched_by_what_becomes_of_the_guest(story: Story) -> None:
    story.says(3, "2026-03-01")
    story.joins(2, "2026-03-01", by=1)
    story.joins(3, "2026-03-01", by=1)
    story.says(2, "2026-03-05", import_id=2)
    assert story.touched(2, since="2026-03-05") == {1, 2}


def test_an_inviter_is_touched_when_two_guests_turn_out_to_be_one(story: Story) -> None:
    story.says(4, "2026-03-01")
    for guest in (2, 3):
        story.joins(guest, "2026-03-01", by=1)
    story.says(2, "2026-03-05", import_id=2)
    story.person(3, 2)
    assert story.touched(2, since="2026-03-05") == {1, 2}


def test_another_day_touches_whoever_a_window_may_leave(story: Story) -> None:
    story.says(1, "2026-03-01")
    story.says(2, "2025-04-01")
    story.says(3, "2025-02-26")
    story.says(4, "2020-01-01")
    story.buys(5, "2025-06-01", 100)
    story.says(9, "2026-03-02", community=2, import_id=2)
    assert story.touched(2, since="2026-03-02") == {9}
    usual = bars(tier_silence=30)
    assert story.touched(2, since="2026-03-01", units=usual) == {1, 2, 5, 9}
    assert story.touched(2, since="2026-03-01", units=bars(tier_silence=400)) == {1, 2, 3, 5, 9}


# --- values and their reasons


def test_everybody_has_each_label_once_and_a_reason(story: Story) -> None:
    story.says(1, "2026-03-02")
    story.joins(2, "2026-03-02")
    story.buys(3, "2026-03-02", 100)
    found = story.labels()
    assert found.keys() == {(member, label) for member in (1, 2, 3) for label in LABELS}
    assert all(reason(story, member, label) for member, label in found)


def test_reasons_tell_the_figures(story: Story) -> None:
    # The first of March is a Sunday.
    for number in range(1, 6):
        story.says(1, f"2026-03-0{number}")
    assert reason(story, 1, "tier") == "7.1 real messages per 30 days (below 12)"
    assert reason(story, 1, "stage") == "spoke on 5 days, last 4 days after first seen"
    assert reason(story, 1, "user_type") == "no orders are known; import an order file"
    assert reason(story, 1, "orbit_level") == "spoke on 4 days of the best week (bar 2)"
    assert reason(story, 1, "trust_level") == "spoke on 5 days, answered 0 questions"


def test_nobody_and_nothing(story: Story) -> None:
    assert story.labels() == {}
    assert story.touched(1, since="2026-03-02") == set()
    with story.told():
        empty = labelling.changes(story.lake, EVERYTHING, bars(), KEPT.empty_table())
        told = labelling.moves(story.lake, EVERYTHING, bars(), KEPT.empty_table(), [1])
    assert (empty.as_of, empty.put.num_rows, empty.gone.num_rows) == (None, 0, 0)
    assert (told.people, told.after("tier")["ordinary"], told.overlaps["tier"]) == (1, 0, {})


def test_only_people_who_do_not_count(story: Story) -> None:
    story.person(1, 1, "staff")
    story.says(1, "2026-03-02")
    assert story.labels() == {}


def test_one_day_of_data(story: Story) -> None:
    story.says(1, "2026-03-02")
    story.joins(2, "2026-03-02")
    assert story.values("stage") == {1: "activation", 2: "acquisition"}
    assert story.values("tier") == {1: "ordinary", 2: "ordinary"}
    assert story.values("user_type") == {1: "unknown", 2: "unknown"}


def test_too_new_to_tell_until_orders_say_more(story: Story) -> None:
    story.says(1, "2026-03-01")
    story.says(2, "2026-03-02")
    story.buys(3, "2026-03-02", 100)
    story.buys(4, "2026-03-14", 100, subject="unpaid")
    story.says(9, "2026-03-14")
    assert story.values("user_type") == {1: "low_demand", 2: "unknown", 3: "low_demand", 4: "unknown", 9: "unknown"}


def test_a_year_of_silence_makes_everybody_ordinary(story: Story) -> None:
    for minute in range(30):
        story.says(1, f"2025-03-02 09:{minute:02}")
    assert story.values("tier") == {1: "active"}
    story.joins(2, "2026-03-02")
    story.rewritten()
    assert story.values("tier") == {1: "ordinary", 2: "ordinary"}
    assert reason(story, 1, "tier") == "silent since 2025-03-02 (more than 180 days)"
    assert story.values("orbit_level") == {1: "exploring", 2: "exploring"}


def test_thresholds_are_those_of_the_members_unit(story: Story) -> None:
    story.community(2, unit=2)
    for who, community in ((1, 1), (2, 2)):
        for day in (1, 8, 15):
            story.says(who, f"2026-03-{day:02}", community)
    tree = [*bars({1: "/1/"}), *bars({2: "/1/2/"}, retention_days=4)]
    found = story.labels(tree)
    assert [found[(who, "stage")]["value"] for who in (1, 2)] == ["retention", "activation"]
    assert [found[(who, "stage")]["unit"] for who in (1, 2)] == [1, 2]


def test_a_type_that_nobody_can_have_is_empty_and_the_others_share_the_rest(story: Story) -> None:
    for number in range(28):
        for minute in range(30):
            story.says(1 + number % 3, f"2026-03-{1 + number:02} 09:{minute:02}")
    assert set(story.values("tier").values()) == {"active"}
    assert set(story.values("tier", active_messages=3000).values()) == {"ordinary"}


# --- what other thresholds would move


def test_moves_and_overlaps(story: Story) -> None:
    for day in (1, 8, 15):
        story.says(1, f"2026-03-{day:02}")
        story.says(2, f"2026-03-{day:02}")
    story.buys(2, "2026-03-15", 100)
    story.joins(3, "2026-03-15")
    with story.told():
        kept = labelling.labelled(story.lake, EVERYTHING, bars()).rows
        stricter = labelling.moves(story.lake, EVERYTHING, bars(retention_days=4), kept, [1, 2, 3])
        nobody = labelling.moves(story.lake, EVERYTHING, bars(retention_days=4), kept, [])
        fresh = labelling.moves(story.lake, EVERYTHING, bars(), KEPT.empty_table(), [1])
    assert stricter.moves["stage"] == {
        ("retention", "activation"): 1,
        ("revenue", "revenue"): 1,
        ("acquisition", "acquisition"): 1,
    }
    assert stricter.after("stage") == {"acquisition": 1, "activation": 1, "retention": 0, "revenue": 1, "referral": 0}
    # Whoever bought has spoken as well: only the order of the rules decides.
    assert stricter.overlaps["stage"] == {("revenue", "activation"): 1}
    assert "trust_level" not in stricter.overlaps
    assert (nobody.people, nobody.moves["stage"]) == (0, {})
    assert fresh.moves["stage"] == {(None, "retention"): 1}


# --- what has to be written


def kept_of(story: Story) -> pa.Table:
    with story.told():
        return labelling.labelled(story.lake, EVERYTHING, bars()).rows


def test_changes_tell_what_is_new_other_and_gone(story: Story) -> None:
    story.says(1, "2026-03-01")
    story.joins(2, "2026-03-01")
    story.says(3, "2026-03-01")
    before = kept_of(story)
    story.says(2, "2026-03-01")
    story.says(4, "2026-03-01")
    story.person(3, 3, "staff")
    story.rewritten()
    with story.told():
        found = labelling.changes(story.lake, EVERYTHING, bars(), before)
    put = {(row["member"], row["label"]): (row["before"], row["value"]) for row in found.put.to_pylist()}
    assert put.keys() == {(4, label) for label in LABELS} | {(2, label) for label in LABELS - {"user_type"}}
    assert put[(2, "stage")] == ("acquisition", "activation")
    # The value is the same, the reason another: it never spoke before.
    assert put[(2, "tier")] == ("ordinary", "ordinary")
    assert put[(4, "stage")] == (None, "activation")
    assert found.gone.to_pylist() == [{"label": label, "member": 3} for label in sorted(LABELS)]


def test_changes_of_some_say_nothing_of_the_others(story: Story) -> None:
    story.says(1, "2026-03-01")
    story.says(2, "2026-03-01")
    with story.told():
        found = labelling.changes(story.lake, EVERYTHING, bars(), KEPT.empty_table(), [2])
    assert set(found.put["member"].to_pylist()) == {2}
