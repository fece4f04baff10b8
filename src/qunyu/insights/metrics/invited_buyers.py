"""Invited buyers."""

from datetime import date

from qunyu.insights.metric import Example, Metric, People
from qunyu.kernel.words import Words

METRIC = Metric(
    key="invited_buyers",
    title=Words("老带新买家", "Buyers brought in"),
    question=Words("带来的人买了吗？", "Do those brought in buy?"),
    definition=Words(
        "本期由普通成员带来、并在 30 天内有已付款订单的人。最近来的人还有时间，这个数会继续上升。",
        "Of the people whom members brought in during the period, those with a paid order within 30 days. The latest still have time, so the number can rise.",
    ),
    unit="people",
    source="N5",
    needs=("permission", "chats", "joins", "invitations", "orders"),
    sql="""
        SELECT key, period, count(*) FILTER (bought_after <= 30) AS value, count(*) AS n
        FROM invitations WHERE role = 'member' GROUP BY key, period
    """,
    people=People(
        Words(
            "本期由普通成员带来、30 天内下单的人",
            "those whom members brought in during the period and who ordered within 30 days",
        ),
        "SELECT key, period, guest AS member FROM invitations WHERE role = 'member' AND bought_after <= 30",
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
        gives=((1, date(2026, 3, 1), 2),),
    ),
)
