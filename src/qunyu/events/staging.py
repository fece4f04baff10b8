"""Staging: everything the readers say about one import, in Parquet files of its own, before anything is saved."""

from __future__ import annotations

import json
import lzma
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import cast

import pyarrow as pa
import pyarrow.parquet as pq

from qunyu.events.files import File
from qunyu.events.intake import is_archive
from qunyu.events.problems import Problem
from qunyu.events.reading import Read, Reader, ReadOptions, Yields, readers, recognise
from qunyu.events.record import Record
from qunyu.events.rows import CostRow, MemberRow, OrderLine

BATCH = 20_000
KEPT_PROBLEMS = 1_000
UTC_STAMP = pa.timestamp("us", tz="UTC")
# Clocks of exporting phones run ahead; a day is more than any of them.
FUTURE = timedelta(days=1)
# No chat or shop is older; a clock that was never set says 1970 or less.
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
# In minor units this fits the lake with room for thousands of lines in one order.
LARGEST = Decimal(10) ** 13

_EXACT = pa.decimal128(38, 8)
_PLACES = Decimal(1).scaleb(-8)
_TAIL = [("meta", pa.string()), ("line", pa.int64())]
_STRINGS = ("community", "community_name", "author_id", "author_name", "text", "message_id", "subject")
SCHEMAS: dict[Yields, pa.Schema] = {
    "chat": pa.schema(
        [
            ("kind", pa.string()),
            ("occurred_at", UTC_STAMP),
            *((name, pa.string()) for name in (*_STRINGS, "other_id", "other_name")),
            ("bot", pa.bool_()),
            *_TAIL,
            ("direct", pa.bool_()),
        ]
    ),
    "orders": pa.schema(
        [
            ("order_id", pa.string()),
            ("customer_id", pa.string()),
            ("ordered_at", UTC_STAMP),
            ("amount", _EXACT),
            ("status", pa.string()),
            ("currency", pa.string()),
            ("refund", _EXACT),
            ("quantity", _EXACT),
            *((name, pa.string()) for name in ("product", "customer_name", "phone", "union_id")),
            *_TAIL,
        ]
    ),
    "members": pa.schema(
        [
            *((name, pa.string()) for name in ("community", "member_id", "name")),
            ("joined_at", UTC_STAMP),
            ("left_at", UTC_STAMP),
            *((name, pa.string()) for name in ("role", "channel", "phone", "union_id", "platform")),
            *_TAIL,
        ]
    ),
    "costs": pa.schema(
        [
            ("day", pa.date32()),
            ("community", pa.string()),
            ("channel", pa.string()),
            ("cost", _EXACT),
            ("currency", pa.string()),
            ("exposures", pa.int64()),
            ("line", pa.int64()),
        ]
    ),
}
_ORIGIN = [("position", pa.int64()), ("file", pa.int32()), ("source", pa.string())]


@dataclass
class Staged:
    """What staging found: rows per kind of table, files read and how many of each format, problems (all counted, the first thousand kept)."""

    folder: Path
    rows: Counter[Yields] = field(default_factory=Counter)
    files: list[str] = field(default_factory=list)
    formats: Counter[str] = field(default_factory=Counter)
    problem_counts: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)

    def parquet(self, yields: Yields) -> str:
        """The files of one kind of table, as a pattern for DuckDB."""
        return str(self.folder / f"{yields}.parquet")

    def note(self, problem: Problem) -> None:
        """Counts a problem and keeps it while there is room."""
        self.problem_counts[problem.code] += 1
        if len(self.problems) < KEPT_PROBLEMS:
            # PostgreSQL keeps no NUL, and damaged files are full of them.
            data = {name: value.replace("\0", "\ufffd") for name, value in problem.data.items()}
            self.problems.append(replace(problem, file=problem.file.replace("\0", "\ufffd"), data=data))


@dataclass
class Stager:
    """Reads files into `staged.folder`; `sources` names the platform of a kind of table where a person has said it.

    `progress` is called with the number of rows read so far; `hashed` turns a phone number into what may be stored of it.
    """

    staged: Staged
    options: ReadOptions
    now: datetime
    sources: Mapping[Yields, str] = field(default_factory=dict)
    progress: Callable[[int], None] = lambda rows: None
    hashed: Callable[[str], str] = lambda phone: phone
    _writers: dict[Yields, pq.ParquetWriter] = field(default_factory=dict)
    _position: int = 0

    def stage(self, files: list[File], yields: Yields | None = None, format: str = "") -> None:
        """Reads every file with the reader that recognises it; companions of a recognised format are passed over."""
        chosen = {file.name: self._chosen(file, yields, format) for file in files}
        companions = {name for reader in chosen.values() if reader for name in reader.companions}
        for file in files:
            reader = chosen[file.name]
            if reader is not None:
                self.staged.formats[reader.key] += 1
                self.staged.files.append(file.name)
                self._stage_file(len(self.staged.files) - 1, file, reader)
            elif file.name.rpartition("/")[2] not in companions:
                self.staged.note(Problem(why_unread(file), file.name))
            file.forget()

    def close(self) -> None:
        """Finishes the Parquet files."""
        for writer in self._writers.values():
            writer.close()

    def _chosen(self, file: File, yields: Yields | None, format: str) -> Reader | None:
        try:
            return self._reader_of(file, yields, format)
        finally:
            file.forget()

    def _reader_of(self, file: File, yields: Yields | None, format: str) -> Reader | None:
        if is_archive(file):
            return None
        if format:
            return readers()[format]
        found = recognise(file, self.options, yields)
        if found is None and yields not in (None, "chat") and file.head:
            # A person said what it holds: its reader tells better than we what is wrong with it.
            return next((each for each in readers().values() if each.yields == yields), None)
        return found

    def _stage_file(self, number: int, file: File, reader: Reader) -> None:
        source = self.sources.get(reader.yields) or reader.platform
        batch: list[Read] = []
        for row in self._rows(file, reader):
            batch.append(row)
            if len(batch) == BATCH:
                self._write(batch, number, source, reader.yields)
                batch = []
        if batch:
            self._write(batch, number, source, reader.yields)

    def _rows(self, file: File, reader: Reader) -> Iterator[Read]:
        latest = self.now + FUTURE
        try:
            for row in reader.read(file, self.options):
                if type(row) is Problem:
                    self.staged.note(row)
                elif (at := _time_of(row)) is not None and not EARLIEST <= at <= latest:
                    self.staged.note(_untimely(row, at, file.name, self.options.source_zone, self.now))
                elif type(row) is Record:
                    yield row
                else:
                    yield from self._kept(row, file.name)
        except (zipfile.BadZipFile, zlib.error, EOFError, lzma.LZMAError, OSError) as error:
            self.staged.note(Problem("truncated", file.name, 0, {"reason": str(error)[:120]}))

    def _kept(self, row: Read, file: str) -> Iterator[Read]:
        """The row of a table as it may be stored: phones hashed, numbers within what the lake holds."""
        if problem := _too_large(row, file):
            self.staged.note(problem)
            return
        exact = {name: value for name, value in _decimals(row).items() if value is not None}
        changed: dict[str, object] = {name: _rounded(value) for name, value in exact.items()}
        if isinstance(row, OrderLine | MemberRow) and row.phone:
            changed["phone"] = self.hashed(row.phone)
        yield row._replace(**changed) if changed else row  # type: ignore[union-attr,arg-type]

    def _write(self, batch: list[Read], number: int, source: str, yields: Yields) -> None:
        table = _table(batch, SCHEMAS[yields])
        count = table.num_rows
        start, self._position = self._position, self._position + count
        origin = (
            pa.array(range(start, start + count), pa.int64()),
            pa.repeat(pa.scalar(number, pa.int32()), count),
            pa.repeat(pa.scalar(source), count),
        )
        for (name, _), column in zip(_ORIGIN, origin, strict=True):
            table = table.append_column(name, column)
        if yields not in self._writers:
            path = self.staged.folder / f"{yields}.parquet"
            self._writers[yields] = pq.ParquetWriter(path, table.schema, compression="zstd", compression_level=1)
        self._writers[yields].write_table(table)
        self.staged.rows[yields] += count
        self.progress(self._position)


def _table(batch: list[Read], schema: pa.Schema) -> pa.Table:
    columns = [list(column) for column in zip(*cast(list[tuple[object, ...]], batch), strict=True)]
    if "meta" in schema.names:
        place = schema.names.index("meta")
        columns[place] = [json.dumps(meta, ensure_ascii=False) if meta else None for meta in columns[place]]
    arrays = [pa.array(column, kind.type) for column, kind in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)


def refusal(row: Read, file: str, zone: tzinfo, now: datetime) -> Problem | None:
    """Why a row that a reader gave is not kept: its time is not of this world, a number is beyond what the lake holds.

    `zone` is the one of stamps without one, in which the time is told; None for a row that is kept and for a Problem.
    """
    at = _time_of(row)
    if at is not None and not EARLIEST <= at <= now + FUTURE:
        return _untimely(row, at, file, zone, now)
    return _too_large(row, file)


def _untimely(row: Read, at: datetime, file: str, zone: tzinfo, now: datetime) -> Problem:
    """The time is given as the file tells it, as far as the zone has such a time."""
    try:
        value = at.astimezone(zone).isoformat(" ", "seconds")
    except OverflowError:
        value = at.isoformat(" ", "seconds")
    return Problem("future_time" if at > now else "impossible_time", file, _line_of(row), {"value": value})


def _too_large(row: Read, file: str) -> Problem | None:
    for name, value in _decimals(row).items():
        if value is not None and abs(value) >= LARGEST:
            return Problem("bad_number", file, _line_of(row), {"field": name, "value": str(value)[:40]})
    return None


def _time_of(row: Read) -> datetime | None:
    if isinstance(row, Record):
        return row.occurred_at
    if isinstance(row, OrderLine):
        return row.ordered_at
    return (row.left_at or row.joined_at) if isinstance(row, MemberRow) else None


def _decimals(row: Read) -> dict[str, Decimal | None]:
    if isinstance(row, OrderLine):
        return {"amount": row.amount, "refund": row.refund, "quantity": row.quantity}
    return {"cost": row.cost} if isinstance(row, CostRow) else {}


def _rounded(value: Decimal) -> Decimal:
    """At most the eight places that the columns have."""
    exponent = value.as_tuple().exponent
    return value.quantize(_PLACES, ROUND_HALF_UP) if isinstance(exponent, int) and exponent < -8 else value


def _line_of(row: Read) -> int:
    return row.line if isinstance(row, Record | OrderLine | MemberRow | CostRow) else 0


def why_unread(file: File) -> str:
    """The problem's code for a file that no reader takes."""
    if is_archive(file):
        return "nested_archive"
    return "unknown_format" if file.head else "empty_file"
