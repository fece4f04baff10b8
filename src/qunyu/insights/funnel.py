"""Funnel: of those who came in on some days, how many spoke, ordered, and ordered again; each step is a part of the one before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import duckdb

from qunyu.events.lake.store import Lake
from qunyu.insights.board import Asked
from qunyu.insights.question import Question
from qunyu.insights.remembered import Remembered
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words

# The steps of people, in order, with what each means.
STEPS: Mapping[str, tuple[Words, Words]] = {
    "exposed": (
        Words("看到入口", "Saw a way in"),
        Words(
            "入群渠道在这些天的曝光次数（是次数，不是人数）",
            "how often the entry channels were seen on these days (times, not people)",
        ),
    ),
    "came": (
        Words("进群", "Came in"),
        Words("这些天首次出现的普通成员", "ordinary members first seen on these days"),
    ),
    "spoke": (
        Words("开口", "Spoke"),
        Words("其中至今说过话的", "those of them who have said something since"),
    ),
    "ordered": (
        Words("下单", "Ordered"),
        Words(
            "其中说过话、进群后以成员身份付款下过单的",
            "those of them who have paid for an order as members since coming in",
        ),
    ),
    "again": (
        Words("再次下单", "Ordered again"),
        Words("其中至少付过两单的", "those of them with two paid orders or more"),
    ),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step: `count` is None where it is unknown, and `why` then names the missing input.

    `of_before` and `of_first` are shares of the last known step before and of those who came in; None where there is nobody to divide by.
    """

    key: str
    count: int | None
    why: str
    of_before: float | None
    of_first: float | None


@dataclass(frozen=True)
class Funnel:
    """The steps of those who came by `channel` ("" where nobody told); `unheard` ordered without ever speaking, None where unknown."""

    channel: str
    steps: tuple[Step, ...]
    unheard: int | None


@dataclass(frozen=True)
class Funnels:
    """Everybody's funnel and that of each channel, the one that brought most first; people are followed up to `as_of`."""

    first: date
    last: date
    as_of: date
    whole: Funnel
    channels: tuple[Funnel, ...]


_KEPT: Remembered[Funnels | None] = Remembered()


def funnels(
    lake: Lake, scope: Scope, first: date, last: date, communities: frozenset[int] | None = None
) -> Funnels | None:
    """The funnels of those who came in from `first` to `last`; None when there is nothing in scope.

    Raises DomainError bad_period.
    """
    question = Question("all", "none", first, last, communities)
    return _KEPT.get(lake, scope, question, lambda: _funnels(lake, scope, question, first, last))


def _funnels(lake: Lake, scope: Scope, question: Question, first: date, last: date) -> Funnels | None:
    with lake.connect() as connection:
        asked = _cohort(connection, scope, question, first, last)
        if asked is None:
            return None
        asked.make({"entry_exposures"})
        counts = {row[0]: row[1:] for row in connection.execute(_COUNTS).fetchall()}
        seen = dict(connection.execute(_SEEN, {"first": first, "last": last}).fetchall())
        why = {
            "spoke": _joins_missing(connection),
            **dict.fromkeys(("ordered", "again"), _orders_missing(connection, scope)),
        }
    people = counts.pop(None, (0, 0, 0, 0, 0))
    whole = _funnel("", sum(seen.values()) if seen else None, people, why)
    names = sorted({*counts, *seen} - {""}, key=lambda name: (-counts.get(name, (0,))[0], name))
    listed = [*names, *([""] if "" in counts else [])] if names else []
    channels = [_funnel(name, seen.get(name), counts.get(name, (0, 0, 0, 0, 0)), why) for name in listed]
    return Funnels(first, last, asked.last, whole, tuple(channels))


def _cohort(
    connection: duckdb.DuckDBPyConnection, scope: Scope, question: Question, first: date, last: date
) -> Asked | None:
    """Makes the table of those who came in; None when there is nothing in scope."""
    # Of every day there is: people are followed beyond the days they came on.
    asked = Asked(connection, scope, Question("all", communities=question.communities))
    if not asked.open():
        return None
    asked.make({"first_seen", "sales"})
    connection.execute(_COHORT, {"first": first, "last": last})
    return asked


def funnel_people(
    lake: Lake, scope: Scope, question: Question, step: str, channel: str | None = None
) -> frozenset[int]:
    """The members in a step ("unheard" for those who ordered without a word) of the funnel of the days that `question` bounds, of one
    channel or (None) of all; only as far as `scope` may see people.

    Raises DomainError unknown_step, Denied.
    """
    if step not in _IN_STEP or question.first is None or question.last is None:
        raise DomainError("unknown_step", _NO_STEP.fill(key=step, known=", ".join(_IN_STEP)))
    scope.require("members.view")
    if step not in ("came", "spoke"):
        scope.require("orders.view")
    narrow = scope.within("members.view")
    with lake.connect() as connection:
        if _cohort(connection, narrow, question, question.first, question.last) is None:
            return frozenset()
        sql = f"SELECT member FROM cohort WHERE {_IN_STEP[step]} AND ($channel IS NULL OR channel = $channel)"
        return frozenset(row[0] for row in connection.execute(sql, {"channel": channel}).fetchall())


_IN_STEP = {
    "came": "true",
    "spoke": "spoke",
    "ordered": "spoke AND orders > 0",
    "again": "spoke AND orders > 1",
    "unheard": "NOT spoke AND orders > 0",
}
_NO_STEP = Words(
    "漏斗里没有“{key}”这一步的名单；可用：{known}", "the funnel has no list of people for “{key}”; there are: {known}"
)


def _orders_missing(connection: duckdb.DuckDBPyConnection, scope: Scope) -> str:
    if not scope.may("orders.view"):
        return "permission"
    return "" if connection.execute("SELECT 1 FROM latest_orders LIMIT 1").fetchall() else "orders"


def _joins_missing(connection: duckdb.DuckDBPyConnection) -> str:
    """Where nobody is seen coming, everybody is first seen by a word of theirs."""
    return "" if connection.execute("SELECT 1 FROM visits WHERE joins + leaves > 0 LIMIT 1").fetchall() else "joins"


def _funnel(channel: str, seen: int | None, people: tuple[int, ...], why: Mapping[str, str]) -> Funnel:
    came, spoke, ordered, again, unheard = people
    missing = {"exposed": "" if seen is not None else "exposures", **why}
    told = {"exposed": seen, "came": came, "spoke": spoke, "ordered": ordered, "again": again}
    known = {key: None if missing.get(key) else count for key, count in told.items()}
    steps: list[Step] = []
    before: int | None = None
    for key, count in known.items():
        of_before = count / before if count is not None and before else None
        of_first = count / came if count is not None and came and key != "exposed" else None
        steps.append(Step(key, count, missing.get(key, ""), of_before, of_first))
        before = count if count is not None else before
    return Funnel(channel, tuple(steps), None if any(why.values()) else unheard)


# A member's channel is the one that a member list first tells of.
_COHORT = """
CREATE TEMP TABLE cohort AS
WITH came AS (SELECT member, day FROM first_seen WHERE day BETWEEN $first AND $last),
spoke AS (SELECT DISTINCT member FROM visits SEMI JOIN came USING (member) WHERE messages + actions > 0),
listed AS (
  SELECT i.member, min_by(f.subject, (f.occurred_at, f.fact_id)) AS channel
  FROM facts f SEMI JOIN keyed USING (community) JOIN identities i USING (identity) SEMI JOIN came ON came.member = i.member
  WHERE f.kind = 'listed' AND f.subject <> '' GROUP BY i.member
), bought AS (
  SELECT s.buyer AS member, count(DISTINCT s.order_id) AS orders FROM sales s JOIN came c ON c.member = s.buyer AND s.day >= c.day
  WHERE s.member GROUP BY s.buyer
)
SELECT c.member, coalesce(l.channel, '') AS channel, s.member IS NOT NULL AS spoke, coalesce(b.orders, 0) AS orders
FROM came c LEFT JOIN spoke s USING (member) LEFT JOIN listed l USING (member) LEFT JOIN bought b USING (member)
"""

_COUNTS = f"""
SELECT channel, {", ".join(f"count(*) FILTER ({test})" for test in _IN_STEP.values())}
FROM cohort GROUP BY GROUPING SETS ((channel), ())
"""

_SEEN = "SELECT channel, sum(quantity)::BIGINT FROM entry_exposures WHERE day BETWEEN $first AND $last GROUP BY channel"
