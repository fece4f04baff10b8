"""Invited members."""

from datetime import date

from qunyu.insights.metric import Example, Metric, People
from qunyu.kernel.words import Words

METRIC = Metric(
    key="invited_members",
    title=Words("老带新人数", "People brought in"),
    question=Words("成员带来了多少人？", "How many did members bring in?"),
    definition=Words(
        "被普通成员邀请进群的普通成员，按人去重，只记第一次；运营人员邀请的不算。只统计记录里写明邀请人的。",
        "Ordinary members whom ordinary members brought in, each once, at the first time; those whom staff brought are not counted. As far as the records name who brought them.",
    ),
    unit="people",
    source="N5",
    needs=("chats", "joins", "invitations"),
    sql="""
        SELECT key, period, count(*) AS value, count(*) AS n FROM invitations WHERE role = 'member' GROUP BY key, period
    """,
    people=People(
        Words("本期由普通成员带来的人", "those whom ordinary members brought in during the period"),
        "SELECT key, period, guest AS member FROM invitations WHERE role = 'member'",
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
        gives=((1, date(2026, 3, 1), 3),),
    ),
)
