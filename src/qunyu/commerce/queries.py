"""Reads of orders."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Sum

from qunyu.commerce.models import Order
from qunyu.events.queries import shown
from qunyu.kernel.scope import Scope

NEWEST = 1_000


def order_from_fact(row: Mapping[str, Any]) -> Order:
    """The order that a fact of the lake describes."""
    return Order(
        unit_id=row["unit"],
        reference=row["reference"],
        fact_id=row["fact_id"].hex(),
        number=row["external"],
        customer_id=row["identity"],
        ordered_at=row["occurred_at"],
        amount=row["amount"],
        refund=row["quantity"],
        currency=row["currency"],
        status=row["subject"],
        lines=json.loads(row["meta"])["lines"],
        supplied_by_id=row["first_import"],
    )


def orders(scope: Scope) -> QuerySet[Order]:
    """The orders of units where they may be seen, without those of unfinished imports; the newest first."""
    found = Order.objects.filter(shown("supplied_by")).order_by("-ordered_at", "-id")
    return found if scope.everything else found.filter(unit_id__in=scope.units("orders.view"))


def currencies(scope: Scope) -> set[str]:
    """The currencies in which people paid `scope` may see orders of; found step by step along the index, not by reading every order."""
    known: list[str] = []
    step = Order.objects.order_by("currency").values_list("currency", flat=True)
    while (found := step.filter(currency__gt=known[-1] if known else "").first()) is not None:
        known.append(found)
    paid = orders(scope).filter(status="paid", customer__isnull=False).order_by()
    return {each for each in known if paid.filter(currency=each).exists()}


def last_order_day(scope: Scope, units: Collection[int]) -> date | None:
    """The deployment's day of the latest order of these units: orders of later days may not be known yet. None without any."""
    mine = orders(scope).filter(unit__in=units).order_by()
    # Among the newest of all it is found at once; where it is none of these, the units have few orders, or old ones.
    newest = Order.objects.order_by("-ordered_at").values("pk")[:NEWEST]
    last = {"last": Max("ordered_at")}
    found = mine.filter(pk__in=newest).aggregate(**last)["last"] or mine.aggregate(**last)["last"]
    return found.astimezone(settings.QUNYU_ZONE).date() if found else None


def orders_of(scope: Scope, member_id: int) -> QuerySet[Order]:
    """The orders of a member that `scope` may see, the newest first."""
    return orders(scope).filter(customer__member=member_id)


def orders_before(found: QuerySet[Order], moment: tuple[datetime, str] | None) -> QuerySet[Order]:
    """Those of `found` that stand before the fact of that time and id (in hexadecimal), all when there is none, the newest first."""
    ordered = found.order_by("-ordered_at", "-fact_id")
    if moment is None:
        return ordered
    at, fact_id = moment
    return ordered.filter(Q(ordered_at__lt=at) | Q(ordered_at=at, fact_id__lt=fact_id))


def spent_by(scope: Scope, member_id: int) -> dict[str, tuple[int, int]]:
    """Currency -> (minor units paid less refunds, paid orders) of a member, as far as `scope` may see."""
    paid = orders_of(scope, member_id).filter(status="paid").order_by()
    rows = paid.values("currency").annotate(spent=Sum(F("amount") - F("refund")), count=Count("id"))
    return {row["currency"]: (row["spent"], row["count"]) for row in rows}


def _bought() -> QuerySet[Order]:
    """Paid orders of people who are known and not erased, whoever asks: for finding occasions, which are shown under a scope."""
    return Order.objects.filter(
        shown("supplied_by"), status="paid", customer__member__erased=False, customer__member__role="member"
    ).order_by()


def first_orders(when: Q) -> Iterator[tuple[int, int, datetime]]:
    """Person, unit and time of the first paid order of everybody; `when` narrows `first`, its time."""
    earlier = Order.objects.filter(
        Q(ordered_at__lt=OuterRef("ordered_at")) | Q(ordered_at=OuterRef("ordered_at"), pk__lt=OuterRef("pk")),
        customer__member=OuterRef("customer__member"),
        status="paid",
    )
    rows = _bought().annotate(first=F("ordered_at")).filter(when, ~Exists(earlier))
    yield from rows.values_list("customer__member", "unit", "ordered_at").iterator()


def paid_within(when: Q) -> Iterator[tuple[int, int, datetime]]:
    """Person, unit and time of each paid order; `when` narrows `ordered_at`."""
    yield from _bought().filter(when).values_list("customer__member", "unit", "ordered_at").iterator()
