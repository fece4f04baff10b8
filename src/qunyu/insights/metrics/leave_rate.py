"""Leave rate."""

from datetime import date

from qunyu.insights.metric import Example, Metric, People
from qunyu.kernel.words import Words

METRIC = Metric(
    key="leave_rate",
    title=Words("退群率", "Leave rate"),
    question=Words("多大比例的人走了？", "What share left?"),
    definition=Words(
        "本期退群人次 ÷（期末成员 + 本期退群人次）。",
        "Leaves in the period ÷ (members at its end + leaves in it).",
    ),
    unit="share",
    source="N1",
    needs=(
        "chats",
        "joins",
    ),
    empty=None,
    good="down",
    sql="""
        SELECT m.key, m.period, coalesce(l.value, 0) / nullif(m.value + coalesce(l.value, 0), 0) AS value,
          m.value + coalesce(l.value, 0) AS n
        FROM members m LEFT JOIN leaves l USING (key, period)
    """,
    people=People(
        Words("本期退群或被移出的普通成员", "ordinary members who left or were removed during the period"),
        "SELECT key, period, member FROM active WHERE role = 'member' AND leaves > 0",
    ),
    example=Example(
        rows={
            "periods": ((date(2026, 3, 1), date(2026, 3, 1), date(2026, 3, 2), date(2026, 2, 1), 2),),
            "headcount": ((1, date(2026, 3, 2), date(2026, 3, 1), 9),),
            "active": ((1, date(2026, 3, 1), 2, "member", 3, 0, 1, 1, 0, 1),),
        },
        gives=((1, date(2026, 3, 1), 0.1),),
    ),
)
