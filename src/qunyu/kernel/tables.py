"""Tables: what the database should know of its own tables."""

from __future__ import annotations

from django.db import connection

# Rows looked at per index: enough to tell which index is the narrow one, and a matter of milliseconds.
_LOOKED_AT = 1000


def take_stock() -> None:
    """Lets SQLite look at how its rows are spread, by which it chooses indexes; without it, it guesses. PostgreSQL does so by itself."""
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA analysis_limit = {_LOOKED_AT}")
        cursor.execute("ANALYZE")
