"""Only adverts: what is sent is mostly selling."""

from datetime import date

from qunyu.insights.cause import Cause, Finding, Line, rate, within
from qunyu.insights.evidence import Evidence, Part, Windows
from qunyu.kernel.words import Words

# A quarter of everything being offers is twice what the simulated selling groups bear; below ten nobody feels flooded.
SHARE, FEWEST = 0.25, 10


def find(evidence: Evidence) -> Finding | None:
    """Found when offers are a quarter of all messages, and a larger share than before."""
    before, now = evidence.before, evidence.now
    was, share = rate(before.promotions, before.messages) or 0.0, rate(now.promotions, now.messages)
    if share is None or now.promotions < FEWEST or share < SHARE or share < was * 1.3:
        return None
    words = Words(
        "推销内容占全部消息的 {b:.0%}（{n} 条），衰退前为 {a:.0%}",
        "offers are {b:.0%} of all messages ({n}), {a:.0%} before the decline",
    )
    lines = (
        Line(Words("推销占比", "Share of offers"), was, share, now.messages, share=True),
        Line(Words("每天推销", "Offers a day"), rate(before.promotions, before.days), rate(now.promotions, now.days),
             now.promotions),
    )  # fmt: skip
    return Finding(0.6 + 0.4 * within((share - SHARE) / 0.35), words.fill(a=was, b=share, n=now.promotions), lines)


_DAYS = (date(2026, 3, 1), date(2026, 3, 28)), (date(2026, 3, 29), date(2026, 4, 11))

CAUSE = Cause(
    key="only_adverts",
    title=Words("只剩广告", "Only adverts"),
    definition=Words(
        "推销消息（价格、链接、抢购、加人等，不论谁发）占全部消息的四分之一以上，且比衰退前多三成。",
        "Messages that sell (prices, links, hurry, contacts, whoever sends them) are a quarter of all or more, and three tenths more of it than before.",
    ),
    step=Words(
        "把推销压到每天最多一条，清出发广告的人，先连续一周只发成员用得上的内容",
        "Cut offers to one a day at most, put out who advertises, and send nothing but what members can use for a week",
    ),
    source="N8",
    find=find,
    example=(
        Evidence(
            Windows(1, *_DAYS),
            Part(days=28, messages=1000, promotions=80),
            Part(days=14, messages=400, promotions=240),
        ),
        1.0,
    ),
)
