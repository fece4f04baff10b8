"""Messages per member."""

from datetime import date

from qunyu.insights.metric import Example, Metric, People
from qunyu.kernel.words import Words

METRIC = Metric(
    key="messages_per_member",
    title=Words("人均消息", "Messages per member"),
    question=Words("平均每人说多少？", "How much does a member say?"),
    definition=Words(
        "普通成员的消息数 ÷ 期末成员数。",
        "Messages of ordinary members ÷ members at the period’s end.",
    ),
    unit="ratio",
    source="N2",
    needs=("chats",),
    empty=None,
    sql="""
        WITH talk AS (SELECT key, period, sum(messages) AS messages FROM active WHERE role = 'member' GROUP BY key, period)
        SELECT m.key, m.period, coalesce(t.messages, 0) / nullif(m.value, 0) AS value, m.value AS n
        FROM members m LEFT JOIN talk t USING (key, period)
    """,
    people=People(
        Words("本期发过消息的普通成员", "ordinary members who sent messages in the period"),
        "SELECT key, period, member FROM active WHERE role = 'member' AND messages > 0",
    ),
    example=Example(
        rows={
            "periods": ((date(2026, 3, 1), date(2026, 3, 1), date(2026, 3, 2), date(2026, 2, 1), 2),),
            "headcount": ((1, date(2026, 3, 2), date(2026, 3, 1), 4),),
            "active": (
                (1, date(2026, 3, 1), 1, "member", 2, 0, 1, 1, 0, 0),
                (1, date(2026, 3, 1), 2, "member", 4, 1, 2, 0, 0, 0),
            ),
        },
        gives=((1, date(2026, 3, 1), 1.5),),
    ),
)
