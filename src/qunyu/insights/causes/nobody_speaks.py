"""Nobody speaks: members fall silent, and nobody of the staff begins either."""

from datetime import date

from qunyu.insights.cause import Cause, Finding, Line, rate, within
from qunyu.insights.evidence import Evidence, Part, Windows
from qunyu.kernel.words import Words

# Below every cause that explains why they fall silent: this one is left when no other is found.
FLOOR = 0.3


def find(evidence: Evidence) -> Finding | None:
    """Found whenever members say less a day; the stronger, the quieter the staff have become."""
    before, now = evidence.before, evidence.now
    said = rate(before.said, before.days), rate(now.said, now.days)
    staff = rate(before.staff, before.days), rate(now.staff, now.days)
    if not said[0] or said[1] is None or said[1] >= said[0] * 0.8:
        return None
    quiet = 1 - (staff[1] or 0) / staff[0] if staff[0] else 0.0
    words = Words(
        "成员每天的消息从 {a:.1f} 条降到 {b:.1f} 条，运营人员从 {c:.1f} 条变为 {d:.1f} 条",
        "members’ messages a day went from {a:.1f} to {b:.1f}, the staff’s from {c:.1f} to {d:.1f}",
    )
    lines = (
        Line(Words("成员每天消息", "Members’ messages a day"), said[0], said[1], now.said),
        Line(Words("运营人员每天消息", "Staff’s messages a day"), staff[0], staff[1], now.staff),
        Line(Words("发言成员", "Members who spoke"), before.speakers, now.speakers, now.speakers),
    )
    filled = words.fill(a=said[0], b=said[1], c=staff[0] or 0, d=staff[1] or 0)
    return Finding(FLOOR + 0.4 * within((quiet - 0.4) / 0.3), filled, lines)


_DAYS = (date(2026, 3, 1), date(2026, 3, 28)), (date(2026, 3, 29), date(2026, 4, 11))

CAUSE = Cause(
    key="nobody_speaks",
    title=Words("没人说话", "Nobody speaks"),
    definition=Words(
        "普通成员每天的消息比衰退前少两成以上；运营人员也不再开口时更像是它。其他原因都不成立时剩下的就是它。",
        "Ordinary members write a fifth less a day than before the decline; likelier when the staff fall silent too. It is what is left when no other cause holds.",
    ),
    step=Words(
        "每天由群主抛一个好接的话题，并点名请三位老成员接话；一周后看每天消息数",
        "Have the owner open one easy topic a day and ask three regulars by name to take it up; look at messages a day after a week",
    ),
    source="N8",
    find=find,
    example=(
        Evidence(Windows(1, *_DAYS), Part(days=28, said=560, staff=140), Part(days=14, said=56, staff=14)),
        0.7,
    ),
)
