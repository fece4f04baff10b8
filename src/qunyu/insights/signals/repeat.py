"""Bought often: has at least 3 paid orders."""

from __future__ import annotations

from qunyu.insights.signal import Signal
from qunyu.kernel.words import Words

SIGNAL = Signal(
    key="repeat",
    place=9,
    title=Words("多次购买", "Bought often"),
    reason=Words("付款订单至少 3 笔", "has at least 3 paid orders"),
    when="orders >= 3",
    examples=(
        ({"orders": 3}, True),
        ({"orders": 2}, False),
    ),
    opening=Words(
        "{name}，感谢您一直以来的支持！有新品我先请您试试，听听您的意见。",
        "Hi {name}, thank you for coming back so often! May I ask you to try something new first and tell me what you think?",
    ),
)
