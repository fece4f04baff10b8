"""Rows of CSV files with the line where each begins; a quote that is never closed costs one line, not the rest."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator

from qunyu.events.files import LINE_BYTES, File
from qunyu.events.problems import Problem

Line = tuple[int, str]


class _Lines:
    """The file's lines for csv.reader: `held` are those of the row being read, `ended` tells that there are no more."""

    def __init__(self, file: File, problems: list[Problem]) -> None:
        self._more = file.lines(problems)
        self._again: deque[Line] = deque()
        self.held: list[Line] = []
        self.ended = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        try:
            line = self._again.popleft() if self._again else next(self._more)
        except StopIteration:
            self.ended = True
            raise
        self.held.append(line)
        return line[1] + "\n"

    def read_again(self, lines: list[Line]) -> None:
        """Puts `lines` before those still to come."""
        self._again.extendleft(reversed(lines))
        self.ended = False


def csv_rows(file: File, delimiter: str = ",") -> Iterator[tuple[int, list[str]] | Problem]:
    """(line where it begins, cells) of every row that is not empty, and the problems between them.

    Memory is bounded by the longest row, which is at most LINE_BYTES a cell.
    """
    csv.field_size_limit(LINE_BYTES)
    problems: list[Problem] = []
    lines = _Lines(file, problems)
    rows = csv.reader(lines, delimiter=delimiter)
    while True:
        lines.held.clear()
        row = _next(rows)
        if problems:
            yield from problems
            problems.clear()
        if row is None:
            return
        # Every line ends in \n, so a row that comes out only at the end of the file lies within an open quote; and a
        # cell above the limit is text that such a quote has swallowed.
        if lines.ended or row is _BROKEN:
            yield Problem("open_quote", file.name, lines.held[0][0])
            lines.read_again(lines.held[1:])
            rows = csv.reader(lines, delimiter=delimiter)
        elif row:
            yield lines.held[0][0], row


def header_of(file: File) -> tuple[list[str], str]:
    """The cells of the first line with text, stripped, and its delimiter: the most frequent of three."""
    first = next((line for line in file.head_text.split("\n") if line.strip()), "")
    delimiter = max(",\t;", key=first.count)
    cells = next(csv.reader([first], delimiter=delimiter), [])
    return [cell.strip() for cell in cells], delimiter


_BROKEN: list[str] = []


def _next(rows: Iterator[list[str]]) -> list[str] | None:
    try:
        return next(rows, None)
    except csv.Error:
        return _BROKEN
