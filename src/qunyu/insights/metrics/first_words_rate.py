"""First-words rate."""

from datetime import date

from qunyu.insights.metric import Example, Metric, People
from qunyu.kernel.words import Words

METRIC = Metric(
    key="first_words_rate",
    title=Words("新人开口率", "Newcomers who speak"),
    question=Words("新人一周内开口了吗？", "Do newcomers speak within a week?"),
    definition=Words(
        "本期入群的新成员中，入群 7 天内（含当天）说过话的比例。只算看得到入群、入群时已有聊天记录、且 7 天已过的人；其余的还不知道，不计入。",
        "Of the new members who came in during the period, the share that said something within 7 days, the day of coming included. Only those whose coming was seen, in a community whose talk is known by then, and whose 7 days are over; of the others it is not known.",
    ),
    unit="share",
    source="N2",
    needs=("chats", "joins"),
    empty=None,
    sql="""
        SELECT key, period, count(*) FILTER (silent_days < 7) / count(*) AS value, count(*) AS n
        FROM newcomers WHERE came AND day + 7 <= (SELECT max(last_day) FROM periods) GROUP BY key, period
    """,
    people=People(
        Words("本期入群、7 天内说过话的新成员", "new members of the period who said something within 7 days"),
        "SELECT key, period, member FROM newcomers WHERE came AND silent_days < 7 AND day + 7 <= (SELECT max(last_day) FROM periods)",
    ),
    example=Example(
        rows={
            "periods": ((date(2026, 3, 1), date(2026, 3, 1), date(2026, 3, 20), date(2026, 2, 1), 20),),
            "newcomers": (
                (1, date(2026, 3, 1), 1, date(2026, 3, 1), True, 0),
                (1, date(2026, 3, 1), 2, date(2026, 3, 2), True, 6),
                (1, date(2026, 3, 1), 3, date(2026, 3, 2), True, 7),
                (1, date(2026, 3, 1), 4, date(2026, 3, 13), True, None),
                (1, date(2026, 3, 1), 5, date(2026, 3, 14), True, 1),
                (1, date(2026, 3, 1), 6, date(2026, 3, 1), False, 0),
            ),
        },
        gives=((1, date(2026, 3, 1), 0.5),),
    ),
)
