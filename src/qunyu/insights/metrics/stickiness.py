"""Stickiness."""

from datetime import date

from qunyu.insights.metric import Example, Metric, People
from qunyu.kernel.words import Words

METRIC = Metric(
    key="stickiness",
    title=Words("粘性", "Stickiness"),
    question=Words("活跃的人多常来？", "How often do active members come?"),
    definition=Words(
        "日均活跃 ÷ 近 30 天活跃（DAU ÷ MAU）。",
        "Average daily active ÷ active in 30 days (DAU ÷ MAU).",
    ),
    unit="share",
    source="N3",
    needs=("chats",),
    empty=None,
    sql="""
        SELECT m.key, m.period, coalesce(d.value, 0) / nullif(m.value, 0) AS value, m.value AS n
        FROM mau m LEFT JOIN dau d USING (key, period)
    """,
    people=People(
        Words("截至期末 30 天内活跃的普通成员", "ordinary members active in the 30 days up to the period’s end"),
        """
            SELECT a.key, p.period, a.member FROM active_days a JOIN periods p ON a.day > p.last_day - 30 AND a.day <= p.last_day
        """,
    ),
    example=Example(
        rows={
            "periods": ((date(2026, 3, 1), date(2026, 3, 1), date(2026, 3, 10), date(2026, 2, 1), 10),),
            "calendar": (
                (1, date(2026, 3, 1), date(2026, 3, 1)),
                (1, date(2026, 3, 2), date(2026, 3, 1)),
                (1, date(2026, 3, 3), date(2026, 3, 1)),
                (1, date(2026, 3, 4), date(2026, 3, 1)),
                (1, date(2026, 3, 5), date(2026, 3, 1)),
                (1, date(2026, 3, 6), date(2026, 3, 1)),
                (1, date(2026, 3, 7), date(2026, 3, 1)),
                (1, date(2026, 3, 8), date(2026, 3, 1)),
                (1, date(2026, 3, 9), date(2026, 3, 1)),
                (1, date(2026, 3, 10), date(2026, 3, 1)),
            ),
            "active_days": (
                (1, date(2026, 3, 1), 1),
                (1, date(2026, 3, 2), 2),
                (1, date(2026, 3, 9), 2),
                (1, date(2026, 3, 5), 3),
            ),
            "active": (
                (1, date(2026, 3, 1), 1, "member", 1, 0, 1, 1, 0, 0),
                (1, date(2026, 3, 1), 2, "member", 2, 0, 2, 2, 0, 0),
                (1, date(2026, 3, 1), 3, "member", 1, 0, 1, 1, 0, 0),
            ),
        },
        gives=((1, date(2026, 3, 1), 0.13333333333333333),),
    ),
)
