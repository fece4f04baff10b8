"""Successful invitations."""

from datetime import date

from qunyu.insights.metric import Example, Metric, People
from qunyu.kernel.words import Words

METRIC = Metric(
    key="successful_invitations",
    title=Words("有效老带新", "Brought in and speaking"),
    question=Words("带来的人开口了吗？", "Do those brought in speak?"),
    definition=Words(
        "本期由普通成员带来、并在 30 天内说过话的人。最近来的人还有时间，这个数会继续上升。下单另见“老带新买家”。",
        "Of the people whom members brought in during the period, those who said something within 30 days. The latest still have time, so the number can rise. Orders stand apart, as buyers brought in.",
    ),
    unit="people",
    source="N5",
    needs=("chats", "joins", "invitations"),
    sql="""
        SELECT key, period, count(*) FILTER (spoke_after <= 30) AS value, count(*) AS n
        FROM invitations WHERE role = 'member' GROUP BY key, period
    """,
    people=People(
        Words(
            "本期由普通成员带来、30 天内说过话的人",
            "those whom members brought in during the period and who spoke within 30 days",
        ),
        "SELECT key, period, guest AS member FROM invitations WHERE role = 'member' AND spoke_after <= 30",
    ),
    example=Example(
        rows={
            "invitations": (
                (1, date(2026, 3, 1), 1, "member", 5, 0, 4),
                (1, date(2026, 3, 1), 1, "member", 6, 31, 30),
                (1, date(2026, 3, 1), 2, "member", 7, None, None),
                (1, date(2026, 3, 1), 9, "staff", 8, 2, 2),
            )
        },
        gives=((1, date(2026, 3, 1), 1),),
    ),
)
