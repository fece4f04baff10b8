"""Retained members."""

from datetime import date

from qunyu.insights.metric import Example, Metric, People
from qunyu.kernel.words import Words

METRIC = Metric(
    key="retained_members",
    title=Words("留存成员", "Retained members"),
    question=Words("上期活跃的人本期还在吗？", "Who was active before and still is?"),
    definition=Words(
        "本期与上一期都活跃的普通成员。",
        "Ordinary members active in this period and in the one before.",
    ),
    unit="people",
    source="N3",
    needs=("chats",),
    sql="""
        SELECT a.key, a.period, count(*) AS value, count(*) AS n
        FROM active a JOIN periods p USING (period)
        JOIN active b ON b.key = a.key AND b.member = a.member AND b.period = p.previous
        WHERE a.role = 'member' AND a.messages + a.actions > 0 AND b.messages + b.actions > 0
        GROUP BY a.key, a.period
    """,
    people=People(
        Words("本期与上一期都活跃的普通成员", "ordinary members active in this period and in the one before"),
        """
            SELECT a.key, a.period, a.member FROM active a JOIN periods p USING (period)
            SEMI JOIN active b ON b.key = a.key AND b.member = a.member AND b.period = p.previous AND b.messages + b.actions > 0
            WHERE a.role = 'member' AND a.messages + a.actions > 0
        """,
    ),
    example=Example(
        rows={
            "periods": (
                (date(2026, 3, 1), date(2026, 3, 1), date(2026, 3, 31), date(2026, 2, 1), 31),
                (date(2026, 4, 1), date(2026, 4, 1), date(2026, 4, 30), date(2026, 3, 1), 30),
            ),
            "active": (
                (1, date(2026, 3, 1), 1, "member", 1, 0, 1, 1, 0, 0),
                (1, date(2026, 3, 1), 2, "member", 1, 0, 1, 1, 0, 0),
                (1, date(2026, 4, 1), 1, "member", 4, 0, 1, 1, 0, 0),
                (1, date(2026, 4, 1), 3, "member", 4, 0, 1, 1, 0, 0),
            ),
        },
        gives=((1, date(2026, 4, 1), 1),),
    ),
)
