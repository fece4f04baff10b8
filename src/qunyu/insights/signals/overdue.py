"""Past their interval: the last order is more than 1.5 of their own intervals ago."""

from __future__ import annotations

from qunyu.insights.signal import Signal
from qunyu.kernel.words import Words

SIGNAL = Signal(
    key="overdue",
    place=21,
    title=Words("超过回购周期", "Past their interval"),
    reason=Words("距上次购买已超过自己间隔的 1.5 倍", "the last order is more than 1.5 of their own intervals ago"),
    when="orders >= 2 AND since_order > 1.5 * mean_gap",
    examples=(
        ({"orders": 2, "since_order": 90, "mean_gap": 24.0}, True),
        ({"orders": 2, "since_order": 20, "mean_gap": 24.0}, False),
    ),
)
