"""Worth: what each person brought and cost over some days, part by part; a part that cannot be known is NULL and never guessed.

What somebody brings is what they paid less refunds, times the gross margin; while the margin is unknown, what they paid, which is no less
than the profit, stands in its place: whoever costs more than that surely costs more than they bring.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pyarrow as pa

from qunyu.events.lake.store import Lake
from qunyu.insights.grounds import lay
from qunyu.kernel.money import MINOR_UNITS
from qunyu.kernel.scope import Scope

# How often something happened with a person.
COUNTS = pa.schema([("member", pa.int64()), ("count", pa.int64())])
# How many points somebody redeemed, and what these are worth in minor units; NULL where nobody has said, or in another currency.
POINTS = pa.schema([("member", pa.int64()), ("count", pa.int64()), ("minor", pa.float64())])


@dataclass(frozen=True)
class Prices:
    """What things cost; None is unknown: an `hour` of an operator in units of the currency.

    `margin` is a share of revenue, `contact` and `complaint` are minutes.
    """

    margin: float | None
    hour: float | None
    contact: float
    complaint: float


# What the database knows was done for people from a day to a day: contacts, complaints and benefits as COUNTS, points as POINTS in a currency.
Spent = Callable[[date, date, str], Mapping[str, pa.Table]]


@dataclass(frozen=True)
class Asked:
    """Whose worth: of `units`, over the last `days` there are data of; who is known for no more than `new_days` is left out.

    `kept` of each end are given.
    """

    units: frozenset[int]
    days: int
    new_days: int
    kept: int


@dataclass(frozen=True)
class Worths:
    """Over `first` to `last`, None without any data. `currency` is that of most orders, "" without any; those in others (`foreign`) are left
    out. `costs` is what communities cost altogether, None where nobody recorded it.

    `people` counts those judged, `fresh` those left out as new, `minus` those who cost more than they bring. `rows` are of both ends.
    """

    first: date | None = None
    last: date | None = None
    currency: str = ""
    foreign: int = 0
    costs: int | None = None
    people: int = 0
    fresh: int = 0
    minus: int = 0
    rows: Sequence[dict[str, Any]] = ()


def worths(lake: Lake, scope: Scope, asked: Asked, spent: Spent, prices: Prices) -> Worths:
    """Everybody's worth in these units, set by set."""
    with lake.connect() as connection:
        lay(connection, scope, asked.units)
        ((last,),) = connection.execute(_LAST).fetchall()
        if last is None:
            return Worths()
        first = last - timedelta(days=asked.days - 1)
        values: dict[str, Any] = {"first": first, "last": last}
        found = connection.execute(_CURRENCY, values).fetchall()
        currency, foreign = found[0] if found else ("", 0)
        for name, table in spent(first, last, currency).items():
            connection.register(f"{name}_given", table)
        connection.execute(_UPKEEP, {**values, "currency": currency})
        priced = {name: getattr(prices, name) for name in ("margin", "contact", "complaint")}
        priced["hour"] = None if prices.hour is None else prices.hour * 10 ** MINOR_UNITS.get(currency, 2)
        connection.execute(
            _WORTH, {**values, "currency": currency, "fresh": last - timedelta(days=asked.new_days), **priced}
        )
        ((costs,),) = connection.execute("SELECT sum(amount)::BIGINT FROM upkeep").fetchall()
        ((people, fresh, minus),) = connection.execute(_TOTALS).fetchall()
        rows = connection.sql(_ENDS, params={"kept": asked.kept}).to_arrow_table().to_pylist()
        return Worths(first, last, currency, foreign, costs, people, fresh, minus, rows)


_LAST = "SELECT max(day) FROM (SELECT max(day) AS day FROM sold UNION ALL SELECT max(day) FROM visits)"

_CURRENCY = """
SELECT currency, (sum(n) OVER () - n)::BIGINT FROM (
  SELECT currency, count(*) AS n FROM sold WHERE day BETWEEN $first AND $last GROUP BY currency
) ORDER BY n DESC, currency LIMIT 1
"""

# What a day of one member costs in each community; whoever came back was there in between as well.
_UPKEEP = """
CREATE TEMP TABLE upkeep AS
WITH stays AS (
  SELECT h.member, h.community, greatest(min(h.first_day), $first::DATE) AS begun, least(max(coalesce(g.day, $last::DATE)), $last::DATE) AS ended
  FROM homes h LEFT JOIN (FROM goings WHERE back IS NULL) g USING (identity, community) GROUP BY h.member, h.community
), spans AS (SELECT member, community, ended - begun + 1 AS days FROM stays WHERE ended >= begun),
paid AS (
  SELECT community, sum(amount) AS amount FROM facts SEMI JOIN places USING (community)
  WHERE kind = 'cost' AND local_day BETWEEN $first AND $last AND currency = $currency GROUP BY community
)
SELECT s.member, s.days, p.amount * s.days / sum(s.days) OVER (PARTITION BY s.community) AS amount FROM spans s LEFT JOIN paid p USING (community)
"""

_WORTH = """
CREATE TEMP TABLE worth AS
WITH spans AS (SELECT member, sum(days)::BIGINT AS days, round(sum(amount))::BIGINT AS upkeep FROM upkeep GROUP BY member),
bought AS (
  SELECT member, count(*) AS orders, sum(amount)::BIGINT AS revenue, sum(refund)::BIGINT AS refunds FROM sold
  WHERE day BETWEEN $first AND $last AND currency = $currency GROUP BY member
), guests_bought AS (
  SELECT g.host AS member, count(DISTINCT g.member) AS brought, coalesce(sum(b.revenue), 0)::BIGINT AS brought_revenue
  FROM (SELECT DISTINCT host, member FROM guests) g LEFT JOIN bought b ON b.member = g.member GROUP BY g.host
), redeemed_given AS (
  SELECT member, sum(count)::BIGINT AS count, CASE WHEN bool_and(minor IS NOT NULL) THEN sum(minor) END AS minor FROM points_given GROUP BY member
), known AS (
  SELECT member, min(day) AS since FROM (SELECT member, first_day AS day FROM homes UNION ALL SELECT member, day FROM sold) GROUP BY member
), parts AS (
  SELECT k.member, k.since, k.since > $fresh AS fresh, coalesce(b.orders, 0) AS orders, coalesce(b.revenue, 0) AS revenue, coalesce(b.refunds, 0) AS refunds,
    coalesce(i.brought, 0) AS brought, coalesce(i.brought_revenue, 0) AS brought_revenue, coalesce(s.days, 0) AS days, s.upkeep,
    coalesce(c.count, 0) AS contacts, coalesce(m.count, 0) AS complaints, coalesce(p.count, 0) AS points,
    CASE WHEN p.member IS NULL THEN 0 ELSE p.minor END AS redeemed, coalesce(u.count, 0) AS benefits
  FROM known k LEFT JOIN bought b USING (member) LEFT JOIN guests_bought i USING (member) LEFT JOIN spans s USING (member)
  LEFT JOIN contacts_given c USING (member) LEFT JOIN complaints_given m USING (member)
  LEFT JOIN redeemed_given p USING (member) LEFT JOIN benefits_given u USING (member)
), priced AS (
  SELECT *, round(revenue * $margin::DOUBLE)::BIGINT AS profit,
    round((contacts * $contact::DOUBLE + complaints * $complaint::DOUBLE) / 60 * $hour::DOUBLE)::BIGINT AS care,
    round(redeemed)::BIGINT AS rewards
  FROM parts
)
SELECT *, coalesce(care, 0) + coalesce(rewards, 0) + coalesce(upkeep, 0) AS costs, coalesce(profit, revenue) - costs AS balance
FROM priced WHERE orders + contacts + complaints + points + benefits > 0 OR upkeep > 0
"""

_TOTALS = "SELECT count(*) FILTER (NOT fresh), count(*) FILTER (fresh), count(*) FILTER (NOT fresh AND balance < 0) FROM worth"

_ENDS = """
(SELECT *, 'costs' AS side, row_number() OVER (ORDER BY balance, member) AS n FROM worth WHERE NOT fresh AND balance < 0 QUALIFY n <= $kept)
UNION ALL
(SELECT *, 'brings' AS side, row_number() OVER (ORDER BY balance DESC, member) AS n FROM worth WHERE NOT fresh AND balance > 0 QUALIFY n <= $kept)
ORDER BY side, n
"""
