"""Identities: who is behind each identity, as a table for one connection."""

from __future__ import annotations

import duckdb

from qunyu.insights.providers import dimension
from qunyu.kernel.scope import Scope


def make_identities(connection: duckdb.DuckDBPyConnection, scope: Scope) -> None:
    """Makes the table `identities` (identity, member, role) of the dimension under `scope`."""
    connection.register("identities_given", dimension("identities", scope))
    connection.execute(_ROLES)
    connection.execute("CREATE TEMP TABLE identities AS SELECT * REPLACE (role::role AS role) FROM identities_given")


# Words take sixteen times the room of a number; the first value is there for a deployment without anybody.
_ROLES = "CREATE TYPE role AS ENUM (SELECT DISTINCT role FROM identities_given UNION SELECT 'member')"
