"""States that the database keeps of what the lake knows: memberships and orders, as the facts say now."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import pyarrow as pa

from qunyu.events.lake.store import Lake

BATCH = 10_000

_MEMBERSHIPS = """
SELECT identity, community, min(first_at) AS first_at, max(last_at) AS last_at, min(came_at) AS joined_at,
  CASE WHEN max(gone_at) >= max(last_at) THEN max(gone_at) END AS left_at,
  sum(messages + actions)::BIGINT AS messages, count(*) FILTER (messages + actions > 0)::BIGINT AS active_days
FROM activity SEMI JOIN chosen USING (community)
GROUP BY identity, community ORDER BY community, identity
"""

# A number in two currencies is two orders: their amounts cannot be added.
REFERENCE = "CASE WHEN external <> '' THEN external || ' ' || currency ELSE lower(hex(fact_id)) END AS reference"

# Of an order told of several times the newest import's word counts, be it one that an earlier import had told already;
# a customer that only older ones name stays the customer.
LATEST_ORDERS = f"""
SELECT f.* REPLACE (coalesce(identity, max_by(identity, greatest(import_id, again)) FILTER (identity IS NOT NULL) OVER same) AS identity),
  {REFERENCE}
FROM facts f
LEFT JOIN (
  SELECT fact_id, max(import_id) AS again FROM supplies SEMI JOIN (FROM facts WHERE kind = 'order') USING (fact_id) GROUP BY fact_id
) s USING (fact_id)
WHERE f.kind = 'order'
WINDOW same AS (PARTITION BY unit, external, currency, CASE WHEN external = '' THEN fact_id END)
QUALIFY external = '' OR row_number() OVER (
  PARTITION BY unit, external, currency ORDER BY greatest(import_id, again) DESC, fact_id) = 1
"""

_ORDERS = f"""
WITH firsts AS (
  SELECT unit, reference, min(import_id) AS first_import FROM (SELECT unit, import_id, {REFERENCE} FROM facts WHERE kind = 'order')
  SEMI JOIN wanted USING (unit, reference) GROUP BY ALL
)
SELECT o.*, f.first_import FROM ({LATEST_ORDERS}) o JOIN firsts f USING (unit, reference)
"""

_REFERENCES = f"""
SELECT DISTINCT unit, {REFERENCE} FROM facts
WHERE kind = 'order' AND (import_id = $id OR fact_id IN (SELECT fact_id FROM supplies WHERE import_id = $id))
"""


def memberships(lake: Lake, communities: Collection[int]) -> Iterator[dict[str, object]]:
    """identity, community, first_at, last_at, joined_at, left_at, messages, active_days of everybody seen there."""
    with lake.connect() as connection:
        chosen = pa.table({"community": pa.array(sorted(communities), pa.int64())})
        connection.register("chosen", chosen)
        for batch in connection.sql(_MEMBERSHIPS).to_arrow_reader(BATCH):
            yield from batch.to_pylist()


def order_references(lake: Lake, import_id: int) -> list[tuple[int, str]]:
    """(unit, reference) of every order that an import tells of."""
    with lake.connect() as connection:
        return connection.execute(_REFERENCES, {"id": import_id}).fetchall()


def orders(lake: Lake, references: Collection[tuple[int, str]]) -> Iterator[dict[str, object]]:
    """The fact that counts for each of the orders (unit, reference), with the `first_import` that told of the order."""
    with lake.connect() as connection:
        units, names = zip(*references, strict=True) if references else ((), ())
        wanted = pa.table({"unit": pa.array(units, pa.int64()), "reference": pa.array(names, pa.string())})
        connection.register("wanted", wanted)
        for batch in connection.sql(_ORDERS).to_arrow_reader(BATCH):
            yield from batch.to_pylist()


def heirs_of_people(lake: Lake) -> dict[int, int]:
    """Every identity that some fact still names, with the earliest import that does."""
    return _heirs(
        lake,
        "SELECT identity AS id, import_id FROM facts UNION ALL SELECT other, import_id FROM facts",
    )


def heirs_of_communities(lake: Lake) -> dict[int, int]:
    """Every community that some fact still names, with the earliest import that does."""
    return _heirs(lake, "SELECT community AS id, import_id FROM facts")


def _heirs(lake: Lake, rows: str) -> dict[int, int]:
    sql = f"SELECT id, min(import_id) FROM ({rows}) WHERE id IS NOT NULL GROUP BY id"
    with lake.connect() as connection:
        return dict(connection.execute(sql).fetchall())
