"""Net promoters."""

from datetime import date

from qunyu.insights.metric import Example, Metric, People
from qunyu.kernel.words import Words

METRIC = Metric(
    key="net_promoters",
    title=Words("净推荐值", "Net promoters"),
    question=Words("愿意推荐的人比不愿意的多多少？", "How many more would recommend us than would not?"),
    definition=Words(
        "本期问卷中给推荐意愿打 9–10 分的比例 − 打 0–6 分的比例，只看专属链接的回答。",
        "Of those who answered over links of their own how likely they would recommend us: the share of 9 and 10 less the share of 0 to 6.",
    ),
    unit="share",
    source="M11",
    needs=("chats", "recommending"),
    empty=None,
    sql="""
        SELECT key, period, (count(*) FILTER (likely >= 9) - count(*) FILTER (likely <= 6)) / count(*) AS value, count(*) AS n
        FROM opinions WHERE likely IS NOT NULL GROUP BY key, period
    """,
    people=People(
        Words("本期给推荐意愿打 9–10 分的成员", "members who answered 9 or 10 in the period"),
        "SELECT key, period, member FROM opinions WHERE likely >= 9",
    ),
    example=Example(
        rows={
            "opinions": (
                (1, date(2026, 3, 1), date(2026, 3, 2), 1, 7, "survey", 90, 10),
                (1, date(2026, 3, 1), date(2026, 3, 2), 2, 8, "survey", 90, 9),
                (1, date(2026, 3, 1), date(2026, 3, 5), 3, 9, "survey", 80, 8),
                (1, date(2026, 3, 1), date(2026, 3, 5), 4, 5, "survey", 30, 6),
                (1, date(2026, 3, 1), date(2026, 3, 6), 5, 4, "rating", 75, None),
            )
        },
        gives=((1, date(2026, 3, 1), 0.25),),
    ),
)
