"""Complaints."""

from datetime import date

from qunyu.insights.examples import OPINIONS
from qunyu.insights.metric import Example, Metric, People
from qunyu.kernel.words import Words

METRIC = Metric(
    key="complaints",
    title=Words("投诉数", "Complaints"),
    question=Words("收到多少投诉？", "How many complaints came in?"),
    definition=Words(
        "本期成员的投诉条数，撤回的不算。", "Complaints of members in the period, without those taken back."
    ),
    unit="times",
    source="M11",
    needs=("chats", "opinions"),
    good="down",
    sql="""
        SELECT key, period, count(*) AS value, count(*) AS n FROM opinions WHERE kind = 'complaint' GROUP BY key, period
    """,
    people=People(
        Words("本期投诉过的成员", "members who complained in the period"),
        "SELECT key, period, member FROM opinions WHERE kind = 'complaint'",
    ),
    example=Example(
        rows={"opinions": OPINIONS},
        gives=((1, date(2026, 3, 1), 1),),
    ),
)
