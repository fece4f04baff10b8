"""Whether two boards are the same: every figure the product shows, to a billionth of its value."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa

from qunyu.insights.metric import metrics

CLOSE = 1e-9


def differences(ours: Path, theirs: Path) -> Iterator[str]:
    """One sentence per metric with figures that differ, the first of them shown; a row `theirs` lacks is the metric's empty value."""
    empty = pa.table(
        {"metric": list(metrics()), "empty": pa.array([each.empty for each in metrics().values()], pa.float64())}
    )
    with duckdb.connect() as connection:
        connection.register("empty", empty)
        rows = connection.execute(_DIFFERENT, {"ours": str(ours), "theirs": str(theirs), "close": CLOSE}).fetchall()
    for metric, count, example in rows:
        yield f"{metric}: {count} figures, such as {json.dumps(example, default=str)}"


_DIFFERENT = """
WITH both_of_them AS (
  SELECT coalesce(o.metric, t.metric) AS metric, coalesce(o.key, t.key) AS key, coalesce(o.period, t.period) AS period, coalesce(o.part, t.part) AS part,
    o.metric IS NULL AS missing, o.value AS ours, t.value AS their_value, t.metric IS NULL AS absent
  FROM read_parquet($ours) o FULL JOIN read_parquet($theirs) t USING (metric, key, period, part)
), filled AS (
  SELECT b.* EXCLUDE (their_value), CASE WHEN absent THEN e.empty ELSE their_value END AS theirs FROM both_of_them b LEFT JOIN empty e USING (metric)
)
SELECT metric, count(*), arg_min({'key': key, 'period': period, 'part': part, 'ours': ours, 'theirs': theirs}, (period, key)) FROM filled
WHERE missing AND theirs IS NOT NULL AND theirs <> 0 OR NOT missing AND ours IS DISTINCT FROM theirs
  AND NOT coalesce(abs(ours - theirs) <= $close * greatest(1, abs(ours)), false)
GROUP BY metric ORDER BY metric
"""
