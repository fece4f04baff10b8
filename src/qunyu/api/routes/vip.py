"""VIP communities: how one gets in, who is at their door, and fees."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Status

from qunyu.api.auth import scope_of_request
from qunyu.api.paging import Page, Turn, page
from qunyu.api.programme import person_of
from qunyu.api.schemas.vip import (
    FeeIn,
    FeeOut,
    TermsIn,
    VipOut,
    VipPerson,
    VipQuery,
    fee_out,
    vip_out,
    vip_person,
)
from qunyu.communities.duties import local_day
from qunyu.communities.queries import communities_where, find_community
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Denied
from qunyu.kernel.words import Words
from qunyu.loyalty import levels, programmes, vip
from qunyu.loyalty.door import at_door, counts, reasons
from qunyu.loyalty.levels import bar

router = Router(tags=["points"])


@router.get("/points/vip", response=list[VipOut], operation_id="vip", summary="VIP communities")
def list_vip(request: HttpRequest) -> list[VipOut]:
    """The VIP communities whose people the caller may see, with how many are on each of their lists."""
    scope = scope_of_request(request)
    scope.require("members.view")
    today = local_day(timezone.now())
    return [vip_out(each, counts(scope, each, today)) for each in vip.vip_communities(scope)]


@router.put("/points/vip/{id}", response=VipOut, operation_id="mark_vip", summary="Make a community VIP")
def mark_vip(request: HttpRequest, id: str, asked: TermsIn) -> VipOut:
    """Makes the community with that public id a VIP one, or replaces how one gets in. Needs settings.edit in its unit."""
    scope, now = scope_of_request(request), timezone.now()
    scope.require("members.view")
    community = find_community(scope, id)
    if not communities_where(scope, "settings.edit").filter(pk=community.pk).exists():
        raise Denied("settings.edit")
    level = None
    if asked.level:
        level = levels.find_level(programmes.find_programme(scope, asked.programme), asked.level)
    bars = [bar(each.kind, each.least, each.currency) for each in asked.bars]
    terms = vip.Terms(level, asked.fee, asked.currency, bars, asked.every)
    row = vip.mark(by=scope, community=community, terms=terms, now=now)
    return vip_out(row, counts(scope, row, local_day(now)))


@router.delete("/points/vip/{id}", response={204: None}, operation_id="unmark_vip", summary="Make it ordinary again")
def unmark_vip(request: HttpRequest, id: str) -> Status[None]:
    """Makes it an ordinary community again; refused where fees were noted. Needs settings.edit in its unit."""
    scope = scope_of_request(request)
    scope.require("members.view")
    vip.unmark(by=scope, vip=vip.find_vip(scope, id), now=timezone.now())
    return Status(204, None)


@router.get(
    "/points/vip/{id}/people", response=Page[VipPerson], operation_id="vip_people", summary="People at the door"
)
def list_people(request: HttpRequest, id: str, asked: Query[VipQuery]) -> dict[str, Any]:
    """Who is there, who without the right to be, whose fee ends soon, or who could be invited, by name, each with why."""
    scope, today = scope_of_request(request), local_day(timezone.now())
    scope.require("members.view")
    row = vip.find_vip(scope, id)
    found = at_door(scope, row, today, asked.list, asked.search)
    rows, following = page(Turn(request, asked.limit, asked.cursor), found, ("name", "pk"))
    why = reasons(scope, row, rows, today)
    return {"items": [vip_person(each, why[each.pk]) for each in rows], "next": following}


@router.post("/members/{id}/vip-fees", response={201: FeeOut}, operation_id="note_vip_fee", summary="Note a year’s fee")
def note_fee(request: HttpRequest, id: str, asked: FeeIn) -> Status[FeeOut]:
    """Notes the fee of a year. Needs points.edit where the person belongs."""
    scope, member = person_of(request, id)
    paid = vip.Paid(asked.on, asked.order_number, asked.note)
    found = vip.find_vip(scope, asked.community)
    row = vip.note_fee(by=scope, vip=found, member=member, paid=paid, now=timezone.now())
    return Status(201, fee_out(found, row))


@router.delete(
    "/members/{id}/vip-fees/{fee}", response={204: None}, operation_id="withdraw_vip_fee", summary="Take a fee back"
)
def withdraw_fee(request: HttpRequest, id: str, fee: str) -> Status[None]:
    """Takes back a fee noted by mistake; again changes nothing. Needs points.edit where the person belongs."""
    scope, member = person_of(request, id)
    row = next((each for each in vip.fees_of(scope, member) if each.public_id == fee), None)
    if row is None:
        words = Words("没有编号为“{id}”的会费", "there is no fee with the id “{id}”")
        raise DomainError("unknown_fee", words.fill(id=fee), id=fee)
    vip.withdraw_fee(by=scope, fee=row, member=member, now=timezone.now())
    return Status(204, None)
