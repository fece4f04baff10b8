"""Wait of newcomers."""

from datetime import date

from qunyu.insights.metric import Example, Metric, People
from qunyu.kernel.words import Words

METRIC = Metric(
    key="newcomer_wait",
    title=Words("新人等待回应", "Wait of newcomers"),
    question=Words("新人开口后要等多久？", "How long does a newcomer wait for an answer?"),
    definition=Words(
        "本期第一次说话的成员，到同群别人说话为止的时间的中位数；一天之内没人接的按一天计，一天未过的不计入。",
        "Of the members whose first words ever fell in the period, the median time until somebody else spoke in the same community; nobody within a day counts as a day, and those whose day is not over are left out.",
    ),
    unit="minutes",
    source="N2",
    needs=("chats",),
    empty=None,
    good="down",
    sql="""
        SELECT key, period, median(coalesce(seconds, 86400)) / 60 AS value, count(*) AS n
        FROM first_words WHERE seconds IS NOT NULL OR day < (SELECT max(last_day) FROM periods) GROUP BY key, period
    """,
    people=People(
        Words("本期第一次说话的成员", "members with first words in the period"),
        "SELECT key, period, member FROM first_words",
    ),
    example=Example(
        rows={
            "periods": ((date(2026, 3, 1), date(2026, 3, 1), date(2026, 3, 20), date(2026, 2, 1), 20),),
            "first_words": (
                (1, date(2026, 3, 1), 1, date(2026, 3, 1), 120),
                (1, date(2026, 3, 1), 2, date(2026, 3, 2), 600),
                (1, date(2026, 3, 1), 3, date(2026, 3, 2), None),
                (1, date(2026, 3, 1), 4, date(2026, 3, 20), None),
            ),
        },
        gives=((1, date(2026, 3, 1), 10),),
    ),
)
