"""Brought by a buyer: was brought by somebody who has bought, and has not ordered yet."""

from __future__ import annotations

from qunyu.insights.signal import Signal
from qunyu.kernel.words import Words

SIGNAL = Signal(
    key="brought",
    place=4,
    title=Words("由老客户带来", "Brought by a buyer"),
    reason=Words("由买过的成员带来，自己还没下单", "was brought by somebody who has bought, and has not ordered yet"),
    when="brought_by_buyer AND orders = 0",
    examples=(
        ({"brought_by_buyer": True}, True),
        ({"brought_by_buyer": True, "orders": 1}, False),
        ({}, False),
    ),
    opening=Words(
        "{name}，您是朋友介绍来的吧？想先了解哪方面，我可以慢慢说，也可以先看看大家怎么用。",
        "Hi {name}, a friend brought you here, I think? Tell me what you would like to know, or just look around first.",
    ),
)
