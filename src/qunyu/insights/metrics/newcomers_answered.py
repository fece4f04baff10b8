"""Newcomers answered."""

from datetime import date

from qunyu.insights.metric import Example, Metric, People
from qunyu.kernel.words import Words

METRIC = Metric(
    key="newcomers_answered",
    title=Words("新人得到回应", "Newcomers answered"),
    question=Words("新人第一次说话有人接吗？", "Does anybody answer a newcomer’s first words?"),
    definition=Words(
        "本期第一次说话的成员中，一天之内同群有别人说话的比例；机器人不算。一天未过又还没人接的不计入。",
        "Of the members whose first words ever fell in the period, the share after whom somebody else spoke in the same community within a day; bots do not count. Those whose day is not over and who are not answered yet are left out.",
    ),
    unit="share",
    source="N2",
    needs=("chats",),
    empty=None,
    sql="""
        SELECT key, period, count(seconds) / count(*) AS value, count(*) AS n
        FROM first_words WHERE seconds IS NOT NULL OR day < (SELECT max(last_day) FROM periods) GROUP BY key, period
    """,
    people=People(
        Words("本期第一次说话、一天内有人接话的成员", "members with first words in the period, answered within a day"),
        "SELECT key, period, member FROM first_words WHERE seconds IS NOT NULL",
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
        gives=((1, date(2026, 3, 1), 2 / 3),),
    ),
)
