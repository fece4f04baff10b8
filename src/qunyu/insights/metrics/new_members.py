"""New members."""

from datetime import date

from qunyu.insights.metric import Example, Metric, People
from qunyu.kernel.words import Words

METRIC = Metric(
    key="new_members",
    title=Words("新成员", "New members"),
    question=Words("有多少新面孔？", "How many new faces?"),
    definition=Words(
        "第一次出现（入群或发言）在本期的普通成员。",
        "Ordinary members first seen (coming in or speaking) in the period.",
    ),
    unit="people",
    source="N3",
    needs=("chats",),
    sql="""
        SELECT key, period, count(*) AS value, count(*) AS n FROM first_seen GROUP BY key, period
    """,
    people=People(
        Words("本期首次出现的普通成员", "ordinary members first seen in the period"),
        "SELECT key, period, member FROM first_seen",
    ),
    example=Example(
        rows={"first_seen": ((1, date(2026, 3, 1), 1), (1, date(2026, 3, 1), 2), (1, date(2026, 4, 1), 3))},
        gives=(
            (1, date(2026, 3, 1), 2),
            (1, date(2026, 4, 1), 1),
        ),
    ),
)
