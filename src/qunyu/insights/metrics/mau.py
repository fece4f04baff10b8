"""Active in 30 days."""

from datetime import date

from qunyu.insights.metric import Example, Metric, People
from qunyu.kernel.words import Words

METRIC = Metric(
    key="mau",
    title=Words("近 30 天活跃", "Active in 30 days"),
    question=Words("最近一个月有多少人说话？", "How many spoke in the last month?"),
    definition=Words(
        "截至期末的 30 天内至少活跃一天的普通成员（MAU）。",
        "Ordinary members active on at least one of the 30 days up to the period’s end (MAU).",
    ),
    unit="people",
    source="N3",
    needs=("chats",),
    sql="""
        WITH runs AS (
          SELECT key, member, day, lag(day) OVER w AS before, lead(day) OVER w AS after
          FROM active_days WINDOW w AS (PARTITION BY key, member ORDER BY day)
        ), changes AS (
          SELECT key, day, 1 AS change FROM runs WHERE before IS NULL OR before <= day - 30
          UNION ALL SELECT key, day + 30, -1 FROM runs WHERE after IS NULL OR after >= day + 30
        ), daily AS (SELECT key, day, sum(change) AS change FROM changes GROUP BY key, day
        ), running AS (
          SELECT c.key, c.day, c.period,
            sum(coalesce(d.change, 0)) OVER (PARTITION BY c.key ORDER BY c.day ROWS UNBOUNDED PRECEDING) AS people
          FROM calendar c LEFT JOIN daily d USING (key, day)
        )
        SELECT r.key, r.period, r.people AS value, r.people AS n
        FROM running r JOIN periods p ON p.period = r.period AND p.last_day = r.day
    """,
    people=People(
        Words("截至期末 30 天内活跃的普通成员", "ordinary members active in the 30 days up to the period’s end"),
        """
            SELECT a.key, p.period, a.member FROM active_days a JOIN periods p ON a.day > p.last_day - 30 AND a.day <= p.last_day
        """,
    ),
    example=Example(
        rows={
            "periods": ((date(2026, 3, 1), date(2026, 3, 1), date(2026, 3, 10), date(2026, 2, 1), 10),),
            "calendar": (
                (1, date(2026, 3, 1), date(2026, 3, 1)),
                (1, date(2026, 3, 2), date(2026, 3, 1)),
                (1, date(2026, 3, 3), date(2026, 3, 1)),
                (1, date(2026, 3, 4), date(2026, 3, 1)),
                (1, date(2026, 3, 5), date(2026, 3, 1)),
                (1, date(2026, 3, 6), date(2026, 3, 1)),
                (1, date(2026, 3, 7), date(2026, 3, 1)),
                (1, date(2026, 3, 8), date(2026, 3, 1)),
                (1, date(2026, 3, 9), date(2026, 3, 1)),
                (1, date(2026, 3, 10), date(2026, 3, 1)),
            ),
            "active_days": (
                (1, date(2026, 3, 1), 1),
                (1, date(2026, 3, 2), 2),
                (1, date(2026, 3, 9), 2),
                (1, date(2026, 3, 5), 3),
            ),
        },
        gives=((1, date(2026, 3, 1), 3),),
    ),
)
