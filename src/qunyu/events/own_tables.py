"""Own tables: files with columns of ours (units and accounts, say), taken as they are or refused with what is wrong.

Exports of other programs are another matter: what they mean is guessed column by column (`columns`, `mapping`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

from qunyu.events.files import File
from qunyu.events.own_columns import column_twice, no_column, refuse_junk
from qunyu.events.problems import Problem
from qunyu.events.sheets import Table, open_table
from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words

MAX_BYTES = 5 * 1024 * 1024

EMPTY = Words("文件“{file}”里没有内容", "the file “{file}” holds nothing")
TOO_LARGE = Words("文件超过 {limit} MB，请分成几份", "the file is larger than {limit} MB; give it in parts")
UNREADABLE = Words(
    "文件“{file}”无法读取；请另存为 CSV（UTF-8）或 XLSX",
    "the file “{file}” cannot be read; save it as CSV (UTF-8) or XLSX",
)
MISSING = Words("缺少“{column}”列", "the column “{column}” is missing")
NO_HEADER = Words("第一行须是列名；可用的列：{known}", "the first row must name the columns; the columns are: {known}")
TOO_MANY = Words("最多 {limit} 行，请分成几份", "{limit} rows at most; give the file in parts")


@dataclass(frozen=True)
class OwnColumn:
    """A column: its key, and what it is called in both languages; any of the three may stand in the file."""

    key: str
    title: Words
    required: bool = False

    @property
    def names(self) -> frozenset[str]:
        """What it may be called, in small letters."""
        return frozenset(each.casefold() for each in (self.key, self.title.zh, self.title.en))


def read_own(name: str, data: bytes, columns: Sequence[OwnColumn], most: int) -> list[tuple[int, dict[str, str]]]:
    """(line, text by column key, without blanks around) of every row of a CSV or XLSX file with at most `most` rows.

    A column that the file leaves out has no key. Raises DomainError bad_table; unknown_column for one that is none of ours or there twice.
    """
    if len(data) > MAX_BYTES:
        raise _bad(TOO_LARGE.fill(limit=MAX_BYTES // 1024**2))
    table = _opened(name, data, columns)
    keys = _keys(table.header, columns)
    return list(_rows(table, keys, most))


def _opened(name: str, data: bytes, columns: Sequence[OwnColumn]) -> Table:
    def opener() -> BinaryIO:
        return BytesIO(data)

    known = frozenset().union(*(each.names for each in columns))
    problems: list[Problem] = []
    file = File(name, len(data), opener)
    refuse_junk(file)
    table = open_table(
        file,
        problems,
        lambda cells: any(" ".join(cell.split()).casefold() in known for cell in cells),
    )
    if table is None:
        empty = not problems or any(each.code == "empty_file" for each in problems)
        raise _bad((EMPTY if empty else UNREADABLE).fill(file=name))
    if not table.header_line:
        raise _bad(NO_HEADER.fill(known=_listed(columns)))
    return table


def _keys(header: Sequence[str], columns: Sequence[OwnColumn]) -> dict[str, str]:
    """Column key by the name in the file."""
    found: dict[str, str] = {}
    for name in header:
        called = name.partition("#")[0].casefold()
        column = next((each for each in columns if called in each.names), None)
        if column is None:
            raise no_column(name, _listed(columns), [each for column in columns for each in column.names])
        if column.key in found.values():
            raise column_twice(name.partition("#")[0])
        found[name] = column.key
    for each in columns:
        if each.required and each.key not in found.values():
            raise _bad(
                Words(MISSING.zh.format(column=each.title.zh), MISSING.en.format(column=each.title.en)), each.key
            )
    return found


def _listed(columns: Sequence[OwnColumn]) -> str:
    return ", ".join(f"{each.title.zh} ({each.key})" for each in columns)


def _rows(table: Table, keys: dict[str, str], most: int) -> Iterator[tuple[int, dict[str, str]]]:
    for number, (line, cells) in enumerate(table.rows):
        if number == most:
            raise _bad(TOO_MANY.fill(limit=most))
        yield line, {keys[name]: text.strip() for name, text in cells.items() if name in keys}


def _bad(message: Words, column: str = "") -> DomainError:
    return DomainError("bad_table", message, field="file", column=column)
