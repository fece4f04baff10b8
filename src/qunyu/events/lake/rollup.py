"""The activity rollup: what each identity did in each community on each day, computed from the facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

import duckdb
import pyarrow as pa

from qunyu.events.lake import speech
from qunyu.events.lake.schema import ACTIVITY
from qunyu.events.lake.store import ROW_GROUP, WRITING_MEMORY, Lake

# Facts worked on at once: of a window over texts DuckDB cannot spill enough to stay within its memory over a whole year of them.
AT_ONCE = 500_000

# A message that only copies the one before it in the community (复读) says nothing, and an answer is the first real word of
# somebody else after a question; hence the windows.
_ACTIVITY = f"""
WITH chosen AS (
  SELECT fact_id, local_day, community, identity, other, occurred_at, month, kind, subject, quantity, text
  FROM facts SEMI JOIN pairs USING (local_day, community)
  WHERE community IS NOT NULL AND kind NOT IN ('cost', 'exposed', 'order') AND <span>
), heard AS (
  SELECT * EXCLUDE (says, repeats), says AND NOT repeats AS spoken
  FROM (
    SELECT fact_id, local_day, community, identity, occurred_at, month,
      {speech.told(speech.SAYS, speech.SAID)} AS says, {speech.told(speech.ASKS, speech.ASKED)} AS asks,
      {speech.told(speech.SELLS, speech.SOLD)} AS sells, {speech.told(speech.CAN_ANSWER, speech.ANSWERABLE)} AS can_answer,
      {speech.told(speech.REPEATS, speech.REPEATED)} AS repeats
    FROM chosen WHERE kind = 'message'
  )
), questioned AS (
  SELECT *, last_value(CASE WHEN asks THEN (identity, occurred_at, fact_id) END IGNORE NULLS) OVER (
    PARTITION BY community, local_day ORDER BY occurred_at, fact_id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS asked
  FROM heard
), messages AS (
  SELECT local_day, community, identity, occurred_at, month, 'message' AS kind, spoken, 1 AS dated, asks, sells, answers AND row_number()
    OVER (PARTITION BY community, local_day, answers, asked[3] ORDER BY occurred_at, fact_id) = 1 AS answers
  FROM (
    SELECT *, coalesce(can_answer AND spoken AND asked[1] <> identity AND occurred_at - asked[2] <= {speech.ANSWERED_WITHIN}, false) AS answers
    FROM questioned
  )
), events AS (
  SELECT local_day, community, identity, occurred_at, month, kind, spoken, dated, asks, sells, answers FROM messages
  UNION ALL
  SELECT local_day, community, identity, occurred_at, month, kind, false, coalesce(quantity, 1), false, false, false FROM chosen
  WHERE kind NOT IN ('message', 'notice')
  UNION ALL
  SELECT local_day, community, other, occurred_at, month, 'appeared', false, 1, false, false, false FROM chosen
  WHERE kind = 'renamed' AND other IS NOT NULL
)
SELECT local_day, community, identity,
  count(*) FILTER (kind = 'message') AS messages,
  count(*) FILTER (kind = 'action') AS actions,
  count(*) FILTER (spoken) AS spoken,
  count(*) FILTER (asks) AS questions,
  count(*) FILTER (answers) AS answers,
  count(*) FILTER (sells) AS promotions,
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
        rows = pa.RecordBatchReader.from_batches(ACTIVITY, _batches(connection, spans, _BESIDE))
        lake.replace("activity", rows, predicate=f"month IN ({listed})")


def rebuild(lake: Lake) -> None:
    """Computes every day anew, in one commit that also gives the table the columns it has today."""
    with lake.connect(WRITING_MEMORY) as connection:
        connection.execute(
            "CREATE TEMP TABLE pairs AS SELECT DISTINCT local_day, community FROM facts WHERE community IS NOT NULL"
        )
        spans = list(_spans(connection.execute(_FACTS_A_DAY).fetchall()))
        rows = pa.RecordBatchReader.from_batches(ACTIVITY, _batches(connection, spans, _ACTIVITY))
        lake.recast("activity", rows)


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


_BESIDE = (
    f"{_ACTIVITY} UNION ALL BY NAME SELECT * FROM activity ANTI JOIN pairs USING (local_day, community) WHERE <span>"
)


def _batches(connection: duckdb.DuckDBPyConnection, spans: list[Span], sql: str) -> Iterator[pa.RecordBatch]:
    for span in spans:
        ordered = f"{sql.replace('<span>', span.sql)} ORDER BY local_day, community"
        yield from connection.sql(ordered).to_arrow_reader(ROW_GROUP).cast(ACTIVITY)


def pairs_of_import(lake: Lake, import_id: int) -> pa.Table:
    """The (local_day, community) pairs that hold facts of an import."""
    with lake.connect() as connection:
        return connection.sql(
            f"SELECT DISTINCT local_day, community FROM facts WHERE import_id = {int(import_id)} AND community IS NOT NULL"
        ).to_arrow_table()
