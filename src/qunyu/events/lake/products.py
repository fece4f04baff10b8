"""Products: what orders held, as the files named it."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

import pyarrow as pa

from qunyu.events.lake.states import REFERENCE
from qunyu.events.lake.store import Lake, quoted


class Product(NamedTuple):
    """What one order held of a product; `quantity` is 1 where the file told none."""

    name: str
    quantity: float


# Of an order told of several times the newest import that names products counts, be it one that an earlier import had told already.
NAMED_PRODUCTS = f"""
SELECT unit, reference, max_by(products, told_by) AS products FROM (
  SELECT unit, {REFERENCE}, json_extract(meta, '$.products')::VARCHAR AS products, greatest(import_id, again) AS told_by
  FROM facts LEFT JOIN (
    SELECT fact_id, max(import_id) AS again FROM supplies SEMI JOIN (FROM facts WHERE kind = 'order') USING (fact_id) GROUP BY fact_id
  ) s USING (fact_id)
  WHERE kind = 'order' AND {{narrowed}}
) WHERE products IS NOT NULL GROUP BY unit, reference
"""


def told_products(meta: object) -> tuple[Product, ...]:
    """The products that an order's fact tells in its `meta`; none where it tells none."""
    told = json.loads(str(meta)) if meta else {}
    return tuple(Product(each["name"], each["quantity"]) for each in told.get("products", ()))


def products_of(lake: Lake, orders: Mapping[tuple[int, str], datetime]) -> dict[tuple[int, str], tuple[Product, ...]]:
    """What orders (unit, reference) of these times held, in the file's order; those of which no fact names any are left out."""
    if not orders:
        return {}
    units, references = zip(*orders, strict=True)
    with lake.connect() as connection:
        wanted = pa.table({"unit": pa.array(units, pa.int64()), "reference": pa.array(references, pa.string())})
        connection.register("wanted", wanted)
        sql = f"FROM ({NAMED_PRODUCTS.format(narrowed=_near(orders))}) SEMI JOIN wanted USING (unit, reference)"
        rows = connection.execute(sql).fetchall()
    return {(unit, reference): _products(text) for unit, reference, text in rows}


def _near(orders: Mapping[tuple[int, str], datetime]) -> str:
    """A condition as columns hold it, so that little of other orders is read: the number before its currency, else the fact's id."""
    # A local day is at most one away from that of UTC.
    months = {f"{at + timedelta(days=days):%Y-%m}" for at in orders.values() for days in (-1, 0, 1)}
    numbers = {reference.rpartition(" ")[0] for _, reference in orders if " " in reference}
    ids = [f"unhex('{bytes.fromhex(reference).hex()}')" for _, reference in orders if " " not in reference]
    called = [f"external IN ({_listed(numbers)})"] if numbers else []
    called += [f"external = '' AND fact_id IN ({', '.join(sorted(ids))})"] if ids else []
    return f"month IN ({_listed(months)}) AND ({' OR '.join(called)})"


def _listed(texts: Collection[str]) -> str:
    return ", ".join(quoted(each, glob=False) for each in sorted(texts))


def _products(text: str) -> tuple[Product, ...]:
    return tuple(Product(each["name"], each["quantity"]) for each in json.loads(text))
