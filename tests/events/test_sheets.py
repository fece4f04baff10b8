"""Tables of every make come out as rows by column name; dangerous workbooks do not come out at all."""

import io
import zipfile
from collections.abc import Sequence
from datetime import datetime

import pytest
from openpyxl import Workbook

from qunyu.events import workbook
from qunyu.events.files import file_of_bytes
from qunyu.events.problems import Problem
from qunyu.events.sheets import Table, open_table


def table_of(data: bytes, name: str = "t.csv") -> tuple[Table | None, list[Problem]]:
    problems: list[Problem] = []

    def has_id(cells: Sequence[str]) -> bool:
        return "id" in cells

    return open_table(file_of_bytes(name, data), problems, has_id), problems


def rows_of(data: bytes, name: str = "t.csv") -> list[tuple[int, dict[str, str]]]:
    table, problems = table_of(data, name)
    assert table is not None
    rows = list(table.rows)
    assert problems == []
    return rows


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_are_found(delimiter: str) -> None:
    text = delimiter.join(["id", "amount"]) + "\n" + delimiter.join(["a", "1"]) + "\n"
    assert rows_of(text.encode()) == [(2, {"id": "a", "amount": "1"})]


def test_a_decimal_comma_does_not_make_a_comma_file() -> None:
    assert rows_of(b"id;amount\na;1,50\nb;2,50\n") == [
        (2, {"id": "a", "amount": "1,50"}),
        (3, {"id": "b", "amount": "2,50"}),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings(encoding: str) -> None:
    assert rows_of("id,昵称\r\n1,小茶\r\n".encode(encoding)) == [(2, {"id": "1", "昵称": "小茶"})]


def test_aligned_text() -> None:
    assert rows_of(b" id  amount\n 01   2.5\n 02  12.5\n") == [
        (2, {"id": "01", "amount": "2.5"}),
        (3, {"id": "02", "amount": "12.5"}),
    ]


def test_a_first_row_with_values_is_no_header() -> None:
    table, _ = table_of(b" 00004 0001 19970101  2   29.33\n 00021 0002 19970101  3   63.34\n")
    assert table is not None
    assert (table.header, table.header_line) == (("1", "2", "3", "4", "5"), 0)
    assert [row["5"] for _, row in table.rows] == ["29.33", "63.34"]


def test_titles_above_the_header_and_empty_rows_are_passed_over() -> None:
    data = "订单报表\n导出时间：2026-03-01,,\n\nid,amount,\na,1,\n,,\nb,2,x\n".encode()
    assert rows_of(data) == [(5, {"id": "a", "amount": "1", "3": ""}), (7, {"id": "b", "amount": "2", "3": "x"})]


def test_repeated_and_empty_names_become_distinct() -> None:
    table, _ = table_of(b"id,note,,note\n1,a,b,c\n")
    assert table is not None
    assert table.header == ("id", "note", "3", "note#4")


def test_quoted_cells_may_hold_delimiters_and_lines() -> None:
    assert rows_of(b'id,title\n1,"a, ""b""\nc"\n2,d\n') == [
        (3, {"id": "1", "title": 'a, "b"\nc'}),
        (4, {"id": "2", "title": "d"}),
    ]


def test_a_quote_that_is_never_closed_costs_no_other_row() -> None:
    rows = rows_of(b'id,title,n\n1,"open,5\n2,b,6\n3,c,7\n')
    assert [(line, row["id"]) for line, row in rows] == [(2, "1"), (3, "2"), (4, "3")]


def test_an_empty_file_says_so() -> None:
    table, problems = table_of(b"")
    assert table is None
    assert [each.code for each in problems] == ["empty_file"]


def book_of(rows: Sequence[Sequence[object]], before: Sequence[Sequence[object]] = ()) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    if before:
        for row in before:
            sheet.append(list(row))
        sheet = book.create_sheet("data")
    for row in rows:
        sheet.append(list(row))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_a_workbook_gives_cells_as_one_would_type_them() -> None:
    data = book_of(
        [
            ["id", "at", "amount", "n"],
            [13995.0, datetime.fromisoformat("2026-03-01 09:05"), 12.5],
            ["007", "x", 3, True],
        ]
    )
    assert rows_of(data, "t.xlsx") == [
        (2, {"id": "13995", "at": "2026-03-01 09:05:00", "amount": "12.5"}),
        (3, {"id": "007", "at": "x", "amount": "3", "n": "True"}),
    ]


def test_the_sheet_that_holds_the_table_is_found() -> None:
    data = book_of([["id"], [1]], before=[["说明"], ["请勿修改"]])
    assert rows_of(data, "t.xlsx") == [(2, {"id": "1"})]


def test_a_workbook_without_a_known_header_still_gives_its_first_sheet() -> None:
    data = book_of([["x"]], before=[["a", "b"], ["c", "d"]])
    assert rows_of(data, "t.xlsx") == [(2, {"a": "c", "b": "d"})]


def rezipped(data: bytes, member: str, content: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            new.writestr(info.filename, content if info.filename == member else old.read(info))
    return stream.getvalue()


def test_a_bomb_is_refused_before_it_unpacks() -> None:
    data = rezipped(book_of([["id"]]), "xl/worksheets/sheet1.xml", b"\0" * (workbook.RATIO_MATTERS_ABOVE + 1))
    table, problems = table_of(data, "t.xlsx")
    assert table is None
    assert [each.code for each in problems] == ["archive_bomb"]


def test_too_much_in_all_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MAX_UNPACKED", 1000)
    table, problems = table_of(book_of([["id"]]), "t.xlsx")
    assert table is None
    assert [each.code for each in problems] == ["archive_bomb"]


def test_entities_are_refused() -> None:
    evil = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet>&a;</worksheet>'
    table, problems = table_of(rezipped(book_of([["id"]]), "xl/worksheets/sheet1.xml", evil), "t.xlsx")
    assert table is None
    assert [each.code for each in problems] == ["bad_archive"]


def test_damage_and_old_formats_are_problems_not_crashes() -> None:
    whole = book_of([["id"], [1]])
    for data, code in ((whole[: len(whole) // 2], "bad_archive"), (workbook.OLE_MAGIC + b"\0" * 600, "old_excel")):
        table, problems = table_of(data, "t.xlsx")
        assert table is None
        assert {each.code for each in problems} == {code}
        assert all(each.message.zh and each.message.en for each in problems)
