"""Totals: what there is altogether in scope, orders by state included."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import duckdb

from qunyu.events.lake.store import Lake
from qunyu.insights.board import Asked
from qunyu.insights.question import Question
from qunyu.kernel.scope import Scope


@dataclass(frozen=True, slots=True)
class OrderTotal:
    """Orders of one state and currency; `buyers` is 0 where the customers are unknown. Amounts are minor units."""

    state: str
    known: bool
    currency: str
    orders: int
    buyers: int
    amount: int
    refund: int


@dataclass(frozen=True)
class Totals:
    """`kinds` counts the facts of communities by kind (`removed`: left because somebody put them out); `members` are all people ever seen in them, bots left out.

    `buyers` are the people with a paid order, each once over all currencies.
    """

    kinds: Mapping[str, int]
    members: int
    communities: int
    first_at: datetime | None
    last_at: datetime | None
    orders: tuple[OrderTotal, ...]
    buyers: int


def totals(lake: Lake, scope: Scope) -> Totals:
    """What `scope` may see, over all time."""
    with lake.connect() as connection:
        asked = Asked(connection, scope, Question())
        asked.open()
        kinds = dict(connection.execute(_KINDS).fetchall())
        members, communities, first, last = connection.execute(_SPAN).fetchall()[0]
        ((buyers,),) = connection.execute(_BUYERS).fetchall()
        return Totals(kinds, members, communities, _moment(first), _moment(last), _orders(connection), buyers)


def _orders(connection: duckdb.DuckDBPyConnection) -> tuple[OrderTotal, ...]:
    return tuple(OrderTotal(*row) for row in connection.execute(_ORDERS).fetchall())


def _moment(micros: int | None) -> datetime | None:
    return None if micros is None else datetime.fromtimestamp(micros / 1_000_000, UTC)


_KINDS = """
SELECT CASE WHEN kind = 'left' AND other IS NOT NULL THEN 'removed' ELSE kind END AS kind, count(*)
FROM facts JOIN keyed USING (community) LEFT JOIN identities USING (identity)
WHERE coalesce(role, '') NOT IN ('bot', 'atmosphere') GROUP BY ALL
"""

# Times as microseconds: DuckDB would ask for a module of zones to hand over anything else.
_SPAN = """
SELECT count(DISTINCT member) FILTER (role = 'member'), count(DISTINCT community),
  epoch_us(min(first_at)), epoch_us(max(last_at)) FROM visits
"""

_BUYERS = """
SELECT count(DISTINCT member) FROM latest_orders JOIN identities USING (identity) WHERE subject = 'paid'
"""

_ORDERS = """
SELECT o.subject, o.identity IS NOT NULL AS known, o.currency, count(*), count(DISTINCT i.member),
  sum(o.amount)::BIGINT, sum(coalesce(o.quantity, 0))::BIGINT
FROM latest_orders o LEFT JOIN identities i USING (identity) GROUP BY ALL ORDER BY ALL
"""
