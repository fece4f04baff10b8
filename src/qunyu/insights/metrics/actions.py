"""Actions."""

from datetime import date

from qunyu.insights.metric import Example, Metric, People
from qunyu.kernel.words import Words

METRIC = Metric(
    key="actions",
    title=Words("动作数", "Actions"),
    question=Words("有多少 /me 动作？", "How many /me actions?"),
    definition=Words(
        "IRC 的 /me 动作数，与消息分开计。",
        "IRC’s /me actions, counted beside messages.",
    ),
    unit="messages",
    source="N2",
    needs=("chats",),
    good="",
    sql="""
        SELECT key, period, sum(actions) AS value, sum(actions) AS n FROM active GROUP BY key, period
    """,
    people=People(
        Words("本期有过动作的成员和运营人员", "members and staff with actions in the period"),
        "SELECT key, period, member FROM active WHERE actions > 0",
    ),
    example=Example(
        rows={
            "active": (
                (1, date(2026, 3, 1), 1, "member", 2, 0, 1, 1, 0, 0),
                (1, date(2026, 3, 1), 2, "member", 5, 1, 2, 0, 0, 0),
            )
        },
        gives=((1, date(2026, 3, 1), 1),),
    ),
)
