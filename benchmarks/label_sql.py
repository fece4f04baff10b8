"""Every label of every member by hand in DuckDB's SQL, over the same Parquet files (the rollup, and the facts for joins and orders).

One unit, the usual thresholds as numbers, and no reasons: what somebody would write who wants the answer once.
"""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from benchmarks.board_sql import opened


def answer(folder: str) -> pa.Table:
    """label, member, value of every ordinary member who was ever seen in a community or bought."""
    with opened(Path(folder)) as connection:
        *before, last = _SCRIPT.split(";\n")
        for statement in before:
            connection.execute(statement)
        return connection.sql(last).to_arrow_table()


_SCRIPT = """
CREATE TEMP TABLE people AS SELECT identity, member FROM identities WHERE role = 'member';
CREATE TEMP TABLE orders AS
SELECT * EXCLUDE (identity) FROM (
  SELECT coalesce(o.identity, max_by(o.identity, o.import_id) FILTER (o.identity IS NOT NULL) OVER (PARTITION BY o.unit, o.external, o.currency)) AS identity,
    o.local_day AS day, o.subject, o.amount, coalesce(o.quantity, 0) AS refund, o.currency,
    row_number() OVER (PARTITION BY o.unit, o.external, o.currency ORDER BY o.import_id DESC, o.fact_id) AS place
  FROM facts o WHERE o.kind = 'order'
) JOIN identities USING (identity) WHERE place = 1;
CREATE TEMP TABLE span AS
SELECT greatest((SELECT max(local_day) FROM activity), (SELECT max(day) FROM orders)) AS last;
CREATE TEMP TABLE begun AS SELECT community, min(local_day) AS day FROM activity WHERE messages + actions > 0 GROUP BY community;
CREATE TEMP TABLE talked AS
SELECT member, min(first_day) AS first_day, min(greatest(first_day, b.day)) FILTER (b.day IS NOT NULL) AS heard_from, max(last_day) AS last_day,
  sum(messages) AS messages, sum(answers) AS answers, bool_or(there) AS present
FROM (
  SELECT p.member, a.community, min(a.local_day) AS first_day, max(a.local_day) FILTER (a.messages + a.actions > 0) AS last_day,
    sum(a.messages + a.actions)::INT AS messages, sum(a.answers)::INT AS answers, NOT coalesce(max(a.gone_at) >= max(a.last_at), false) AS there
  FROM activity a JOIN people p USING (identity) SEMI JOIN communities USING (community) GROUP BY p.member, a.identity, a.community
) LEFT JOIN begun b USING (community) GROUP BY member;
CREATE TEMP TABLE months AS
SELECT p.member, date_trunc('month', a.local_day)::DATE AS month, bit_or(1::UINTEGER << (day(a.local_day) - 1)::UINTEGER) AS days
FROM activity a JOIN people p USING (identity) WHERE a.messages + a.actions > 0 GROUP BY ALL;
CREATE TEMP TABLE presence AS
SELECT member, sum(days)::INT AS days, max(of_quarter)::INT AS best_quarter, max(days) FILTER (recent) AS best_month FROM (
  SELECT member, bit_count(days) AS days, month > last - 365 AS recent,
    sum(bit_count(days)) FILTER (month > last - 365) OVER (PARTITION BY member, date_trunc('quarter', month)) AS of_quarter FROM months, span
) GROUP BY member;
CREATE TEMP TABLE weeks AS
SELECT member, max(bit_count(days)) AS best_week FROM (
  SELECT p.member, bit_or(1::UTINYINT << (isodow(a.local_day) - 1)::UTINYINT) AS days
  FROM activity a JOIN people p USING (identity), span
  WHERE a.messages + a.actions > 0 AND a.local_day > last - 365 GROUP BY p.member, date_trunc('week', a.local_day)
) GROUP BY member;
CREATE TEMP TABLE lately AS
SELECT p.member, sum(a.spoken)::INT AS spoken, sum(a.answers)::INT AS answers,
  count(DISTINCT a.local_day) FILTER (a.answers > 0) AS answer_days
FROM activity a JOIN people p USING (identity) JOIN talked t USING (member)
WHERE a.local_day > t.last_day - 90 AND a.spoken + a.answers > 0 GROUP BY p.member;
CREATE TEMP TABLE recent AS
SELECT p.member, count(DISTINCT a.local_day) AS days, sum(a.answers)::INT AS answers
FROM activity a JOIN people p USING (identity), span WHERE a.local_day > last - 100 AND a.messages + a.actions > 0 GROUP BY p.member;
CREATE TEMP TABLE sales AS
SELECT day FROM (
  SELECT day, coalesce(n, 0) AS n, median(coalesce(n, 0)) OVER (ORDER BY day ROWS BETWEEN 14 PRECEDING AND 14 FOLLOWING) AS usual
  FROM (SELECT unnest(generate_series(min(day), max(day), INTERVAL 1 DAY))::DATE AS day FROM orders WHERE subject = 'paid')
  LEFT JOIN (SELECT day, count(*) AS n FROM orders WHERE subject = 'paid' GROUP BY day) USING (day)
) WHERE n >= 5 AND n > 2 * usual;
CREATE TEMP TABLE bought AS
SELECT o.member, min(o.day) AS first_order, count(*) FILTER (subject = 'paid') AS orders,
  count(*) FILTER (subject = 'refunded' OR subject = 'paid' AND refund > 0) AS refunded,
  avg(amount / usual) FILTER (subject = 'paid') AS value_ratio, count(*) FILTER (subject = 'paid' AND s.day IS NOT NULL) AS on_sale,
  count(DISTINCT (last - o.day) // 30) FILTER (subject = 'paid' AND o.day > last - 180) AS months,
  least(6, (last - min(o.day) FILTER (subject = 'paid')) // 30 + 1) AS possible
FROM orders o SEMI JOIN people USING (member) LEFT JOIN sales s USING (day)
LEFT JOIN (SELECT currency, median(amount) AS usual FROM orders WHERE subject = 'paid' GROUP BY currency) USING (currency)
CROSS JOIN span GROUP BY o.member, last;
CREATE TEMP TABLE brought AS
SELECT h.member, count(DISTINCT g.member) AS invited, count(DISTINCT g.member) FILTER (b.orders > 0) AS buyers
FROM facts f JOIN people h ON h.identity = f.other JOIN people g ON g.identity = f.identity LEFT JOIN bought b ON b.member = g.member
WHERE f.kind = 'joined' AND g.member <> h.member GROUP BY h.member;
CREATE TEMP TABLE told AS
SELECT coalesce(t.member, b.member) AS member, coalesce(t.messages, 0) AS messages, last - t.last_day AS silent, coalesce(t.answers, 0) AS answers,
  30 * coalesce(l.spoken, 0) / greatest(21, least(90, t.last_day - t.heard_from + 1)) AS spoken_30,
  30 * coalesce(l.answers, 0) / greatest(21, least(90, t.last_day - t.heard_from + 1)) AS answers_30, coalesce(l.answer_days, 0) AS answer_days,
  coalesce(i.invited, 0) AS invited, coalesce(i.buyers, 0) AS brought_buyers, coalesce(t.last_day - t.heard_from, 0) AS span, coalesce(p.days, 0) AS days,
  coalesce(b.orders, 0) AS orders, coalesce(b.refunded, 0) AS refunded, last - least(t.first_day, b.first_order) + 1 AS known, b.value_ratio,
  round(100 * coalesce(b.on_sale, 0) / greatest(coalesce(b.orders, 0), 1)) AS sale_share,
  round(70 * CASE WHEN b.orders > 1 THEN b.months / b.possible ELSE 0 END + 30 * least(coalesce(i.buyers, 0), 1)) AS loyalty,
  round(
    100 * (coalesce(b.orders, 0) + 1) / (coalesce(b.orders, 0) + coalesce(b.refunded, 0) + 2) * CASE WHEN coalesce(t.present, true) THEN 1 ELSE 0.8 END) AS satisfaction,
  p.best_quarter, p.best_month, w.best_week, r.days AS recent_days, r.answers AS recent_answers
FROM talked t FULL JOIN bought b USING (member) LEFT JOIN lately l USING (member) LEFT JOIN presence p USING (member) LEFT JOIN weeks w USING (member)
LEFT JOIN recent r USING (member) LEFT JOIN brought i USING (member) CROSS JOIN span;
SELECT unnest(['tier', 'stage', 'user_type', 'orbit_level', 'trust_level']) AS label, member, unnest([
  CASE WHEN messages = 0 OR silent > 180 OR spoken_30 < 12 THEN 'ordinary' WHEN answers_30 >= 20 AND answer_days >= 5 THEN 'professional'
    WHEN answers_30 >= 5 THEN 'contributing' ELSE 'active' END,
  CASE WHEN invited > 0 THEN 'referral' WHEN orders > 0 THEN 'revenue' WHEN span >= 7 AND days >= 3 THEN 'retention'
    WHEN days > 0 THEN 'activation' ELSE 'acquisition' END,
  CASE WHEN (SELECT count(*) FROM orders) = 0 OR orders + refunded = 0 AND known < 14 THEN 'unknown'
    WHEN orders > 0 AND sale_share >= 50 AND brought_buyers = 0 THEN 'bargain'
    WHEN orders >= 3 AND loyalty >= 50 AND satisfaction >= 50 THEN 'loyal' WHEN orders >= 2 OR orders > 0 AND value_ratio >= 1.2 THEN 'demand'
    ELSE 'low_demand' END,
  CASE WHEN best_quarter >= 30 THEN 'leading' WHEN best_month >= 7 THEN 'contributing' WHEN best_week >= 2 THEN 'participating' ELSE 'exploring' END,
  CASE WHEN recent_days >= 50 AND recent_answers >= 10 THEN 'regular' WHEN days >= 15 AND answers >= 3 THEN 'member'
    WHEN days > 0 THEN 'basic' ELSE 'new' END]) AS value
FROM told
"""
