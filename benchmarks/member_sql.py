"""What members' pages show, by hand in DuckDB's SQL from the made lake's files."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from benchmarks.board_sql import opened


def answer(folder: str, members: list[int]) -> pa.Table:
    """member, kind, at, place, figure: as the product's rows, one question after the other over one connection."""
    with opened(Path(folder)) as connection:
        parts = []
        for member in members:
            ids = [
                row[0]
                for row in connection.execute("SELECT identity FROM identities WHERE member = ?", [member]).fetchall()
            ]
            sql = _ROWS.format(member=member, ids=", ".join(map(str, ids)))
            parts.append(connection.sql(sql).to_arrow_table())
    return pa.concat_tables(parts)


_ROWS = """
SELECT {member} AS member, 'there' AS kind, max(last_at) AS at, community AS place, sum(messages + actions)::BIGINT AS figure
FROM activity WHERE identity IN ({ids}) GROUP BY identity, community
UNION ALL
SELECT {member}, subject, occurred_at, 0, amount FROM (
  SELECT *, row_number() OVER (PARTITION BY unit, external, currency ORDER BY import_id DESC, fact_id) AS place FROM facts
  WHERE kind = 'order' AND external IN (SELECT external FROM facts WHERE kind = 'order' AND identity IN ({ids}))
) WHERE place = 1
UNION ALL
SELECT * FROM (
  SELECT {member}, kind, occurred_at, community, length(text) FROM facts
  WHERE identity IN ({ids}) AND kind <> 'order' AND community IS NOT NULL ORDER BY occurred_at DESC, fact_id DESC LIMIT 41)
"""
