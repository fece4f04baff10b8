"""Members who really spoke."""

from datetime import date

from qunyu.insights.metric import Example, Metric, People
from qunyu.kernel.words import Words

METRIC = Metric(
    key="speaking_members",
    title=Words("真正发言的人", "Members who really spoke"),
    question=Words("有多少人真正说了话？", "How many really said something?"),
    definition=Words(
        "本期至少有一天真正发言（不是表情、复读、红包道谢）的普通成员。",
        "Ordinary members who on at least one day said something that is no sticker, repeat or red-packet thanks.",
    ),
    unit="people",
    source="N2",
    needs=("chats",),
    sql="""
        SELECT key, period, count(*) AS value, count(*) AS n FROM active
        WHERE role = 'member' AND spoken_days > 0 GROUP BY key, period
    """,
    people=People(
        Words("本期真正发过言的普通成员", "ordinary members who really spoke in the period"),
        "SELECT key, period, member FROM active WHERE role = 'member' AND spoken_days > 0",
    ),
    example=Example(
        rows={
            "active": (
                (1, date(2026, 3, 1), 1, "member", 2, 0, 1, 1, 0, 0),
                (1, date(2026, 3, 1), 2, "member", 5, 0, 2, 0, 0, 0),
            )
        },
        gives=((1, date(2026, 3, 1), 1),),
    ),
)
