"""Growth: revenue as the product of five factors, measured, and what it would be if they were others.

Source: method P6: revenue = visitors × trial rate × conversion × order value × orders per buyer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import prod

import duckdb

from qunyu.events.lake.store import Lake
from qunyu.insights.board import Asked
from qunyu.insights.question import Question
from qunyu.insights.remembered import Remembered
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words

# The factors in order, with what each is divided by.
FACTORS: Mapping[str, tuple[Words, Words]] = {
    "visitors": (
        Words("到场人数", "Visitors"),
        Words("这些天里在群的普通成员", "ordinary members who were there on these days"),
    ),
    "trial_rate": (
        Words("参与率", "Trial rate"),
        Words("其中说过话或下过单的比例", "the share of them that said something or ordered"),
    ),
    "conversion": (
        Words("成交率", "Conversion"),
        Words("参与者中付款下单的比例", "the share of those who took part that paid for an order"),
    ),
    "order_value": (Words("单均金额", "Order value"), Words("收入 ÷ 订单数", "revenue ÷ orders")),
    "orders_per_buyer": (Words("人均订单", "Orders per buyer"), Words("订单数 ÷ 买家数", "orders ÷ buyers")),
}
SHARES = frozenset({"trial_rate", "conversion"})
# Beyond any community, and short enough to be written.
MOST = 10**12


@dataclass(frozen=True, slots=True)
class Factor:
    """One factor, exactly: `count` ÷ `base`; the value is None where there is nothing to divide by. Order value is minor units."""

    key: str
    count: int
    base: int

    @property
    def value(self) -> Fraction | None:
        """The factor's value."""
        return Fraction(self.count, self.base) if self.base else None


@dataclass(frozen=True)
class Growth:
    """The factors of the revenue from members in one currency, which they multiply to exactly; `others` are further currencies.

    `revenue` is minor units, None where `why` names what is missing; the factors about orders are then left out.
    """

    first: date
    last: date
    as_of: date
    factors: tuple[Factor, ...]
    revenue: int | None
    why: str
    currency: str
    others: tuple[str, ...]


@dataclass(frozen=True)
class WhatIf:
    """The factors as changed (None where one is neither measured nor given), and what they come to in minor units.

    `revenue` is None while a factor is unknown; `difference` also where the measured revenue is.
    """

    values: Mapping[str, Fraction | None]
    revenue: Fraction | None
    difference: Fraction | None


_KEPT: Remembered[Growth | None] = Remembered()


def growth(
    lake: Lake, scope: Scope, first: date, last: date, communities: frozenset[int] | None = None
) -> Growth | None:
    """The growth formula from `first` to `last`; None when there is nothing in scope.

    Raises DomainError bad_period.
    """
    question = Question("all", "none", first, last, communities)
    return _KEPT.get(lake, scope, question, lambda: _growth(lake, scope, question, first, last))


def _growth(lake: Lake, scope: Scope, question: Question, first: date, last: date) -> Growth | None:
    with lake.connect() as connection:
        asked = Asked(connection, scope, Question("all", communities=question.communities))
        if not asked.open():
            return None
        asked.make({"stays", "sales"})
        connection.execute(_TAKING_PART, {"first": first, "last": last})
        visitors, active = connection.execute(_VISITORS).fetchall()[0]
        why = _missing(connection, scope)
        if why:
            known = (Factor("visitors", visitors, 1), Factor("trial_rate", active, visitors))
            return Growth(first, last, asked.last, known, None, why, "", ())
        currencies = [row[0] for row in connection.execute(_CURRENCIES).fetchall()]
        currency = currencies[0] if currencies else "CNY"
        tried, buyers, orders, amount = connection.execute(_SOLD, {"currency": currency}).fetchall()[0]
    factors = (
        Factor("visitors", visitors, 1),
        Factor("trial_rate", tried, visitors),
        Factor("conversion", buyers, tried),
        Factor("order_value", amount, orders),
        Factor("orders_per_buyer", orders, buyers),
    )
    return Growth(first, last, asked.last, factors, amount, "", currency, tuple(currencies[1:]))


def _missing(connection: duckdb.DuckDBPyConnection, scope: Scope) -> str:
    if not scope.may("orders.view"):
        return "permission"
    if not connection.execute("SELECT 1 FROM latest_orders LIMIT 1").fetchall():
        return "orders"
    return "" if connection.execute("SELECT 1 FROM sales WHERE member LIMIT 1").fetchall() else "matched_orders"


def what_if(measured: Growth, given: Mapping[str, Fraction]) -> WhatIf:
    """The revenue if the factors in `given` had those values and the others stayed.

    Raises DomainError bad_factor, with the `field`, for a factor there is none of or a value that none can have.
    """
    check(given)
    found = {factor.key: factor.value for factor in measured.factors}
    values = {key: given.get(key, found.get(key)) for key in FACTORS}
    known = [value for value in values.values() if value is not None]
    revenue = prod(known, start=Fraction(1)) if len(known) == len(FACTORS) else None
    before = measured.revenue
    difference = revenue - before if revenue is not None and before is not None else None
    return WhatIf(values, revenue, difference)


def check(given: Mapping[str, Fraction | float]) -> None:
    """Raises DomainError bad_factor, with the `field`, for a factor there is none of or a value that none can have."""
    for key, value in given.items():
        _check(key, value)


def _check(key: str, value: Fraction | float) -> None:
    if key not in FACTORS:
        raise DomainError("bad_factor", _NO_FACTOR.fill(key=key, known=", ".join(FACTORS)), field=key)
    most = 1 if key in SHARES else MOST
    if not 0 <= value <= most:
        message = _BAD_SHARE if key in SHARES else _BAD_VALUE
        title = FACTORS[key][0]
        words = Words(message.zh.format(title=title.zh), message.en.format(title=title.en))
        raise DomainError("bad_factor", words, field=key)


_NO_FACTOR = Words("没有因子“{key}”；可用：{known}", "there is no factor “{key}”; there are: {known}")
_BAD_SHARE = Words("“{title}”应在 0 到 1 之间（即 0 % 到 100 %）", "“{title}” must lie between 0 and 1 (0 % to 100 %)")
_BAD_VALUE = Words("“{title}”不能是负数，也不能超过一万亿", "“{title}” must not be below 0 nor above 10^12")

# Whoever was there on some of the days, and what they did on them: whoever orders as a member, or says something, is there.
_TAKING_PART = """
CREATE TEMP TABLE taking_part AS
WITH there AS (
  SELECT DISTINCT member FROM stays WHERE from_day <= $last AND (to_day IS NULL OR to_day >= $first)
), active AS (
  SELECT DISTINCT member FROM visits WHERE role = 'member' AND messages + actions > 0 AND day BETWEEN $first AND $last
), sold AS (
  SELECT buyer AS member, order_id, amount, currency FROM sales WHERE member AND day BETWEEN $first AND $last
)
SELECT t.member, a.member IS NOT NULL AS active, s.order_id, s.amount, s.currency
FROM there t LEFT JOIN active a USING (member) LEFT JOIN sold s USING (member)
"""

_VISITORS = "SELECT count(DISTINCT member), count(DISTINCT member) FILTER (active) FROM taking_part"

_CURRENCIES = "SELECT currency FROM taking_part WHERE order_id IS NOT NULL GROUP BY currency ORDER BY count(*) DESC, 1"

_SOLD = """
SELECT count(DISTINCT member) FILTER (active OR order_id IS NOT NULL),
  count(DISTINCT member) FILTER (order_id IS NOT NULL AND currency = $currency),
  count(DISTINCT order_id) FILTER (currency = $currency), coalesce(sum(amount) FILTER (currency = $currency), 0)::BIGINT
FROM taking_part
"""
