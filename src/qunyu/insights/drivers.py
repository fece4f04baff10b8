"""Drivers: what made a number what it was in an episode: which members, hours, inviters or communities."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import duckdb
import pyarrow as pa

from qunyu.kernel.words import Words

Kind = Literal["many", "member", "staff", "hour", "inviter", "community"]
KINDS: dict[Kind, Words] = {
    "many": Words("许多人", "Many people"),
    "member": Words("成员", "Member"),
    "staff": Words("运营人员", "Staff"),
    "hour": Words("时段", "Hour"),
    "inviter": Words("邀请人", "Inviter"),
    "community": Words("社群", "Community"),
}
# How many of each kind are told.
MOST = 3
BEFORE = 28


@dataclass(frozen=True, slots=True)
class Driver:
    """One thing that made a difference: `key` is a member's or community's id, an hour from 0, or how many people; `observed` is the count in the
    episode and `usual` what as many days had on average in the four weeks before."""

    kind: Kind
    key: int
    observed: float
    usual: float


Asked = tuple[int, str, date, date, bool]


def drivers_of(connection: duckdb.DuckDBPyConnection, episodes: Sequence[Asked]) -> list[tuple[Driver, ...]]:
    """The drivers of each episode (community, metric, first, last, up), over the tables of `daily.scoped`; the largest first."""
    if not episodes:
        return []
    places = range(len(episodes))
    columns = [pa.array([each[place] for each in episodes]) for place in range(4)]
    given = pa.table(
        [pa.array(places, pa.int64()), *columns], names=["episode", "community", "metric", "first", "last"]
    )
    connection.register("episodes_given", given)
    connection.execute(_EPISODES)
    rows = [row for sql in (_MEMBERS, _COMMUNITIES, _HOURS, _INVITERS) for row in connection.execute(sql).fetchall()]
    found: dict[tuple[int, Kind], list[Driver]] = defaultdict(list)
    for episode, kind, key, observed, usual in rows:
        found[(episode, kind)].append(Driver(kind, key, round(float(observed), 1), round(float(usual), 1)))
    return [tuple(_largest(found, place, episodes[place][4])) for place in places]


def _largest(found: dict[tuple[int, Kind], list[Driver]], episode: int, up: bool) -> list[Driver]:
    """Those that moved the way the number did, by a tenth of the whole movement at least; first how many people made most of it."""
    chosen: list[Driver] = []
    people = _moved([*found[(episode, "member")], *found[(episode, "staff")]], up)
    if len(people) > MOST and sum(map(_size, people[:MOST])) < sum(map(_size, people)) / 2:
        chosen.append(
            Driver("many", len(people), *(round(sum(each), 1) for each in zip(*map(_both, people), strict=True)))
        )
    for kind in KINDS:
        moved = _moved(found[(episode, kind)], up)
        whole = sum(map(_size, people if kind in ("member", "staff") else moved))
        chosen += [each for each in moved[:MOST] if _size(each) >= 0.1 * whole]
    return chosen


def _moved(drivers: list[Driver], up: bool) -> list[Driver]:
    return sorted(
        (each for each in drivers if (each.observed > each.usual) == up and each.observed != each.usual),
        key=lambda each: (-_size(each), each.key),
    )


def _size(driver: Driver) -> float:
    return abs(driver.observed - driver.usual)


def _both(driver: Driver) -> tuple[float, float]:
    return driver.observed, driver.usual


_EPISODES = f"""
CREATE OR REPLACE TEMP TABLE episodes AS
SELECT *, last - first + 1 AS days, first - {BEFORE} AS before FROM episodes_given
"""

_VALUE = """CASE e.metric WHEN 'messages' THEN t.messages WHEN 'joins' THEN t.joins WHEN 'leaves' THEN t.leaves
  WHEN 'promotions' THEN t.promotions ELSE 0 END"""

# The usual is of as many days as the episode has.
_USUAL = f"(sum(value) FILTER (day < first))::DOUBLE / {BEFORE} * any_value(days)"

_MEMBERS = f"""
SELECT episode, CASE WHEN ordinary THEN 'member' ELSE 'staff' END AS kind, member,
  coalesce(sum(value) FILTER (day >= first), 0) AS observed, coalesce({_USUAL}, 0) AS usual
FROM (
  SELECT e.episode, e.first, e.days, t.day, t.member, t.ordinary, {_VALUE} AS value
  FROM episodes e JOIN traces t ON t.community = e.community AND t.day BETWEEN e.before AND e.last
  WHERE e.metric IN ('messages', 'promotions')
) WHERE value > 0 GROUP BY episode, kind, member
"""

_COMMUNITIES = f"""
SELECT episode, 'community' AS kind, community, coalesce(sum(value) FILTER (day >= first), 0), coalesce({_USUAL}, 0)
FROM (
  SELECT e.episode, e.first, e.days, t.day, t.community,
    CASE WHEN e.metric = 'active_members' THEN CASE WHEN t.ordinary AND t.messages + t.actions > 0 THEN 1 ELSE 0 END
      WHEN e.metric IN ('joins', 'leaves') AND NOT t.ordinary THEN 0 ELSE {_VALUE} END AS value
  FROM episodes e JOIN traces t ON e.community = 0 AND t.day BETWEEN e.before AND e.last
  SEMI JOIN (SELECT community, min(day) AS began FROM traces WHERE messages > 0 GROUP BY community) b
    ON b.community = t.community AND b.began <= e.before
) WHERE value > 0 GROUP BY episode, community
"""

# Facts, for the hour is not in the rollup: of the episodes' communities and days alone.
_HOURS = f"""
SELECT episode, 'hour' AS kind, local_hour::BIGINT, coalesce(sum(value) FILTER (day >= first), 0), coalesce({_USUAL}, 0)
FROM (
  SELECT e.episode, e.first, e.days, f.local_day AS day, f.local_hour, count(*) AS value
  FROM episodes e JOIN facts f ON f.community = e.community AND f.local_day BETWEEN e.before AND e.last
    AND f.kind = CASE e.metric WHEN 'messages' THEN 'message' WHEN 'joins' THEN 'joined' WHEN 'leaves' THEN 'left' END
  JOIN identities i ON i.identity = f.identity AND i.role NOT IN ('bot', 'atmosphere') GROUP BY ALL
) GROUP BY episode, local_hour
"""

_INVITERS = f"""
SELECT episode, 'inviter' AS kind, member, coalesce(sum(value) FILTER (day >= first), 0), coalesce({_USUAL}, 0)
FROM (
  SELECT e.episode, e.first, e.days, f.local_day AS day, i.member, count(*) AS value
  FROM episodes e JOIN facts f ON f.community = e.community AND f.local_day BETWEEN e.before AND e.last AND f.kind = 'joined'
  JOIN identities i ON i.identity = f.other WHERE e.metric = 'joins' GROUP BY ALL
) GROUP BY episode, member
"""
