"""Answering: who spoke in a community within some time of a moment, such as a contact."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

import pyarrow as pa

from qunyu.events.lake.store import Lake
from qunyu.insights.providers import dimension
from qunyu.kernel.scope import Scope


@dataclass(frozen=True)
class Moment:
    """Whether one of `identities` spoke after `since` until `until` (not included); `key` names the answer."""

    key: int
    identities: tuple[int, ...]
    since: datetime
    until: datetime


def spoke(lake: Lake, scope: Scope, moments: Collection[Moment]) -> tuple[set[int], date | None]:
    """The keys of the moments after which somebody spoke in communities in sight, and the last day there are data of (None: none)."""
    places = dimension("communities", scope).select(["community"])
    if not places.num_rows:
        return set(), None
    rows = [(each.key, identity, each.since, each.until) for each in moments for identity in each.identities]
    with lake.connect() as connection:
        connection.register("places", places)
        ((as_of,),) = connection.execute(_AS_OF).fetchall()
        if not rows:
            return set(), as_of
        columns = list(zip(*rows, strict=True))
        kinds = (pa.int64(), pa.int64(), pa.timestamp("us", "UTC"), pa.timestamp("us", "UTC"))
        names = ("key", "identity", "since", "until")
        table = pa.table(
            {name: pa.array(column, kind) for name, column, kind in zip(names, columns, kinds, strict=True)}
        )
        connection.register("asked", table)
        months = (min(columns[2]).strftime("%Y-%m"), max(columns[3]).strftime("%Y-%m"))
        found = connection.execute(_SPOKE, months).fetchall()
    return {key for (key,) in found}, as_of


_AS_OF = "SELECT max(local_day) FROM activity SEMI JOIN places USING (community)"
# The months of UTC and of the calendar differ by a day at most: the moments themselves decide.
_SPOKE = """
SELECT DISTINCT q.key FROM facts f SEMI JOIN places USING (community) JOIN asked q ON q.identity = f.identity
WHERE f.kind = 'message' AND f.occurred_at > q.since AND f.occurred_at < q.until
  AND f.month >= strftime(CAST(? || '-01' AS DATE) - INTERVAL 1 DAY, '%Y-%m')
  AND f.month <= strftime(CAST(? || '-01' AS DATE) + INTERVAL 32 DAY, '%Y-%m')
"""
