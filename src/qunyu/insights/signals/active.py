"""Active lately: was active within 7 days."""

from __future__ import annotations

from qunyu.insights.signal import Signal
from qunyu.kernel.words import Words

SIGNAL = Signal(
    key="active",
    place=8,
    title=Words("近期活跃", "Active lately"),
    reason=Words("近 7 天活跃过", "was active within 7 days"),
    when="silent_days < 7",
    examples=(
        ({"silent_days": 6}, True),
        ({"silent_days": 7}, False),
        ({}, False),
    ),
    opening=Words(
        "{name}，最近群里聊的有没有您感兴趣的？有想了解的我来帮您问。",
        "Hi {name}, was there anything in the group of late that you would like to know more about? I can find out.",
    ),
)
