"""The scoped views about those who come: when they first speak, who hears them, who brought them, and who sells to them.

They belong to `insights.views` and follow its rules.
"""

from __future__ import annotations

COLUMNS: dict[str, tuple[str, ...]] = {
    # Every ordinary member when first seen: `came` where that was a coming in while the community's talk
    # is known, `silent_days` until they said something (NULL: never).
    "newcomers": ("key BIGINT", "period DATE", "member BIGINT", "day DATE", "came BOOLEAN", "silent_days BIGINT"),
    # The first message ever of every ordinary member, and the seconds until somebody else spoke (NULL: not within a day).
    "first_words": ("key BIGINT", "period DATE", "member BIGINT", "day DATE", "seconds BIGINT"),
    # Every ordinary member whom somebody is told to have brought in, at the first time, with the inviter and the inviter's role;
    # days until the guest said something and until they ordered (NULL: never).
    "invitations": (
        "key BIGINT",
        "period DATE",
        "inviter BIGINT",
        "role VARCHAR",
        "guest BIGINT",
        "spoke_after BIGINT",
        "bought_after BIGINT",
    ),
    # Who (role member or staff) sent how many messages that sell.
    "selling": ("key BIGINT", "period DATE", "member BIGINT", "role VARCHAR", "promotions BIGINT"),
}

NEWCOMERS = """
CREATE TEMP TABLE newcomers AS
WITH begun AS (SELECT key, community, min(day) AS day FROM visits WHERE messages + actions > 0 GROUP BY key, community)
SELECT f.key, d.period, f.member, f.day, f.came, f.spoke - f.day AS silent_days
FROM (
  SELECT v.key, v.member, min(v.day) AS day, min(v.day) FILTER (v.messages + v.actions > 0) AS spoke,
    coalesce(min(v.day) FILTER (v.joins > 0 AND v.day >= b.day) = min(v.day), false) AS came
  FROM visits v LEFT JOIN begun b USING (key, community) WHERE v.role = 'member' GROUP BY v.key, v.member
) f JOIN days d USING (day)
"""

# Read from the facts: once for the first message of everybody, and once for what others said in the same community on its day and the
# next. Of messages of one moment the fact's id tells which came first. In two tables: as one, the engine plans with sizes it guesses.
FIRST_WORDS = """
CREATE TEMP TABLE first_messages AS
WITH begun AS (
  SELECT key, member, min(day) AS day FROM visits WHERE role = 'member' AND messages > 0 GROUP BY key, member
), firsts AS (
  SELECT b.key, b.member, b.day, min((f.occurred_at, f.fact_id, f.community)) AS said
  FROM facts f JOIN identities i USING (identity) JOIN begun b ON b.member = i.member AND b.day = f.local_day
  JOIN keyed k ON k.community = f.community AND k.key = b.key
  WHERE f.kind = 'message' GROUP BY b.key, b.member, b.day
)
SELECT key, member, day, said[1] AS at, said[2] AS fact, said[3] AS community, day + n.later AS local_day FROM firsts, (VALUES (0), (1)) n(later);
CREATE TEMP TABLE first_words AS
WITH heard AS (
  SELECT n.key, n.member, min(f.occurred_at) AS at
  FROM facts f JOIN identities i USING (identity) JOIN first_messages n USING (community, local_day)
  WHERE f.kind = 'message' AND i.role NOT IN ('bot', 'atmosphere') AND i.member <> n.member
    AND (f.occurred_at > n.at OR f.occurred_at = n.at AND f.fact_id > n.fact)
  GROUP BY n.key, n.member
), waited AS (
  SELECT f.key, f.member, f.day, (epoch_us(h.at) - epoch_us(f.at)) // 1000000 AS seconds
  FROM first_messages f LEFT JOIN heard h USING (key, member) WHERE f.day = f.local_day
)
SELECT w.key, d.period, w.member, w.day, CASE WHEN w.seconds <= 86400 THEN w.seconds END AS seconds
FROM waited w JOIN days d USING (day)
"""

INVITATIONS = """
CREATE TEMP TABLE invitations AS
WITH brought AS (
  SELECT k.key, h.member AS inviter, h.role, g.member AS guest, f.local_day AS day, f.occurred_at
  FROM facts f JOIN keyed k USING (community) JOIN identities g ON g.identity = f.identity JOIN identities h ON h.identity = f.other
  WHERE f.kind = 'joined' AND g.role = 'member' AND h.member <> g.member
  QUALIFY row_number() OVER (PARTITION BY k.key, g.member ORDER BY f.occurred_at, f.fact_id) = 1
), spoke AS (
  SELECT b.key, b.guest, min(v.day) AS day FROM brought b JOIN visits v ON v.key = b.key AND v.member = b.guest AND v.day >= b.day
  WHERE v.messages + v.actions > 0 GROUP BY b.key, b.guest
), bought AS (
  SELECT b.key, b.guest, min(o.local_day) AS day
  FROM brought b JOIN identities i ON i.member = b.guest JOIN latest_orders o ON o.identity = i.identity
  WHERE o.subject = 'paid' AND o.occurred_at >= b.occurred_at GROUP BY b.key, b.guest
)
SELECT b.key, d.period, b.inviter, b.role, b.guest, s.day - b.day AS spoke_after, o.day - b.day AS bought_after
FROM brought b JOIN days d USING (day) LEFT JOIN spoke s USING (key, guest) LEFT JOIN bought o USING (key, guest)
"""

SELLING = """
CREATE TEMP TABLE selling AS
SELECT v.key, d.period, v.member, any_value(v.role) AS role, sum(v.promotions)::BIGINT AS promotions
FROM visits v JOIN days d USING (day) WHERE v.promotions > 0 GROUP BY v.key, d.period, v.member
"""

# View -> how it is made; each serves itself alone.
STATEMENTS = (
    ("newcomers", NEWCOMERS),
    ("first_words", FIRST_WORDS),
    ("invitations", INVITATIONS),
    ("selling", SELLING),
)

# Input -> the keys that have it.
PRESENT = {"invitations": "SELECT DISTINCT key FROM invitations"}
