"""Average order value."""

from datetime import date

from qunyu.insights.metric import Example, Metric, People
from qunyu.kernel.words import Words

METRIC = Metric(
    key="average_order_value",
    title=Words("客单价", "Average order value"),
    question=Words("每位买家花多少？", "What does a buyer spend?"),
    definition=Words(
        "订单金额 ÷ 下单人数，按币种分列。",
        "Order sum ÷ people who ordered, each currency apart.",
    ),
    unit="money",
    source="N4",
    needs=(
        "permission",
        "orders",
    ),
    empty=None,
    sql="""
        SELECT key, period, currency AS part, sum(amount) / count(DISTINCT buyer) AS value, count(DISTINCT buyer) AS n
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
        gives=((1, date(2026, 3, 1), 2250, "CNY"),),
    ),
)
