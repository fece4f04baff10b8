"""Engines: DuckDB instances that wait for the next question, since making one (20 ms) takes longer than most questions."""

from __future__ import annotations

import atexit
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Lock

import duckdb

# As many as threads of a server ask at once; one that waits holds a thread of its own and no data.
KEPT = 4

_idle: list[tuple[str, duckdb.DuckDBPyConnection]] = []
_lock = Lock()

# What is not temporary is made in a database for this question alone.
_BEGIN = "SET preserve_insertion_order = false; SET TimeZone = 'UTC'; ATTACH ':memory:' AS question; USE question"
_ATTACHED = "SELECT database_name FROM duckdb_databases() WHERE NOT internal AND database_name <> 'memory'"


@contextmanager
def engine(memory: str, spill: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that nobody else's question shares the engine of: at most `memory`, the rest goes to files below `spill`.

    Whatever is made over it goes with it: tables, views, types, databases attached. After an error its engine is not used again.
    """
    place = str(spill)
    found = _waiting(memory, place) or _new(memory, place)
    try:
        with closing(found.cursor()) as connection:
            connection.execute(_BEGIN)
            yield connection
        _forget(found)
    except BaseException:
        found.close()
        raise
    _keep(place, found)


@atexit.register
def _close() -> None:
    """The engines that wait; an interpreter that ends with some open complains."""
    with _lock:
        while _idle:
            _idle.pop()[1].close()


def _new(memory: str, place: str) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(
        config={
            "memory_limit": memory,
            "temp_directory": place,
            "threads": str(min(4, os.cpu_count() or 2)),
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        }
    )


def _waiting(memory: str, place: str) -> duckdb.DuckDBPyConnection | None:
    with _lock:
        if not _idle:
            return None
        before, found = _idle.pop()
    try:
        found.execute(f"SET memory_limit = '{memory}'")
        if before != place:
            found.execute("SET temp_directory = ?", [place])
    except duckdb.Error:
        # One that has spilled cannot spill elsewhere.
        found.close()
        return None
    return found


def _forget(used: duckdb.DuckDBPyConnection) -> None:
    for (name,) in used.execute(_ATTACHED).fetchall():
        used.execute(f'DETACH "{name}"')


def _keep(place: str, used: duckdb.DuckDBPyConnection) -> None:
    with _lock:
        if len(_idle) < KEPT:
            _idle.append((place, used))
            return
    used.close()
