"""Orders: how often, when and for how much somebody bought; paid orders only, in units where orders may be seen."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, FloatField, Q, QuerySet, Sum
from django.db.models.functions import Cast

from qunyu.commerce.queries import orders
from qunyu.kernel.money import exponent
from qunyu.kernel.words import Words
from qunyu.segments.rules.tree import Did, Field
from qunyu.segments.rules.vocabulary import FieldSpec, VerbSpec
from qunyu.segments.source import Asking, Source, at_least, earliest, latest, moments_of, those

if TYPE_CHECKING:
    from qunyu.kernel.scope import Scope

GROUP, NEEDS = Words("订单", "Orders"), "orders.view"
PERSON = "customer__member"
SPENT, AVERAGE = "spent.", "average."


def _paid(scope: Scope) -> QuerySet[Any]:
    return orders(scope).filter(status="paid", customer__isnull=False).order_by()


def fields(scope: Scope) -> list[FieldSpec]:
    """First and last day, and for each currency there are orders in the sum and the average, refunds taken off."""
    found = [
        FieldSpec("first_order", Words("首单日期", "first order"), "date", GROUP, needs=NEEDS),
        FieldSpec("last_order", Words("最近下单", "last order"), "date", GROUP, needs=NEEDS),
    ]
    currencies = sorted(set(_paid(scope).values_list("currency", flat=True).distinct()) | {"CNY"})
    for each in currencies:
        spent = Words(f"累计消费 {each}", f"total spent {each}")
        average = Words(f"客单价 {each}", f"average paid {each}")
        found.append(FieldSpec(f"{SPENT}{each}", spent, "money", GROUP, needs=NEEDS, currency=each))
        found.append(FieldSpec(f"{AVERAGE}{each}", average, "money", GROUP, needs=NEEDS, currency=each))
    return found


def verbs(scope: Scope) -> list[VerbSpec]:
    """Buying."""
    told = Words("已付款的订单；查不到买家是谁的订单不计", "paid orders; those of unknown buyers count for nobody")
    return [
        VerbSpec("order", Words("下单", "ordered"), Words("次", "times"), GROUP, placed=False, needs=NEEDS, help=told)
    ]


def answer(asking: Asking, leaf: Field | Did, spec: FieldSpec | VerbSpec) -> Q:
    """The members of whom the condition is true."""
    rows = _paid(asking.scope)
    if isinstance(leaf, Did):
        first, last = asking.moments(leaf.window)
        bounds = {"ordered_at__gte": first, "ordered_at__lt": last}
        return at_least(rows.filter(**{name: at for name, at in bounds.items() if at}), PERSON, Count("pk"), leaf)
    if isinstance(spec, FieldSpec) and spec.currency:
        rows = rows.filter(currency=spec.currency)
    if leaf.op == "known":
        return those(rows.values(PERSON))
    if isinstance(spec, FieldSpec) and spec.currency:
        return _paid_sum(rows, leaf, spec.currency)
    kind = earliest if leaf.field == "first_order" else latest
    return kind(rows, "ordered_at", moments_of(asking, leaf), PERSON)


def _paid_sum(rows: QuerySet[Any], leaf: Field, currency: str) -> Q:
    total = Sum(F("amount") - F("refund"))
    figure = Cast(total, FloatField()) / Count("pk") if leaf.field.startswith(AVERAGE) else total
    minor = [int(Decimal(each) * 10 ** exponent(currency)) for each in leaf.values]
    compared = (
        {"figure__gte": minor[0], "figure__lte": minor[1]} if leaf.op == "between" else {_LOOKUPS[leaf.op]: minor[0]}
    )
    return those(rows.values(PERSON).annotate(figure=figure).filter(**compared).values(PERSON))


_LOOKUPS = {"eq": "figure", **{op: f"figure__{op}" for op in ("gte", "lte", "gt", "lt")}}
_KEYS = ("order", "first_order", "last_order")


def needs(key: str) -> str:
    """Orders and money always take the same permission."""
    return NEEDS if key in _KEYS or key.startswith((SPENT, AVERAGE)) else ""


SOURCE = Source(6, fields, verbs, answer, needs=needs)
