"""Off its theme: members write about other things than before."""

from datetime import date

from qunyu.insights.cause import Cause, Finding, Line, within
from qunyu.insights.evidence import Evidence, Part, Talk, Windows
from qunyu.kernel.words import Words

# In the simulation whoever keeps to the theme stays above 0.89 of the usual likeness and who strays falls to 0.62 to 0.70.
KEPT = 0.82


def find(evidence: Evidence) -> Finding | None:
    """Found when what members write is far less like before than one half of before was like the other."""
    talk = evidence.talk
    if talk.likeness is None or not talk.usual or talk.likeness >= KEPT * talk.usual:
        return None
    kept = talk.likeness / talk.usual
    words = Words(
        "成员写的内容与衰退前的相似度为 {a:.2f}，而衰退前前后两半之间为 {b:.2f}（各比较 {n} 条消息）",
        "what members write is {a:.2f} like before, where one half of before was {b:.2f} like the other ({n} messages compared on each side)",
    )
    line = Line(Words("内容相似度", "Likeness of content"), talk.usual, talk.likeness, talk.texts)
    filled = words.fill(a=talk.likeness, b=talk.usual, n=talk.texts)
    return Finding(0.6 + 0.4 * within((KEPT - kept) / 0.25), filled, (line,))


_DAYS = (date(2026, 3, 1), date(2026, 3, 28)), (date(2026, 3, 29), date(2026, 4, 11))

CAUSE = Cause(
    key="off_theme",
    title=Words("偏离主题", "Off its theme"),
    definition=Words(
        "成员文字消息的双字片段与衰退前的相似度（余弦），低于衰退前随机两半之间相似度的 82%；至少各 15 条消息。",
        "Members’ texts (cosine over pieces of two characters) are less like before than 82 % of how like random halves of before are; at least 15 messages each.",
    ),
    step=Words(
        "重申群的主题，把本周话题都拉回主题，闲聊另开一群",
        "Say again what the community is about, bring every topic of this week back to it, and open another group for small talk",
    ),
    source="N8",
    find=find,
    example=(
        Evidence(Windows(1, *_DAYS), Part(days=28), Part(days=14), talk=Talk(0.3, 0.6, 200)),
        1.0,
    ),
)
