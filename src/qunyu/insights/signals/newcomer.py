"""Newly joined: was first seen within 14 days."""

from __future__ import annotations

from qunyu.insights.signal import Signal
from qunyu.kernel.words import Words

SIGNAL = Signal(
    key="newcomer",
    place=6,
    title=Words("新入群", "Newly joined"),
    reason=Words("14 天内第一次出现", "was first seen within 14 days"),
    when="known_days <= 14",
    examples=(
        ({"known_days": 3}, True),
        ({"known_days": 40}, False),
    ),
    opening=Words(
        "{name}，欢迎您来！群里有份新人指南，先看看有没有用得上的，有问题随时问我。",
        "Welcome, {name}! There is a guide for newcomers: see whether something in it is of use to you, and ask me anything.",
    ),
)
