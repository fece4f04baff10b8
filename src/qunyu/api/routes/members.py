"""People."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest
from ninja import Query, Router

from qunyu.api.auth import scope_of_request
from qunyu.api.paging import Page, Turn, page
from qunyu.api.routes.orders import orders_out
from qunyu.api.schemas.members import (
    MemberDetail,
    MemberOut,
    MemberQuery,
    identity_out,
    member_out,
    membership_out,
)
from qunyu.api.schemas.orders import OrderOut
from qunyu.commerce.queries import orders
from qunyu.kernel.scope import Scope
from qunyu.members.queries import (
    Totals,
    find_person,
    identities_of,
    memberships,
    search_people,
    totals_by_member,
)

if TYPE_CHECKING:
    from qunyu.members.models import Member

router = Router(tags=["members"])
LATEST_ORDERS = 100


@router.get("/members", response=Page[MemberOut], operation_id="members", summary="People")
def members(request: HttpRequest, asked: Query[MemberQuery]) -> Page[MemberOut]:
    """The people of the communities the caller may see and, with orders.view, the buyers of their units."""
    scope = scope_of_request(request)
    scope.require("members.view")
    found = search_people(scope, text=asked.search, role=asked.role)
    rows, following = page(Turn(request, asked.limit, asked.cursor), found, (asked.sort, "public_id"))
    totals = totals_by_member(scope, [row.pk for row in rows])
    return Page[MemberOut](items=[member_out(row, totals.get(row.pk, Totals())) for row in rows], next=following)


@router.get("/members/{id}", response=MemberDetail, operation_id="member", summary="One person")
def member(request: HttpRequest, id: str) -> MemberDetail:
    """One person: identities, communities and, with orders.view, the latest orders."""
    scope = scope_of_request(request)
    scope.require("members.view")
    row = find_person(scope, id)
    found = memberships(scope).filter(identity__member=row).select_related("community", "identity")
    head = member_out(row, totals_by_member(scope, [row.pk]).get(row.pk, Totals()))
    return MemberDetail(
        **head.model_dump(),
        identities=[identity_out(each) for each in identities_of(scope, row)],
        memberships=[membership_out(each) for each in found.order_by("-last_at", "id")],
        orders=_orders(scope, row) if scope.may("orders.view") else None,
    )


def _orders(scope: Scope, row: Member) -> list[OrderOut]:
    bought = orders(scope).filter(customer__member=row).select_related("unit", "customer__member")
    return orders_out(scope, bought.order_by("-ordered_at", "public_id")[:LATEST_ORDERS])
