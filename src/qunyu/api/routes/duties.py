"""Duties: who runs a community, and who that is in its chat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Status
from ninja.files import UploadedFile
from ninja.params.functions import File

from qunyu.api.auth import scope_of_request
from qunyu.api.paging import Page, Turn, page
from qunyu.api.schemas.basics import Ref
from qunyu.api.schemas.operators import (
    DutyIn,
    DutyOut,
    DutyQuery,
    HandedOver,
    HandOverIn,
    TakenOut,
    duty_out,
)
from qunyu.communities.duties import end_duty, give_duty, hand_over
from qunyu.communities.duty_queries import duties, find_duty, find_operator
from qunyu.communities.queries import find_community
from qunyu.flows.duty_table import take_duties
from qunyu.flows.given_tables import MOST_BYTES, Taken, too_large
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.members.queries import find_person
from qunyu.members.staff_links import chat_people, link, unlink
from qunyu.people.operators import accounts, reaching

if TYPE_CHECKING:
    from qunyu.people.models import Staff

router = Router(tags=["operators"])


@router.get("/duties", response=Page[DutyOut], operation_id="duties", summary="Who runs which community")
def all_duties(request: HttpRequest, asked: Query[DutyQuery]) -> Page[DutyOut]:
    """The duties in communities the caller may see, running and ended."""
    scope = scope_of_request(request)
    scope.require("communities.view")
    wanted = {"community__public_id": asked.community, "staff__public_id": asked.account, "kind": asked.kind}
    found = duties(scope).filter(**{name: value for name, value in wanted.items() if value})
    if asked.running is not None:
        found = found.filter(until__isnull=asked.running)
    rows, following = page(Turn(request, asked.limit, asked.cursor), found, ("community__name", "public_id"))
    return Page[DutyOut](items=[duty_out(each) for each in rows], next=following)


@router.post("/duties", response={201: DutyOut}, operation_id="give_duty", summary="Give a duty")
def post_duty(request: HttpRequest, wanted: DutyIn) -> Status[DutyOut]:
    """Gives somebody an office in a community from today on; one that is running already is answered. Needs communities.edit there."""
    scope = scope_of_request(request)
    community = find_community(scope, wanted.community)
    scope.require("communities.edit", community.unit_id)
    staff = next((each for each in reaching(community.unit) if each.public_id == wanted.account), None)
    if staff is None:
        raise _unknown(wanted.account, "account")
    return Status(
        201, duty_out(give_duty(by=scope, community=community, staff=staff, kind=wanted.kind, now=timezone.now()))
    )


@router.post("/duties/hand-over", response=HandedOver, operation_id="hand_over_duties", summary="Hand every duty over")
def post_hand_over(request: HttpRequest, wanted: HandOverIn) -> HandedOver:
    """Gives every running duty of an account to another, in communities the caller may edit; all of them or none."""
    scope = scope_of_request(request)
    scope.require("communities.edit")
    staff, to = _editable(scope, wanted.account, "account"), _editable(scope, wanted.to, "to")
    return HandedOver(duties=hand_over(by=scope, staff=staff, to=to, now=timezone.now()))


def _editable(scope: Scope, public_id: str, field: str) -> Staff:
    """An account with a role or a duty where the caller edits communities."""
    units = None if scope.everything else scope.units("communities.edit")
    on_duty = duties(scope).filter(until=None, community__unit_id__in=units or ()).values_list("staff", flat=True)
    found = accounts(at=units, besides=set(on_duty)).filter(public_id=public_id).first()
    if found is None:
        raise _unknown(public_id, field)
    return found


def _unknown(public_id: str, field: str) -> DomainError:
    message = Words("没有编号为“{id}”的账号", "there is no account with the id “{id}”")
    return DomainError("unknown_staff", message.fill(id=public_id), id=public_id, field=field)


@router.post("/duties/import", response=TakenOut, operation_id="import_duties", summary="Import duties from a table")
def post_duties(request: HttpRequest, file: UploadedFile = File(...)) -> TakenOut:  # noqa: B008
    """A CSV or XLSX with the columns community, account and duty, and perhaps platform and member (who that is in the chat); whole or not at all."""
    taken = take_duties(by=scope_of_request(request), name=file.name or "table", data=data_of(file), now=timezone.now())
    return taken_out(taken)


def data_of(file: UploadedFile) -> bytes:
    """What was sent.

    Raises DomainError bad_table when it is beyond reason.
    """
    if (file.size or 0) > MOST_BYTES:
        raise too_large()
    return bytes(file.read())


def taken_out(taken: Taken) -> TakenOut:
    """What a table led to."""
    return TakenOut(added=taken.added, already=taken.already, linked=taken.linked)


# After the other addresses below /duties, which it would take for an id.
@router.delete("/duties/{id}", response=DutyOut, operation_id="end_duty", summary="End a duty")
def delete_duty(request: HttpRequest, id: str) -> DutyOut:
    """Ends a duty as of today; it stays in the history. Needs communities.edit where the community is."""
    scope = scope_of_request(request)
    end_duty(by=scope, duty=find_duty(scope, id), now=timezone.now())
    return duty_out(find_duty(scope, id))


@router.get(
    "/operators/{id}/people",
    response=list[Ref],
    operation_id="operator_people",
    summary="Who an account is in the chats",
)
def people(request: HttpRequest, id: str) -> list[Ref]:
    """The people of the chats that are linked with the account, of those the caller may see. Needs members.view."""
    scope = scope_of_request(request)
    scope.require("members.view")
    return _people(scope, find_operator(scope, id))


@router.put(
    "/operators/{id}/people/{member}",
    response=list[Ref],
    operation_id="link_person",
    summary="Link a person with an account",
)
def put_person(request: HttpRequest, id: str, member: str) -> list[Ref]:
    """Says that a person of the chats is the account. Needs staff.manage where it holds a role, and members.view of the person."""
    scope = scope_of_request(request)
    scope.require("staff.manage")
    staff = find_operator(scope, id)
    link(by=scope, member=find_person(scope, member), staff=staff, now=timezone.now())
    return _people(scope, staff)


@router.delete(
    "/operators/{id}/people/{member}", response=list[Ref], operation_id="unlink_person", summary="Take a link back"
)
def delete_person(request: HttpRequest, id: str, member: str) -> list[Ref]:
    """Takes that back. Needs the same."""
    scope = scope_of_request(request)
    scope.require("staff.manage")
    staff = find_operator(scope, id)
    unlink(by=scope, member=find_person(scope, member), staff=staff, now=timezone.now())
    return _people(scope, staff)


def _people(scope: Scope, staff: Staff) -> list[Ref]:
    return [Ref(id=each.public_id, name=each.name) for each in chat_people(scope, staff)]
