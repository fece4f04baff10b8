"""What orders tell of people."""

from __future__ import annotations

from collections.abc import Mapping

from qunyu.commerce.models import Order
from qunyu.kernel.personal import Holder, Overview, Person, plain
from qunyu.kernel.sealed import keyed
from qunyu.kernel.words import Words

_FIELDS = ("public_id", "unit__name", "number", "ordered_at", "amount", "refund", "currency", "status", "lines")


def token_of(number: str) -> str:
    """What an erased person's order is called from then on: the same for every record of it, and nobody's number."""
    return f"erased-{keyed(number, 'erased order')[:24]}"


def numbers_of(person: Person) -> set[str]:
    """The order numbers of the person, as shops know them."""
    found = Order.objects.filter(customer__in=person.identities).exclude(number="")
    return set(found.exclude(number__startswith="erased-").values_list("number", flat=True))


def stop_of(unit: int, number: str) -> str:
    """What the stop list keeps (hashed) of an order."""
    return f"order\x1f{unit}\x1f{number}"


def tokens_of(person: Person) -> dict[tuple[int, str], str]:
    """(unit id, number) of the person's orders -> what takes the number's place; the number itself where orders are kept."""
    found = Order.objects.filter(customer__in=person.identities).exclude(number="")
    pairs = found.exclude(number__startswith="erased-").values_list("unit", "number")
    return {(unit, number): number if "orders" in person.kept else token_of(number) for unit, number in pairs}


def _stops(person: Person) -> set[str]:
    found = Order.objects.filter(customer__in=person.identities).exclude(number="")
    return {stop_of(unit, number) for unit, number in found.values_list("unit", "number")}


def rename_orders(person: Person) -> dict[tuple[int, str], str]:
    """Gives the person's orders tokens for numbers: (unit, reference of before) -> reference from now on. Again finds none."""
    found: dict[tuple[int, str], str] = {}
    for order in Order.objects.filter(customer__in=person.identities).exclude(number=""):
        if not order.number.startswith("erased-"):
            token = token_of(order.number)
            found[order.unit_id, order.reference] = f"{token} {order.currency}"
            Order.objects.filter(pk=order.pk).update(number=token, reference=f"{token} {order.currency}")
    return found


def _erase(person: Person) -> Mapping[str, int]:
    rename_orders(person)
    return {}


def _overview() -> Overview:
    found = Order.objects.exclude(customer=None)
    oldest = found.order_by("ordered_at").values_list("ordered_at", flat=True).first()
    return Overview(found.values("customer__member").distinct().count(), found.count(), oldest)


HOLDERS = (
    Holder(
        key="orders",
        title=Words("订单", "Orders"),
        what=Words(
            "订单号、时间、金额、状态；商品在聊天与行为记录里，没有地址",
            "number, time, amounts, state; products are with what was said and done, addresses nowhere",
        ),
        why=Words("收入、复购与转化", "revenue, repurchase, conversion"),
        models=("commerce.Order",),
        count=lambda person: Order.objects.filter(customer__in=person.identities).count(),
        export=lambda person: plain(
            Order.objects.filter(customer__in=person.identities).order_by("id").values(*_FIELDS)
        ),
        erase=_erase,
        terms=numbers_of,
        stops=_stops,
        overview=_overview,
        keepable=Words(
            "法律要求保存交易凭证（会计法、电子商务法第三十一条：三年）时，保留订单号",
            "keep the order numbers where the law wants records of trade kept (E-Commerce Law art. 31: three years)",
        ),
        stays=Words(
            "法律要求保存交易凭证，收入与复购也由订单算出",
            "the law wants records of trade kept, and revenue and repurchase are counted from them",
        ),
    ),
)
