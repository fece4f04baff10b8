"""Years since the first order: whole years since the first paid order there is of somebody."""

from __future__ import annotations

from collections.abc import Iterator

from qunyu.care.kind import Found, Kind, Terms, Window
from qunyu.commerce.queries import first_orders
from qunyu.kernel.words import Words


def find(window: Window, terms: Terms) -> Iterator[Found]:
    """Everybody whose first paid order lies whole years before one of the days."""
    for person, unit, at in first_orders(window.anniversaries("first") & terms.where("unit")):
        again = window.anniversary(window.local(at))
        if again is not None:
            yield Found(person, again[0], {"years": again[1]}, unit=unit)


KIND = Kind(
    key="first_order",
    place=4,
    title=Words("首单周年", "Years since the first order"),
    help=Words("第一笔已付款订单满整年", "whole years since the first paid order"),
    icon="gift",
    find=find,
    why=lambda evidence: Words(f"首单满 {evidence['years']} 年", f"first ordered {evidence['years']} years ago"),
    openings={
        "": Words("{name}，又到了你第一次选择我们的日子，一直记着，谢谢你。", "{name}, about this time of year you first chose us. Thank you."),
    },
    needs="orders.view",
)  # fmt: skip
