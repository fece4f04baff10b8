"""Tastes: what the orders of one kind of people tell beside everybody's: products, price bands, days and hours, sales, kinds of communities.

Products are what files call them; of orders that name none they are unknown. Orders do not tell categories or discounts; nothing is said of
them. Sales are days with far more orders than the weeks around.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from qunyu.events.lake.products import NAMED_PRODUCTS
from qunyu.events.lake.store import Lake
from qunyu.insights.clusters import Clusters
from qunyu.insights.features import SALE_DAYS
from qunyu.insights.grounds import lay
from qunyu.insights.odds import Rate, lift
from qunyu.insights.providers import dimension
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words

Ids = npt.NDArray[np.int64]
# With fewer buyers among these people their taste is unknown: many orders of one are one person's.
LEAST_BUYERS = 20
# So many products, the commonest of all orders, are told of; the others are only counted.
MOST_PRODUCTS = 20

BANDS: Mapping[str, tuple[Words, float]] = {
    "small": (Words("常见金额一半以下", "up to half of the usual amount"), 0.5),
    "usual": (Words("一半到一倍半", "half to one and a half"), 1.5),
    "large": (Words("一倍半到三倍", "one and a half to three times"), 3.0),
    "huge": (Words("三倍以上", "more than three times"), float("inf")),
}
WEEKDAYS = dict(
    zip(
        "1234567",
        (
            Words(f"周{zh}", en)
            for zh, en in zip("一二三四五六日", ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), strict=True)
        ),
        strict=True,
    )
)
ASPECTS: Mapping[str, tuple[Words, Mapping[str, Words]]] = {
    "product": (Words("商品", "Product"), {}),
    "price": (Words("价位", "Price band"), {code: words for code, (words, _) in BANDS.items()}),
    "part": (
        Words("时段", "Time of day"),
        {
            "night": Words("凌晨 0–6 点", "night, 0–6"),
            "morning": Words("上午 6–12 点", "morning, 6–12"),
            "afternoon": Words("下午 12–18 点", "afternoon, 12–18"),
            "evening": Words("晚上 18–24 点", "evening, 18–24"),
        },
    ),
    "weekday": (Words("星期", "Weekday"), WEEKDAYS),
    "sale": (Words("促销日", "Sale days"), {"yes": Words("在促销日下单", "on a sale day"), "no": Words("平日下单", "on other days")}),
    "place": (Words("所在社群类型", "Kind of community they are in"), {}),
}  # fmt: skip


@dataclass(frozen=True)
class Share:
    """How many of these people's orders (`mine`), and of everybody's (`base`), are of a kind; `lift` is beside all others' orders, with its 95 % interval.

    `clusters` tell how these people's orders, and all others', come by buyer; None where a single buyer made all of either.
    """

    mine: Rate
    base: Rate
    clusters: tuple[Clusters, Clusters] | None = None

    @property
    def lift(self) -> tuple[float, float, float] | None:
        """Half an order is added on each side, so that none at all is no wall; None where there is nobody to compare with.

        The interval is as wide as the buyers make it, not their orders.
        """
        others = Rate(self.base.people - self.mine.people, self.base.ordered - self.mine.ordered)
        if not self.mine.people or not others.people or self.clusters is None:
            return None
        mine, theirs = self.clusters
        return lift(self.mine, others, 0.5, (mine.effect(self.mine), theirs.effect(others)))


@dataclass(frozen=True)
class Taste:
    """What is measured of some people: `orders` of theirs by how many `buyers`, and the shares by aspect and code.

    `tellers` of the buyers have orders that name products, `unlisted` counts the products that are not among the commonest. `holding` is of
    orders that hold any of some products. `usual` is the median amount by currency, of everybody. `type_counts` are people by user type:
    these and everybody.
    """

    orders: int = 0
    buyers: int = 0
    tellers: int = 0
    unlisted: int = 0
    shares: Mapping[tuple[str, str], Share] = field(default_factory=dict)
    holding: Mapping[frozenset[str], Share] = field(default_factory=dict)
    usual: Mapping[str, float] = field(default_factory=dict)
    type_counts: tuple[Mapping[str, int], Mapping[str, int]] = field(default_factory=lambda: ({}, {}))

    @property
    def known(self) -> bool:
        """Whether there are buyers enough to speak of a taste."""
        return self.buyers >= LEAST_BUYERS

    @property
    def known_products(self) -> bool:
        """Whether enough of the buyers have orders that name products."""
        return self.tellers >= LEAST_BUYERS

    def told(self, aspect: str) -> Mapping[str, Share]:
        """The shares of an aspect by code; nothing where there are too few buyers to tell."""
        if not (self.known_products if aspect == "product" else self.known):
            return {}
        return {code: share for (each, code), share in self.shares.items() if each == aspect}

    def band(self, price: int | None, currency: str) -> str:
        """The band that a price lies in; "" where it is not known."""
        usual = self.usual.get(currency)
        if price is None or not usual:
            return ""
        return next(code for code, (_, most) in BANDS.items() if price / usual <= most)

    def types(self, codes: set[str]) -> tuple[Rate, Rate]:
        """How many of these people, and of everybody, are of one of the user types."""
        mine, base = self.type_counts
        return (
            Rate(sum(mine.values()), sum(mine.get(each, 0) for each in codes)),
            Rate(sum(base.values()), sum(base.get(each, 0) for each in codes)),
        )


def taste(
    lake: Lake, scope: Scope, units: frozenset[int], people: Ids, wanted: Collection[frozenset[str]] = ()
) -> Taste:
    """The taste of these members, by the orders of `units`; `holding` tells of each set of products that is `wanted`. No types are told."""
    sets = sorted(wanted, key=sorted)
    with lake.connect() as connection:
        _prepare(connection, scope, units, people, sets)
        usual = dict(connection.execute("SELECT currency, median(amount) FROM sold GROUP BY currency").fetchall())
        ((orders, buyers, tellers, unlisted),) = connection.execute(_COUNTS).fetchall()
        sides = {row[:2]: row[2:] for row in connection.execute("FROM sides").fetchall()}
        rows = connection.execute(_SHARES).fetchall()
    found = _shares(rows, sides)
    nobody = _nobody(sides)
    holding = {names: found.pop(("any", str(number)), nobody) for number, names in enumerate(sets)}
    return Taste(orders, buyers, tellers, unlisted, found, holding, usual)


def _prepare(
    connection: duckdb.DuckDBPyConnection,
    scope: Scope,
    units: frozenset[int],
    people: Ids,
    sets: Sequence[frozenset[str]],
) -> None:
    lay(connection, scope, units)
    connection.register("chosen", pa.table({"member": pa.array(people, pa.int64())}))
    connection.register("kinds", dimension("communities", scope).select(["community", "type"]))
    codes, names = [str(number) for number in range(len(sets))], [sorted(each) for each in sets]
    columns = {"code": pa.array(codes, pa.string()), "names": pa.array(names, pa.list_(pa.string()))}
    connection.register("wanted", pa.table(columns))
    for statement in (SALE_DAYS.format(ordered="sold"), _BOUGHT, _COMMON, _BUYERS, _SIDES):
        connection.execute(statement)


Side = tuple[int, float | None]
_NONE: Side = (0, None)


def _shares(rows: Sequence[tuple[Any, ...]], sides: Mapping[tuple[str, bool], Side]) -> dict[tuple[str, str], Share]:
    """Shares by aspect and code, in the order of the rows (aspect, code, then of these people and of all others: orders, Σxy, Σy²)."""
    found: dict[tuple[str, str], Share] = {}
    for aspect, code, basis, *told in rows:
        (mine, own), (others, theirs) = (sides.get((basis, side), _NONE) for side in (True, False))
        base = Rate(mine + others, told[0] + told[3])
        clusters = None if own is None or theirs is None else (Clusters(own, *told[1:3]), Clusters(theirs, *told[4:]))
        found[(aspect, code)] = Share(Rate(mine, told[0]), base, clusters)
    return found


def _nobody(sides: Mapping[tuple[str, bool], Side]) -> Share:
    """What no order holds."""
    (mine, _), (others, _) = (sides.get(("products", side), _NONE) for side in (True, False))
    return Share(Rate(mine, 0), Rate(mine + others, 0))


_BANDED = " ".join(
    f"WHEN s.amount / nullif(u.usual, 0) <= {most} THEN '{code}'"
    for code, (_, most) in BANDS.items()
    if most < float("inf")
)

_BOUGHT = f"""
CREATE TEMP TABLE bought AS
WITH usual AS (SELECT currency, median(amount) AS usual FROM sold GROUP BY currency),
named AS (SELECT unit, reference, list_distinct(json_extract_string(products, '$[*].name')) AS products FROM ({NAMED_PRODUCTS.format(narrowed="unit IN (FROM units)")}))
SELECT s.member, c.member IS NOT NULL AS mine, CASE {_BANDED} ELSE 'huge' END AS price,
  CASE WHEN s.hour < 6 THEN 'night' WHEN s.hour < 12 THEN 'morning' WHEN s.hour < 18 THEN 'afternoon' ELSE 'evening' END AS part,
  isodow(s.day)::VARCHAR AS weekday, CASE WHEN d.day IS NULL THEN 'no' ELSE 'yes' END AS sale, n.products,
  (SELECT list(DISTINCT k.type) FROM homes h JOIN kinds k USING (community) WHERE h.member = s.member AND h.first_day <= s.day AND k.type <> '') AS places
FROM sold s JOIN usual u USING (currency) LEFT JOIN (SELECT DISTINCT member FROM chosen) c ON c.member = s.member
LEFT JOIN sale_days d ON d.day = s.day LEFT JOIN named n USING (unit, reference)
"""

_COMMON = """
CREATE TEMP TABLE common AS
SELECT name, count(*) AS orders, row_number() OVER (ORDER BY count(*) DESC, name) AS place
FROM (SELECT unnest(products) AS name FROM bought) GROUP BY name
"""

# Each buyer's orders: all of them, and those that name products; `others` is how many all other buyers of the same side have.
_BUYERS = """
CREATE TEMP TABLE buyers AS
SELECT *, sum(x) OVER (PARTITION BY basis, mine) - x AS others FROM (
  SELECT 'orders' AS basis, mine, member, count(*) AS x FROM bought GROUP BY ALL
  UNION ALL SELECT 'products', mine, member, count(*) FROM bought WHERE products IS NOT NULL GROUP BY ALL
)
"""

_SIDES = """
CREATE TEMP TABLE sides AS
SELECT basis, mine, sum(x)::BIGINT AS orders, sum((x / nullif(others, 0)) ** 2) AS xx FROM buyers GROUP BY basis, mine
"""

_COUNTS = f"""
SELECT count(*) FILTER (mine), count(DISTINCT member) FILTER (mine), count(DISTINCT member) FILTER (mine AND products IS NOT NULL),
  (SELECT count(*) FROM common WHERE place > {MOST_PRODUCTS}) FROM bought
"""

_SHARES = f"""
WITH told AS (
  SELECT member, unnest(['price', 'part', 'weekday', 'sale']) AS aspect, unnest([price, part, weekday, sale]) AS code FROM bought
  UNION ALL SELECT member, 'place', unnest(places) FROM bought
  UNION ALL SELECT member, 'product', name FROM (SELECT member, unnest(products) AS name FROM bought) SEMI JOIN (FROM common WHERE place <= {
    MOST_PRODUCTS
}) USING (name)
  UNION ALL SELECT member, 'any', code FROM bought JOIN wanted ON list_has_any(products, names)
), counted AS (
  SELECT aspect, code, CASE WHEN aspect IN ('product', 'any') THEN 'products' ELSE 'orders' END AS basis, member, count(*) AS y FROM told GROUP BY ALL
)
SELECT aspect, code, basis, {
    ", ".join(
        f"coalesce(sum({what}) FILTER ({side}), 0){kind}"
        for side in ("mine", "NOT mine")
        for what, kind in (
            ("y", "::BIGINT"),
            ("x * y / nullif(others, 0) ** 2", "::DOUBLE"),
            ("(y / nullif(others, 0)) ** 2", "::DOUBLE"),
        )
    )
}
FROM counted JOIN buyers USING (basis, member) GROUP BY aspect, code, basis
ORDER BY aspect, CASE WHEN aspect = 'product' THEN -sum(y) ELSE 0 END, code
"""
