"""One-sided: all big names or all ordinary."""

from datetime import date

from qunyu.insights.cause import Cause, Finding, Line, rate
from qunyu.insights.evidence import Evidence, Part, Windows
from qunyu.kernel.words import Words

# Source: method.md O4: a quarter are big and middling names, three quarters ordinary members.
NAMES = 0.9
FEWEST_SAID, FEWEST_SPEAKERS = 30, 5


def find(evidence: Evidence) -> Finding | None:
    """Found when hardly anybody but regulars speaks any more, or no regular is left among those who do."""
    before, now = evidence.before, evidence.now
    if now.said < FEWEST_SAID or now.speakers < FEWEST_SPEAKERS or now.days < 14 or not before.speakers:
        return None
    regular, was = rate(now.regulars, now.speakers) or 0.0, rate(before.regulars, before.speakers) or 0.0
    lines = (
        Line(Words("发言者中的常客", "Regulars among those who speak"), was, regular, now.speakers, True),
        Line(Words("常客写的消息", "What regulars write"), rate(before.by_regulars, before.said),
             rate(now.by_regulars, now.said), now.said, True),
    )  # fmt: skip
    if regular >= NAMES and was < NAMES:
        words = Words(
            "开口的 {n} 人中 {a} 人是常客，普通成员不再插话",
            "of {n} who speak {a} are regulars; ordinary members no longer join in",
        )
        return Finding(0.65, words.fill(n=now.speakers, a=now.regulars), lines)
    if not now.regulars and before.regulars:
        words = Words(
            "开口的 {n} 人中没有一位常客，衰退前有 {a} 位",
            "none of the {n} who speak is a regular; there were {a} before",
        )
        return Finding(0.55, words.fill(n=now.speakers, a=before.regulars), lines)
    return None


_DAYS = (date(2026, 3, 1), date(2026, 3, 28)), (date(2026, 3, 29), date(2026, 4, 11))

CAUSE = Cause(
    key="one_sided",
    title=Words("全是大咖或全是小白", "All big names or all ordinary"),
    definition=Words(
        "常客指一周至少两天发言的普通成员。几乎只有常客发言（九成以上），或一位常客也没有了。",
        "A regular is an ordinary member who speaks on two days a week or more. Hardly anybody but regulars speaks (nine in ten), or no regular is left.",
    ),
    step=Words(
        "全是大咖：每天留一个新手能答的问题；全是小白：邀请两三位懂行的人定期来答疑",
        "All big names: leave a question a day that beginners can answer; all ordinary: invite two or three who know the field to answer regularly",
    ),
    source="N8, O4",
    find=find,
    example=(
        Evidence(
            Windows(1, *_DAYS),
            Part(days=28, said=900, speakers=60, regulars=20, by_regulars=700),
            Part(days=14, said=60, speakers=30, regulars=0),
        ),
        0.55,
    ),
)
