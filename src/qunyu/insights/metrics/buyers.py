"""Buyers."""

from datetime import date

from qunyu.insights.metric import Example, Metric, People
from qunyu.kernel.words import Words

METRIC = Metric(
    key="buyers",
    title=Words("买家数", "Buyers"),
    question=Words("有多少人买？", "How many bought?"),
    definition=Words(
        "本期下过已付款订单的人，按人去重。",
        "People with a paid order in the period, each once.",
    ),
    unit="people",
    source="N4",
    needs=(
        "permission",
        "orders",
    ),
    sql="""
        SELECT key, period, count(DISTINCT buyer) AS value, count(DISTINCT buyer) AS n FROM sales GROUP BY key, period
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
        gives=((1, date(2026, 3, 1), 2),),
    ),
)
