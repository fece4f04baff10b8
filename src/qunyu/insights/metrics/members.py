"""Members."""

from datetime import date

from qunyu.insights.metric import Example, Metric, People
from qunyu.kernel.words import Words

METRIC = Metric(
    key="members",
    title=Words("成员数", "Members"),
    question=Words("现在有多少人？", "How many people are there?"),
    definition=Words(
        "期末在群的普通成员人数，按人去重；没有成员名单时为出现过且未见退群的人。运营人员、气氛组和机器人不计。",
        "Ordinary members in the communities at the end of the period, each person once; where there is no member list, people seen and not seen leaving. Staff, atmosphere accounts and bots are left out.",
    ),
    unit="people",
    source="N1",
    needs=("chats",),
    sql="""
        SELECT h.key, h.period, h.members AS value, h.members AS n
        FROM headcount h JOIN periods p ON p.period = h.period AND p.last_day = h.day
    """,
    people=People(
        Words("期末在群的普通成员", "ordinary members there at the period’s end"),
        """
            SELECT s.key, p.period, s.member FROM stays s JOIN periods p
              ON s.from_day <= p.last_day AND (s.to_day IS NULL OR s.to_day > p.last_day)
        """,
    ),
    example=Example(
        rows={
            "periods": ((date(2026, 3, 1), date(2026, 3, 1), date(2026, 3, 2), date(2026, 2, 1), 2),),
            "headcount": (
                (1, date(2026, 3, 1), date(2026, 3, 1), 5),
                (1, date(2026, 3, 2), date(2026, 3, 1), 7),
            ),
        },
        gives=((1, date(2026, 3, 1), 7),),
    ),
)
