"""Next purchase is due: by their own interval it is nearly time to buy again.

Whoever buys at intervals of their own is near the next: the one thing that says when, and not only whether.
"""

from __future__ import annotations

from qunyu.insights.signal import Signal
from qunyu.kernel.words import Words

SIGNAL = Signal(
    key="due",
    place=1,
    title=Words("回购周期将到", "Next purchase is due"),
    reason=Words("按自己的回购间隔，又快到该买的时候", "by their own interval it is nearly time to buy again"),
    when="orders >= 2 AND since_order BETWEEN 0.7 * mean_gap AND 1.5 * mean_gap",
    examples=(
        ({"orders": 3, "since_order": 20, "mean_gap": 24.0}, True),
        ({"orders": 3, "since_order": 5, "mean_gap": 24.0}, False),
        ({"orders": 1, "since_order": 24}, False),
    ),
    opening=Words(
        "{name}，上次的用得怎么样？差不多该补了，需要的话我帮您留一份，不着急。",
        "Hi {name}, how did the last one serve you? It may be running low: say the word and I keep one for you, no hurry.",
    ),
)
