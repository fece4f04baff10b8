"""The gate for contacts: whether somebody may be contacted, reaching them, the quiet list, and the caps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Status

from qunyu.api.auth import scope_of_request
from qunyu.api.schemas.contacting import (
    CapsChanges,
    CapsOut,
    ContactableOut,
    QuietIn,
    ReachIn,
    contactable_out,
)
from qunyu.api.schemas.profiles import ContactOut, contact_out
from qunyu.communities.duties import local_day
from qunyu.kernel.scope import Scope
from qunyu.members.contact_caps import CAP_SETTINGS, caps_in_force, change_caps
from qunyu.members.contacting import Touch, claim
from qunyu.members.leave import may_contact
from qunyu.members.queries import find_person
from qunyu.members.quiet import end_quiet, keep_quiet, quiet_now
from qunyu.people.queries import own_settings, unit_in, units_in

if TYPE_CHECKING:
    from qunyu.members.models import Member
    from qunyu.people.models import Unit

router = Router(tags=["care"])


def _asked(request: HttpRequest, id: str) -> tuple[Scope, Member]:
    scope = scope_of_request(request)
    scope.require("members.view")
    return scope, find_person(scope, id)


@router.get(
    "/members/{id}/contactable", response=ContactableOut, operation_id="contactable", summary="May they be contacted?"
)
def get_contactable(request: HttpRequest, id: str, selling: bool = False) -> ContactableOut:
    """The gate's answer at this moment, with what counts over everything the person is."""
    _, member = _asked(request, id)
    return _contactable(member, selling=selling)


def _contactable(member: Member, *, selling: bool = False) -> ContactableOut:
    now = timezone.now()
    leave = may_contact([member.pk], now, selling=selling)[member.pk]
    return contactable_out(leave, quiet_now([member.pk], local_day(now)).get(member.pk))


@router.post("/members/{id}/reach", response={201: ContactOut}, operation_id="reach", summary="Contact somebody")
def post_reach(request: HttpRequest, id: str, wanted: ReachIn) -> Status[ContactOut]:
    """Keeps a contact that is made now and takes its place under the cap; 422 may_not_contact where there is none. Needs members.edit where the person belongs."""
    scope, member = _asked(request, id)
    touch = Touch("api", wanted.channel, wanted.summary, selling=wanted.selling, answering=wanted.answering)
    made = claim(by=scope, member=member, touch=touch, passing=wanted.passing, now=timezone.now())
    return Status(201, contact_out(made))


@router.put("/members/{id}/quiet", response=ContactableOut, operation_id="keep_quiet", summary="Do not contact them")
def put_quiet(request: HttpRequest, id: str, wanted: QuietIn) -> ContactableOut:
    """Puts the person on the quiet list. Needs members.edit where the person belongs."""
    scope, member = _asked(request, id)
    told = {"reason": wanted.reason, "note": wanted.note}
    keep_quiet(by=scope, member=member, until=wanted.until, now=timezone.now(), **told)
    return _contactable(member)


@router.delete(
    "/members/{id}/quiet", response=ContactableOut, operation_id="end_quiet", summary="They may be contacted again"
)
def delete_quiet(request: HttpRequest, id: str) -> ContactableOut:
    """Takes the person off the quiet list. Needs members.edit where the person belongs."""
    scope, member = _asked(request, id)
    end_quiet(by=scope, member=member, now=timezone.now())
    return _contactable(member)


@router.get("/contact-caps", response=list[CapsOut], operation_id="contact_caps", summary="Contact caps")
def get_caps(request: HttpRequest) -> list[CapsOut]:
    """The caps of the units whose settings the caller may change."""
    scope = scope_of_request(request)
    scope.require("settings.edit")
    return [_caps(each) for each in units_in(scope, "settings.edit")]


@router.patch("/contact-caps/{unit}", response=CapsOut, operation_id="change_contact_caps", summary="Change caps")
def patch_caps(request: HttpRequest, unit: str, wanted: CapsChanges) -> CapsOut:
    """Sets caps of a unit; a unit below the top may be stricter, never looser. Needs settings.edit there."""
    scope = scope_of_request(request)
    found = unit_in(scope, "settings.edit", unit)
    change_caps(by=scope, unit=found, changes=dict(wanted.values), now=timezone.now())
    return _caps(found)


def _caps(unit: Unit) -> CapsOut:
    own = own_settings().get(unit.pk, {})
    return CapsOut(
        unit=unit.public_id,
        own={key: int(value) for key, value in own.items() if key in CAP_SETTINGS},
        in_force=caps_in_force().of([unit.pk]).by_key(),
    )
