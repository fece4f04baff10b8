"""New-member retention."""

from datetime import date

from qunyu.insights.metric import Example, Metric, People
from qunyu.kernel.words import Words

METRIC = Metric(
    key="new_member_retention",
    title=Words("新成员留存率", "New-member retention"),
    question=Words("上期的新人本期还活跃吗？", "Do last period’s newcomers stay active?"),
    definition=Words(
        "上一期的新成员中，本期活跃者所占比例（留存 ÷ 新增）。",
        "Of the members new in the period before, the share active in this one (retained ÷ new).",
    ),
    unit="share",
    source="N3",
    needs=("chats",),
    empty=None,
    sql="""
        SELECT f.key, p.period, count(a.member) / count(*) AS value, count(*) AS n
        FROM first_seen f JOIN periods p ON p.previous = f.period
        LEFT JOIN active a ON a.key = f.key AND a.member = f.member AND a.period = p.period AND a.messages + a.actions > 0
        GROUP BY f.key, p.period
    """,
    people=People(
        Words("上一期新来、本期活跃的普通成员", "ordinary members new in the period before and active in this one"),
        """
            SELECT f.key, p.period, f.member FROM first_seen f JOIN periods p ON p.previous = f.period
            SEMI JOIN active a ON a.key = f.key AND a.member = f.member AND a.period = p.period AND a.messages + a.actions > 0
        """,
    ),
    example=Example(
        rows={
            "periods": (
                (date(2026, 3, 1), date(2026, 3, 1), date(2026, 3, 31), date(2026, 2, 1), 31),
                (date(2026, 4, 1), date(2026, 4, 1), date(2026, 4, 30), date(2026, 3, 1), 30),
            ),
            "first_seen": ((1, date(2026, 3, 1), 1), (1, date(2026, 3, 1), 2)),
            "active": (
                (1, date(2026, 3, 1), 1, "member", 1, 0, 1, 1, 0, 0),
                (1, date(2026, 3, 1), 2, "member", 1, 0, 1, 1, 0, 0),
                (1, date(2026, 4, 1), 1, "member", 4, 0, 1, 1, 0, 0),
                (1, date(2026, 4, 1), 3, "member", 4, 0, 1, 1, 0, 0),
            ),
        },
        gives=((1, date(2026, 4, 1), 0.5),),
    ),
)
