"""Referral factor."""

from datetime import date

from qunyu.insights.metric import Example, Metric, People
from qunyu.kernel.words import Words

METRIC = Metric(
    key="referral_factor",
    title=Words("人均带来", "Brought in per member"),
    question=Words("平均每个成员带来几人？", "How many does each member bring?"),
    definition=Words(
        "老带新人数 ÷ 期末成员数。大于流失时，群能靠成员自己长大。",
        "People whom members brought in ÷ members at the period’s end. Above the leave rate, a community grows by its members alone.",
    ),
    unit="ratio",
    source="N5",
    needs=("chats", "joins", "invitations"),
    empty=None,
    sql="""
        SELECT m.key, m.period, coalesce(i.value, 0) / nullif(m.value, 0) AS value, m.value AS n
        FROM members m LEFT JOIN invited_members i USING (key, period)
    """,
    people=People(
        Words("本期由普通成员带来的人", "those whom ordinary members brought in during the period"),
        "SELECT key, period, guest AS member FROM invitations WHERE role = 'member'",
    ),
    example=Example(
        rows={
            "periods": ((date(2026, 3, 1), date(2026, 3, 1), date(2026, 3, 2), date(2026, 2, 1), 2),),
            "headcount": ((1, date(2026, 3, 2), date(2026, 3, 1), 4),),
            "invitations": (
                (1, date(2026, 3, 1), 1, "member", 5, 0, None),
                (1, date(2026, 3, 1), 9, "staff", 6, 0, None),
            ),
        },
        gives=((1, date(2026, 3, 1), 0.25),),
    ),
)
