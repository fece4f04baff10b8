"""The scoped views that metrics are written over, made for one question (whose figures, by what, in which periods).

Bots and the atmosphere team are left out of every view. `key` is what the question breaks down by (0 for altogether). Days
are the deployment's; `period` is the first day of a period's calendar span.
"""

from __future__ import annotations

from qunyu.insights import newcomers

# The columns of every view, in order: the tests and examples of metrics are written against them.
COLUMNS: dict[str, tuple[str, ...]] = {
    # The periods asked, clipped to the days there are data of; `days` is how many of those, `previous` the period before.
    "periods": ("period DATE", "first_day DATE", "last_day DATE", "previous DATE", "days BIGINT"),
    # Every key with every day there are data of.
    "calendar": ("key BIGINT", "day DATE", "period DATE"),
    # What each person (role member or staff) did in each period.
    "active": (
        "key BIGINT",
        "period DATE",
        "member BIGINT",
        "role VARCHAR",
        "messages BIGINT",
        "actions BIGINT",
        "active_days BIGINT",
        "spoken_days BIGINT",
        "joins BIGINT",
        "leaves BIGINT",
    ),
    # The days on which ordinary members were active (a message or an action).
    "active_days": ("key BIGINT", "day DATE", "member BIGINT"),
    # The period in which each ordinary member was first seen.
    "first_seen": ("key BIGINT", "period DATE", "member BIGINT"),
    # Each stretch of time that an ordinary member was there: `to` is the going (NULL: nobody saw them go).
    "stays": (
        "key BIGINT",
        "member BIGINT",
        "from_at TIMESTAMP WITH TIME ZONE",
        "from_day DATE",
        "to_at TIMESTAMP WITH TIME ZONE",
        "to_day DATE",
    ),
    # How many ordinary members there were at the end of each day.
    "headcount": ("key BIGINT", "day DATE", "period DATE", "members BIGINT"),
    # Paid orders of known buyers; `member` tells whether the buyer was a member of the key's communities when ordering.
    "sales": (
        "key BIGINT",
        "period DATE",
        "day DATE",
        "buyer BIGINT",
        "order_id BIGINT",
        "amount BIGINT",
        "currency VARCHAR",
        "member BOOLEAN",
    ),
    "costs": ("key BIGINT", "period DATE", "amount BIGINT", "currency VARCHAR"),
    "entry_exposures": ("key BIGINT", "period DATE", "channel VARCHAR", "quantity BIGINT"),
    # What ordinary members said of us while they were members; `opinion` tells one from another, `likely` is 0 to 10 (NULL: not asked).
    "opinions": (
        "key BIGINT",
        "period DATE",
        "day DATE",
        "opinion BIGINT",
        "member BIGINT",
        "kind VARCHAR",
        "score BIGINT",
        "likely BIGINT",
    ),
    **newcomers.COLUMNS,
}

# Not a table: its readers want few of the columns, and reading these anew from Parquet costs less than keeping all of them.
VISITS = """
CREATE TEMP VIEW visits AS
SELECT k.key, a.community, a.identity, i.member, i.role, a.local_day AS day, a.messages, a.actions, a.spoken, a.promotions, a.joins, a.leaves,
  a.first_at, a.last_at, a.gone_at
FROM activity a JOIN keyed k USING (community) JOIN identities i USING (identity)
WHERE i.role NOT IN ('bot', 'atmosphere')
"""

CALENDAR = """
CREATE TEMP TABLE calendar AS
SELECT k.key, d.day, d.period FROM (SELECT DISTINCT key FROM keyed) k CROSS JOIN days d
"""

# A period's days as bits: somebody's days in several communities, or under several names, then count once without being kept.
ACTIVE = """
CREATE TEMP TABLE active AS
SELECT * REPLACE (bit_count(bits) AS active_days, bit_count(spoken_days) AS spoken_days) FROM (
  SELECT v.key, d.period, v.member, any_value(v.role) AS role, sum(v.messages)::INTEGER AS messages,
    sum(v.actions)::INTEGER AS actions, 0 AS active_days,
    bit_or(CASE WHEN v.spoken > 0 THEN 1::UINTEGER << (v.day - d.period)::UINTEGER ELSE 0::UINTEGER END) AS spoken_days,
    sum(v.joins)::INTEGER AS joins, sum(v.leaves)::INTEGER AS leaves,
    bit_or(CASE WHEN v.messages + v.actions > 0 THEN 1::UINTEGER << (v.day - d.period)::UINTEGER ELSE 0::UINTEGER END) AS bits
  FROM visits v JOIN days d USING (day) GROUP BY v.key, d.period, v.member
)
"""

ACTIVE_DAYS = """
CREATE TEMP TABLE active_days AS
SELECT a.key, a.period + i.number::INTEGER AS day, a.member FROM active a JOIN range({longest}) i(number)
  ON a.bits >> i.number::UINTEGER & 1::UINTEGER = 1
WHERE a.role = 'member'
"""

# The same for a period of any length, whose days fit no word of bits.
LONG_ACTIVE = """
CREATE TEMP TABLE active AS
SELECT m.key, d.period, m.member, any_value(m.role) AS role, sum(m.messages)::BIGINT AS messages,
  sum(m.actions)::BIGINT AS actions, count(*) FILTER (m.messages + m.actions > 0) AS active_days,
  count(*) FILTER (m.spoken > 0) AS spoken_days, sum(m.joins)::BIGINT AS joins, sum(m.leaves)::BIGINT AS leaves
FROM (
  SELECT key, day, member, any_value(role) AS role, sum(messages) AS messages, sum(actions) AS actions,
    sum(spoken) AS spoken, sum(joins) AS joins, sum(leaves) AS leaves
  FROM visits GROUP BY key, day, member
) m JOIN days d USING (day) GROUP BY m.key, d.period, m.member
"""

LONG_ACTIVE_DAYS = """
CREATE TEMP TABLE active_days AS
SELECT DISTINCT key, day, member FROM visits WHERE role = 'member' AND messages + actions > 0
"""

FIRST_SEEN = """
CREATE TEMP TABLE first_seen AS
SELECT f.key, d.period, f.member, f.day
FROM (SELECT key, member, min(day) AS day FROM visits WHERE role = 'member' GROUP BY key, member) f
JOIN days d USING (day)
"""

# Somebody nobody saw leave stays from the first trace on; the others are there while a day's last trace is not their going.
# That is told of each identity: whoever left under one name, or took another, is still there under the other one.
STAYS = """
CREATE TEMP TABLE stays AS
WITH people AS (SELECT * FROM visits WHERE role = 'member'),
leavers AS (SELECT DISTINCT key, community, identity FROM people WHERE gone_at IS NOT NULL),
steady AS (
  SELECT key, member, min(first_at) AS from_at, NULL::TIMESTAMPTZ AS to_at, min(day) AS from_day, NULL::DATE AS to_day
  FROM people ANTI JOIN leavers USING (key, community, identity) GROUP BY key, community, member
), states AS (
  SELECT key, community, identity, member, day, first_at, gone_at, coalesce(gone_at < last_at, true) AS here
  FROM people SEMI JOIN leavers USING (key, community, identity)
), marked AS (
  SELECT *, lag(here, 1, false) OVER (PARTITION BY key, community, identity ORDER BY day) AS was_here FROM states
), turns AS (
  SELECT *, lead(day) OVER w AS next_day, lead(gone_at) OVER w AS next_gone
  FROM marked WHERE here <> was_here WINDOW w AS (PARTITION BY key, community, identity ORDER BY day)
), pieces AS (
  SELECT key, member, from_at, to_at, from_day, to_day FROM steady
  UNION ALL SELECT key, member, first_at, next_gone, day, next_day FROM turns WHERE here
), chained AS (
  SELECT *, coalesce(from_at > max(coalesce(to_at, TIMESTAMPTZ '9999-01-01')) OVER (
    PARTITION BY key, member ORDER BY from_at, to_at ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), true) AS fresh
  FROM pieces
), numbered AS (
  SELECT *, count(*) FILTER (fresh) OVER (PARTITION BY key, member ORDER BY from_at, to_at ROWS UNBOUNDED PRECEDING) AS n
  FROM chained
)
SELECT key, member, min(from_at) AS from_at, min(from_day) AS from_day,
  CASE WHEN count(*) = count(to_at) THEN max(to_at) END AS to_at,
  CASE WHEN count(*) = count(to_at) THEN max(to_day) END AS to_day
FROM numbered GROUP BY key, member, n
"""

# Whoever came before the calendar begins is there on its first day.
HEADCOUNT = """
CREATE TEMP TABLE headcount AS
WITH beginning AS (SELECT min(day) AS day FROM days),
changes AS (
  SELECT s.key, greatest(s.from_day, b.day) AS day, 1 AS change FROM stays s, beginning b
  UNION ALL SELECT s.key, greatest(s.to_day, b.day), -1 FROM stays s, beginning b WHERE s.to_day IS NOT NULL
), daily AS (SELECT key, day, sum(change) AS change FROM changes GROUP BY key, day)
SELECT c.key, c.day, c.period,
  sum(coalesce(d.change, 0)) OVER (PARTITION BY c.key ORDER BY c.day ROWS UNBOUNDED PRECEDING)::BIGINT AS members
FROM calendar c LEFT JOIN daily d USING (key, day)
"""

# A community's buyers are those who were members when they ordered; altogether (key 0) each order counts once.
SALES = """
CREATE TEMP TABLE sales AS
WITH bought AS (
  SELECT row_number() OVER (ORDER BY o.occurred_at, o.fact_id) AS order_id, o.occurred_at, o.local_day AS day,
    i.member AS buyer, o.amount - coalesce(o.quantity, 0) AS amount, o.currency
  FROM latest_orders o JOIN identities i USING (identity) WHERE o.subject = 'paid'
), held AS (
  SELECT DISTINCT s.key, b.order_id FROM bought b JOIN stays s ON s.member = b.buyer
    AND b.occurred_at >= s.from_at AND (s.to_at IS NULL OR b.occurred_at < s.to_at)
), placed AS (
  SELECT key, order_id, true AS member FROM held
  UNION ALL SELECT 0, order_id, false FROM bought WHERE {altogether}
    AND order_id NOT IN (SELECT order_id FROM held WHERE key = 0)
)
SELECT p.key, d.period, b.day, b.buyer, b.order_id, b.amount, b.currency, p.member
FROM placed p JOIN bought b USING (order_id) JOIN days d USING (day)
"""

COSTS = """
CREATE TEMP TABLE costs AS
SELECT {key} AS key, d.period, f.amount, f.currency
FROM facts f JOIN days d ON d.day = f.local_day {join} WHERE f.kind = 'cost' AND {seen}
"""

EXPOSURES = """
CREATE TEMP TABLE entry_exposures AS
SELECT {key} AS key, d.period, f.subject AS channel, f.quantity, f.local_day AS day
FROM facts f JOIN days d ON d.day = f.local_day {join} WHERE f.kind = 'exposed' AND {seen}
"""

# An opinion counts for each key among whose members the person was on its day, once.
OPINIONS = """
CREATE TEMP TABLE opinions AS
WITH told AS (SELECT row_number() OVER (ORDER BY day, member, kind, score) AS opinion, * FROM opinions_given),
held AS (
  SELECT DISTINCT s.key, t.opinion FROM told t JOIN stays s ON s.member = t.member
    AND t.day >= s.from_day AND (s.to_day IS NULL OR t.day <= s.to_day)
)
SELECT h.key, d.period, t.day, t.opinion, t.member, t.kind, t.score, t.likely
FROM held h JOIN told t USING (opinion) JOIN days d ON d.day = t.day
"""
