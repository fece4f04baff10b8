"""Leaves."""

from datetime import date

from qunyu.insights.metric import Example, Metric, People
from qunyu.kernel.words import Words

METRIC = Metric(
    key="leaves",
    title=Words("退群人次", "Leaves"),
    question=Words("走了多少人？", "How many left?"),
    definition=Words(
        "本期退群或被移出的次数（普通成员）。",
        "How often ordinary members left or were removed during the period.",
    ),
    unit="times",
    source="N1",
    needs=(
        "chats",
        "joins",
    ),
    good="down",
    sql="""
        SELECT key, period, sum(leaves) AS value, sum(leaves) AS n FROM active WHERE role = 'member' GROUP BY key, period
    """,
    people=People(
        Words("本期退群或被移出的普通成员", "ordinary members who left or were removed during the period"),
        "SELECT key, period, member FROM active WHERE role = 'member' AND leaves > 0",
    ),
    example=Example(
        rows={
            "active": (
                (1, date(2026, 3, 1), 1, "member", 0, 0, 0, 0, 1, 0),
                (1, date(2026, 3, 1), 2, "member", 3, 0, 1, 1, 2, 1),
            )
        },
        gives=((1, date(2026, 3, 1), 1),),
    ),
)
