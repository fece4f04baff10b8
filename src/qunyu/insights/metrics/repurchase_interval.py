"""Repurchase interval."""

from datetime import date

from qunyu.insights.metric import Example, Metric, People
from qunyu.kernel.words import Words

METRIC = Metric(
    key="repurchase_interval",
    title=Words("复购间隔", "Repurchase interval"),
    question=Words("隔多久再买？", "How long until the next order?"),
    definition=Words(
        "本期每笔复购与该买家上一单相隔天数的中位数。",
        "The median number of days between a repeat order of the period and the same buyer’s order before it.",
    ),
    unit="days",
    source="N4",
    needs=(
        "permission",
        "orders",
    ),
    empty=None,
    good="down",
    sql="""
        WITH gaps AS (
          SELECT key, period, day - lag(day) OVER (PARTITION BY key, buyer ORDER BY order_id) AS gap FROM sales
        )
        SELECT key, period, median(gap) AS value, count(gap) AS n FROM gaps WHERE gap IS NOT NULL GROUP BY key, period
    """,
    people=People(
        Words("本期下单、此前已下过单的人", "people with an order in the period and an earlier one"),
        """
            SELECT s.key, s.period, s.buyer AS member FROM sales s
            JOIN (SELECT key, buyer, min(order_id) AS order_id FROM sales GROUP BY key, buyer) f USING (key, buyer)
            WHERE s.order_id > f.order_id
        """,
    ),
    example=Example(
        rows={
            "sales": (
                (1, date(2026, 3, 1), date(2026, 3, 5), 1, 1, 1000, "CNY", True),
                (1, date(2026, 3, 1), date(2026, 3, 6), 2, 2, 1000, "CNY", True),
                (1, date(2026, 4, 1), date(2026, 4, 4), 1, 3, 1000, "CNY", True),
                (1, date(2026, 4, 1), date(2026, 4, 5), 3, 4, 1000, "CNY", True),
            )
        },
        gives=((1, date(2026, 4, 1), 30),),
    ),
)
