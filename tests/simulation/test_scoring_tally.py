"""Tally: exact figures of hand-made judgements, and how they are laid out."""

import pytest

from qunyu.kernel.words import speaking
from qunyu.simulation.scoring.labels import USER_TYPES, said_of
from qunyu.simulation.scoring.table import aligned, percent
from qunyu.simulation.scoring.tally import Judged, tally

# Truth, what is said, what the oracle says.
PEOPLE = [
    Judged("loyal", "loyal", "loyal"),
    Judged("loyal", "demand", "loyal"),
    Judged("loyal", "unknown", "loyal"),
    Judged("loyal", "missing", "demand"),
    Judged("demand", "demand", "demand"),
    Judged("demand", "demand", "loyal"),
    Judged("bargain", "unknown", "bargain"),
    Judged("bargain", "loyal", "demand"),
]


def test_tally() -> None:
    found = tally(PEOPLE)
    assert found["n"] == 8
    assert (found["accuracy"], found["baseline"], found["ceiling"]) == (0.375, 0.5, 0.75 - 0.125)
    assert found["coverage"] == 0.625
    assert found["known"] == {"n": 5, "accuracy": 0.6, "baseline": 0.4, "ceiling": 0.6}
    assert found["confusion"] == {
        "bargain": {"loyal": 1, "unknown": 1},
        "demand": {"demand": 2},
        "loyal": {"demand": 1, "loyal": 1, "missing": 1, "unknown": 1},
    }
    assert found["classes"]["loyal"] == {
        "n": 4,
        "said": 2,
        "precision": 0.5,
        "recall": 0.25,
        "ceiling": {"precision": 0.75, "recall": 0.75},
    }
    assert found["classes"]["demand"] == {
        "n": 2,
        "said": 3,
        "precision": 0.6667,
        "recall": 1.0,
        "ceiling": {"precision": 0.3333, "recall": 0.5},
    }
    assert found["classes"]["bargain"]["precision"] is None
    assert found["classes"]["bargain"]["recall"] == 0


def test_nobody_and_nobody_known() -> None:
    empty = tally([])
    assert (empty["n"], empty["accuracy"], empty["baseline"], empty["ceiling"]) == (0, None, None, None)
    assert (empty["classes"], empty["confusion"]) == ({}, {})
    unknown = tally([Judged("loyal", "unknown", "loyal")])
    assert (unknown["accuracy"], unknown["coverage"], unknown["known"]["accuracy"]) == (0, 0, None)


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({1}, "active"),
        ({2}, "ordinary"),
        # Split: right only where every part is.
        ({1, 3}, "active"),
        ({1, 2}, "ordinary"),
        ({2, 4}, "contributing"),
        # Unknown to the product, or nobody it takes for an ordinary member.
        (set(), "missing"),
        ({9}, "missing"),
        ({1, 9}, "active"),
    ],
)
def test_what_is_said_of_a_person(members: set[int], said: str) -> None:
    values = {1: "active", 2: "ordinary", 3: "active", 4: "contributing"}
    assert said_of(members, "active", values) == said


def test_columns_line_up_where_characters_are_wide() -> None:
    rows = [("", "人数", "all"), ("普通", "3,879", "5"), ("ab", "1", "100.0 %")]
    assert aligned(rows) == [
        "       人数      all",
        "普通  3,879        5",
        "ab        1  100.0 %",
    ]
    assert (percent(0.8754), percent(None)) == ("87.5 %", "–")


def test_a_table_of_confusions_in_both_languages() -> None:
    with speaking("zh"):
        ((heading, table),) = USER_TYPES.tables(tally(PEOPLE))
        assert heading == "用户类型：真实（行）→ 判断（列）"
        assert table == [
            ("", "数据不足", "需求型", "忠实型", "未识别", "合计", "找出", "找出上限"),
            ("需求型", "0", "2", "0", "0", "2", "100.0 %", "50.0 %"),
            ("羊毛型", "1", "0", "1", "0", "2", "0.0 %", "50.0 %"),
            ("忠实型", "1", "1", "1", "1", "4", "25.0 %", "75.0 %"),
            ("判断准确", "", "66.7 %", "50.0 %", "", "", "", ""),
        ]
    with speaking("en"):
        assert USER_TYPES.rows(tally(PEOPLE)) == [
            ("User type", "8", "37.5 %", "50.0 %", "62.5 %"),
            ("  with a label (62.5 %)", "5", "60.0 %", "40.0 %", "60.0 %"),
        ]
        told = [each for each in PEOPLE if each.said not in ("unknown", "missing")]
        assert len(USER_TYPES.rows(tally(told))) == 1
