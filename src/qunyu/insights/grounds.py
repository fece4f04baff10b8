"""Grounds: what chances and worth are computed from: who was where when, who bought what, and who brought whom, in some units."""

from __future__ import annotations

from collections.abc import Collection

import duckdb
import pyarrow as pa

from qunyu.events.lake.states import LATEST_ORDERS
from qunyu.insights.identities import make_identities
from qunyu.insights.providers import dimension
from qunyu.kernel.scope import Scope


def lay(connection: duckdb.DuckDBPyConnection, scope: Scope, units: Collection[int]) -> None:
    """Makes `places`, `units`, `identities`, the view `visits` and the tables `homes`, `goings`, `sold` and `guests` of ordinary members."""
    places = dimension("communities", scope)
    inside = pa.array([unit in units for unit in places["unit"].to_pylist()], pa.bool_())
    mine = places.filter(inside).select(["community"])
    connection.register("places", mine)
    connection.register("units", pa.table({"unit": pa.array(sorted(units), pa.int64())}))
    make_identities(connection, scope)
    for statement in (_VISITS, _FIRST, _GOINGS, _SOLD, _GUESTS):
        connection.execute(statement)


# A view and no table: each reader wants few columns of it.
_VISITS = """
CREATE TEMP VIEW visits AS
SELECT i.member, a.identity, a.community, a.local_day AS day, a.messages + a.actions > 0 AS active, a.questions, a.spoken, a.last_at, a.gone_at
FROM activity a SEMI JOIN places USING (community) JOIN identities i USING (identity) WHERE i.role = 'member'
"""

_FIRST = """
CREATE TEMP TABLE homes AS
SELECT member, identity, community, min(day) AS first_day, sum(spoken)::BIGINT AS spoken, bool_or(gone_at IS NOT NULL) AS went
FROM visits GROUP BY member, identity, community
"""

# When somebody went, and when they were seen again.
_GOINGS = """
CREATE TEMP TABLE goings AS
SELECT * FROM (
  SELECT v.identity, v.community, v.day, coalesce(v.gone_at >= v.last_at, false) AS gone,
    lead(v.day) OVER (PARTITION BY v.identity, v.community ORDER BY v.day) AS back
  FROM visits v SEMI JOIN (FROM homes WHERE went) USING (identity, community)
) WHERE gone
"""

_SOLD = f"""
CREATE TEMP TABLE sold AS
SELECT i.member, o.local_day AS day, o.amount - coalesce(o.quantity, 0) AS amount,
  coalesce(o.quantity, 0) AS refund, o.currency, o.local_hour AS hour, o.unit, o.reference
FROM ({LATEST_ORDERS}) o JOIN identities i USING (identity) SEMI JOIN units USING (unit)
WHERE o.subject = 'paid' AND i.role = 'member'
"""

_GUESTS = """
CREATE TEMP TABLE guests AS
SELECT DISTINCT guest.member AS member, host.member AS host, min(f.local_day) AS day
FROM facts f SEMI JOIN places USING (community) JOIN identities guest ON guest.identity = f.identity
JOIN identities host ON host.identity = f.other
WHERE f.kind = 'joined' AND host.member <> guest.member AND guest.role = 'member' GROUP BY ALL
"""
