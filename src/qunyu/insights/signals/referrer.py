"""Brought friends: has brought somebody in."""

from __future__ import annotations

from qunyu.insights.signal import Signal
from qunyu.kernel.words import Words

SIGNAL = Signal(
    key="referrer",
    place=10,
    title=Words("带来过朋友", "Brought friends"),
    reason=Words("带来过别人", "has brought somebody in"),
    when="invited > 0",
    examples=(
        ({"invited": 2}, True),
        ({}, False),
    ),
    opening=Words(
        "{name}，您介绍来的朋友都说不错，真的谢谢您！您自己最近有什么需要？",
        "Hi {name}, the friends you brought are glad they came: thank you! Is there anything you need yourself?",
    ),
)
