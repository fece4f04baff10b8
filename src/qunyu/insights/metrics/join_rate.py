"""Join rate."""

from datetime import date

from qunyu.insights.metric import Example, Metric, People
from qunyu.kernel.words import Words

METRIC = Metric(
    key="join_rate",
    title=Words("入群率", "Join rate"),
    question=Words("看到入口的人有多少入群？", "Of those who saw the way in, how many came?"),
    definition=Words(
        "入群人次 ÷ 入口曝光。",
        "Joins ÷ exposures of the entry channels.",
    ),
    unit="share",
    source="N1",
    needs=(
        "chats",
        "joins",
        "exposures",
    ),
    empty=None,
    sql="""
        WITH seen AS (SELECT key, period, sum(quantity) AS value FROM entry_exposures GROUP BY key, period)
        SELECT e.key, e.period, coalesce(j.value, 0) / nullif(e.value, 0) AS value, e.value AS n
        FROM seen e LEFT JOIN joins j USING (key, period)
    """,
    people=People(
        Words("本期入群的普通成员", "ordinary members who came in during the period"),
        "SELECT key, period, member FROM active WHERE role = 'member' AND joins > 0",
    ),
    example=Example(
        rows={
            "entry_exposures": ((1, date(2026, 3, 1), "poster", 400),),
            "active": (
                (1, date(2026, 3, 1), 1, "member", 0, 0, 0, 0, 1, 0),
                (1, date(2026, 3, 1), 2, "member", 3, 0, 1, 1, 3, 0),
            ),
        },
        gives=((1, date(2026, 3, 1), 0.01),),
    ),
)
