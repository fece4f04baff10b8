"""Messages per active member."""

from datetime import date

from qunyu.insights.metric import Example, Metric, People
from qunyu.kernel.words import Words

METRIC = Metric(
    key="messages_per_active_member",
    title=Words("活跃者人均消息", "Messages per active member"),
    question=Words("说话的人平均说多少？", "How much does an active member say?"),
    definition=Words(
        "普通成员的消息数 ÷ 活跃成员数。",
        "Messages of ordinary members ÷ active members.",
    ),
    unit="ratio",
    source="N2",
    needs=("chats",),
    empty=None,
    sql="""
        SELECT key, period, sum(messages) / count(*) AS value, count(*) AS n FROM active
        WHERE role = 'member' AND messages + actions > 0 GROUP BY key, period
    """,
    people=People(
        Words("本期活跃的普通成员", "ordinary members active in the period"),
        "SELECT key, period, member FROM active WHERE role = 'member' AND messages + actions > 0",
    ),
    example=Example(
        rows={
            "active": (
                (1, date(2026, 3, 1), 1, "member", 2, 0, 1, 1, 0, 0),
                (1, date(2026, 3, 1), 2, "member", 4, 0, 2, 0, 0, 0),
                (1, date(2026, 3, 1), 3, "member", 0, 0, 0, 0, 1, 0),
            )
        },
        gives=((1, date(2026, 3, 1), 3),),
    ),
)
