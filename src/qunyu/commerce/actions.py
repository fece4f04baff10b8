"""Writes of orders, set by set."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction

from qunyu.commerce.models import Order
from qunyu.kernel.scope import Scope

CHUNK = 1_000


def put_orders(*, by: Scope, rows: Iterator[Order]) -> int:
    """Keeps orders; one with a number the unit has already takes the newer state; how many were given.

    Raises Denied.
    """
    by.require("imports.run")
    count = 0
    chunk: list[Order] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == CHUNK:
            count += _put(chunk)
            chunk = []
    return count + _put(chunk)


def _put(chunk: list[Order]) -> int:
    with transaction.atomic():
        Order.objects.bulk_create(
            chunk,
            update_conflicts=True,
            unique_fields=("unit", "reference"),
            update_fields=(
                "fact_id",
                "amount",
                "refund",
                "currency",
                "status",
                "ordered_at",
                "customer",
                "lines",
                "supplied_by",
            ),
        )
    return len(chunk)


def forget_of_import(*, by: Scope, import_id: int) -> int:
    """Removes the orders whose state an import supplied; what the facts still tell of them is put back after; how many went.

    Raises Denied.
    """
    by.require("imports.run")
    ids = list(Order.objects.filter(supplied_by=import_id).values_list("id", flat=True))
    for start in range(0, len(ids), CHUNK):
        with transaction.atomic():
            Order.objects.filter(id__in=ids[start : start + CHUNK]).delete()
    return len(ids)
