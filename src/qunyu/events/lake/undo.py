"""Undo of an import in the lake: its facts go, but those another import also held stay under that one's name."""

from __future__ import annotations

from qunyu.events.lake.schema import FACTS
from qunyu.events.lake.store import ROW_GROUP, Lake


def facts_of_import_alone(lake: Lake, import_id: int) -> int:
    """How many facts no other import supplied."""
    with lake.connect() as connection:
        return int(connection.execute(_ALONE.format(number=int(import_id))).fetchall()[0][0])


def remove_import(lake: Lake, import_id: int) -> None:
    """Removes what only `import_id` supplied, in one commit. Again removes nothing."""
    number = int(import_id)
    with lake.connect() as connection:
        months = connection.execute(
            f"SELECT DISTINCT month FROM facts WHERE import_id = {number} ORDER BY 1"
        ).fetchall()
        if months:
            listed = ", ".join(f"'{month}'" for (month,) in months)
            connection.execute(_OTHERS.format(number=number))
            rows = connection.sql(_KEPT.format(number=number, listed=listed)).to_arrow_reader(ROW_GROUP)
            lake.replace("facts", rows.cast(FACTS), predicate=f"month IN ({listed})")
    lake.delete("supplies", f"import_id = {number}")


_OTHERS = """
CREATE TEMP TABLE others AS
SELECT fact_id, min(import_id) AS heir FROM supplies WHERE import_id <> {number} GROUP BY fact_id
"""

_ALONE = """
SELECT count(*) FROM facts f ANTI JOIN (FROM supplies WHERE import_id <> {number}) USING (fact_id)
WHERE f.import_id = {number}
"""

_KEPT = """
SELECT f.* REPLACE (CASE WHEN f.import_id = {number} THEN o.heir ELSE f.import_id END AS import_id)
FROM facts f LEFT JOIN others o USING (fact_id)
WHERE f.month IN ({listed}) AND (f.import_id <> {number} OR o.heir IS NOT NULL)
ORDER BY month, local_day, community, occurred_at
"""
