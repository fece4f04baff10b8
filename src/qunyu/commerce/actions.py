"""Writes of orders, set by set."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter

from django.db import transaction

from qunyu.commerce.models import Order
from qunyu.kernel.scope import Scope

CHUNK = 1_000


def put_orders(*, by: Scope, rows: Iterator[Order], suppliers: bool = False) -> int:
    """Keeps orders in the state given; one that is there already takes it on; how many were given.

    It keeps its supplier, so that it goes on showing while an import is at work, unless `suppliers` are to be taken on too.

    Raises Denied.
    """
    by.require("imports.run")
    count = 0
    chunk: list[Order] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == CHUNK:
            count += _put(chunk, suppliers)
            chunk = []
    return count + _put(chunk, suppliers)


def _put(chunk: list[Order], suppliers: bool) -> int:
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
                *(("supplied_by",) if suppliers else ()),
            ),
        )
    return len(chunk)


def forget_orders(*, by: Scope, references: Sequence[tuple[int, str]]) -> int:
    """Removes the orders (unit id, reference) that no fact tells of any more; how many went.

    Raises Denied.
    """
    by.require("imports.run")
    gone = 0
    for unit, group in groupby(sorted(references), key=itemgetter(0)):
        names = [reference for _, reference in group]
        for start in range(0, len(names), CHUNK):
            with transaction.atomic():
                gone += Order.objects.filter(unit=unit, reference__in=names[start : start + CHUNK]).delete()[0]
    return gone
