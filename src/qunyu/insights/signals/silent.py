"""Silent: was not active within 28 days."""

from __future__ import annotations

from qunyu.insights.signal import Signal
from qunyu.kernel.words import Words

SIGNAL = Signal(
    key="silent",
    place=22,
    title=Words("很久没说话", "Silent"),
    reason=Words("28 天没有活跃", "was not active within 28 days"),
    when="silent_days IS NULL OR silent_days >= 28",
    examples=(
        ({"silent_days": 28}, True),
        ({"silent_days": 3}, False),
        ({}, True),
    ),
)
