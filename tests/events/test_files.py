"""Files: encodings, mixed encodings, absurd lines in constant memory, honest line numbers."""

import io
import tracemalloc
from typing import BinaryIO, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qunyu.events.files import HEAD_BYTES, LINE_BYTES, File, file_of_bytes
from qunyu.events.problems import Problem

TEXT = "2026-03-01 早上好\n第二行，茶到了吗\nthird\n"
LINES = [(1, "2026-03-01 早上好"), (2, "第二行，茶到了吗"), (3, "third")]


def read(data: bytes) -> tuple[list[tuple[int, str]], list[Problem]]:
    problems: list[Problem] = []
    return list(file_of_bytes("a.txt", data).lines(problems)), problems


@pytest.mark.parametrize(
    ("codec", "bom", "named"),
    [
        ("utf-8", b"", "utf-8"),
        ("utf-8", b"\xef\xbb\xbf", "utf-8-sig"),
        ("utf-16-le", b"\xff\xfe", "utf-16"),
        ("utf-16-be", b"\xfe\xff", "utf-16"),
        ("utf-16-le", b"", "utf-16-le"),
        ("utf-16-be", b"", "utf-16-be"),
        ("gb18030", b"", "gb18030"),
        ("gbk", b"", "gb18030"),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_every_encoding_gives_the_same_lines(codec: str, bom: bytes, named: str, end: str) -> None:
    data = bom + TEXT.replace("\n", end).encode(codec)
    assert file_of_bytes("a.txt", data).encoding == named
    assert read(data) == (LINES, [])


def test_head_text_has_no_bom_and_one_kind_of_line_end() -> None:
    data = b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode()
    assert file_of_bytes("a.txt", data).head_text == TEXT
    assert file_of_bytes("a.txt", b"\xff\xfe" + TEXT.encode("utf-16-le")).head_text == TEXT


def test_lines_in_gb18030_within_a_utf8_file_are_read() -> None:
    data = "早上好\n".encode() + "下午好\n".encode("gb18030") + "晚上好".encode()
    assert read(b"x" * HEAD_BYTES + b"\n" + data)[0][1:] == [(2, "早上好"), (3, "下午好"), (4, "晚上好")]


def test_a_character_cut_by_the_end_of_the_head_leaves_the_file_utf8() -> None:
    data = b"x" * (HEAD_BYTES - 1) + "茶".encode()
    assert file_of_bytes("a.txt", data).encoding == "utf-8"
    assert read(data)[0][0][1][-1] == "茶"


def test_a_line_in_no_encoding_is_a_problem_and_keeps_its_number() -> None:
    lines, problems = read(b"one\n\xff\xff\xff\nthree\n")
    assert [number for number, _ in lines] == [1, 3]
    assert [(each.code, each.line) for each in problems] == [("bad_encoding", 2)]


class _OneLongLine(io.RawIOBase):
    """A line of `size` bytes, then "after\\n", made while it is read."""

    def __init__(self, size: int) -> None:
        self._left = size
        self._tail = b"\nafter\n"

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if self._left:
            count = min(len(buffer), self._left)
            buffer[:count] = b"x" * count
            self._left -= count
            return count
        count = min(len(buffer), len(self._tail))
        buffer[:count] = self._tail[:count]
        self._tail = self._tail[count:]
        return count


def test_a_line_of_100_megabytes_is_left_out_in_constant_memory() -> None:
    size = 100 * 1024 * 1024
    file = File("a.txt", size, lambda: cast(BinaryIO, io.BufferedReader(_OneLongLine(size))))
    problems: list[Problem] = []
    tracemalloc.start()
    lines = list(file.lines(problems))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert lines == [(2, "after")]
    assert [(each.code, each.line, each.data) for each in problems] == [
        ("line_too_long", 1, {"limit": str(LINE_BYTES)})
    ]
    assert peak < 6 * LINE_BYTES


def test_a_line_just_as_long_as_the_limit_is_kept() -> None:
    line = "x" * (LINE_BYTES - 1)
    assert read(line.encode() + b"\nnext\n") == ([(1, line), (2, "next")], [])


def test_an_empty_file_has_no_lines() -> None:
    assert read(b"") == ([], [])
    assert file_of_bytes("a.txt", b"").head_text == ""


def test_it_can_be_read_as_often_as_needed() -> None:
    file = file_of_bytes("a.txt", TEXT.encode())
    assert list(file.lines([])) == list(file.lines([])) == LINES


def test_names() -> None:
    file = file_of_bytes("茶友群/2026.03/messages.tar.csv", b"")
    other = file_of_bytes("茶友群/2026.03/people.csv", b"")
    file.siblings[other.name] = other
    assert file.stem == "messages.tar"
    assert file.sibling("people.csv") is other
    assert file.sibling("nobody.csv") is None


@given(
    st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r\n\ufeff"))), st.sampled_from(["\n", "\r\n"])
)
def test_utf8_lines_come_back_as_written(lines: list[str], end: str) -> None:
    data = "".join(line + end for line in ["茶", *lines]).encode()
    got, problems = read(data)
    assert got == list(enumerate(["茶", *lines], 1))
    assert problems == []


@given(st.binary(max_size=300))
def test_any_bytes_end_without_an_exception(data: bytes) -> None:
    lines, problems = read(data)
    numbers = [number for number, _ in lines]
    assert numbers == sorted(set(numbers))
    assert all(each.message.zh and each.message.en for each in problems)


def test_what_is_forgotten_is_read_again() -> None:
    file = file_of_bytes("a.txt", "茶".encode("gb18030"))
    assert (file.encoding, file.head_text) == ("gb18030", "茶")
    file.forget()
    assert not {"head", "head_text"} & vars(file).keys()
    assert (file.head_text, file.head) == ("茶", "茶".encode("gb18030"))
    file.forget()
    file.forget()
