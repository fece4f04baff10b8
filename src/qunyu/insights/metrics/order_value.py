"""Value per order."""

from datetime import date

from qunyu.insights.metric import Example, Metric, People
from qunyu.kernel.words import Words

METRIC = Metric(
    key="order_value",
    title=Words("单均金额", "Value per order"),
    question=Words("每单多少钱？", "What is an order worth?"),
    definition=Words(
        "订单金额 ÷ 订单数，按币种分列。",
        "Order sum ÷ orders, each currency apart.",
    ),
    unit="money",
    source="N4",
    needs=(
        "permission",
        "orders",
    ),
    empty=None,
    sql="""
        SELECT key, period, currency AS part, sum(amount) / count(*) AS value, count(*) AS n
        FROM sales GROUP BY key, period, currency
    """,
    people=People(
        Words("本期下过已付款订单的人", "people with a paid order in the period"),
        "SELECT key, period, buyer AS member FROM sales",
    ),
    example=Example(
        rows={
            "sales": (
                (1, date(2026, 3, 1), date(2026, 3, 5), 1, 1, 1000, "CNY", True),
                (1, date(2026, 3, 1), date(2026, 3, 5), 1, 2, 3000, "CNY", True),
                (1, date(2026, 3, 1), date(2026, 3, 5), 2, 3, 500, "CNY", False),
            )
        },
        gives=((1, date(2026, 3, 1), 1500, "CNY"),),
    ),
)
