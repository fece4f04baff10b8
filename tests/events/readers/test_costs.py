# mypy: disable-error-code="comparison-overlap"
# Amounts are compared with whole numbers, which mypy takes for a mistake.
"""Costs and exposures: what is told is exact, what is not told is not zero."""

from datetime import date
from decimal import Decimal

from qunyu.events.files import file_of_bytes
from qunyu.events.problems import Problem
from qunyu.events.readers.costs import read
from qunyu.events.reading import ReadOptions, recognise
from qunyu.events.rows import CostRow


def of(text: str, **columns: str) -> tuple[list[CostRow], list[Problem]]:
    rows = list(read(file_of_bytes("c.csv", text.encode()), ReadOptions(columns=columns)))
    return [row for row in rows if isinstance(row, CostRow)], [row for row in rows if isinstance(row, Problem)]


def test_a_header_alone_is_told() -> None:
    assert of("日期,渠道,花费\n") == ([], [Problem("no_rows", "c.csv", 1)])


def test_plain_columns() -> None:
    rows, problems = of("day,community,channel,cost,currency,exposures\n2026-03-01,Tea,poster,12.50,cny,300\n")
    assert rows == [CostRow(date(2026, 3, 1), "Tea", "poster", Decimal("12.50"), "CNY", 300, 2)]
    assert problems == []


def test_chinese_columns_blanks_and_the_whole_unit() -> None:
    rows, problems = of(
        '统计日期,群名称,投放渠道,消耗,展现量\n20260301,,公众号,"¥1,200.00",\n2026年3月2日,一群,朋友圈,,1.2万\n'
    )
    assert rows == [
        CostRow(date(2026, 3, 1), "", "公众号", Decimal("1200.00"), "", None, 2),
        CostRow(date(2026, 3, 2), "一群", "朋友圈", None, "", 12_000, 3),
    ]
    assert problems == []


def test_rows_that_cannot_count_say_why() -> None:
    rows, problems = of(
        "日期,渠道,费用,曝光\n2026-02-30,a,1,1\n,a,1,1\n2026-03-01,a,,\n2026-03-01,a,x,1\n2026-03-01,a,1,1.5\n2026-03-01,a,1,-1\n"
    )
    assert rows == []
    assert [(each.code, each.line) for each in problems] == [
        ("impossible_time", 2),
        ("missing_field", 3),
        ("missing_field", 4),
        ("bad_number", 5),
        ("bad_number", 6),
        ("bad_number", 7),
    ]


def test_mapping_and_a_told_currency() -> None:
    rows, problems = of("when,what\n2026-03-01,5\n", day="when", cost="what", currency="USD")
    assert [(row.cost, row.currency) for row in rows] == [(5, "USD")]
    assert problems == []
    rows, problems = of("日期,费用\n2026-03-01,5\n", cost="金额")
    assert rows == []
    assert [each.code for each in problems] == ["unknown_column"]


def test_chats_and_orders_are_no_costs() -> None:
    for text in ("date,source,text,views\n2026-03-01,a,b,5\n", "日期,渠道,金额\n2026-03-01,a,5\n"):
        assert recognise(file_of_bytes("x.csv", text.encode()), ReadOptions(), "costs") is None


def test_a_currency_nobody_knows_is_named() -> None:
    rows, problems = of("日期,渠道,费用,币种\n2026-03-01,a,1,人民币\n2026-03-01,b,2,贝壳\n")
    assert [row.currency for row in rows] == ["CNY"]
    assert [(each.code, each.line, each.data) for each in problems] == [("unknown_currency", 3, {"value": "贝壳"})]
