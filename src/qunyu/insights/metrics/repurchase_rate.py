"""Repurchase rate."""

from datetime import date

from qunyu.insights.metric import Example, Metric, People
from qunyu.kernel.words import Words

METRIC = Metric(
    key="repurchase_rate",
    title=Words("复购率", "Repurchase rate"),
    question=Words("买家中有多少是回头客？", "What share of buyers came back?"),
    definition=Words(
        "本期买家中，此前（或本期内更早）已下过单的比例。",
        "Of the period’s buyers, the share with an earlier order, in the period or before it.",
    ),
    unit="share",
    source="N4",
    needs=(
        "permission",
        "orders",
    ),
    empty=None,
    sql="""
        WITH first_order AS (SELECT key, buyer, min(order_id) AS order_id FROM sales GROUP BY key, buyer)
        SELECT s.key, s.period, count(DISTINCT s.buyer) FILTER (s.order_id > f.order_id) / count(DISTINCT s.buyer) AS value,
          count(DISTINCT s.buyer) AS n
        FROM sales s JOIN first_order f USING (key, buyer) GROUP BY s.key, s.period
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
        gives=(
            (1, date(2026, 3, 1), 0),
            (1, date(2026, 4, 1), 0.5),
        ),
    ),
)
