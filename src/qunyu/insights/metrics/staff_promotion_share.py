"""Advertising by staff."""

from datetime import date

from qunyu.insights.metric import Example, Metric, People
from qunyu.kernel.words import Words

METRIC = Metric(
    key="staff_promotion_share",
    title=Words("广告中的运营占比", "Advertising by staff"),
    question=Words("广告是谁发的？", "Who does the advertising?"),
    definition=Words(
        "运营人员的推销消息 ÷ 全部推销消息。",
        "Messages that sell by staff ÷ all messages that sell.",
    ),
    unit="share",
    source="N8",
    needs=("chats", "staff"),
    empty=None,
    good="",
    sql="""
        SELECT key, period, coalesce(sum(promotions) FILTER (role = 'staff'), 0) / sum(promotions) AS value, sum(promotions) AS n
        FROM selling GROUP BY key, period
    """,
    people=People(
        Words("本期发过推销消息的运营人员", "staff who sent messages that sell in the period"),
        "SELECT key, period, member FROM selling WHERE role = 'staff'",
    ),
    example=Example(
        rows={
            "active": (
                (1, date(2026, 3, 1), 1, "member", 6, 0, 1, 1, 0, 0),
                (1, date(2026, 3, 1), 9, "staff", 14, 0, 2, 1, 0, 0),
            ),
            "selling": (
                (1, date(2026, 3, 1), 1, "member", 1),
                (1, date(2026, 3, 1), 9, "staff", 4),
            ),
        },
        gives=((1, date(2026, 3, 1), 0.8),),
    ),
)
