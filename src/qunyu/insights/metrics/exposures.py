"""Exposures."""

from datetime import date

from qunyu.insights.metric import Example, Metric
from qunyu.kernel.words import Words

METRIC = Metric(
    key="exposures",
    title=Words("入口曝光", "Exposures"),
    question=Words("多少人看到了入口？", "How many saw the way in?"),
    definition=Words(
        "各入群渠道本期的曝光次数之和。",
        "The sum of what all entry channels were seen in the period.",
    ),
    unit="times",
    source="N1",
    needs=("exposures",),
    sql="""
        SELECT key, period, sum(quantity) AS value, count(*) AS n FROM entry_exposures GROUP BY key, period
    """,
    example=Example(
        rows={"entry_exposures": ((1, date(2026, 3, 1), "poster", 400), (1, date(2026, 3, 1), "moments", 600))},
        gives=((1, date(2026, 3, 1), 1000),),
    ),
)
