"""Sheets: any table (CSV, TSV, XLSX, aligned text) as rows by column name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from qunyu.events import delimited, workbook
from qunyu.events.delimited import Row
from qunyu.events.files import File
from qunyu.events.problems import Problem

# Exports put titles and notes above the header, seldom more than a handful.
HEADER_WITHIN = 20

_VALUE = re.compile(r"[-+(¥￥$€£]{0,2}\d[\d.,:/\-\s]*\)?", re.ASCII)


@dataclass(frozen=True)
class Table:
    """A table whose header has been found.

    `header` holds distinct names, the positions "1", "2" ... where a column (or the whole table) has no name.
    `header_line` is 0 without a header row. `rows` gives (line, cell by name) once; a cell that is missing has no key,
    rows without any content are left out.
    """

    header: tuple[str, ...]
    header_line: int
    rows: Iterator[tuple[int, dict[str, str]]]


def open_table(file: File, problems: list[Problem], is_header: Callable[[Sequence[str]], bool]) -> Table | None:
    """The first sheet with a row near its top that `is_header` knows; else the first sheet, its first row a header
    unless a number or date stands in it. None when there is no content at all; why goes into `problems`.
    """
    seen: list[Problem] = []
    first: tuple[int, list[Row]] | None = None
    for index, rows in enumerate(_sheets(file, seen)):
        top = list(islice(rows, HEADER_WITHIN))
        at = next((each for each, (_, cells) in enumerate(top) if is_header(cells)), None)
        if at is not None:
            return _under(top[at], islice(_nth(file, index, problems), at + 1, None))
        if first is None and any(any(cells) for _, cells in top):
            first = index, top
    if first is None:
        problems.extend(seen)
        return None
    return _guessed(first[1], _nth(file, first[0], problems))


def _sheets(file: File, problems: list[Problem]) -> Iterator[Iterator[Row]]:
    if file.head.startswith(workbook.OLE_MAGIC):
        problems.append(Problem("old_excel", file.name))
    elif workbook.is_workbook(file):
        yield from workbook.sheets(file, problems)
    elif file.head:
        yield delimited.rows(file, problems)
    else:
        problems.append(Problem("empty_file", file.name))


def _nth(file: File, index: int, problems: list[Problem]) -> Iterator[Row]:
    """One sheet from its beginning, opened when the first row is asked for."""
    for rows in islice(_sheets(file, problems), index, index + 1):
        yield from rows


def _guessed(top: list[Row], rows: Iterator[Row]) -> Table:
    start = next(index for index, (_, cells) in enumerate(top) if any(cells))
    if any(_VALUE.fullmatch(cell.strip()) for cell in top[start][1]):
        width = max(len(cells) for _, cells in top)
        positions = tuple(str(position) for position in range(1, width + 1))
        return Table(positions, 0, _by_name(positions, islice(rows, start, None)))
    return _under(top[start], islice(rows, start + 1, None))


def _under(header_row: Row, rows: Iterator[Row]) -> Table:
    line, cells = header_row
    header = _distinct(cells)
    return Table(header, line, _by_name(header, rows))


def _distinct(cells: Sequence[str]) -> tuple[str, ...]:
    """Names without line breaks and spaces around; a repeated name gets its position: "备注", "备注#7"."""
    names: list[str] = []
    for position, cell in enumerate(cells, 1):
        name = " ".join(cell.split()) or str(position)
        names.append(name if name not in names else f"{name}#{position}")
    return tuple(names)


def _by_name(header: tuple[str, ...], rows: Iterator[Row]) -> Iterator[tuple[int, dict[str, str]]]:
    for line, cells in rows:
        if any(map(str.strip, cells)):
            yield line, dict(zip(header, cells, strict=False))
