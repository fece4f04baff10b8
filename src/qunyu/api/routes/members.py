"""People."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.http import HttpRequest
from ninja import Query, Router

from qunyu.api.auth import scope_of_request
from qunyu.api.paging import Page, Turn, page
from qunyu.api.routes.orders import orders_out
from qunyu.api.schemas.basics import ref_of
from qunyu.api.schemas.labels import told_out
from qunyu.api.schemas.members import (
    MemberDetail,
    MemberOut,
    MemberQuery,
    MomentOut,
    MomentsOut,
    MomentsQuery,
    TimelineOut,
    TimelineQuery,
    event_out,
    identity_out,
    member_out,
    membership_out,
)
from qunyu.api.schemas.orders import OrderOut
from qunyu.commerce.queries import orders
from qunyu.events.lake.timeline import Seen, timeline
from qunyu.flows.place import lake
from qunyu.insights.label import find_label, labels
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.members.labels import history_of, labels_of, values_of
from qunyu.members.queries import (
    Totals,
    find_person,
    identities_of,
    memberships,
    memberships_of,
    search_people,
    totals_by_member,
)
from qunyu.members.tag_filtering import Tagged
from qunyu.members.tag_queries import find_tag
from qunyu.reports.life import Life

if TYPE_CHECKING:
    from qunyu.members.models import Member

router = Router(tags=["members"])
LATEST_ORDERS = 100


@router.get("/members", response=Page[MemberOut], operation_id="members", summary="People")
def members(request: HttpRequest, asked: Query[MemberQuery]) -> Page[MemberOut]:
    """The people of the communities the caller may see and, with orders.view, the buyers of their units."""
    scope = scope_of_request(request)
    scope.require("members.view")
    tags = Tagged([find_tag(scope, each) for each in asked.tags], asked.tagged)
    found = search_people(scope, text=asked.search, role=asked.role, labels=_labels(asked.labels), tags=tags)
    rows, following = page(Turn(request, asked.limit, asked.cursor), found, (asked.sort, "public_id"))
    return Page[MemberOut](items=members_out(scope, rows), next=following)


def members_out(scope: Scope, rows: Sequence[Member]) -> list[MemberOut]:
    """The people as lists show them, with what `scope` may know of them."""
    ids = [row.pk for row in rows]
    totals, said = totals_by_member(scope, ids), values_of(scope, ids)
    return [member_out(row, totals.get(row.pk, Totals()), said.get(row.pk, {})) for row in rows]


def _labels(given: list[str]) -> dict[str, str]:
    """Label -> value, of label:value.

    Raises DomainError bad_label, unknown_label or unknown_label_value, with the `field`.
    """
    found: dict[str, str] = {}
    for text in given:
        key, colon, value = text.partition(":")
        if not colon:
            message = Words(
                "“{text}”应写成 标签:取值，如 tier:active", "“{text}” is written label:value, like tier:active"
            )
            raise DomainError("bad_label", message.fill(text=text), field="labels")
        try:
            found[key] = find_label(key).value(value).code
        except DomainError as error:
            raise DomainError(error.code, error.message, field="labels") from None
    return found


@router.get("/members/{id}", response=MemberDetail, operation_id="member", summary="One person")
def member(request: HttpRequest, id: str) -> MemberDetail:
    """One person: identities, communities and, with orders.view, the latest orders."""
    scope = scope_of_request(request)
    scope.require("members.view")
    row = find_person(scope, id)
    found = memberships(scope).filter(identity__member=row).select_related("community", "identity")
    (head,) = members_out(scope, [row])
    return MemberDetail(
        **head.model_dump(),
        identities=[identity_out(each) for each in identities_of(scope, row)],
        memberships=[membership_out(each) for each in found.order_by("-last_at", "id")],
        told=[told_out(labels()[each.key], each) for each in labels_of(scope, row)],
        past=[told_out(labels()[each.key], each) for each in history_of(scope, row)],
        orders=_orders(scope, row) if scope.may("orders.view") else None,
    )


@router.get("/members/{id}/moments", response=MomentsOut, operation_id="moments", summary="What a person said and did")
def moments(request: HttpRequest, id: str, asked: Query[MomentsQuery]) -> MomentsOut:
    """What the person said and did where the caller may see people, the latest first; orders, contacts and changes stand by themselves."""
    scope = scope_of_request(request)
    scope.require("members.view")
    places = memberships_of(scope, find_person(scope, id))
    refs = {each.community_id: ref_of(each.community) for each in places}
    seen = Seen([each.identity_id for each in places], refs.keys(), tuple(asked.kinds))
    found = timeline(lake(), seen, asked.before, asked.limit + 1)
    items = [
        MomentOut(at=each.at, kind=each.kind, subject=each.subject, community=refs[each.community], text=each.text)
        for each in found[: asked.limit]
    ]
    return MomentsOut(items=items, next=found[asked.limit - 1].cursor if len(found) > asked.limit else None)


@router.get(
    "/members/{id}/timeline", response=TimelineOut, operation_id="timeline", summary="All that happened with a person"
)
def get_timeline(request: HttpRequest, id: str, asked: Query[TimelineQuery]) -> TimelineOut:
    """What the page of a person shows, forty at a time, the latest first: talk, orders, contacts, labels, tags, points, opinions, consents …"""
    scope = scope_of_request(request)
    scope.require("members.view")
    row = find_person(scope, id)
    events, following = Life(scope, row, memberships_of(scope, row), asked.before, asked.source).events()
    return TimelineOut(items=[event_out(each) for each in events], next=following or None)


def _orders(scope: Scope, row: Member) -> list[OrderOut]:
    bought = orders(scope).filter(customer__member=row).select_related("unit", "customer__member")
    return orders_out(scope, bought.order_by("-ordered_at", "public_id")[:LATEST_ORDERS])
