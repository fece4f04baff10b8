"""Exclusive: one writer of the lake over all processes, held by the operating system or PostgreSQL.

The engine's own limit of one is read before it is written, so two workers can both see none (measured on SQLite); and
it ends when a job is taken from a worker that is only slow. This lock ends with its process and not before.
"""

from __future__ import annotations

import fcntl
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from qunyu.jobs.registry import Queue

RETRY_SECONDS = 0.1


@contextmanager
def alone(queue: Queue) -> Iterator[None]:
    """Waits until no other process writes the lake and keeps them out of the block; free for the default queue."""
    if queue == "default":
        yield
    elif connection.vendor == "postgresql":
        with _advisory_lock(f"qunyu.{queue}"):
            yield
    else:
        with locked_file(Path(settings.QUNYU_DATA) / "locks" / queue):
            yield


@contextmanager
def locked_file(path: Path) -> Iterator[None]:
    """Waits for the file's lock; the kernel takes it back when the process dies."""
    while True:
        stream = try_lock(path)
        if stream is not None:
            break
        time.sleep(RETRY_SECONDS)
    with stream:
        yield


def try_lock(path: Path) -> IO[str] | None:
    """The open file, locked until it is closed; None when another holds it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    stream = path.open("a")
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        stream.close()
        return None
    return stream


@contextmanager
def _advisory_lock(name: str) -> Iterator[None]:
    """On a connection of its own, since the job may close Django's and the lock would go with it."""
    own: BaseDatabaseWrapper = connection.copy()
    key = zlib.crc32(name.encode())
    try:
        with own.cursor() as cursor:
            while not _try_advisory(cursor, key):
                time.sleep(RETRY_SECONDS)
        yield
    finally:
        own.close()


def _try_advisory(cursor: object, key: int) -> bool:
    cursor.execute("SELECT pg_try_advisory_lock(%s)", (key,))  # type: ignore[attr-defined]
    return bool(cursor.fetchone()[0])  # type: ignore[attr-defined]
