"""Entry product only: has ordered, but never for more than half of the usual amount."""

from __future__ import annotations

from qunyu.insights.signal import Signal
from qunyu.kernel.words import Words

SIGNAL = Signal(
    key="entry",
    place=5,
    title=Words("只买过入门款", "Entry product only"),
    reason=Words("买过，但每一单都不到常见金额的一半", "has ordered, but never for more than half of the usual amount"),
    when="orders > 0 AND largest <= 0.5",
    examples=(
        ({"orders": 2, "largest": 0.4}, True),
        ({"orders": 1, "largest": 0.9}, False),
        ({}, False),
    ),
    opening=Words(
        "{name}，之前那款用着还顺手吗？如果喜欢，正装的差别我可以讲给您听，不买也没关系。",
        "Hi {name}, did you like the small one? If so I can tell you what the full one does better; no need to buy.",
    ),
)
