"""Tables: what the database should know of its own tables."""

from __future__ import annotations

from collections.abc import Iterable

from django.apps import apps
from django.db import connection

# Rows looked at per index: more than a statement names people, so that SQLite knows an index that tells less apart than they do. It takes a
# fifth of a second where there are a million members.
_LOOKED_AT = 10_000


def take_stock() -> None:
    """Lets the database look at how its rows are spread, by which it chooses its way; without it, it guesses.

    PostgreSQL does so by itself, but minutes later; tables that somebody else looks at just then are left to them.
    """
    with connection.cursor() as cursor:
        if connection.vendor != "sqlite":
            cursor.execute("ANALYZE (SKIP_LOCKED)")
            return
        cursor.execute(f"PRAGMA analysis_limit = {_LOOKED_AT}")
        cursor.execute("ANALYZE")


def rewrite(models: Iterable[str]) -> None:
    """Writes the database anew so that nothing deleted or replaced is left in its files: all of SQLite, or the tables of `models` (labels).

    Not inside a transaction; waits for those of others. PostgreSQL's write-ahead log and all backups are not touched.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("ANALYZE")
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return
        for label in sorted(set(models)):
            table = connection.ops.quote_name(apps.get_model(label)._meta.db_table)
            cursor.execute(f"VACUUM (FULL, ANALYZE) {table}")
