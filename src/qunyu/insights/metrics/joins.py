"""Joins."""

from datetime import date

from qunyu.insights.metric import Example, Metric, People
from qunyu.kernel.words import Words

METRIC = Metric(
    key="joins",
    title=Words("入群人次", "Joins"),
    question=Words("来了多少人？", "How many came?"),
    definition=Words(
        "本期入群的次数（普通成员）；同一天内名单与聊天记录都提到的只计一次。",
        "How often ordinary members came in during the period; what a list and a chat both tell of one day counts once.",
    ),
    unit="times",
    source="N1",
    needs=(
        "chats",
        "joins",
    ),
    sql="""
        SELECT key, period, sum(joins) AS value, sum(joins) AS n FROM active WHERE role = 'member' GROUP BY key, period
    """,
    people=People(
        Words("本期入群的普通成员", "ordinary members who came in during the period"),
        "SELECT key, period, member FROM active WHERE role = 'member' AND joins > 0",
    ),
    example=Example(
        rows={
            "active": (
                (1, date(2026, 3, 1), 1, "member", 0, 0, 0, 0, 1, 0),
                (1, date(2026, 3, 1), 2, "member", 3, 0, 1, 1, 2, 1),
            )
        },
        gives=((1, date(2026, 3, 1), 3),),
    ),
)
