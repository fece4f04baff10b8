"""Features: what labels are told of every member, computed set by set from the rollup, the joins and the orders.

`identities` (identity, member, role), `units` (unit, path and every threshold), `homes_given` (community, unit), `opinions` (member, day,
score) and `chosen` (member) are given.
Whoever is no ordinary member has no features. Days are the deployment's; `as_of` is the last day there are data of.
"""

from __future__ import annotations

from qunyu.events.lake.states import LATEST_ORDERS

# Name -> what it is, for whoever writes a rule.
FEATURES: dict[str, str] = {
    "first_day": "the day first seen or of the first order, as text",
    "last_day": "the day of the last message or action, as text; NULL when there was none",
    "last_order": "the day of the last paid order, as text; NULL without any",
    "known_days": "days since first seen or first order, both ends counted",
    "present": "whether in some community now; a buyer who never was in one counts as present",
    "messages": "messages and actions ever",
    "spoken_days": "days with a message or action ever",
    "spoken_span": "days from first seen (or the first message kept, if later) to the last message",
    "silent_days": "days since the last message; NULL when there was none",
    "answers": "questions answered ever",
    "spoken_30": "real messages per 30 days, over `tier_window` days up to the last message",
    "answers_30": "answers per 30 days, over the same time",
    "answer_days": "days with an answer in the same time",
    "recent_days": "days with a message or action among the last 100",
    "recent_answers": "answers in the last 100 days",
    "best_week": "days with a message or action in the best calendar week of the last 365 days",
    "best_month": "the same for a calendar month",
    "best_quarter": "the same for a calendar quarter",
    "orders_known": "whether any order of a known customer is known at all",
    "orders": "paid orders",
    "refunded": "orders given back, wholly or in part",
    "opinions": "ratings, survey answers, praise and complaints since 365 days before the last day of data; the very latest count at once",
    "satisfied": "the sum of their scores, each from 0 to 1",
    "value_ratio": "mean of a paid order's amount over the median amount of paid orders in its currency (1 where that is 0); NULL without any",
    "sale_orders": "paid orders on sale days",
    "bought_months": "of the last six times 30 days, those with a paid order",
    "possible_months": "of the last six times 30 days, those since the first paid order; NULL without any",
    "invited": "other people who came in and were brought by this member",
    "recommended": "those of them with a paid order",
}

WHO = """
CREATE TEMP TABLE who AS
SELECT i.identity, i.member FROM identities i {chosen} WHERE i.role = 'member'
"""

DAYS_SEEN = """
CREATE TEMP TABLE seen AS
SELECT w.member, a.community, min(a.local_day) AS first_day, max(a.local_day) FILTER (a.messages + a.actions > 0) AS last_day,
  sum(a.messages + a.actions)::BIGINT AS messages, sum(a.answers)::BIGINT AS answers, coalesce(max(a.gone_at) >= max(a.last_at), false) AS gone
FROM activity a JOIN who w USING (identity) GROUP BY w.member, a.identity, a.community
"""

# A member list reaches back before the first message that was kept: nobody could be heard then.
TALKED = """
CREATE TEMP TABLE talked AS
WITH begun AS (SELECT community, min(local_day) AS day FROM activity WHERE messages + actions > 0 GROUP BY community)
SELECT s.member, min(s.first_day) AS first_day, min(greatest(s.first_day, b.day)) FILTER (b.day IS NOT NULL) AS heard_from, max(s.last_day) AS last_day,
  sum(s.messages)::BIGINT AS messages, sum(s.answers)::BIGINT AS answers, bool_or(NOT s.gone) AS present
FROM seen s LEFT JOIN begun b USING (community) GROUP BY s.member
"""

# A month's days as bits: days in several communities, or under several names, then count once without being kept.
MONTHS = """
CREATE TEMP TABLE months AS
SELECT w.member, date_trunc('month', a.local_day)::DATE AS month, bit_or(1::UINTEGER << (day(a.local_day) - 1)::UINTEGER) AS bits
FROM activity a JOIN who w USING (identity) WHERE a.messages + a.actions > 0 GROUP BY ALL
"""

WEEKS = """
CREATE TEMP TABLE weeks AS
SELECT member, max(bit_count(bits)) AS best_week FROM (
  SELECT w.member, bit_or(1::UTINYINT << (isodow(a.local_day) - 1)::UTINYINT) AS bits
  FROM activity a JOIN who w USING (identity)
  WHERE a.messages + a.actions > 0 AND a.local_day > DATE '{as_of}' - 365 GROUP BY w.member, date_trunc('week', a.local_day)
) GROUP BY member
"""

PRESENCE = """
CREATE TEMP TABLE presence AS
WITH quarters AS (
  SELECT member, date_trunc('quarter', month) AS quarter, sum(bit_count(bits)) AS quarter_days
  FROM months WHERE month > DATE '{as_of}' - 365 GROUP BY ALL
), best AS (SELECT member, max(quarter_days) AS best_quarter FROM quarters GROUP BY member)
SELECT m.member, sum(bit_count(m.bits)) AS spoken_days, any_value(b.best_quarter) AS best_quarter,
  max(bit_count(m.bits)) FILTER (m.month > DATE '{as_of}' - 365) AS best_month
FROM months m LEFT JOIN best b USING (member) GROUP BY m.member
"""

WINDOW = """
CREATE TEMP TABLE talk_window AS
SELECT w.member, sum(a.spoken) AS spoken, sum(a.answers) AS answers, count(DISTINCT a.local_day) FILTER (a.answers > 0) AS answer_days
FROM activity a JOIN who w USING (identity) JOIN talked t USING (member) JOIN homes h USING (member) JOIN units u USING (unit)
WHERE a.spoken + a.answers > 0 AND a.local_day > t.last_day - u.tier_window::INTEGER GROUP BY w.member
"""

RECENT = """
CREATE TEMP TABLE recent AS
SELECT w.member, count(DISTINCT a.local_day) AS recent_days, sum(a.answers) AS recent_answers
FROM activity a JOIN who w USING (identity)
WHERE a.messages + a.actions > 0 AND a.local_day > DATE '{as_of}' - 100 GROUP BY w.member
"""

ORDERED = f"""
CREATE TEMP TABLE ordered AS
SELECT i.member, o.local_day AS day, o.unit, o.subject, o.amount, coalesce(o.quantity, 0) AS refund, o.currency
FROM ({LATEST_ORDERS}) o JOIN identities i USING (identity)
"""

# Days of a sale show by themselves: far more orders than in the weeks around. `ordered` is a table of paid orders with their days.
SALE_DAYS = """
CREATE TEMP TABLE sale_days AS
WITH counted AS (SELECT day, count(*) AS n FROM {ordered} GROUP BY day),
every AS (
  SELECT d.day, coalesce(c.n, 0) AS n
  FROM (SELECT unnest(generate_series(min(day), max(day), INTERVAL 1 DAY))::DATE AS day FROM counted) d LEFT JOIN counted c USING (day)
), usual AS (SELECT day, n, median(n) OVER (ORDER BY day ROWS BETWEEN 14 PRECEDING AND 14 FOLLOWING) AS usual FROM every)
SELECT day FROM usual WHERE n >= 5 AND n > 2 * usual
"""
SALES = SALE_DAYS.format(ordered="(FROM ordered WHERE subject = 'paid')")

BOUGHT = """
CREATE TEMP TABLE bought AS
WITH typical AS (SELECT currency, median(amount) AS usual FROM ordered WHERE subject = 'paid' GROUP BY currency)
SELECT p.member, count(*) FILTER (p.subject = 'paid') AS orders, count(*) FILTER (p.subject = 'refunded' OR p.subject = 'paid' AND p.refund > 0) AS refunded,
  min(p.day) AS first_order, max(p.day) FILTER (p.subject = 'paid') AS last_order,
  round(avg(coalesce(p.amount / nullif(t.usual, 0), 1)) FILTER (p.subject = 'paid'), 6) AS value_ratio,
  count(*) FILTER (p.subject = 'paid' AND s.day IS NOT NULL) AS sale_orders,
  count(DISTINCT (DATE '{as_of}' - p.day) // 30) FILTER (p.subject = 'paid' AND p.day > DATE '{as_of}' - 180) AS bought_months,
  CASE WHEN count(*) FILTER (p.subject = 'paid') > 0
    THEN least(6, (DATE '{as_of}' - min(p.day) FILTER (p.subject = 'paid')) // 30 + 1) END AS possible_months
FROM ordered p JOIN (SELECT DISTINCT member FROM who) USING (member) LEFT JOIN typical t USING (currency) LEFT JOIN sale_days s USING (day)
GROUP BY p.member
"""

BROUGHT = """
CREATE TEMP TABLE brought AS
SELECT w.member, count(DISTINCT guest.member) AS invited, count(DISTINCT guest.member) FILTER (b.member IS NOT NULL) AS recommended
FROM facts f JOIN who w ON w.identity = f.other JOIN identities guest ON guest.identity = f.identity
LEFT JOIN (SELECT DISTINCT member FROM ordered WHERE subject = 'paid') b ON b.member = guest.member
WHERE f.kind = 'joined' AND guest.role = 'member' AND guest.member <> w.member GROUP BY w.member
"""

OPINED = """
CREATE TEMP TABLE opined AS
SELECT o.member, count(*) AS opinions, round(sum(o.score) / 100, 2) AS satisfied
FROM opinions o JOIN (SELECT DISTINCT member FROM who) USING (member)
WHERE o.day > DATE '{as_of}' - 365 GROUP BY o.member
"""

# A member's unit is the lowest one that holds all their communities; a buyer's in none, that of their orders.
HOMES = """
CREATE TEMP TABLE homes AS
WITH places AS (
  SELECT DISTINCT s.member, u.path FROM seen s JOIN homes_given g USING (community) JOIN units u USING (unit)
), shops AS (
  SELECT DISTINCT o.member, u.path FROM ordered o JOIN units u USING (unit) SEMI JOIN who USING (member) ANTI JOIN places USING (member)
), ends AS (
  SELECT member, string_split(trim(min(path), '/'), '/') AS low, string_split(trim(max(path), '/'), '/') AS high
  FROM (FROM places UNION ALL FROM shops) GROUP BY member
)
SELECT member, low[len(list_filter(list_zip(low, high), lambda pair: pair[1] = pair[2]))]::BIGINT AS unit FROM ends
"""

FEATURES_OF_ALL = """
CREATE TEMP TABLE features AS
SELECT h.member, h.unit, least(t.first_day, b.first_order)::VARCHAR AS first_day, t.last_day::VARCHAR AS last_day,
  b.last_order::VARCHAR AS last_order, (DATE '{as_of}' - least(t.first_day, b.first_order)) + 1 AS known_days,
  coalesce(t.present, true) AS present, coalesce(t.messages, 0) AS messages, coalesce(p.spoken_days, 0)::BIGINT AS spoken_days,
  coalesce(t.last_day - t.heard_from, 0) AS spoken_span, DATE '{as_of}' - t.last_day AS silent_days, coalesce(t.answers, 0) AS answers,
  30 * coalesce(w.spoken, 0) / observed AS spoken_30, 30 * coalesce(w.answers, 0) / observed AS answers_30,
  coalesce(w.answer_days, 0) AS answer_days, coalesce(r.recent_days, 0) AS recent_days, coalesce(r.recent_answers, 0)::BIGINT AS recent_answers,
  coalesce(k.best_week, 0) AS best_week, coalesce(p.best_month, 0) AS best_month, coalesce(p.best_quarter, 0)::BIGINT AS best_quarter,
  EXISTS (FROM ordered) AS orders_known, coalesce(b.orders, 0) AS orders, coalesce(b.refunded, 0) AS refunded,
  coalesce(o.opinions, 0) AS opinions, coalesce(o.satisfied, 0) AS satisfied, b.value_ratio, coalesce(b.sale_orders, 0) AS sale_orders,
  coalesce(b.bought_months, 0) AS bought_months, b.possible_months, coalesce(i.invited, 0) AS invited, coalesce(i.recommended, 0) AS recommended
FROM homes h JOIN units u USING (unit) LEFT JOIN talked t USING (member) LEFT JOIN presence p USING (member) LEFT JOIN weeks k USING (member)
LEFT JOIN talk_window w USING (member) LEFT JOIN recent r USING (member) LEFT JOIN bought b USING (member) LEFT JOIN brought i USING (member)
LEFT JOIN opined o USING (member)
CROSS JOIN LATERAL (SELECT greatest(u.tier_least_days, least(u.tier_window, t.last_day - t.heard_from + 1)) AS observed)
"""

# Each needs only what stands before it.
STATEMENTS = (
    WHO, ORDERED, DAYS_SEEN, TALKED, HOMES, MONTHS, WEEKS, PRESENCE, WINDOW, RECENT, SALES, BOUGHT, BROUGHT, OPINED, FEATURES_OF_ALL,
)  # fmt: skip

AS_OF = """
SELECT max(day) FROM (SELECT max(local_day) AS day FROM activity UNION ALL SELECT max(local_day) FROM facts WHERE kind = 'order')
"""

# Whose labels may differ now that these imports have come, and the last day of data has moved on from `since`.
TOUCHED = """
WITH fresh AS (
  SELECT identity, other, kind, community, local_day FROM facts WHERE import_id IN ({imports})
), told AS (
  SELECT identity, other, kind FROM fresh
  UNION ALL SELECT identity, other, kind FROM facts SEMI JOIN (FROM supplies WHERE import_id IN ({imports})) USING (fact_id)
), begun AS (
  SELECT community FROM (SELECT community, min(local_day) AS day FROM activity WHERE messages + actions > 0 GROUP BY community)
  JOIN (SELECT community, min(local_day) AS day FROM fresh WHERE kind IN ('message', 'action') GROUP BY community) USING (community, day)
), named AS (
  SELECT identity FROM told UNION SELECT other FROM told
  -- Who only repeats and who answers is told by all that was said on a day.
  UNION SELECT identity FROM activity SEMI JOIN (SELECT DISTINCT community, local_day FROM fresh WHERE kind = 'message') USING (community, local_day)
  -- Where the talk now begins on another day, everybody could be heard from another day on.
  UNION SELECT identity FROM activity SEMI JOIN begun USING (community)
  -- What orders usually come to, and which days were sales, is told by all of them.
  UNION SELECT identity FROM facts WHERE kind = 'order' AND EXISTS (FROM told WHERE kind = 'order')
  -- The first orders tell of everybody that they have bought or not. Imports that came together may be asked for one after the other.
  UNION SELECT identity FROM identities WHERE EXISTS (FROM told WHERE kind = 'order')
    AND NOT EXISTS (FROM facts WHERE kind = 'order' AND identity IS NOT NULL AND import_id < {first})
), drifting AS (
  SELECT identity FROM activity WHERE {moved} AND local_day > DATE '{since}' - {longest}
  UNION SELECT identity FROM facts WHERE {moved} AND kind = 'order' AND local_day > DATE '{since}' - {longest}
), people AS (SELECT DISTINCT i.member FROM identities i WHERE i.identity IN (FROM named UNION FROM drifting))
SELECT member FROM people
UNION SELECT member FROM opinions WHERE {moved} AND day > DATE '{since}' - {longest}
UNION SELECT host.member FROM facts f JOIN identities guest USING (identity) JOIN identities host ON host.identity = f.other
WHERE f.kind = 'joined' AND guest.member IN (FROM people)
"""
# The farthest that any feature looks back from the last day; `tier_silence` is a threshold and may look farther.
LOOKS_BACK = 365
