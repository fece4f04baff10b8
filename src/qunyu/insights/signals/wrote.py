"""Wrote to us: wrote to us by themselves within 30 days."""

from __future__ import annotations

from qunyu.insights.signal import Signal
from qunyu.kernel.words import Words

SIGNAL = Signal(
    key="wrote",
    place=3,
    title=Words("主动联系过", "Wrote to us"),
    reason=Words("近 30 天主动联系过我们", "wrote to us by themselves within 30 days"),
    when="wrote_30 > 0",
    examples=(
        ({"wrote_30": 1}, True),
        ({}, False),
    ),
    opening=Words(
        "{name}，上次您找我聊的事，后来怎么样了？有要我帮忙的地方直接说。",
        "Hi {name}, how did it go with what you wrote to me about? If I can help, just say so.",
    ),
)
