"""The soul figure left: the one everybody listened to speaks no more."""

from datetime import date

from qunyu.insights.cause import Cause, Finding, Line, rate, within
from qunyu.insights.evidence import Evidence, Part, Voice, Windows
from qunyu.kernel.words import Words

# In the simulation the loudest of an ordinary group writes some 6 % of what members say, a soul figure 15 %.
# Where few speak everybody has a large share: a soul figure then has two and a half times an even one.
SHARE, FEWEST, ABOVE = 0.10, 20, 2.5


def find(evidence: Evidence) -> Finding | None:
    """Found when the member who wrote a tenth or more of everything before has left or writes hardly at all."""
    before, now, voice = evidence.before, evidence.now, evidence.voice
    share = rate(voice.messages, before.said)
    if share is None or voice.messages < FEWEST or share < max(SHARE, ABOVE / max(before.speakers, 1)):
        return None
    pace = rate(voice.messages, before.days) or 0.0
    since = rate(voice.since, now.days) or 0.0
    everybody = (rate(now.said, now.days) or 0.0) / (rate(before.said, before.days) or 1.0)
    if not voice.gone and since > pace * min(0.2, everybody / 2):
        return None
    words = Words(
        "衰退前写下成员消息 {share:.0%}（{n} 条）的人{how}，最后一次发言在 {day}",
        "the member who wrote {share:.0%} of what members said ({n}) {how}; last word on {day}",
    )
    how = Words("已退群", "has left") if voice.gone else Words("几乎不再说话", "hardly speaks any more")
    filled = Words(
        words.zh.format(share=share, n=voice.messages, how=how.zh, day=voice.last_day),
        words.en.format(share=share, n=voice.messages, how=how.en, day=voice.last_day),
    )
    lines = (
        Line(Words("此人每天消息", "Their messages a day"), pace, since, voice.since),
        Line(
            Words("此人占成员消息", "Their share of what members say"),
            share,
            rate(voice.since, now.said),
            now.said,
            True,
        ),
    )
    return Finding(0.7 + 0.3 * within((share - SHARE) / 0.1), filled, lines, voice.member)


_DAYS = (date(2026, 3, 1), date(2026, 3, 28)), (date(2026, 3, 29), date(2026, 4, 11))

CAUSE = Cause(
    key="soul_left",
    title=Words("灵魂人物离开", "The soul figure left"),
    definition=Words(
        "衰退前写得最多的普通成员（占成员消息一成以上，且至少是人均的两倍半）退群，或每天消息降到原来的两成以下、降幅明显大于众人。",
        "Who wrote most of the ordinary members (a tenth of it all, 2.5 times an even share) has left, or writes less than a fifth of before while others fell less.",
    ),
    step=Words(
        "私下问清离开的原因并请回；同时从仍活跃的成员中请两位轮流主持话题",
        "Ask in private why, and invite them back; meanwhile have two members who are still active host topics in turn",
    ),
    source="N8",
    find=find,
    example=(
        Evidence(
            Windows(1, *_DAYS),
            Part(days=28, said=1000, speakers=40),
            Part(days=14, said=200),
            Voice(5, 200, 0, date(2026, 3, 27), True),
        ),
        1.0,
    ),
)
