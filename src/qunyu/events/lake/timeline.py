"""Timeline: what single people did, the latest first, and at which hours a community talks."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa

from qunyu.events.lake.states import LATEST_ORDERS
from qunyu.events.lake.store import Lake


@dataclass(frozen=True, slots=True)
class Seen:
    """Whose facts may be shown: `identities` within `communities` (database ids), and their orders in `units`."""

    identities: Collection[int]
    communities: Collection[int]
    units: Collection[int] = ()


@dataclass(frozen=True, slots=True)
class Moment:
    """One fact. `community` is None for an order; `amount` is minor units of `currency`; `cursor` says where it stands."""

    at: datetime
    kind: str
    community: int | None
    identity: int
    subject: str
    text: str
    amount: int | None
    currency: str
    cursor: str


_MOMENTS = f"""
WITH mine AS (
  SELECT f.* FROM facts f SEMI JOIN people USING (identity) SEMI JOIN places USING (community) WHERE f.kind <> 'order'
  UNION ALL BY NAME
  SELECT o.* FROM ({LATEST_ORDERS}) o SEMI JOIN people USING (identity) SEMI JOIN shops USING (unit)
), placed AS (SELECT *, printf('%020d-', epoch_us(occurred_at)) || lower(hex(fact_id)) AS cursor FROM mine)
SELECT occurred_at, kind, community, identity, subject, text, amount, currency, cursor FROM placed
WHERE $before = '' OR cursor < $before ORDER BY cursor DESC LIMIT $limit
"""

_HOURS = """
SELECT isodow(local_day), local_hour, count(*) FROM facts
WHERE community = $community AND kind = 'message' GROUP BY ALL ORDER BY ALL
"""


def timeline(lake: Lake, seen: Seen, before: str, limit: int) -> list[Moment]:
    """At most `limit` facts older than the one with the cursor `before` ("" = from the latest on), the latest first."""
    with lake.connect() as connection:
        for name, column, ids in (
            ("people", "identity", seen.identities),
            ("places", "community", seen.communities),
            ("shops", "unit", seen.units),
        ):
            connection.register(name, pa.table({column: pa.array(sorted(ids), pa.int64())}))
        # Through Arrow: DuckDB's own rows would need pytz for a time with a zone.
        rows = connection.sql(_MOMENTS, params={"before": before, "limit": limit}).to_arrow_table().to_pylist()
    return [Moment(*row.values()) for row in rows]


def hours(lake: Lake, community: int) -> list[tuple[int, int, int]]:
    """(day of the week from 1 = Monday, hour of the local day, messages) of a community, where there were any."""
    with lake.connect() as connection:
        return list(connection.execute(_HOURS, {"community": community}).fetchall())
