"""Our own chat format, CSV or JSON Lines (docs/import-formats/plain.md); foreign tables by mapping their columns."""

from __future__ import annotations

import re
from collections.abc import Iterator
from operator import itemgetter

from qunyu.events.contents import subject_named, subject_of
from qunyu.events.csv_rows import csv_rows
from qunyu.events.files import File
from qunyu.events.json_lines import json_lines
from qunyu.events.plain_columns import FIELDS, Columns, certainty, columns_of, is_json
from qunyu.events.problems import Problem
from qunyu.events.reading import Example, Reader, ReadOptions
from qunyu.events.record import Kind, Record
from qunyu.events.wall_clock import read_time, time_problem
from qunyu.kernel.words import Words

FORMAT = "plain"
KINDS: dict[str, Kind] = {
    "": "message", "message": "message", "action": "action", "joined": "joined", "left": "left",
    "renamed": "renamed", "recalled": "recalled", "notice": "notice",
}  # fmt: skip
ROUNDED = re.compile(r"\d(?:\.\d{1,20})?[eE]\+\d{2}", re.ASCII)
TRUE = frozenset(("1", "true", "yes", "y", "是"))


def recognise_csv(file: File, options: ReadOptions) -> float:
    """Above half when time, author and text (or kind) are there by mapping or name, and it is no table of orders."""
    return 0.0 if is_json(file) else certainty(file, options)


def recognise_lines(file: File, options: ReadOptions) -> float:
    """As for CSV, by the keys of the first objects."""
    return certainty(file, options) if is_json(file) else 0.0


def read(file: File, options: ReadOptions) -> Iterator[Record | Problem]:
    """A record a row; one problem for the file when columns are missing."""
    if not file.head.strip():
        yield Problem("empty_file", file.name)
        return
    columns = columns_of(file, options)
    if problem := columns.problem(file):
        yield problem
        return
    maker = Maker(file, options)
    empty = True
    for row in _from_lines(file, columns, maker) if is_json(file) else _from_rows(file, columns, maker):
        empty = False
        yield row
    if empty:
        yield Problem("no_rows", file.name, 0 if is_json(file) else 1)


class Maker:
    """Makes records of one file from values in the order of FIELDS; `aside` are problems besides the records."""

    def __init__(self, file: File, options: ReadOptions) -> None:
        self.file = file.name
        self.zone = options.source_zone
        self.community = options.community or file.stem
        self.aside: list[Problem] = []

    def record(self, values: tuple[str, ...], line: int) -> Record | Problem:
        """The record of one row, or what is wrong with the row."""
        time, community, group, author, name, text, kind_name, key, subject, other, other_name, bot = values
        at = read_time(time, self.zone)
        if isinstance(at, str):
            return self._bad_time(at, time, line)
        kind = KINDS.get(kind_name) or KINDS.get(kind_name.strip().lower())
        if kind is None:
            return Problem("not_a_record", self.file, line, {"format": FORMAT})
        author, name = self._whole(author, line), name.strip()
        if not author and not name and kind != "notice":
            return Problem("missing_field", self.file, line, {"field": "author_id"})
        community = self._whole(community, line) or group.strip() or self.community
        if kind in ("message", "action"):
            subject = (subject and subject_named(subject)) or subject_of(text)
        return Record(
            kind, at, community, group or community, author, name, text, key, subject, other, other_name,
            bot.strip().lower() in TRUE if bot else False, None, line,
        )  # fmt: skip

    def _whole(self, key: str, line: int) -> str:
        """The id without blanks around it; none when a spreadsheet has rounded it, for then many people share it."""
        key = key.strip()
        if "+" in key and ROUNDED.fullmatch(key):
            self.aside.append(Problem("damaged_id", self.file, line, {"value": key}))
            return ""
        return key

    def _bad_time(self, code: str, time: str, line: int) -> Problem:
        if not time.strip():
            return Problem("missing_field", self.file, line, {"field": "time"})
        return time_problem(code, time, self.file, line)


def _from_rows(file: File, columns: Columns, maker: Maker) -> Iterator[Record | Problem]:
    """A row shorter than the header lacks its last cells, as spreadsheets leave them off; a longer one fits nothing."""
    width = len(columns.found)
    # Fields without a column take the empty cell that every row gets at its end.
    places = [columns.found.index(columns.names[ours]) if ours in columns.names else width for ours in FIELDS]
    pick = itemgetter(*places)
    make = maker.record
    first = columns.found[0]
    for each in csv_rows(file, columns.delimiter):
        if isinstance(each, Problem):
            yield each
            continue
        line, row = each
        # Files pasted together repeat the header.
        if row[0].strip() == first and tuple(cell.strip() for cell in row) == columns.found:
            continue
        if len(row) > width:
            yield Problem("not_a_record", file.name, line, {"format": FORMAT})
            continue
        row.extend([""] * (width + 1 - len(row)))
        yield make(pick(row), line)
        if maker.aside:
            yield from maker.aside
            maker.aside.clear()


def _from_lines(file: File, columns: Columns, maker: Maker) -> Iterator[Record | Problem]:
    keys = [columns.names.get(ours, "") for ours in FIELDS]
    make = maker.record
    for line, value in json_lines(file, FORMAT):
        if isinstance(value, dict):
            yield make(tuple(_text(value.get(key)) for key in keys), line)
            yield from maker.aside
            maker.aside.clear()
        else:
            is_problem = isinstance(value, Problem)
            yield value if is_problem else Problem("not_a_record", file.name, line, {"format": FORMAT})


def _text(value: object) -> str:
    """A JSON value as a cell: nothing for null, objects and lists."""
    if isinstance(value, str):
        return value
    if value is True:
        return "true"
    return str(value) if isinstance(value, int | float) and value is not False else ""


_CSV_EXAMPLE = """\
time,community,community_name,author_id,author_name,text,kind,message_id,other_id,other_name
2026-03-01T09:30:00+08:00,tea,茶友群,u1,小林,早上好,,m1,,
2026-03-01 09:31:00,tea,茶友群,u2,阿青,"[图片]",message,m2,,
1772328720,tea,茶友群,u3,阿壶,,joined,,u1,小林
"""
_JSON_EXAMPLE = (
    '{"t": "2026-03-01T01:30:00Z", "id": "m1", "thread": "tea", "who": "u1", "text": "早上好"}\n'
    '{"t": 1772328660000, "id": "m2", "thread": "tea", "who": "u2", "text": "hello"}\n'
)
READERS = (
    Reader(
        key="plain",
        platform="plain",
        title=Words("通用聊天表格（CSV）", "Plain chat table (CSV)"),
        recognise=recognise_csv,
        read=read,
        example=Example("tea.csv", _CSV_EXAMPLE.encode(), {"message": 2, "joined": 1}),
    ),
    Reader(
        key="plain_lines",
        platform="plain",
        title=Words("通用聊天表格（JSON Lines）", "Plain chat table (JSON Lines)"),
        recognise=recognise_lines,
        read=read,
        example=Example("tea.jsonl", _JSON_EXAMPLE.encode(), {"message": 2}, columns={"author": "who"}),
    ),
)
