"""Store: the Delta tables on disk, and DuckDB connections over them."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

import duckdb
import pyarrow as pa
from deltalake import ColumnProperties, DeltaTable, WriterProperties, write_deltalake

from qunyu.events.lake.schema import ACTIVITY, FACTS, SKIPPING_COLUMNS, SUPPLIES, UNINDEXED_COLUMNS

Name = Literal["facts", "activity", "supplies"]
SCHEMAS: dict[Name, pa.Schema] = {"facts": FACTS, "activity": ACTIVITY, "supplies": SUPPLIES}
PARTITIONED: dict[Name, list[str]] = {"facts": ["month"], "activity": ["month"], "supplies": []}
MEMORY = os.environ.get("QUNYU_LAKE_MEMORY", "512MB")
# Whoever writes needs room for the Delta writer besides; 256 MB made an import of five million messages no faster.
WRITING_MEMORY = "160MB"
# A write that streams sorted rows holds one row group per open partition.
ROW_GROUP = 50_000
# The writer holds the file of every month in memory until it is full or everything is written; a year of months must fit.
FILE_SIZE = 8 * 1024 * 1024
# A board that is being computed still reads the files of the version it began with.
KEPT_HOURS = 1


@dataclass(frozen=True)
class Lake:
    """The tables below `folder`; made at the first write.

    A reader is given the `versions` that are published (-1: no table yet), so that it sees nothing half done; None is the newest.
    """

    folder: Path
    versions: Mapping[Name, int] | None = None

    def path(self, name: Name) -> Path:
        """Where the table lies."""
        return self.folder / name

    def table(self, name: Name) -> DeltaTable | None:
        """The table as this lake sees it; None before its first write."""
        path = self.path(name)
        version = None if self.versions is None else self.versions.get(name, -1)
        return None if version == -1 or not (path / "_delta_log").is_dir() else DeltaTable(path, version)

    def version(self, name: Name) -> int:
        """The table's version, which every write raises; -1 before the first."""
        found = self.table(name)
        return -1 if found is None else found.version()

    def newest(self) -> dict[Name, int]:
        """The version of every table, to be published."""
        return {name: self.version(name) for name in SCHEMAS}

    def files(self, name: Name) -> list[str]:
        """The Parquet files that make up the table."""
        found = self.table(name)
        return [] if found is None else [unquote(urlsplit(uri).path) for uri in found.file_uris()]

    def months(self, name: Name) -> list[str]:
        """The months that the table has files of, the latest first."""
        found = self.table(name)
        return [] if found is None else sorted({each["month"] for each in found.partitions()}, reverse=True)

    def append(self, name: Name, rows: pa.RecordBatchReader) -> None:
        """Adds `rows` in one commit."""
        write_deltalake(self._made(name), rows, mode="append", **_how(name))

    def replace(self, name: Name, rows: pa.RecordBatchReader, *, predicate: str) -> None:
        """Puts `rows` in the place of what `predicate` selects, in one commit."""
        write_deltalake(self._made(name), rows, mode="overwrite", predicate=predicate, **_how(name))

    def outdated(self, name: Name) -> bool:
        """Whether the table was made with other columns than it has today."""
        found = self.table(name)
        return found is not None and [field.name for field in found.schema().fields] != SCHEMAS[name].names

    def recast(self, name: Name, rows: pa.RecordBatchReader) -> None:
        """Puts `rows` in the place of the whole table, whatever columns it had, in one commit."""
        write_deltalake(self._made(name), rows, mode="overwrite", schema_mode="overwrite", **_how(name))

    def compact(self) -> None:
        """Joins small files, in new versions of the tables; to be published before `vacuum`."""
        for name in SCHEMAS:
            found = self.table(name)
            if found is not None:
                found.optimize.compact(writer_properties=_writer(name))

    def vacuum(self, hours: int = KEPT_HOURS) -> None:
        """Removes the files that no version of the last `hours` names, those of interrupted writes too: what undo took out is then gone.

        With 0 hours whoever reads the tables at that moment has to begin again.
        """
        for name in SCHEMAS:
            found = self.table(name)
            if found is not None:
                found.vacuum(hours, dry_run=False, enforce_retention_duration=False, full=True)

    def forget_history(self) -> None:
        """Removes what the logs tell of earlier versions; the newest has to be published before."""
        for name in SCHEMAS:
            found = self.table(name)
            if found is not None:
                found.create_checkpoint()
                _drop_log(self.path(name) / "_delta_log", found.version())

    def _made(self, name: Name) -> DeltaTable:
        """The table, made empty when it is not there: a predicate needs something to select from."""
        path = self.path(name)
        if not (path / "_delta_log").is_dir():
            path.mkdir(parents=True, exist_ok=True)
            write_deltalake(path, SCHEMAS[name].empty_table(), mode="ignore", **_how(name))
        return DeltaTable(path)

    def delete(self, name: Name, predicate: str) -> None:
        """Removes the rows that `predicate` selects."""
        found = self.table(name)
        if found is not None:
            found.delete(predicate)

    @contextmanager
    def connect(self, memory: str = MEMORY) -> Iterator[duckdb.DuckDBPyConnection]:
        """A DuckDB connection with bounded memory that spills beside the lake and sees every table as a view."""
        spill = self.folder / "spill"
        spill.mkdir(parents=True, exist_ok=True)
        connection = duckdb.connect(
            config={
                "memory_limit": memory,
                "temp_directory": str(spill),
                "threads": str(min(4, os.cpu_count() or 2)),
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
            }
        )
        try:
            # In a process without a script of its own DuckDB takes itself for a person's notebook and draws a bar on standard output.
            connection.execute(
                "SET preserve_insertion_order = false; SET TimeZone = 'UTC'; SET enable_progress_bar = false"
            )
            for name in SCHEMAS:
                self._see(connection, name)
            yield connection
        finally:
            connection.close()

    def _see(self, connection: duckdb.DuckDBPyConnection, name: Name) -> None:
        files = self.files(name)
        if files:
            listed = ", ".join(quoted(path) for path in files)
            hive = "hive_partitioning = true, hive_types = {'month': VARCHAR}" if PARTITIONED[name] else ""
            options = f", {hive}" if hive else ""
            connection.execute(f"CREATE TEMP VIEW {name} AS FROM read_parquet([{listed}]{options})")
            return
        connection.register(f"no_{name}", SCHEMAS[name].empty_table())
        connection.execute(f"CREATE TEMP VIEW {name} AS FROM no_{name}")

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Holds the lake's one pen: a second writer on this machine waits for the first."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "writer.lock").open("w") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            yield


def _drop_log(folder: Path, version: int) -> None:
    """Every entry and checkpoint before that version."""
    for path in folder.iterdir():
        number = path.name.partition(".")[0]
        if number.isdigit() and int(number) < version:
            path.unlink()


def quoted(path: Path | str, *, glob: bool = True) -> str:
    """The path as DuckDB's SQL takes it; where it would be a pattern (`glob`), its signs stand for themselves."""
    text = str(path)
    if glob:
        text = "".join(f"[{sign}]" if sign in "*?[" else sign for sign in text)
    return "'" + text.replace("'", "''") + "'"


def _how(name: Name) -> dict[str, Any]:
    return {
        "partition_by": PARTITIONED[name] or None,
        "configuration": {"delta.dataSkippingStatsColumns": _statistics(name)},
        "writer_properties": _writer(name),
        "target_file_size": FILE_SIZE,
    }


def _statistics(name: Name) -> str:
    return SKIPPING_COLUMNS if name == "facts" else "local_day" if name == "activity" else "import_id"


def _writer(name: Name) -> WriterProperties:
    silent = ColumnProperties(statistics_enabled="NONE")
    named = {column: silent for column in UNINDEXED_COLUMNS if column in SCHEMAS[name].names}
    return WriterProperties(
        compression="ZSTD", compression_level=1, max_row_group_size=ROW_GROUP, column_properties=named
    )
