"""Satisfaction."""

from datetime import date

from qunyu.insights.examples import OPINIONS
from qunyu.insights.metric import Example, Metric, People
from qunyu.kernel.words import Words

METRIC = Metric(
    key="satisfaction",
    title=Words("满意度", "Satisfaction"),
    question=Words("成员有多满意？", "How content are members?"),
    definition=Words(
        "本期成员所给评分、问卷、好评（100）与投诉（0，妥善解决 50）的平均分，满分 100。",
        "The mean score, of 100, of what members said in the period: ratings, survey answers, praise (100) and complaints (0, settled well 50).",
    ),
    unit="share",
    source="M11",
    needs=("chats", "opinions"),
    empty=None,
    sql="""
        SELECT key, period, avg(score) / 100 AS value, count(*) AS n FROM opinions GROUP BY key, period
    """,
    people=People(
        Words("本期评价过的成员", "members who said something in the period"),
        "SELECT key, period, member FROM opinions",
    ),
    example=Example(
        rows={"opinions": OPINIONS},
        gives=((1, date(2026, 3, 1), 0.55), (2, date(2026, 3, 1), 0.9)),
    ),
)
