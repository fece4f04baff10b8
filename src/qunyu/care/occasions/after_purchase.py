"""After a purchase: a week after a paid order, to hear how it is."""

from __future__ import annotations

from collections.abc import Iterator

from qunyu.care.kind import Found, Kind, Window
from qunyu.commerce.queries import paid_within
from qunyu.kernel.words import Words

DAYS = 7


def find(window: Window) -> Iterator[Found]:
    """Everybody with a paid order so many days before; of several in a unit on a day one."""
    for person, unit, at in paid_within(window.moments("ordered_at", DAYS)):
        yield Found(
            person, window.local(at) + window.last.resolution * DAYS, {"days": DAYS}, subject=str(unit), unit=unit
        )


KIND = Kind(
    key="after_purchase",
    place=5,
    title=Words("购买后回访", "After a purchase"),
    help=Words(f"已付款订单之后 {DAYS} 天", f"{DAYS} days after a paid order"),
    icon="package",
    find=find,
    why=lambda evidence: Words(f"下单满 {evidence['days']} 天", f"{evidence['days']} days after an order"),
    openings={"": Words("{name}，东西用着还顺手吗？有什么不明白的随时问我。", "{name}, how is it working for you? Ask me anything, any time.")},
    needs="orders.view",
)  # fmt: skip
