"""Active often: was active on at least 4 of 28 days."""

from __future__ import annotations

from qunyu.insights.signal import Signal
from qunyu.kernel.words import Words

SIGNAL = Signal(
    key="often",
    place=7,
    title=Words("常常活跃", "Active often"),
    reason=Words("近 28 天至少 4 天活跃", "was active on at least 4 of 28 days"),
    when="days_28 >= 4",
    examples=(
        ({"days_28": 4}, True),
        ({"days_28": 3}, False),
    ),
    opening=Words(
        "{name}，谢谢您常在群里参与！最近想看到什么，给我们提一提？",
        "Hi {name}, thank you for taking part so often! What would you like to see from us?",
    ),
)
