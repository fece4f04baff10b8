"""Asked lately: asked a question in a group within 7 days.

The rollup tells questions, not what they are about.
"""

from __future__ import annotations

from qunyu.insights.signal import Signal
from qunyu.kernel.words import Words

SIGNAL = Signal(
    key="asked",
    place=2,
    title=Words("近期提问", "Asked lately"),
    reason=Words("近 7 天在群里提过问题", "asked a question in a group within 7 days"),
    when="asked_7 > 0",
    examples=(
        ({"asked_7": 1}, True),
        ({}, False),
    ),
    opening=Words(
        "{name}，看到您在群里问的事，我把情况说清楚给您参考，合不合适您来定。",
        "Hi {name}, I saw your question in the group. Here is what I know about it; whether it suits you is yours to say.",
    ),
)
