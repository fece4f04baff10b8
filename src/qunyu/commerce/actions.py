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
    """Keeps orders in the state given; one that is there already takes it on; how many of those were in another.

    It keeps its supplier, so that it goes on showing while an import is at work, unless `suppliers` are to be taken on too.

    Raises Denied.
    """
    by.require("imports.run")
    changed = 0
    chunk: list[Order] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == CHUNK:
            changed += _put(chunk, suppliers)
            chunk = []
    return changed + _put(chunk, suppliers)


def _put(chunk: list[Order], suppliers: bool) -> int:
    with transaction.atomic():
        changed = _changed(chunk)
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
    return changed


def _changed(chunk: list[Order]) -> int:
    """How many of the orders are kept in another state."""
    kept = Order.objects.filter(
        unit__in={each.unit_id for each in chunk}, reference__in=[each.reference for each in chunk]
    )
    states = {(unit, reference): state for unit, reference, *state in kept.values_list("unit", "reference", *_STATE)}
    pairs = ((states.get((each.unit_id, each.reference)), [getattr(each, name) for name in _STATE]) for each in chunk)
    return sum(before is not None and before != now for before, now in pairs)


_STATE = ("status", "amount", "refund", "customer_id", "ordered_at")


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
