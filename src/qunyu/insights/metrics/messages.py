"""Messages."""

from datetime import date

from qunyu.insights.metric import Example, Metric, People
from qunyu.kernel.words import Words

METRIC = Metric(
    key="messages",
    title=Words("消息数", "Messages"),
    question=Words("一共说了多少？", "How much was said?"),
    definition=Words(
        "本期消息总数，含运营人员，不含机器人和气氛组；IRC 动作另计。",
        "All messages of the period, staff included, bots and atmosphere accounts left out; IRC actions are counted apart.",
    ),
    unit="messages",
    source="N2",
    needs=("chats",),
    sql="""
        SELECT key, period, sum(messages) AS value, sum(messages) AS n FROM active GROUP BY key, period
    """,
    people=People(
        Words("本期发过消息的成员和运营人员", "members and staff who sent messages in the period"),
        "SELECT key, period, member FROM active WHERE messages > 0",
    ),
    example=Example(
        rows={
            "active": (
                (1, date(2026, 3, 1), 1, "member", 2, 0, 1, 1, 0, 0),
                (1, date(2026, 3, 1), 2, "member", 5, 1, 2, 0, 0, 0),
                (1, date(2026, 3, 1), 4, "staff", 9, 0, 1, 1, 0, 0),
            )
        },
        gives=((1, date(2026, 3, 1), 16),),
    ),
)
