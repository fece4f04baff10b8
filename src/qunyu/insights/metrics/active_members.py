"""Active members."""

from datetime import date

from qunyu.insights.metric import Example, Metric, People
from qunyu.kernel.words import Words

METRIC = Metric(
    key="active_members",
    title=Words("活跃成员", "Active members"),
    question=Words("有多少人说话？", "How many spoke?"),
    definition=Words(
        "本期至少发过一条消息（或 IRC 动作）的普通成员，按人去重。按日即 DAU，按周即 WAU，按月即 MAU。",
        "Ordinary members with at least one message (or IRC action) in the period, each once: DAU by day, WAU by week, MAU by month.",
    ),
    unit="people",
    source="N3",
    needs=("chats",),
    sql="""
        SELECT key, period, count(*) AS value, count(*) AS n FROM active
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
                (1, date(2026, 3, 1), 2, "member", 0, 0, 0, 0, 1, 0),
                (1, date(2026, 3, 1), 3, "member", 0, 1, 1, 0, 0, 0),
                (1, date(2026, 3, 1), 4, "staff", 9, 0, 1, 1, 0, 0),
            )
        },
        gives=((1, date(2026, 3, 1), 2),),
    ),
)
