"""Retention rate."""

from datetime import date

from qunyu.insights.metric import Example, Metric, People
from qunyu.kernel.words import Words

METRIC = Metric(
    key="retention_rate",
    title=Words("留存率", "Retention rate"),
    question=Words("上期活跃的人留下多少？", "What share of the active stayed active?"),
    definition=Words(
        "留存成员 ÷ 上一期活跃成员。",
        "Retained members ÷ active members of the period before.",
    ),
    unit="share",
    source="N3",
    needs=("chats",),
    empty=None,
    sql="""
        SELECT b.key, p.period, coalesce(r.value, 0) / nullif(b.value, 0) AS value, b.value AS n
        FROM active_members b JOIN periods p ON p.previous = b.period
        LEFT JOIN retained_members r ON r.key = b.key AND r.period = p.period
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
        gives=((1, date(2026, 4, 1), 0.5),),
    ),
)
