"""Conversion."""

from datetime import date

from qunyu.insights.metric import Example, Metric, People
from qunyu.kernel.words import Words

METRIC = Metric(
    key="conversion",
    title=Words("转化率", "Conversion"),
    question=Words("多少成员转化成订单？", "How many orders per member?"),
    definition=Words(
        "成员所下的订单数 ÷ 期末成员数。",
        "Orders placed by members ÷ members at the period’s end.",
    ),
    unit="share",
    source="N4",
    needs=(
        "chats",
        "permission",
        "orders",
        "matched_orders",
    ),
    empty=None,
    sql="""
        WITH bought AS (SELECT key, period, count(*) AS orders FROM sales WHERE member GROUP BY key, period)
        SELECT m.key, m.period, coalesce(b.orders, 0) / nullif(m.value, 0) AS value, m.value AS n
        FROM members m LEFT JOIN bought b USING (key, period)
    """,
    people=People(
        Words("下单时是成员、本期下过已付款订单的人", "members when ordering, with a paid order in the period"),
        "SELECT key, period, buyer AS member FROM sales WHERE member",
    ),
    example=Example(
        rows={
            "periods": ((date(2026, 3, 1), date(2026, 3, 1), date(2026, 3, 2), date(2026, 2, 1), 2),),
            "headcount": ((1, date(2026, 3, 2), date(2026, 3, 1), 8),),
            "sales": (
                (1, date(2026, 3, 1), date(2026, 3, 5), 1, 1, 1000, "CNY", True),
                (1, date(2026, 3, 1), date(2026, 3, 5), 1, 2, 3000, "CNY", True),
                (1, date(2026, 3, 1), date(2026, 3, 5), 2, 3, 500, "CNY", False),
            ),
        },
        gives=((1, date(2026, 3, 1), 0.25),),
    ),
)
