"""After a purchase: some days after a paid order, to hear how it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from qunyu.care.kind import DAYS, Found, Kind, Terms, Window
from qunyu.commerce.queries import paid_within
from qunyu.kernel.words import Words
from qunyu.people.settings import Setting

AFTER = Setting("care.after_purchase.days", Words("购买后多少天", "Days after the order"), DAYS, 7, 1, 180, whole=True)


def find(window: Window, terms: Terms) -> Iterator[Found]:
    """Everybody with a paid order so many days before; of several in a unit on a day one."""
    days = terms.of(AFTER)
    for person, unit, at in paid_within(window.moments("ordered_at", days) & terms.where("unit")):
        since = window.local(at)
        told = {"days": days, "since": since.isoformat()}
        yield Found(person, since + timedelta(days=days), told, subject=str(unit), unit=unit)


KIND = Kind(
    key="after_purchase",
    place=5,
    title=Words("购买后回访", "After a purchase"),
    help=Words("已付款订单之后 {days} 天", "{days} days after a paid order"),
    icon="package",
    find=find,
    settings=(AFTER,),
    why=lambda evidence: Words(f"下单满 {evidence['days']} 天", f"{evidence['days']} days after an order"),
    openings={"": Words("{name}，东西用着还顺手吗？有什么不明白的随时问我。", "{name}, how is it working for you? Ask me anything, any time.")},
    needs="orders.view",
)  # fmt: skip
