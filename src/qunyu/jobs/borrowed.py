"""Borrowed: a SQLAlchemy engine over the connection Django already has, so both write in one transaction."""

from __future__ import annotations

from functools import cache
from typing import Any

import sqlalchemy
from django.db import connection
from sqlalchemy.pool import NullPool


class BorrowedConnection:
    """Django's connection in SQLAlchemy's hands: it runs statements, but only Django begins, ends and configures."""

    def __init__(self, lent: Any) -> None:
        self._lent = lent

    def __getattr__(self, name: str) -> Any:
        return getattr(self._lent, name)

    def _leave_to_django(self, *_: object, **__: object) -> None:
        """Does nothing."""

    commit = rollback = close = _leave_to_django
    # SQLAlchemy would replace Django's own REGEXP, and add one more notice handler at every use.
    create_function = add_notice_handler = _leave_to_django


@cache
def _engine(vendor: str) -> sqlalchemy.Engine:
    dialect = {"sqlite": "sqlite://", "postgresql": "postgresql+psycopg://"}[vendor]
    options: dict[str, Any] = {} if vendor == "sqlite" else {"use_native_hstore": False}
    return sqlalchemy.create_engine(dialect, creator=_borrow, poolclass=NullPool, **options)


def engine_over_django() -> sqlalchemy.Engine:
    """The engine whose every connection is the calling thread's Django connection."""
    return _engine(connection.vendor)


def _borrow() -> Any:
    connection.ensure_connection()
    return BorrowedConnection(connection.connection)
