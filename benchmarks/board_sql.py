"""The whole board written by hand in DuckDB's SQL, over the same Parquet files (the rollup, and the facts for orders and costs)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa
from deltalake import DeltaTable

MEMORY = os.environ.get("QUNYU_LAKE_MEMORY", "512MB")


def answer(folder: str, grain: str, by: str) -> pa.Table:
    """metric, key, period, part, value; rows without a value may be missing."""
    with opened(Path(folder)) as connection:
        period = "date_trunc('month', {day})::DATE" if grain == "month" else "{day}"
        script = _SCRIPT.format(
            key="0" if by == "none" else "a.community",
            every="(SELECT 0 AS key)" if by == "none" else "(SELECT community AS key FROM communities)",
            held=_HELD_ALTOGETHER if by == "none" else _HELD_BY_COMMUNITY,
            cost_key="0" if by == "none" else "f.community",
            cost_where="" if by == "none" else "AND f.community IS NOT NULL",
            step="month" if grain == "month" else "day",
            of_day=period.format(day="day"),
            of_local_day=period.format(day="f.local_day"),
        )
        for statement in script.split(";\n")[:-1]:
            connection.execute(statement)
        return connection.sql(script.split(";\n")[-1]).to_arrow_table()


@contextmanager
def opened(place: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with the product's bounds that sees the made lake's files and dimensions."""
    files = {"activity": _files(place, "activity"), "facts": _files(place, "facts")}
    with duckdb.connect(
        config={"memory_limit": MEMORY, "temp_directory": str(place / "lake" / "spill"), "threads": "2"}
    ) as connection:
        connection.execute("SET preserve_insertion_order = false; SET TimeZone = 'UTC'")
        for name, paths in files.items():
            connection.execute(f"CREATE TEMP VIEW {name} AS FROM read_parquet({paths}, hive_partitioning = true)")
        for name in ("communities", "identities"):
            connection.execute(f"CREATE TEMP TABLE {name} AS FROM '{place / name}.parquet'")
        yield connection


def _files(place: Path, name: str) -> list[str]:
    if not (place / "lake" / name / "_delta_log").is_dir():
        raise FileNotFoundError(f"there is no table {name} below {place}")
    return [uri.removeprefix("file://") for uri in DeltaTable(place / "lake" / name).file_uris()]


_HELD_ALTOGETHER = """
SELECT b.*, 0 AS key, EXISTS (FROM stays s WHERE s.member = b.buyer AND b.at >= s.from_at AND (s.to_at IS NULL OR b.at < s.to_at)) AS member
FROM bought b"""
_HELD_BY_COMMUNITY = """
SELECT DISTINCT b.*, s.key, true AS member
FROM bought b JOIN stays s ON s.member = b.buyer AND b.at >= s.from_at AND (s.to_at IS NULL OR b.at < s.to_at)"""

_SCRIPT = """
CREATE TEMP VIEW visits AS
SELECT {key} AS key, a.community, a.identity, i.member, i.role = 'member' AS ordinary, a.local_day AS day, a.messages::INT AS messages,
  a.actions::INT AS actions, a.spoken::INT AS spoken, a.joins::INT AS joins, a.leaves::INT AS leaves, a.first_at, a.last_at, a.gone_at
FROM activity a JOIN identities i USING (identity) SEMI JOIN communities USING (community)
WHERE i.role NOT IN ('bot', 'atmosphere');
CREATE TEMP TABLE latest AS
SELECT * FROM (SELECT fact_id, occurred_at, local_day, identity, subject, amount, quantity, currency, external, unit, import_id FROM facts WHERE kind = 'order')
QUALIFY external = '' OR row_number() OVER (PARTITION BY unit, external ORDER BY import_id DESC, fact_id) = 1;
CREATE TEMP TABLE span AS
SELECT coalesce(min(lively), min(low)) AS first, max(high) AS last FROM (
  SELECT min(day) AS low, min(day) FILTER (messages + actions > 0) AS lively, max(day) AS high FROM visits
  UNION ALL SELECT NULL, min(local_day), max(local_day) FROM latest);
CREATE TEMP TABLE days AS
SELECT day, {of_day} AS period FROM (SELECT unnest(generate_series(first, last, INTERVAL 1 DAY))::DATE AS day FROM span);
CREATE TEMP TABLE periods AS
SELECT period, max(day) AS last_day, count(*) AS days, (period - INTERVAL 1 {step})::DATE AS previous,
  (period + INTERVAL 1 {step})::DATE AS following FROM days GROUP BY period;
CREATE TEMP TABLE grid AS SELECT * FROM {every}, days;
CREATE TEMP TABLE person_days AS
SELECT key, day, member, any_value(ordinary) AS ordinary, sum(messages)::INT AS messages, sum(actions)::INT AS actions,
  sum(spoken)::INT AS spoken, sum(joins)::INT AS joins, sum(leaves)::INT AS leaves
FROM visits GROUP BY key, day, member;
CREATE TEMP TABLE active AS
SELECT key, {of_day} AS period, member, any_value(ordinary) AS ordinary, sum(messages)::INT AS messages, sum(actions)::INT AS actions,
  count(*) FILTER (messages + actions > 0)::INT AS active_days, count(*) FILTER (spoken > 0)::INT AS spoken_days,
  sum(joins)::INT AS joins, sum(leaves)::INT AS leaves
FROM person_days GROUP BY ALL;
CREATE TEMP TABLE talk AS
SELECT key, period, sum(messages) AS messages, sum(actions) AS actions, sum(messages) FILTER (ordinary) AS member_messages,
  count(*) FILTER (ordinary AND active_days > 0) AS active_members,
  sum(messages) FILTER (ordinary AND active_days > 0) AS active_messages,
  count(*) FILTER (ordinary AND spoken_days > 0) AS speaking_members,
  sum(active_days) FILTER (ordinary) AS active_days, sum(spoken_days) FILTER (ordinary) AS spoken_days,
  sum(joins) FILTER (ordinary) AS joins, sum(leaves) FILTER (ordinary) AS leaves
FROM active GROUP BY key, period;
CREATE TEMP TABLE kept AS
SELECT a.key, a.period, count(*) AS retained
FROM active a JOIN periods p USING (period) JOIN active b ON b.key = a.key AND b.member = a.member AND b.period = p.previous
WHERE a.ordinary AND a.active_days > 0 AND b.active_days > 0 GROUP BY a.key, a.period;
CREATE TEMP TABLE born AS
SELECT key, member, {of_day} AS period FROM (SELECT key, member, min(day) AS day FROM person_days WHERE ordinary GROUP BY key, member);
CREATE TEMP TABLE newcomers AS SELECT key, period, count(*) AS new_members FROM born GROUP BY key, period;
CREATE TEMP TABLE newcomers_kept AS
SELECT b.key, p.following AS period, count(a.member) / count(*) AS retention
FROM born b JOIN periods p USING (period)
LEFT JOIN active a ON a.key = b.key AND a.member = b.member AND a.period = p.following AND a.active_days > 0
GROUP BY b.key, p.following;
CREATE TEMP TABLE gaps AS
SELECT key, day, date_diff('day', lag(day) OVER w, day) AS since, date_diff('day', day, lead(day) OVER w) AS until
FROM person_days WHERE ordinary AND messages + actions > 0 WINDOW w AS (PARTITION BY key, member ORDER BY day);
CREATE TEMP TABLE windows AS
SELECT key, day, sum(sum(weekly)) OVER w AS weekly, sum(sum(monthly)) OVER w AS monthly FROM (
  SELECT key, day, count(*) FILTER (since IS NULL OR since >= 7) AS weekly, count(*) FILTER (since IS NULL OR since >= 30) AS monthly
    FROM gaps GROUP BY key, day
  UNION ALL SELECT key, day + 7, -count(*), 0 FROM gaps WHERE until IS NULL OR until >= 7 GROUP BY key, day
  UNION ALL SELECT key, day + 30, 0, -count(*) FROM gaps WHERE until IS NULL OR until >= 30 GROUP BY key, day
  UNION ALL SELECT key, day, 0, 0 FROM grid
) GROUP BY key, day WINDOW w AS (PARTITION BY key ORDER BY day);
CREATE TEMP TABLE goers AS
SELECT DISTINCT key, community, identity FROM visits WHERE ordinary AND gone_at IS NOT NULL;
CREATE TEMP TABLE pieces AS
SELECT key, member, min(first_at) AS from_at, NULL::TIMESTAMPTZ AS to_at, min(day) AS from_day, NULL::DATE AS to_day
FROM visits ANTI JOIN goers USING (key, community, identity) WHERE ordinary GROUP BY key, community, member
UNION ALL
SELECT key, member, first_at, next_gone, day, next_day FROM (
  SELECT *, lead(gone_at) OVER w AS next_gone, lead(day) OVER w AS next_day FROM (
    SELECT *, lag(here, 1, false) OVER (PARTITION BY key, community, identity ORDER BY day) AS was FROM (
      SELECT key, community, identity, member, day, first_at, gone_at, coalesce(gone_at < last_at, true) AS here
      FROM visits SEMI JOIN goers USING (key, community, identity)))
  WHERE here <> was WINDOW w AS (PARTITION BY key, community, identity ORDER BY day)
) WHERE here;
CREATE TEMP TABLE stays AS
SELECT key, member, min(from_at) AS from_at, min(from_day) AS from_day,
  nullif(max(coalesce(to_at, 'infinity')), 'infinity') AS to_at, nullif(max(coalesce(to_day, 'infinity'::DATE)), 'infinity'::DATE) AS to_day
FROM (
  SELECT *, count(*) FILTER (fresh) OVER (PARTITION BY key, member ORDER BY from_at, to_at ROWS UNBOUNDED PRECEDING) AS n FROM (
    SELECT *, coalesce(from_at > max(coalesce(to_at, 'infinity')) OVER (
      PARTITION BY key, member ORDER BY from_at, to_at ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), true) AS fresh FROM pieces)
) GROUP BY key, member, n;
CREATE TEMP TABLE heads AS
SELECT key, day, sum(sum(change)) OVER (PARTITION BY key ORDER BY day) AS members FROM (
  SELECT key, from_day AS day, 1 AS change FROM stays
  UNION ALL SELECT key, to_day, -1 FROM stays WHERE to_day IS NOT NULL
  UNION ALL SELECT key, day, 0 FROM grid
) GROUP BY key, day;
CREATE TEMP TABLE people AS
SELECT h.key, p.period, max(h.members) FILTER (h.day = p.last_day) AS members, sum(h.members) AS member_days,
  max(w.weekly) FILTER (h.day = p.last_day) AS wau, max(w.monthly) FILTER (h.day = p.last_day) AS mau, any_value(p.days) AS days
FROM heads h JOIN days d USING (day) JOIN periods p USING (period) JOIN windows w USING (key, day) GROUP BY h.key, p.period;
CREATE TEMP TABLE bought AS
SELECT row_number() OVER (ORDER BY o.occurred_at, o.fact_id) AS id, o.occurred_at AS at, o.local_day AS day, i.member AS buyer,
  o.amount - coalesce(o.quantity, 0) AS amount, o.currency
FROM latest o JOIN identities i USING (identity) WHERE o.subject = 'paid';
CREATE TEMP TABLE sales AS
SELECT *, {of_day} AS period, row_number() OVER w AS place, date_diff('day', lag(day) OVER w, day) AS gap
FROM ({held}) WINDOW w AS (PARTITION BY key, buyer ORDER BY id);
CREATE TEMP TABLE bought_in AS
SELECT key, period, count(*) AS orders, count(DISTINCT buyer) AS buyers, count(*) FILTER (member) AS member_orders,
  count(DISTINCT buyer) FILTER (member) AS member_buyers, count(DISTINCT buyer) FILTER (place > 1) AS again, median(gap) AS gap
FROM sales GROUP BY key, period;
CREATE TEMP TABLE money AS
SELECT key, period, currency, sum(amount) AS amount, count(*) AS orders, count(DISTINCT buyer) AS buyers FROM sales GROUP BY ALL;
CREATE TEMP TABLE spent AS
SELECT {cost_key} AS key, {of_local_day} AS period, f.currency, sum(f.amount) AS amount
FROM facts f WHERE f.kind = 'cost' {cost_where} GROUP BY ALL;
CREATE TEMP TABLE shown AS
SELECT {cost_key} AS key, {of_local_day} AS period, sum(f.quantity) AS exposures
FROM facts f WHERE f.kind = 'exposed' {cost_where} GROUP BY ALL;
CREATE TEMP TABLE wide AS
SELECT p.key, p.period, t.messages, t.actions, t.active_members, t.speaking_members, t.joins, t.leaves, n.new_members, k.retained AS retained_members,
  t.active_days / p.days AS dau, p.wau, p.mau, p.members, coalesce(t.active_days, 0) / p.days / nullif(p.mau, 0) AS stickiness,
  coalesce(t.spoken_days, 0) / nullif(p.member_days, 0) AS interaction_rate,
  CASE WHEN p.members > 0 THEN greatest(0, 1 - coalesce(t.active_members, 0) / p.members) END AS silent_share,
  coalesce(t.member_messages, 0) / nullif(p.members, 0) AS messages_per_member, t.active_messages / nullif(t.active_members, 0) AS messages_per_active_member,
  coalesce(t.leaves, 0) / nullif(p.members + coalesce(t.leaves, 0), 0) AS leave_rate, coalesce(t.joins, 0) / nullif(e.exposures, 0) AS join_rate, e.exposures,
  coalesce(k.retained, 0) / nullif(b.active_members, 0) AS retention_rate, r.retention AS new_member_retention,
  o.orders, o.buyers, coalesce(o.member_orders, 0) / nullif(p.members, 0) AS conversion, coalesce(o.member_buyers, 0) / nullif(p.members, 0) AS buyer_share,
  o.again / o.buyers AS repurchase_rate, o.gap AS repurchase_interval
FROM people p JOIN periods q USING (period) LEFT JOIN talk t USING (key, period) LEFT JOIN kept k USING (key, period)
LEFT JOIN newcomers n USING (key, period) LEFT JOIN newcomers_kept r USING (key, period) LEFT JOIN bought_in o USING (key, period)
LEFT JOIN shown e USING (key, period) LEFT JOIN talk b ON b.key = p.key AND b.period = q.previous;
SELECT metric, key, period, '' AS part, value FROM (
  UNPIVOT (SELECT key, period, COLUMNS(* EXCLUDE (key, period))::DOUBLE FROM wide) ON COLUMNS(* EXCLUDE (key, period)) INTO NAME metric VALUE value)
UNION ALL SELECT unnest(['revenue', 'order_value', 'average_order_value']), key, period, currency,
  unnest([amount::DOUBLE, amount / orders, amount / buyers]) FROM money
UNION ALL SELECT 'cost', key, period, currency, amount FROM spent
UNION ALL SELECT 'roi', key, period, '', CASE WHEN m.amount IS NOT NULL OR sold IS NULL THEN coalesce(m.amount, 0) / nullif(s.amount, 0) END
FROM spent s LEFT JOIN money m USING (key, period, currency)
LEFT JOIN (SELECT DISTINCT key, period, true AS sold FROM money) USING (key, period)
QUALIFY row_number() OVER (PARTITION BY key, period ORDER BY m.amount IS NULL, s.amount DESC, currency) = 1
"""
