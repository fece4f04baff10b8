"""Load: what each community asks of those who run it, and how many people an operator has before them, each once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

import duckdb
import pyarrow as pa

from qunyu.events.lake.store import Lake
from qunyu.insights.board import Asked
from qunyu.insights.question import Question
from qunyu.insights.remembered import Remembered
from qunyu.kernel.scope import Scope

# The days up to the last of data that newcomers, messages and questions are counted in.
DAYS = 28


@dataclass(frozen=True, slots=True)
class Demand:
    """One community: ordinary members there at the end, and of the last DAYS days how many were first seen there.

    `messages` (of everybody but bots and the atmosphere team) and `questions` (of ordinary members) are sums over its `days` with data:
    DAYS, fewer where it is younger. `days` is 0 where nothing was recorded in them: what it asks for is then not known.
    """

    members: int
    newcomers: int
    messages: int
    questions: int
    days: int


@dataclass(frozen=True)
class Demands:
    """Of each community there are data of; `people` counts the ordinary members in the communities of each account, everybody once."""

    as_of: date
    communities: Mapping[int, Demand] = field(default_factory=dict)
    people: Mapping[int, int] = field(default_factory=dict)


_KEPT: Remembered[Demands | None] = Remembered()


def demands(lake: Lake, scope: Scope, carried: frozenset[tuple[int, int]]) -> Demands | None:
    """What the communities of `scope` ask for; `carried` are (account, community) pairs. None without any data."""
    return _KEPT.get(lake, scope, ("demands", carried), lambda: _demands(lake, scope, carried))


def _demands(lake: Lake, scope: Scope, carried: frozenset[tuple[int, int]]) -> Demands | None:
    with lake.connect() as connection:
        asked = Asked(connection, scope, Question("all", "community"))
        if not asked.open():
            return None
        asked.make({"stays"})
        pairs = sorted(carried)
        staff, places = ([pair[part] for pair in pairs] for part in (0, 1))
        connection.register(
            "carried", pa.table({"staff": pa.array(staff, pa.int64()), "key": pa.array(places, pa.int64())})
        )
        return _counted(connection)


def _counted(connection: duckdb.DuckDBPyConnection) -> Demands | None:
    ((as_of,),) = connection.execute("SELECT max(day) FROM visits").fetchall()
    if as_of is None:
        return None
    rows = connection.execute(_COMMUNITIES, {"start": as_of - timedelta(days=DAYS - 1), "last": as_of}).fetchall()
    people = dict(connection.execute(_PEOPLE).fetchall())
    return Demands(as_of, {key: Demand(*told) for key, *told in rows}, people)


_COMMUNITIES = """
WITH here AS (SELECT key, count(DISTINCT member) AS members FROM stays WHERE to_day IS NULL GROUP BY key),
first AS (SELECT key, member, min(day) AS day FROM visits WHERE role = 'member' GROUP BY key, member),
came AS (SELECT key, count(*) AS newcomers FROM first WHERE day >= $start GROUP BY key),
told AS (
  SELECT v.key, min(v.day) AS begun, max(v.day) AS ended, coalesce(sum(v.messages) FILTER (v.day >= $start), 0)::BIGINT AS messages
  FROM visits v GROUP BY v.key
), asked AS (
  SELECT k.key, sum(a.questions)::BIGINT AS questions FROM activity a JOIN keyed k USING (community) JOIN identities i USING (identity)
  WHERE i.role = 'member' AND a.local_day >= $start AND a.month >= strftime($start::DATE, '%Y-%m') GROUP BY k.key
)
SELECT t.key, coalesce(h.members, 0), coalesce(c.newcomers, 0), t.messages, coalesce(q.questions, 0),
  CASE WHEN t.ended >= $start::DATE THEN $last::DATE - greatest(t.begun, $start::DATE) + 1 ELSE 0 END
FROM told t LEFT JOIN here h USING (key) LEFT JOIN came c USING (key) LEFT JOIN asked q USING (key)
"""

_PEOPLE = """
SELECT c.staff, count(DISTINCT s.member) FROM carried c JOIN stays s USING (key) WHERE s.to_day IS NULL GROUP BY c.staff
"""
