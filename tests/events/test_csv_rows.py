"""CSV rows: line numbers, and no row lost silently."""

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from qunyu.events.csv_rows import csv_rows, header_of
from qunyu.events.files import LINE_BYTES, file_of_bytes
from qunyu.events.problems import Problem


def read(data: bytes) -> list[tuple[int, list[str]] | tuple[str, int]]:
    rows = csv_rows(file_of_bytes("a.csv", data))
    return [(each.code, each.line) if isinstance(each, Problem) else each for each in rows]


def test_a_row_stands_where_it_begins_and_keeps_its_line_ends() -> None:
    assert read(b'a,b\r\n"one\r\ntwo",x\r\n\r\nc,d\r\n') == [
        (1, ["a", "b"]),
        (2, ["one\ntwo", "x"]),
        (5, ["c", "d"]),
    ]


def test_a_quote_in_the_middle_of_a_cell_is_a_letter() -> None:
    assert read(b'a,5" pipe') == [(1, ["a", '5" pipe'])]


def test_a_quote_never_closed_costs_one_line() -> None:
    assert read(b'a,b\nc,"open\ne,f\ng,h\n') == [
        (1, ["a", "b"]),
        ("open_quote", 2),
        (3, ["e", "f"]),
        (4, ["g", "h"]),
    ]


def test_a_file_cut_within_a_quoted_cell_does_not_pass_half_of_it() -> None:
    assert read(b'a,b\nc,"half of') == [(1, ["a", "b"]), ("open_quote", 2)]


def test_an_open_quote_before_megabytes_costs_one_line() -> None:
    count = LINE_BYTES // 8
    got = read(b'a,"open\n' + b"bcde,fgh\n" * count)
    assert got[0] == ("open_quote", 1)
    assert len(got) == count + 1
    assert got[-1] == (count + 1, ["bcde", "fgh"])


def test_a_line_in_no_encoding_is_told_in_its_place() -> None:
    assert read(b"a,b\n\xff\xff,x\nc,d\n") == [(1, ["a", "b"]), ("bad_encoding", 2), (3, ["c", "d"])]


def test_the_header_tells_the_delimiter() -> None:
    assert header_of(file_of_bytes("a", "\ufeff时间\t昵称,x\t内容\n".encode())) == (["时间", "昵称,x", "内容"], "\t")
    assert header_of(file_of_bytes("a", b"\n a ; b;c\n")) == (["a", "b", "c"], ";")
    assert header_of(file_of_bytes("a", b""))[0] == []


@given(st.lists(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r\ufeff")), min_size=2, max_size=4)))
def test_what_the_csv_module_writes_comes_back(table: list[list[str]]) -> None:
    out = io.StringIO()
    csv.writer(out).writerows([["茶", "x"], *table])
    assert [row for _, row in read(out.getvalue().encode())] == [["茶", "x"], *table]
