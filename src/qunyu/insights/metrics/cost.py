"""Cost."""

from datetime import date

from qunyu.insights.metric import Example, Metric
from qunyu.kernel.words import Words

METRIC = Metric(
    key="cost",
    title=Words("费用", "Cost"),
    question=Words("花了多少钱？", "What was spent?"),
    definition=Words(
        "本期记录的费用之和，按币种分列。",
        "The costs recorded for the period, each currency apart.",
    ),
    unit="money",
    source="P6",
    needs=("costs",),
    good="down",
    sql="""
        SELECT key, period, currency AS part, sum(amount) AS value, count(*) AS n FROM costs GROUP BY key, period, currency
    """,
    example=Example(
        rows={"costs": ((1, date(2026, 3, 1), 1000, "CNY"), (1, date(2026, 3, 1), 500, "CNY"))},
        gives=((1, date(2026, 3, 1), 1500, "CNY"),),
    ),
)
