"""Share of advertising."""

from datetime import date

from qunyu.insights.metric import Example, Metric, People
from qunyu.kernel.words import Words

METRIC = Metric(
    key="promotion_share",
    title=Words("广告占比", "Share of advertising"),
    question=Words("群里有多少是广告？", "How much of the talk is advertising?"),
    definition=Words(
        "推销消息 ÷ 全部消息，成员和运营人员都算，机器人和气氛组不计。推销按用词和链接识别：价格、限时、优惠、购买链接、联系方式等。",
        "Messages that sell ÷ messages, of members and staff alike; bots and atmosphere accounts are left out. Selling is told from words and links: prices, hurry, offers, links to buy, contacts.",
    ),
    unit="share",
    source="N8",
    needs=("chats",),
    empty=None,
    good="down",
    sql="""
        WITH sold AS (SELECT key, period, sum(promotions) AS value FROM selling GROUP BY key, period)
        SELECT m.key, m.period, coalesce(s.value, 0) / nullif(m.value, 0) AS value, m.value AS n
        FROM messages m LEFT JOIN sold s USING (key, period)
    """,
    people=People(
        Words("本期发过推销消息的成员和运营人员", "members and staff who sent messages that sell in the period"),
        "SELECT key, period, member FROM selling",
    ),
    example=Example(
        rows={
            "active": (
                (1, date(2026, 3, 1), 1, "member", 6, 0, 1, 1, 0, 0),
                (1, date(2026, 3, 1), 9, "staff", 14, 0, 2, 1, 0, 0),
            ),
            "selling": (
                (1, date(2026, 3, 1), 1, "member", 1),
                (1, date(2026, 3, 1), 9, "staff", 4),
            ),
        },
        gives=((1, date(2026, 3, 1), 0.25),),
    ),
)
