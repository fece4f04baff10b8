"""Daily: what happened in each community on each day, as arrays of numbers, out of the rollup in a few set operations."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from qunyu.events.lake.store import Lake
from qunyu.insights.identities import make_identities
from qunyu.insights.providers import dimension
from qunyu.kernel.scope import Scope

Numbers = npt.NDArray[np.float64]

# A year, and before that the months which its first days are compared with; what is older tells nothing of today.
DAYS = 500
# `said` and `active` are ordinary members', `messages` and `promotions` staff's too; bots and the atmosphere team are left out.
SERIES = ("messages", "said", "active", "week", "joins", "leaves", "promotions")


@dataclass(frozen=True)
class Daily:
    """`series[name][row, column]` is a number of the community `ids[row]` on the day `first` + column.

    `week` counts the ordinary members active in the seven days up to the day. `cards` are the communities as their
    dimension describes them; `seen` the first and the last day of each with any trace, `spoke` the last with a word of an
    ordinary member, all over everything known (None: never).
    """

    ids: tuple[int, ...]
    first: date
    last: date
    series: Mapping[str, Numbers]
    cards: Mapping[int, Mapping[str, Any]]
    seen: Mapping[int, tuple[date, date]]
    spoke: Mapping[int, date]

    @property
    def days(self) -> int:
        """How many days there are."""
        return (self.last - self.first).days + 1 if self.ids else 0

    @cached_property
    def rows(self) -> dict[int, int]:
        """The row of each community."""
        return {id: row for row, id in enumerate(self.ids)}

    def day(self, column: int) -> date:
        """The day of a column."""
        return self.first + timedelta(days=column)

    def column(self, day: date) -> int:
        """The column of a day; negative before the first."""
        return (day - self.first).days

    def opened(self, id: int) -> date | None:
        """When the community began: what its card says, or its first trace, whichever is earlier; None without both."""
        told = self.cards[id].get("opened_on")
        traces = self.seen.get(id)
        return min((each for each in (told, traces and traces[0]) if each), default=None)


def daily(lake: Lake, scope: Scope, as_of: date | None = None, only: Collection[int] | None = None) -> Daily:
    """The last DAYS days up to `as_of` (None: the last there are data of) of what `scope` may see; no ids without anything in scope."""
    with lake.connect() as connection:
        cards = scoped(connection, scope, only)
        return read_daily(connection, cards, as_of)


def scoped(
    connection: duckdb.DuckDBPyConnection, scope: Scope, only: Collection[int] | None
) -> dict[int, dict[str, Any]]:
    """Makes the tables `keyed` and `identities` and the view `traces` of what `scope` may see; the communities by id."""
    rows = dimension("communities", scope).to_pylist()
    cards = {row["community"]: row for row in rows if only is None or row["community"] in only}
    connection.register("keyed", pa.table({"community": pa.array(cards, pa.int64())}))
    make_identities(connection, scope)
    connection.execute(_TRACES)
    return cards


def read_daily(
    connection: duckdb.DuckDBPyConnection, cards: Mapping[int, Mapping[str, Any]], as_of: date | None
) -> Daily:
    """As `daily`, over the tables that `scoped` made."""
    bound = as_of or date.max
    ((last,),) = connection.execute("SELECT max(day) FROM traces WHERE day <= ?", [bound]).fetchall()
    last = as_of or last
    if last is None or not cards:
        return Daily((), date.min, date.min, {}, {}, {}, {})
    spans = connection.execute(_SPANS, [last]).fetchall()
    begun = min((each[1] for each in spans), default=last)
    first = max(begun, last - timedelta(days=DAYS - 1))
    ids = tuple(sorted(cards))
    series = _series(connection, ids, first, last)
    seen = {id: (begin, end) for id, begin, end, _ in spans}
    return Daily(ids, first, last, series, cards, seen, {id: spoke for id, _, _, spoke in spans if spoke})


def _series(connection: duckdb.DuckDBPyConnection, ids: tuple[int, ...], first: date, last: date) -> dict[str, Numbers]:
    width = (last - first).days + 1
    series = {name: np.zeros((len(ids), width)) for name in SERIES}
    table = connection.sql(_PER_DAY, params={"first": first, "last": last}).to_arrow_table()
    rows, columns = _places(table, ids, first)
    for name in SERIES:
        if name != "week":
            series[name][rows, columns] = table[name].to_numpy()
    steps = connection.sql(_WEEK, params={"first": first - timedelta(days=7), "last": last}).to_arrow_table()
    rows, columns = _places(steps, ids, first)
    np.add.at(series["week"], (rows, np.clip(columns, 0, width - 1)), steps["change"].to_numpy())
    series["week"] = np.cumsum(series["week"], axis=1)
    return series


def _places(table: pa.Table, ids: tuple[int, ...], first: date) -> tuple[Any, Any]:
    rows = np.searchsorted(np.array(ids, dtype=np.int64), table["community"].to_numpy())
    columns = table["day"].cast(pa.int32()).to_numpy() - (first - date(1970, 1, 1)).days
    return rows, columns


_TRACES = """
CREATE TEMP VIEW traces AS
SELECT a.community, a.identity, i.member, i.role = 'member' AS ordinary, a.local_day AS day, a.messages, a.actions, a.spoken,
  a.questions, a.answers, a.promotions, a.joins, a.leaves, a.first_at, a.last_at, a.came_at, a.gone_at
FROM activity a JOIN keyed USING (community) JOIN identities i USING (identity) WHERE i.role NOT IN ('bot', 'atmosphere')
"""

_SPANS = """
SELECT community, min(day), max(day), max(day) FILTER (ordinary AND messages + actions > 0)
FROM traces WHERE day <= ? GROUP BY community ORDER BY community
"""

_PER_DAY = """
SELECT community, day, sum(messages)::DOUBLE AS messages, coalesce(sum(messages) FILTER (ordinary), 0)::DOUBLE AS said,
  count(DISTINCT member) FILTER (ordinary AND messages + actions > 0)::DOUBLE AS active,
  coalesce(sum(joins) FILTER (ordinary), 0)::DOUBLE AS joins, coalesce(sum(leaves) FILTER (ordinary), 0)::DOUBLE AS leaves,
  sum(promotions)::DOUBLE AS promotions
FROM traces WHERE day BETWEEN $first AND $last GROUP BY community, day
"""

# Somebody counts from a day of theirs until seven days after the last one of a run without a longer gap.
_WEEK = """
WITH days AS (
  SELECT DISTINCT community, member, day FROM traces WHERE ordinary AND messages + actions > 0 AND day BETWEEN $first AND $last
), runs AS (
  SELECT *, lag(day) OVER w AS before, lead(day) OVER w AS after FROM days WINDOW w AS (PARTITION BY community, member ORDER BY day)
), steps AS (
  SELECT community, day, 1 AS change FROM runs WHERE before IS NULL OR before <= day - 7
  UNION ALL SELECT community, day + 7, -1 FROM runs WHERE after IS NULL OR after >= day + 7
)
SELECT community, day, sum(change)::DOUBLE AS change FROM steps WHERE day <= $last GROUP BY community, day
"""
