"""Revenue."""

from datetime import date

from qunyu.insights.metric import Example, Metric, People
from qunyu.kernel.words import Words

METRIC = Metric(
    key="revenue",
    title=Words("收入", "Revenue"),
    question=Words("卖了多少钱？", "What was sold?"),
    definition=Words(
        "本期已付款订单金额减去其退款，按币种分列。",
        "Amounts of paid orders of the period less what was refunded of them, each currency apart.",
    ),
    unit="money",
    source="N4",
    needs=(
        "permission",
        "orders",
    ),
    sql="""
        SELECT key, period, currency AS part, sum(amount) AS value, count(*) AS n FROM sales GROUP BY key, period, currency
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
                (1, date(2026, 3, 1), date(2026, 3, 6), 2, 3, 700, "USD", False),
            )
        },
        gives=(
            (1, date(2026, 3, 1), 4000, "CNY"),
            (1, date(2026, 3, 1), 700, "USD"),
        ),
    ),
)
