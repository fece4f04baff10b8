"""Daily active members (average)."""

from datetime import date

from qunyu.insights.metric import Example, Metric
from qunyu.kernel.words import Words

METRIC = Metric(
    key="dau",
    title=Words("日均活跃", "Daily active members (average)"),
    question=Words("平均每天有多少人说话？", "How many speak on an average day?"),
    definition=Words(
        "本期每日活跃成员数的平均（DAU）。",
        "The average over the period’s days of the members active that day (DAU).",
    ),
    unit="people",
    source="N3",
    needs=("chats",),
    sql="""
        SELECT a.key, a.period, sum(a.active_days) / p.days AS value, sum(a.active_days) AS n
        FROM active a JOIN periods p USING (period) WHERE a.role = 'member' GROUP BY a.key, a.period, p.days
    """,
    example=Example(
        rows={
            "periods": ((date(2026, 3, 1), date(2026, 3, 1), date(2026, 3, 2), date(2026, 2, 1), 2),),
            "active": (
                (1, date(2026, 3, 1), 1, "member", 2, 0, 2, 1, 0, 0),
                (1, date(2026, 3, 1), 3, "member", 1, 0, 1, 0, 0, 0),
            ),
        },
        gives=((1, date(2026, 3, 1), 1.5),),
    ),
)
