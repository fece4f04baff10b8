"""Just ordered: has a paid order of the last 14 days.

Whoever has just bought mostly waits; selling on would be a nuisance.
"""

from __future__ import annotations

from qunyu.insights.signal import Signal
from qunyu.kernel.words import Words

SIGNAL = Signal(
    key="just",
    place=20,
    title=Words("刚买过", "Just ordered"),
    reason=Words("近 14 天有付款订单", "has a paid order of the last 14 days"),
    when="since_order < 14",
    examples=(
        ({"orders": 1, "since_order": 3}, True),
        ({"orders": 1, "since_order": 14}, False),
    ),
)
