"""Every reader reads its own example, recognises it, and does not claim another's."""

from collections import Counter

import pytest

from qunyu.events.files import File, file_of_bytes
from qunyu.events.problems import Problem
from qunyu.events.reading import Reader, ReadOptions, kind_of, readers, recognise

EACH = pytest.mark.parametrize("reader", readers().values(), ids=lambda reader: reader.key)


def example_file(reader: Reader) -> File:
    file = file_of_bytes(reader.example.name, reader.example.data)
    for name, data in reader.example.beside.items():
        file.siblings[name] = file_of_bytes(name, data)
    return file


def options(reader: Reader) -> ReadOptions:
    return ReadOptions(columns=reader.example.columns)


@EACH
def test_example_gives_the_stated_counts(reader: Reader) -> None:
    rows = list(reader.read(example_file(reader), options(reader)))
    assert Counter(kind_of(row) for row in rows) == Counter(reader.example.counts)


@EACH
def test_example_is_recognised_by_its_content(reader: Reader) -> None:
    found = recognise(example_file(reader), options(reader))
    assert found is not None
    assert found.key == reader.key


@EACH
@pytest.mark.parametrize("data", [b"", b"\0\1\2\xff\xfe", b"hello\n", b"{", b"[]", b"a,b\n1,2\n"])
def test_strange_bytes_are_never_claimed_nor_fatal(reader: Reader, data: bytes) -> None:
    file = file_of_bytes("strange.bin", data)
    assert reader.recognise(file, ReadOptions()) <= 0.5
    assert all(kind_of(row) == "problem" for row in reader.read(file, ReadOptions()))


@EACH
def test_half_an_example_raises_nothing_and_problems_speak(reader: Reader) -> None:
    file = example_file(reader)
    half = file_of_bytes(reader.example.name, reader.example.data[: len(reader.example.data) // 2])
    half.siblings.update(file.siblings)
    for row in reader.read(half, options(reader)):
        if isinstance(row, Problem):
            assert row.message.zh
            assert row.message.en
