"""Delimited and whitespace-aligned text as rows of cells."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator

from qunyu.events.files import LINE_BYTES, File
from qunyu.events.problems import Problem

DELIMITERS = (",", "\t", ";", "|")
ALIGNED = " "
SAMPLE_LINES = 30

Row = tuple[int, list[str]]


def delimiter_of(file: File) -> str:
    """The delimiter by which most of the first lines have equally many cells; ALIGNED when none splits half of them."""
    lines = [line for line in file.head_text.split("\n")[: SAMPLE_LINES + 1] if line.strip()][:SAMPLE_LINES]
    scores = {each: _agreement(lines, each) for each in DELIMITERS}
    best = max(DELIMITERS, key=lambda each: scores[each])
    return best if scores[best][0] * 2 >= max(len(lines), 1) else ALIGNED


def _agreement(lines: list[str], delimiter: str) -> tuple[int, int]:
    """(lines that have the commonest number of cells above one, that number)."""
    widths = Counter(len(_cells(line, delimiter)) for line in lines)
    widths.pop(1, None)
    width, count = max(widths.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
    return count, width


def rows(file: File, problems: list[Problem]) -> Iterator[Row]:
    """(line where the row ends, its cells) of every row; lines that cannot be decoded go into `problems`."""
    delimiter = delimiter_of(file)
    if delimiter == ALIGNED:
        yield from ((number, text.split()) for number, text in file.lines(problems))
        return
    yield from _quoted(file, delimiter, problems)


def _quoted(file: File, delimiter: str, problems: list[Problem]) -> Iterator[Row]:
    csv.field_size_limit(LINE_BYTES)
    held: list[tuple[int, str]] = []
    reader = csv.reader(_held(file.lines(problems), held), delimiter=delimiter)
    width = 0
    while True:
        held.clear()
        try:
            cells = next(reader, None)
        except csv.Error:
            yield from _apart(held, delimiter)
            continue
        if cells is None:
            return
        width = width or len(cells)
        # A quote that is never closed swallows the rows after it; such a row does not come out as wide as the others.
        if len(held) > 1 and len(cells) < width:
            yield from _apart(held, delimiter)
        elif held:
            yield held[-1][0], cells


def _held(lines: Iterator[tuple[int, str]], held: list[tuple[int, str]]) -> Iterator[str]:
    for number, text in lines:
        held.append((number, text))
        yield text + "\n"


def _apart(held: list[tuple[int, str]], delimiter: str) -> Iterator[Row]:
    for number, text in held:
        yield number, _cells(text, delimiter)


def _cells(text: str, delimiter: str) -> list[str]:
    """The cells of one line taken by itself; split plainly where its quotes make no sense."""
    try:
        return next(csv.reader([text], delimiter=delimiter), [])
    except csv.Error:
        return text.split(delimiter)
