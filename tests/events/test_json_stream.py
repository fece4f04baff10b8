"""Big JSON documents: any encoding, cut ones up to the cut, none that nests absurdly."""

import json
import tracemalloc

import pytest

from qunyu.events.files import file_of_bytes
from qunyu.events.json_stream import DEPTH, json_first, json_items, text_at
from qunyu.events.problems import Problem

INFO = {"name": '茶友群 \\ " [{'}
MESSAGES = [{"n": n, "t": '早上好 "[[[{{{" \\'} for n in range(3000)]
DOCUMENT = {"info": INFO, "messages": MESSAGES}


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_every_encoding(codec: str) -> None:
    file = file_of_bytes("a.json", json.dumps(DOCUMENT, ensure_ascii=False).encode(codec))
    assert list(json_items(file, "messages.item")) == MESSAGES
    assert json_first(file, "info") == INFO


def test_a_cut_document_gives_what_stands_before_the_cut() -> None:
    data = json.dumps(DOCUMENT, ensure_ascii=False).encode()
    *items, last = json_items(file_of_bytes("a.json", data[: data.index(b'{"n": 2000')]), "messages.item")
    assert items == MESSAGES[:2000]
    assert isinstance(last, Problem)
    assert (last.code, last.line) == ("truncated", 2000)


def test_a_document_that_nests_absurdly_is_refused_before_it_takes_memory() -> None:
    tracemalloc.start()
    for opening in (b"[", b'{"a":', b'[{"key":['):
        (problem,) = json_items(file_of_bytes("a.json", opening * 100_000), "item")
        assert problem.code == "truncated"
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()


def test_nesting_of_any_sane_depth_is_read() -> None:
    data = b"[" * (DEPTH - 1) + b"1" + b"]" * (DEPTH - 1)
    (item,) = json_items(file_of_bytes("a.json", data), "item")
    assert json.dumps(item).encode() == data[1:-1]


@pytest.mark.parametrize("size", range(1, 20))
def test_brackets_in_strings_do_not_nest_wherever_a_piece_ends(size: int) -> None:
    text = '\\"[{\\\\' * 200
    data = ("[" + " " * (64 * 1024 - 30 - size) + json.dumps([text, "{" * 300, 7]) + "]").encode()
    assert list(json_items(file_of_bytes("a.json", data), "item")) == [[text, "{" * 300, 7]]


def test_the_first_value_of_nothing_is_none() -> None:
    assert json_first(file_of_bytes("a.json", b"{}"), "info") is None
    assert json_first(file_of_bytes("a.json", b'{"x": '), "info") is None


def test_text_at() -> None:
    value = {"a": {"b": "x", "n": 7, "t": True, "l": []}}
    assert [text_at(value, "a", key) for key in ("b", "n", "t", "l", "none")] == ["x", "7", "", "", ""]
    assert text_at(None, "a") == text_at("x", "a") == ""


def test_a_number_beyond_all_bounds_is_where_reading_ends() -> None:
    *items, last = json_items(
        file_of_bytes("a.json", b"[1, 1234567890123456789012345, 2.5, 1e9999999999999999999, 3]"), "item"
    )
    assert [str(each) for each in items] == ["1", "1234567890123456789012345", "2.5"]
    assert isinstance(last, Problem)
    assert last.code == "truncated"
