"""The activity rollup: what each identity did in each community on each day, computed from the facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

import duckdb
import pyarrow as pa

from qunyu.events.lake.schema import ACTIVITY
from qunyu.events.lake.store import ROW_GROUP, WRITING_MEMORY, Lake

# Facts worked on at once: of a window over texts DuckDB cannot spill enough to stay within its memory over a whole year of them.
AT_ONCE = 500_000

_SIGNS = "[\\s\\p{P}\\p{S}\\p{M}\\x{200D}]|[0-9#*]\\x{FE0F}?\\x{20E3}|\\[[^\\]]{1,8}\\]"
# What is said without words: signs, emoji, and placeholders of stickers.
WORDLESS = f"^({_SIGNS})*$"
# Thanks under a red packet, to whomever and however often, and nothing else: no real talk (method.md N2).
THANKS = f"^(谢|多谢|感谢|thx|thanks|thank you|老板|群主|大佬|boss|的|大|小|红包|{_SIGNS})*$"
_THANKING = "谢|thx|thank"
LONGEST_THANKS = 16

_SPOKEN = f"""
  subject NOT IN ('sticker', 'red_packet', 'transfer')
  AND NOT (subject IN ('text', '') AND (regexp_matches(text, '{WORDLESS}')
    OR (length(text) <= {LONGEST_THANKS} AND regexp_matches(lower(text), '{_THANKING}')
      AND regexp_matches(lower(text), '{THANKS}'))))
  AND NOT (subject IN ('text', '') AND text IS NOT DISTINCT FROM before_text)
"""

# A message that only copies the one before it in the community (复读) says nothing; hence the window.
_ACTIVITY = f"""
WITH chosen AS (
  SELECT fact_id, local_day, community, identity, other, occurred_at, month, kind, subject, quantity, text
  FROM facts SEMI JOIN pairs USING (local_day, community)
  WHERE community IS NOT NULL AND kind NOT IN ('cost', 'exposed', 'order') AND <span>
), messages AS (
  SELECT local_day, community, identity, occurred_at, month, kind, ({_SPOKEN}) AS spoken, 1 AS dated
  FROM (
    SELECT * EXCLUDE (other, quantity), lag(text) OVER (PARTITION BY community, local_day ORDER BY occurred_at, fact_id) AS before_text
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


@dataclass(frozen=True)
class Span:
    """Days of one month, `last` included."""

    month: str
    first: date
    last: date

    @property
    def sql(self) -> str:
        """The condition that picks these days; the month lets DuckDB pass over the files of others."""
        return f"month = '{self.month}' AND local_day BETWEEN DATE '{self.first}' AND DATE '{self.last}'"


def refresh(lake: Lake, pairs: pa.Table) -> None:
    """Recomputes the days of `pairs` (local_day, community) whole, in one commit; every other day stays as it is."""
    if not pairs.num_rows:
        return
    with lake.connect(WRITING_MEMORY) as connection:
        connection.register("given_pairs", pairs)
        connection.execute("CREATE TEMP TABLE pairs AS SELECT DISTINCT local_day, community FROM given_pairs")
        spans = list(_spans(connection.execute(_FACTS_A_DAY).fetchall()))
        listed = ", ".join(f"'{month}'" for month in sorted({span.month for span in spans}))
        rows = pa.RecordBatchReader.from_batches(ACTIVITY, _rows(connection, spans))
        lake.replace("activity", rows, predicate=f"month IN ({listed})")


_FACTS_A_DAY = """
SELECT d.local_day, coalesce(f.facts, 0) FROM (SELECT DISTINCT local_day FROM pairs) d
LEFT JOIN (SELECT local_day, count(*) AS facts FROM facts GROUP BY local_day) f USING (local_day) ORDER BY 1
"""


def _spans(days: Iterable[tuple[date, int]]) -> Iterator[Span]:
    """Spans that fill every month of `days` (day, its facts), each of one day or with at most AT_ONCE facts."""
    for start, group in groupby(days, key=lambda each: each[0].replace(day=1)):
        month, first, held = f"{start:%Y-%m}", start, 0
        for day, facts in group:
            if held and held + facts > AT_ONCE:
                yield Span(month, first, day - timedelta(days=1))
                first, held = day, 0
            held += facts
        yield Span(month, first, (start + timedelta(days=31)).replace(day=1) - timedelta(days=1))


def _rows(connection: duckdb.DuckDBPyConnection, spans: list[Span]) -> Iterator[pa.RecordBatch]:
    for span in spans:
        sql = f"""
            {_ACTIVITY.replace("<span>", span.sql)}
            UNION ALL BY NAME SELECT * FROM activity ANTI JOIN pairs USING (local_day, community) WHERE {span.sql}
            ORDER BY local_day, community"""
        yield from connection.sql(sql).to_arrow_reader(ROW_GROUP).cast(ACTIVITY)


def pairs_of_import(lake: Lake, import_id: int) -> pa.Table:
    """The (local_day, community) pairs that hold facts of an import."""
    with lake.connect() as connection:
        return connection.sql(
            f"SELECT DISTINCT local_day, community FROM facts WHERE import_id = {int(import_id)} AND community IS NOT NULL"
        ).to_arrow_table()
