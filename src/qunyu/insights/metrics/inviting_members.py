"""Inviting members."""

from datetime import date

from qunyu.insights.metric import Example, Metric, People
from qunyu.kernel.words import Words

METRIC = Metric(
    key="inviting_members",
    title=Words("带人的成员", "Members who brought people"),
    question=Words("多少成员带了人来？", "How many members brought somebody?"),
    definition=Words(
        "本期带来至少一人的普通成员，按人去重。",
        "Ordinary members who brought in at least one person during the period, each once.",
    ),
    unit="people",
    source="N5",
    needs=("chats", "joins", "invitations"),
    sql="""
        SELECT key, period, count(DISTINCT inviter) AS value, count(*) AS n FROM invitations WHERE role = 'member' GROUP BY key, period
    """,
    people=People(
        Words("本期带来至少一人的普通成员", "ordinary members who brought in somebody during the period"),
        "SELECT key, period, inviter AS member FROM invitations WHERE role = 'member'",
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
