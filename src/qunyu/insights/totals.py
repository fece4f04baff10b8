"""Totals: what there is altogether in scope, orders by state included."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

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


NONE = Totals({}, 0, 0, None, None, (), 0)
_EVERYTHING = Question()


def totals(lake: Lake, scope: Scope, question: Question = _EVERYTHING) -> Totals:
    """What `scope` may see of the communities and the days that `question` asks for.

    Orders belong to units and not to communities: where only some communities are asked for, there are none.
    """
    if question.communities is not None and not question.communities:
        return NONE
    with lake.connect() as connection:
        Asked(connection, scope, Question(communities=question.communities)).open()
        days = [question.first or date.min, question.last or date.max]
        kinds = dict(connection.execute(_KINDS, days).fetchall())
        members, communities, first, last = connection.execute(_SPAN, days).fetchall()[0]
        told = Totals(kinds, members, communities, _moment(first), _moment(last), (), 0)
        return told if question.communities is not None else _with_orders(connection, told, days)


def _with_orders(connection: duckdb.DuckDBPyConnection, told: Totals, days: list[date]) -> Totals:
    ((buyers,),) = connection.execute(_BUYERS, days).fetchall()
    orders = tuple(OrderTotal(*row) for row in connection.execute(_ORDERS, days).fetchall())
    return replace(told, orders=orders, buyers=buyers)


def _moment(micros: int | None) -> datetime | None:
    return None if micros is None else datetime.fromtimestamp(micros / 1_000_000, UTC)


_KINDS = """
SELECT CASE WHEN kind = 'left' AND other IS NOT NULL THEN 'removed' ELSE kind END AS kind, count(*)
FROM facts JOIN keyed USING (community) LEFT JOIN identities USING (identity)
WHERE coalesce(role, '') NOT IN ('bot', 'atmosphere') AND local_day BETWEEN ? AND ? GROUP BY ALL
"""

# Times as microseconds: DuckDB would ask for a module of zones to hand over anything else.
_SPAN = """
SELECT count(DISTINCT member) FILTER (role = 'member'), count(DISTINCT community),
  epoch_us(min(first_at)), epoch_us(max(last_at)) FROM visits WHERE day BETWEEN ? AND ?
"""

_BUYERS = """
SELECT count(DISTINCT member) FROM latest_orders JOIN identities USING (identity) WHERE subject = 'paid'
  AND local_day BETWEEN ? AND ?
"""

_ORDERS = """
SELECT o.subject, o.identity IS NOT NULL AS known, o.currency, count(*), count(DISTINCT i.member),
  sum(o.amount)::BIGINT, sum(coalesce(o.quantity, 0))::BIGINT
FROM latest_orders o LEFT JOIN identities i USING (identity)
WHERE o.local_day BETWEEN ? AND ? GROUP BY ALL ORDER BY ALL
"""
