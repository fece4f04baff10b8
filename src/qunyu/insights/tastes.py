"""Tastes: what the orders of one kind of people tell beside everybody's: price bands, days and hours, sales, kinds of communities.

Orders do not tell products, categories or discounts; nothing is said of them. Sales are days with far more orders than the weeks around.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from qunyu.events.lake.store import Lake
from qunyu.insights.features import SALE_DAYS
from qunyu.insights.grounds import lay
from qunyu.insights.odds import Rate, lift
from qunyu.insights.providers import dimension
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words

Ids = npt.NDArray[np.int64]
# With fewer buyers among these people their taste is unknown: many orders of one are one person's.
LEAST_BUYERS = 20

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
    """How many of these people's orders (`mine`), and of everybody's (`base`), are of a kind; `lift` is beside all others' orders, with its 95 % interval."""

    mine: Rate
    base: Rate

    @property
    def lift(self) -> tuple[float, float, float] | None:
        """Half an order is added on each side, so that none at all is no wall; None where there is nobody to compare with."""
        others = Rate(self.base.people - self.mine.people, self.base.ordered - self.mine.ordered)
        if not self.mine.people or not others.people:
            return None
        return lift(self.mine, others, 0.5)


@dataclass(frozen=True)
class Taste:
    """What is measured of some people: `orders` of theirs by how many `buyers`, and the shares by aspect and code.

    `usual` is the median amount by currency, of everybody. `type_counts` are people by user type: these and everybody.
    """

    orders: int = 0
    buyers: int = 0
    shares: Mapping[tuple[str, str], Share] = field(default_factory=dict)
    usual: Mapping[str, float] = field(default_factory=dict)
    type_counts: tuple[Mapping[str, int], Mapping[str, int]] = field(default_factory=lambda: ({}, {}))

    @property
    def known(self) -> bool:
        """Whether there are buyers enough to speak of a taste."""
        return self.buyers >= LEAST_BUYERS

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
    lake: Lake, scope: Scope, units: frozenset[int], people: Ids, types: tuple[Mapping[str, int], Mapping[str, int]]
) -> Taste:
    """The taste of these members, by the orders of `units`."""
    with lake.connect() as connection:
        lay(connection, scope, units)
        connection.register("chosen", pa.table({"member": pa.array(people, pa.int64())}))
        kinds = dimension("communities", scope).select(["community", "type"])
        connection.register("kinds", kinds)
        for statement in (SALE_DAYS.format(ordered="sold"), _BOUGHT):
            connection.execute(statement)
        ((orders, buyers),) = connection.execute(
            "SELECT count(*), count(DISTINCT member) FROM bought WHERE mine"
        ).fetchall()
        usual = dict(connection.execute("SELECT currency, median(amount) FROM sold GROUP BY currency").fetchall())
        shares: dict[tuple[str, str], Share] = {}
        for aspect, code, mine, base, mine_all, base_all in connection.execute(_SHARES).fetchall():
            shares[(aspect, code)] = Share(Rate(mine_all, mine), Rate(base_all, base))
        return Taste(orders, buyers, shares, usual, types)


_BANDED = " ".join(
    f"WHEN s.amount / nullif(u.usual, 0) <= {most} THEN '{code}'"
    for code, (_, most) in BANDS.items()
    if most < float("inf")
)

_BOUGHT = f"""
CREATE TEMP TABLE bought AS
WITH usual AS (SELECT currency, median(amount) AS usual FROM sold GROUP BY currency)
SELECT s.member, c.member IS NOT NULL AS mine, CASE {_BANDED} ELSE 'huge' END AS price,
  CASE WHEN s.hour < 6 THEN 'night' WHEN s.hour < 12 THEN 'morning' WHEN s.hour < 18 THEN 'afternoon' ELSE 'evening' END AS part,
  isodow(s.day)::VARCHAR AS weekday, CASE WHEN d.day IS NULL THEN 'no' ELSE 'yes' END AS sale,
  (SELECT list(DISTINCT k.type) FROM homes h JOIN kinds k USING (community) WHERE h.member = s.member AND h.first_day <= s.day AND k.type <> '') AS places
FROM sold s JOIN usual u USING (currency) LEFT JOIN (SELECT DISTINCT member FROM chosen) c ON c.member = s.member LEFT JOIN sale_days d ON d.day = s.day
"""

_SHARES = """
WITH told AS (
  SELECT mine, unnest(['price', 'part', 'weekday', 'sale']) AS aspect, unnest([price, part, weekday, sale]) AS code FROM bought
  UNION ALL SELECT mine, 'place', unnest(places) FROM bought
), whole AS (
  SELECT count(*) FILTER (mine) AS mine_all, count(*) AS base_all FROM bought
)
SELECT aspect, code, count(*) FILTER (mine), count(*), any_value(mine_all), any_value(base_all) FROM told, whole GROUP BY aspect, code ORDER BY aspect, code
"""
