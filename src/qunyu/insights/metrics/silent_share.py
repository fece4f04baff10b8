"""Silent share."""

from datetime import date

from qunyu.insights.metric import Example, Metric, People
from qunyu.kernel.words import Words

METRIC = Metric(
    key="silent_share",
    title=Words("沉默比例", "Silent share"),
    question=Words("多大比例的人一句没说？", "What share said nothing?"),
    definition=Words(
        "期末成员中本期没有发言的比例：1 − 活跃成员 ÷ 成员。活跃后退群的人可使其略偏低，最低为 0。",
        "The share of members who were not active in the period: 1 − active ÷ members; people active before leaving can lower it a little, never below 0.",
    ),
    unit="share",
    source="N2",
    needs=("chats",),
    empty=None,
    good="down",
    sql="""
        SELECT m.key, m.period, greatest(0, 1 - coalesce(a.value, 0) / nullif(m.value, 0)) AS value, m.value AS n
        FROM members m LEFT JOIN active_members a USING (key, period) WHERE m.value > 0
    """,
    people=People(
        Words("期末在群、本期没有发言的普通成员", "ordinary members there at the period’s end who said nothing in it"),
        """
            SELECT s.key, p.period, s.member FROM stays s JOIN periods p
              ON s.from_day <= p.last_day AND (s.to_day IS NULL OR s.to_day > p.last_day)
            ANTI JOIN active a ON a.key = s.key AND a.period = p.period AND a.member = s.member AND a.messages + a.actions > 0
        """,
    ),
    example=Example(
        rows={
            "periods": ((date(2026, 3, 1), date(2026, 3, 1), date(2026, 3, 2), date(2026, 2, 1), 2),),
            "headcount": ((1, date(2026, 3, 2), date(2026, 3, 1), 4),),
            "active": ((1, date(2026, 3, 1), 1, "member", 2, 0, 1, 1, 0, 0),),
        },
        gives=((1, date(2026, 3, 1), 0.75),),
    ),
)
