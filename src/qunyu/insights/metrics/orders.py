"""Orders."""

from datetime import date

from qunyu.insights.metric import Example, Metric, People
from qunyu.kernel.words import Words

METRIC = Metric(
    key="orders",
    title=Words("订单数", "Orders"),
    question=Words("成交了多少单？", "How many orders?"),
    definition=Words(
        "本期有已知买家的已付款订单数。某个社群的订单是下单时在群的买家所下；合计中每单只计一次。",
        "Paid orders of known buyers in the period. A community’s orders are those of buyers who were members when ordering; altogether each counts once.",
    ),
    unit="orders",
    source="N4",
    needs=(
        "permission",
        "orders",
    ),
    sql="""
        SELECT key, period, count(*) AS value, count(*) AS n FROM sales GROUP BY key, period
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
        gives=((1, date(2026, 3, 1), 3),),
    ),
)
