"""Tables of a kind: opened with their columns resolved, or refused with the reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain

from qunyu.events.columns import Kind, Resolved, is_header, normal, resolve
from qunyu.events.files import File
from qunyu.events.problems import Problem
from qunyu.events.reading import ReadOptions
from qunyu.events.sheets import Table, open_table

# Above half, below what a reader of one product's export says about its own.
RECOGNISED = 0.9
MAPPED_IN_PART = 0.6


@dataclass(frozen=True)
class Opened:
    """A table and the columns of our fields in it."""

    table: Table
    columns: Resolved


def open_kind(file: File, options: ReadOptions, kind: Kind, problems: list[Problem]) -> Opened | None:
    """The file as a table of the kind; None after `problems` got the one reason why it is none."""
    opened = _open(file, options, kind, problems)
    if opened is None:
        if not problems:
            problems.append(Problem("empty_file", file.name))
        return None
    table, columns = opened.table, opened.columns
    if columns.unknown:
        data = {"value": ", ".join(columns.unknown), "columns": ", ".join(table.header)[:500]}
        problems.append(Problem("unknown_column", file.name, table.header_line, data))
        return None
    if missing := columns.lacks(kind):
        problems.append(Problem("missing_field", file.name, table.header_line, {"field": missing}))
        return None
    return _with_rows(opened, file.name, problems)


def _with_rows(opened: Opened, file: str, problems: list[Problem]) -> Opened | None:
    """The table as it is if there is anything under its header."""
    first = next(opened.table.rows, None)
    if first is None:
        if not problems:
            problems.append(Problem("no_rows", file, opened.table.header_line))
        return None
    return replace(opened, table=replace(opened.table, rows=chain((first,), opened.table.rows)))


def certainty(file: File, options: ReadOptions, kind: Kind) -> float:
    """How sure the header (or the mapping) makes us that the file is a table of the kind."""
    opened = _open(file, options, kind, [])
    if opened is None:
        return 0.0
    columns = opened.columns
    if columns.unknown:
        return MAPPED_IN_PART if _mapped_in_part(kind, options, columns) else 0.0
    if columns.lacks(kind):
        return 0.0
    if any(normal(name) in kind.foreign for name in opened.table.header):
        return 0.0
    told = all(any(field in options.columns for field in group) for group in kind.needs)
    return RECOGNISED if told or any(field in columns.names for field in kind.tells) else 0.0


def _open(file: File, options: ReadOptions, kind: Kind, problems: list[Problem]) -> Opened | None:
    def knows(cells: Sequence[str]) -> bool:
        return is_header(kind, cells, options.columns)

    table = open_table(file, problems, knows)
    return None if table is None else Opened(table, resolve(kind, table.header, options.columns))


def _mapped_in_part(kind: Kind, options: ReadOptions, columns: Resolved) -> bool:
    """Whether somebody meant this table and misspelt a column: what they mapped and what is there make it whole."""
    meant = {*columns.names, *(field for field in options.columns if field in kind.fields)}
    found = any(field in columns.names for field in options.columns)
    return found and all(any(field in meant for field in group) for group in kind.needs)
