"""Orders: how often, when and for how much somebody bought; paid orders only, in units where orders may be seen."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, FloatField, Max, Min, Q, QuerySet, Sum
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Cast

from qunyu.commerce.queries import currencies, orders
from qunyu.kernel.money import exponent
from qunyu.kernel.words import Words
from qunyu.segments.rules.tree import Did, Field
from qunyu.segments.rules.vocabulary import FieldSpec, VerbSpec
from qunyu.segments.source import Asking, Figured, Source, moments_of, those

if TYPE_CHECKING:
    from qunyu.kernel.scope import Scope

GROUP, NEEDS = Words("订单", "Orders"), "orders.view"
PERSON = "customer__member"
SPENT, AVERAGE = "spent.", "average."
ORDER = "order"


def _paid(scope: Scope) -> QuerySet[Any]:
    return orders(scope).filter(status="paid", customer__isnull=False).order_by()


def fields(scope: Scope) -> list[FieldSpec]:
    """First and last day, and for each currency there are orders in the sum and the average, refunds taken off."""
    found = [
        FieldSpec("first_order", Words("首单日期", "first order"), "date", GROUP, needs=NEEDS, deed=ORDER),
        FieldSpec("last_order", Words("最近下单", "last order"), "date", GROUP, needs=NEEDS, deed=ORDER),
    ]
    for each in sorted(currencies(scope) | {"CNY"}):
        spent = Words(f"累计消费 {each}", f"total spent {each}")
        average = Words(f"客单价 {each}", f"average paid {each}")
        found.append(FieldSpec(f"{SPENT}{each}", spent, "money", GROUP, needs=NEEDS, currency=each, deed=ORDER))
        found.append(FieldSpec(f"{AVERAGE}{each}", average, "money", GROUP, needs=NEEDS, currency=each, deed=ORDER))
    return found


def verbs(scope: Scope) -> list[VerbSpec]:
    """Buying."""
    told = Words("已付款的订单；查不到买家是谁的订单不计", "paid orders; those of unknown buyers count for nobody")
    return [
        VerbSpec(ORDER, Words("下单", "ordered"), Words("次", "times"), GROUP, placed=False, needs=NEEDS, help=told)
    ]


def answer(asking: Asking, leaf: Field | Did, spec: FieldSpec | VerbSpec) -> Q | Figured:
    """The members of whom the condition is true."""
    rows = _paid(asking.scope)
    if isinstance(leaf, Did):
        return _times(asking, leaf, rows)
    currency = spec.currency if isinstance(spec, FieldSpec) else ""
    if leaf.op == "known":
        return those((rows.filter(currency=currency) if currency else rows).values(PERSON))
    if currency:
        return _paid_sum(rows, leaf, currency)
    first, last = moments_of(asking, leaf)
    bounds = {name: at for name, at in {"gte": first, "lt": last}.items() if at}
    return Figured("paid", rows, PERSON, _first if leaf.field == "first_order" else _last, bounds)


def _times(asking: Asking, leaf: Did, rows: QuerySet[Any]) -> Q | Figured:
    first, last = asking.moments(leaf.window)
    then = Q(**{name: at for name, at in {"ordered_at__gte": first, "ordered_at__lt": last}.items() if at})
    if leaf.count == 1:
        return those(rows.filter(then).values(PERSON))
    return Figured("paid", rows, PERSON, _count, {"gte": leaf.count}, then)


def _first(only: Q | None) -> Min:
    return Min("ordered_at", filter=only)


def _last(only: Q | None) -> Max:
    return Max("ordered_at", filter=only)


def _count(only: Q | None) -> Count:
    return Count("pk", filter=only)


def _sum(only: Q | None) -> Sum:
    return Sum(F("amount") - F("refund"), filter=only)


def _average(only: Q | None) -> CombinedExpression:
    return Cast(_sum(only), FloatField()) / _count(only)


def _paid_sum(rows: QuerySet[Any], leaf: Field, currency: str) -> Figured:
    figure = _average if leaf.field.startswith(AVERAGE) else _sum
    minor = [int(Decimal(each) * 10 ** exponent(currency)) for each in leaf.values]
    compared = (
        {"gte": minor[0], "lte": minor[1]} if leaf.op == "between" else {_LOOKUPS.get(leaf.op, leaf.op): minor[0]}
    )
    return Figured("paid", rows, PERSON, figure, compared, Q(currency=currency))


_LOOKUPS = {"eq": "exact"}
_KEYS = (ORDER, "first_order", "last_order")


def needs(key: str) -> str:
    """Orders and money always take the same permission."""
    return NEEDS if key in _KEYS or key.startswith((SPENT, AVERAGE)) else ""


def proves(scope: Scope) -> bool:
    """Where orders may be seen only where people may, a buyer is somebody to be seen."""
    return scope.everything or scope.units(NEEDS) <= scope.units("members.view")


SOURCE = Source(6, fields, verbs, answer, needs=needs, proves=proves)
