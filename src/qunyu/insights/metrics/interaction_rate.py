"""Interaction rate."""

from datetime import date

from qunyu.insights.metric import Example, Metric, People
from qunyu.kernel.words import Words

METRIC = Metric(
    key="interaction_rate",
    title=Words("互动率", "Interaction rate"),
    question=Words("每天有多大比例的成员真正说话？", "What share of members really speak on a day?"),
    definition=Words(
        "当日真正发言的成员 ÷ 当日成员数；多日取人日之比。表情、复读、红包道谢不算发言，运营人员、气氛组和机器人不计。",
        "Members who really spoke that day ÷ members that day; over several days the ratio of member-days. Stickers, repeats and red-packet thanks are no talk; staff, atmosphere accounts and bots are left out.",
    ),
    unit="share",
    source="N2",
    needs=("chats",),
    empty=None,
    sql="""
        WITH talk AS (SELECT key, period, sum(spoken_days) AS days FROM active WHERE role = 'member' GROUP BY key, period),
        people AS (SELECT key, period, sum(members) AS days FROM headcount GROUP BY key, period)
        SELECT p.key, p.period, coalesce(t.days, 0) / nullif(p.days, 0) AS value, p.days AS n
        FROM people p LEFT JOIN talk t USING (key, period)
    """,
    people=People(
        Words("本期真正发过言的普通成员", "ordinary members who really spoke in the period"),
        "SELECT key, period, member FROM active WHERE role = 'member' AND spoken_days > 0",
    ),
    example=Example(
        rows={
            "headcount": (
                (1, date(2026, 3, 1), date(2026, 3, 1), 4),
                (1, date(2026, 3, 2), date(2026, 3, 1), 6),
            ),
            "active": (
                (1, date(2026, 3, 1), 1, "member", 2, 0, 1, 1, 0, 0),
                (1, date(2026, 3, 1), 2, "member", 5, 0, 2, 1, 0, 0),
            ),
        },
        gives=((1, date(2026, 3, 1), 0.2),),
    ),
)
