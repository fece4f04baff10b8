"""The activity rollup: what each identity did in each community on each day, computed from the facts."""

from __future__ import annotations

import pyarrow as pa

from qunyu.events.lake.schema import ACTIVITY
from qunyu.events.lake.store import ROW_GROUP, Lake

# Words of thanks under a red packet, alone or repeated: no real talk (method.md N2).
THANKS = "^(谢谢|多谢|感谢|谢|thx|thanks|thank you)?[\\s,，]*(老板|群主|大佬|boss)?[\\s,，]*(的)?(大|小)?(红包)?[!！~～。.]*$"
# What is said without words: stickers, and texts of nothing but signs, digits of approval or emoji placeholders.
WORDLESS = "^([\\s\\p{P}\\p{S}]|\\[[^\\]]{1,8}\\])*$"

_SPOKEN = f"""
  subject NOT IN ('sticker', 'red_packet', 'transfer')
  AND NOT (subject IN ('text', '') AND (regexp_matches(text, '{WORDLESS}')
    OR (length(text) <= 16 AND regexp_matches(lower(text), '{THANKS}'))))
  AND NOT (subject IN ('text', '') AND text = before_text)
"""

# A message that only copies the one before it in the community (复读) says nothing; hence the window.
_ACTIVITY = f"""
WITH chosen AS (
  SELECT f.* FROM facts f SEMI JOIN pairs USING (local_day, community) WHERE f.community IS NOT NULL AND f.kind NOT IN ('cost', 'exposed', 'order')
), messages AS (
  SELECT local_day, community, identity, occurred_at, month, kind, ({_SPOKEN}) AS spoken, 1 AS dated
  FROM (
    SELECT *, lag(text) OVER (PARTITION BY community, local_day ORDER BY occurred_at, fact_id) AS before_text
    FROM chosen WHERE kind = 'message'
  )
), events AS (
  SELECT local_day, community, identity, occurred_at, month, kind, spoken, dated FROM messages
  UNION ALL
  SELECT local_day, community, identity, occurred_at, month, kind, false, coalesce(quantity, 1) FROM chosen
  WHERE kind NOT IN ('message', 'notice')
  UNION ALL
  SELECT local_day, community, other, occurred_at, month, 'appeared', false, 1 FROM chosen
  WHERE kind = 'renamed' AND other IS NOT NULL
)
SELECT local_day, community, identity,
  count(*) FILTER (kind = 'message') AS messages,
  count(*) FILTER (kind = 'action') AS actions,
  count(*) FILTER (spoken) AS spoken,
  greatest(count(*) FILTER (kind = 'joined'), max(CASE WHEN kind = 'listed' THEN dated ELSE 0 END)) AS joins,
  greatest(count(*) FILTER (kind = 'left'), max(CASE WHEN kind = 'unlisted' THEN 1 ELSE 0 END)) AS leaves,
  min(occurred_at) AS first_at, max(occurred_at) AS last_at,
  max(occurred_at) FILTER (kind = 'joined' OR kind = 'listed' AND dated = 1) AS came_at,
  max(occurred_at) FILTER (kind IN ('left', 'unlisted', 'renamed')) AS gone_at,
  month
FROM events WHERE identity IS NOT NULL
GROUP BY local_day, community, identity, month
"""


def refresh(lake: Lake, pairs: pa.Table) -> None:
    """Recomputes the days of `pairs` (local_day, community) whole, in one commit; every other day stays as it is."""
    if not pairs.num_rows:
        return
    with lake.connect() as connection:
        connection.register("given_pairs", pairs)
        connection.execute("CREATE TEMP TABLE pairs AS SELECT DISTINCT local_day, community FROM given_pairs")
        months = connection.execute("SELECT DISTINCT strftime(local_day, '%Y-%m') FROM pairs ORDER BY 1").fetchall()
        listed = ", ".join(f"'{month}'" for (month,) in months)
        sql = f"""
            SELECT * FROM ({_ACTIVITY})
            UNION ALL BY NAME SELECT * FROM activity a ANTI JOIN pairs USING (local_day, community)
            WHERE month IN ({listed})
            ORDER BY month, local_day, community"""
        rows = connection.sql(sql).to_arrow_reader(ROW_GROUP).cast(ACTIVITY)
        lake.replace("activity", rows, predicate=f"month IN ({listed})")


def pairs_of_import(lake: Lake, import_id: int) -> pa.Table:
    """The (local_day, community) pairs that hold facts of an import."""
    with lake.connect() as connection:
        return connection.sql(
            f"SELECT DISTINCT local_day, community FROM facts WHERE import_id = {int(import_id)} AND community IS NOT NULL"
        ).to_arrow_table()
