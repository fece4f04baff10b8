"""Orders."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from django.http import HttpRequest
from ninja import Query, Router

from qunyu.api.auth import scope_of_request
from qunyu.api.paging import Page, Turn, page
from qunyu.api.schemas.orders import OrderOut, OrderQuery, order_out
from qunyu.commerce.queries import orders as visible_orders
from qunyu.flows.place import place
from qunyu.insights.question import Question
from qunyu.kernel.scope import Scope
from qunyu.members.queries import find_person, people

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from qunyu.commerce.models import Order
from qunyu.people.queries import unit_seen

router = Router(tags=["orders"])


@router.get("/orders", response=Page[OrderOut], operation_id="orders", summary="Orders")
def orders(request: HttpRequest, asked: Query[OrderQuery]) -> Page[OrderOut]:
    """The orders of the units where the caller holds orders.view."""
    scope = scope_of_request(request)
    scope.require("orders.view")
    found = _within(_matching(visible_orders(scope), asked), asked)
    if asked.unit:
        found = found.filter(unit__path__startswith=unit_seen(scope, asked.unit).path)
    if asked.member:
        scope.require("members.view")
        found = found.filter(customer__member=find_person(scope, asked.member))
    found = found.select_related("unit", "customer__member")
    rows, following = page(Turn(request, asked.limit, asked.cursor), found, (asked.sort, "public_id"))
    return Page[OrderOut](items=orders_out(scope, rows), next=following)


def _matching(found: QuerySet[Order], asked: OrderQuery) -> QuerySet[Order]:
    wanted = {"status": asked.status, "currency": asked.currency, "number": asked.number}
    return found.filter(**{name: value for name, value in wanted.items() if value})


def _within(found: QuerySet[Order], asked: OrderQuery) -> QuerySet[Order]:
    """Those ordered from the first to the last day of the deployment's calendar.

    Raises DomainError bad_period.
    """
    days = Question(first=asked.first, last=asked.last)
    if days.first:
        found = found.filter(ordered_at__gte=datetime.combine(days.first, time(), place().zone))
    if days.last:
        found = found.filter(ordered_at__lt=datetime.combine(days.last + timedelta(days=1), time(), place().zone))
    return found


def orders_out(scope: Scope, rows: Iterable[Order]) -> list[OrderOut]:
    """The orders as the API shows them; buyers the caller may not see stay unnamed. Units and buyers must be loaded."""
    shown = list(rows)
    buyers = {row.customer.member_id for row in shown if row.customer}
    visible = frozenset(people(scope).filter(id__in=buyers).values_list("id", flat=True))
    return [order_out(row, visible) for row in shown]
