"""Bought once: has one paid order."""

from __future__ import annotations

from qunyu.insights.signal import Signal
from qunyu.kernel.words import Words

SIGNAL = Signal(
    key="once",
    place=11,
    title=Words("买过一次", "Bought once"),
    reason=Words("只有一笔付款订单", "has one paid order"),
    when="orders = 1",
    examples=(
        ({"orders": 1}, True),
        ({"orders": 2}, False),
    ),
    opening=Words(
        "{name}，第一次买的东西用得还好吗？有不满意的地方请告诉我。",
        "Hi {name}, did your first order turn out well? Tell me if anything was not right.",
    ),
)
