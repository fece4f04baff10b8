"""Complaint rate."""

from datetime import date

from qunyu.insights.examples import OPINIONS
from qunyu.insights.metric import Example, Metric, People
from qunyu.kernel.words import Words

METRIC = Metric(
    key="complaint_rate",
    title=Words("投诉率", "Complaint rate"),
    question=Words("多少成员有怨言？", "How many complaints per member?"),
    definition=Words("本期投诉数 ÷ 期末成员数。", "Complaints in the period ÷ members at its end."),
    unit="share",
    source="M11",
    needs=("chats", "opinions"),
    empty=None,
    good="down",
    sql="""
        SELECT m.key, m.period, coalesce(c.value, 0) / nullif(m.value, 0) AS value, m.value AS n
        FROM members m LEFT JOIN complaints c USING (key, period)
    """,
    people=People(
        Words("本期投诉过的成员", "members who complained in the period"),
        "SELECT key, period, member FROM opinions WHERE kind = 'complaint'",
    ),
    example=Example(
        rows={
            "periods": ((date(2026, 3, 1), date(2026, 3, 1), date(2026, 3, 2), date(2026, 2, 1), 2),),
            "headcount": ((1, date(2026, 3, 2), date(2026, 3, 1), 8),),
            "opinions": OPINIONS,
        },
        gives=((1, date(2026, 3, 1), 0.125),),
    ),
)
