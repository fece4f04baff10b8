"""The accounts, what they may do where, and their invitations."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from ninja import Query, Router, Status

from qunyu.api.auth import scope_of_request
from qunyu.api.paging import Page, Turn, page
from qunyu.api.schemas.organisation import (
    GrantIn,
    GrantOut,
    InvitationOut,
    StaffChanges,
    StaffIn,
    StaffOut,
    StaffQuery,
    grant_out,
    staff_out,
)
from qunyu.people import actions
from qunyu.people.queries import StaffWanted, find_grant, find_staff, managed_grants, search_staff, unit_in

router = Router(tags=["people"])


@router.get("/staff", response=Page[StaffOut], operation_id="staff", summary="The accounts")
def staff(request: HttpRequest, asked: Query[StaffQuery]) -> Page[StaffOut]:
    """The accounts the caller manages: with a role in the caller's units, or with none at all; by name."""
    scope = scope_of_request(request)
    found = search_staff(scope, StaffWanted(asked.q, asked.role, asked.unit, asked.state))
    rows, following = page(Turn(request, asked.limit, asked.cursor), found, ("name", "public_id"))
    return Page[StaffOut](items=[staff_out(each, managed_grants(each)) for each in rows], next=following)


@router.post("/staff", response={201: StaffOut}, operation_id="add_staff", summary="Add an account")
def add_staff(request: HttpRequest, wanted: StaffIn) -> Status[StaffOut]:
    """Adds an account with its first role."""
    scope, now = scope_of_request(request), timezone.now()
    scope.require("staff.manage")
    unit = unit_in(scope, "staff.manage", wanted.unit)
    password = wanted.password or None
    with transaction.atomic():
        made = actions.add_staff(by=scope, username=wanted.username, name=wanted.name, password=password, now=now)
        given = actions.grant(by=scope, staff=made, role=wanted.role, unit=unit, now=now)
    return Status(201, staff_out(made, [given]))


@router.get("/staff/{id}", response=StaffOut, operation_id="account", summary="One account")
def account(request: HttpRequest, id: str) -> StaffOut:
    """One account that the caller manages."""
    found = find_staff(scope_of_request(request), id)
    return staff_out(found, managed_grants(found))


@router.patch("/staff/{id}", response=StaffOut, operation_id="change_staff", summary="Rename, close or open an account")
def change_staff(request: HttpRequest, id: str, changes: StaffChanges) -> StaffOut:
    """Calls somebody something else, closes the account at once, or opens it again."""
    scope, now = scope_of_request(request), timezone.now()
    found = find_staff(scope, id)
    with transaction.atomic():
        if changes.name is not None:
            actions.rename_staff(by=scope, staff=found, name=changes.name, now=now)
        if changes.active is not None:
            actions.set_active(by=scope, staff=found, active=changes.active, now=now)
    return account(request, id)


@router.post(
    "/staff/{id}/invitation", response={201: InvitationOut}, operation_id="invite_staff", summary="Invite somebody"
)
def invite_staff(request: HttpRequest, id: str) -> Status[InvitationOut]:
    """Makes the link with which the account's owner chooses a first or new password."""
    scope = scope_of_request(request)
    found = find_staff(scope, id)
    token = actions.invite(by=scope, staff=found, now=timezone.now())
    address = request.build_absolute_uri(reverse("console:invitation", args=[found.public_id, token]))
    return Status(201, InvitationOut(address=address))


@router.post("/staff/{id}/grants", response={201: GrantOut}, operation_id="give_role", summary="Give a role")
def give_role(request: HttpRequest, id: str, wanted: GrantIn) -> Status[GrantOut]:
    """Gives somebody a role at a unit and everywhere below; again changes nothing."""
    scope = scope_of_request(request)
    found = find_staff(scope, id)
    unit = unit_in(scope, "staff.manage", wanted.unit)
    return Status(201, grant_out(actions.grant(by=scope, staff=found, role=wanted.role, unit=unit, now=timezone.now())))


@router.delete("/staff/{id}/grants/{grant}", response={204: None}, operation_id="take_role", summary="Take a role back")
def take_role(request: HttpRequest, id: str, grant: int) -> Status[None]:
    """Takes a grant back."""
    scope = scope_of_request(request)
    found = find_staff(scope, id)
    actions.revoke(by=scope, grant=find_grant(scope, found, grant), now=timezone.now())
    return Status(204, None)
