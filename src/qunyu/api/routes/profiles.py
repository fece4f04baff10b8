"""Profiles of people, their history, contacts and links."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Status

from qunyu.api.auth import scope_of_request
from qunyu.api.idempotency import unkept
from qunyu.api.schemas.members import platform_out
from qunyu.api.schemas.profiles import (
    ChangeChanges,
    ChangeOut,
    ContactChanges,
    ContactIn,
    ContactOut,
    Done,
    LinkIn,
    LinkOut,
    PlatformIdOut,
    ProfileChanges,
    ProfileOut,
    RevealedOut,
    RevealIn,
    change_out,
    contact_out,
    link_out,
    profile_out,
)
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.members import contacts, links, profile
from qunyu.members.queries import find_person

if TYPE_CHECKING:
    from qunyu.members.models import Member

router = Router(tags=["members"])


def _asked(request: HttpRequest, id: str) -> tuple[Scope, Member]:
    """Who asks, and about whom.

    Raises Denied; DomainError unknown_member.
    """
    scope = scope_of_request(request)
    scope.require("members.view")
    return scope, find_person(scope, id)


@router.get("/members/{id}/profile", response=ProfileOut, operation_id="profile", summary="A person’s profile")
def get_profile(request: HttpRequest, id: str) -> ProfileOut:
    """Every field of the person; sensitive values are masked."""
    scope, member = _asked(request, id)
    return profile_out(member, profile.profile(scope, member))


@router.patch("/members/{id}/profile", response=ProfileOut, operation_id="edit_profile", summary="Change a profile")
def edit_profile(request: HttpRequest, id: str, changes: ProfileChanges) -> ProfileOut:
    """Writes fields; nothing is written when one of them is wrong. Needs members.edit where the person belongs."""
    scope, member = _asked(request, id)
    values = {key: text or "" for key, text in changes.values.items()}
    profile.change(by=scope, member=member, changes=values, now=timezone.now(), today=timezone.localdate())
    return profile_out(find_person(scope, id), profile.profile(scope, find_person(scope, id)))


@router.post(
    "/members/{id}/profile/reveal", response=RevealedOut, operation_id="reveal", summary="Sensitive values in the clear"
)
@unkept
def reveal(request: HttpRequest, id: str, asked: RevealIn) -> RevealedOut:
    """The profile with sensitive values, and platform ids; that it was asked, and why, goes to the audit trail. Needs members.reveal. Never kept for repetition."""
    scope, member = _asked(request, id)
    shown = profile.reveal(by=scope, member=member, reason=asked.reason, now=timezone.now())
    ids = [PlatformIdOut(platform=platform_out(platform), id=id) for platform, id in shown.ids.values()]
    return RevealedOut(**profile_out(member, shown.answers).model_dump(), ids=ids)


@router.get(
    "/members/{id}/profile/changes", response=list[ChangeOut], operation_id="changes", summary="History of a profile"
)
def changes(request: HttpRequest, id: str) -> list[ChangeOut]:
    """Every change of the person's fields, the latest first; sensitive values are masked."""
    scope, member = _asked(request, id)
    return [change_out(each) for each in profile.history(scope, member)]


@router.patch(
    "/members/{id}/profile/changes/{change}", response=ProfileOut, operation_id="edit_change", summary="Undo a change"
)
def edit_change(request: HttpRequest, id: str, change: int, asked: ChangeChanges) -> ProfileOut:
    """Takes a change back, makes it again, or makes its value the one that counts. Needs members.edit where the person belongs."""
    scope, member = _asked(request, id)
    now = timezone.now()
    if asked.withdrawn is not None:
        profile.withdraw(by=scope, member=member, entry=change, back=not asked.withdrawn, now=now)
    if asked.prefer:
        profile.prefer(by=scope, member=member, entry=change, now=now)
    return profile_out(member, profile.profile(scope, find_person(scope, id)))


@router.get(
    "/members/{id}/contacts", response=list[ContactOut], operation_id="contacts", summary="Contacts with a person"
)
def list_contacts(request: HttpRequest, id: str) -> list[ContactOut]:
    """What was said with the person one by one, the latest first."""
    _, member = _asked(request, id)
    return [contact_out(each) for each in contacts.contacts_of(member)]


@router.post(
    "/members/{id}/contacts", response={201: ContactOut}, operation_id="note_contact", summary="Note a contact"
)
def note_contact(request: HttpRequest, id: str, asked: ContactIn) -> Status[ContactOut]:
    """Notes a contact down. Needs members.edit where the person belongs."""
    scope, member = _asked(request, id)
    now = timezone.now()
    told = {**asked.model_dump(), "at": _moment(asked.at) or now}
    return Status(201, contact_out(contacts.note_contact(by=scope, member=member, now=now, **told)))


@router.patch(
    "/members/{id}/contacts/{contact}", response=ContactOut, operation_id="edit_contact", summary="Change a contact"
)
def edit_contact(request: HttpRequest, id: str, contact: str, asked: ContactChanges) -> ContactOut:
    """Changes a contact that the caller wrote."""
    scope, member = _asked(request, id)
    row = contacts.find_contact(scope, member, contact)
    told: dict[str, Any] = {name: value for name, value in asked.model_dump().items() if value is not None}
    if asked.at is not None:
        told["at"] = _moment(asked.at)
    return contact_out(contacts.edit_contact(by=scope, contact=row, now=timezone.now(), **told))


def _moment(at: datetime | None) -> datetime | None:
    """In UTC; a time without a zone is one of the deployment's."""
    if at is None:
        return None
    return (timezone.make_aware(at) if timezone.is_naive(at) else at).astimezone(UTC)


@router.delete(
    "/members/{id}/contacts/{contact}", response=Done, operation_id="remove_contact", summary="Remove a contact"
)
def remove_contact(request: HttpRequest, id: str, contact: str) -> Done:
    """Removes a contact that the caller wrote, for good."""
    scope, member = _asked(request, id)
    row = contacts.find_contact(scope, member, contact)
    contacts.remove_contact(by=scope, contact=row, now=timezone.now())
    return Done(changed=1)


@router.get("/members/{id}/links", response=list[LinkOut], operation_id="links", summary="Who decides, who uses")
def list_links(request: HttpRequest, id: str) -> list[LinkOut]:
    """With whom the person is linked: those who decide for them first."""
    scope, member = _asked(request, id)
    return [link_out(each) for each in links.links_of(scope, member)]


@router.post("/members/{id}/links", response={201: LinkOut}, operation_id="add_link", summary="Link two people")
def add_link(request: HttpRequest, id: str, asked: LinkIn) -> Status[LinkOut]:
    """Links the person with another. Needs members.edit where both belong."""
    scope, member = _asked(request, id)
    other = _other(scope, asked.other)
    pair = (other, member) if asked.decides else (member, other)
    told: dict[str, Any] = {"since": asked.since, "note": asked.note}
    made = links.add_link(by=scope, pair=pair, kind=asked.kind, now=timezone.now(), **told)
    return Status(201, next(link_out(each) for each in links.links_of(scope, member) if each.link.pk == made.pk))


def _other(scope: Scope, public_id: str) -> Member:
    try:
        return find_person(scope, public_id)
    except DomainError as error:
        raise DomainError("unknown_other", error.message, field="other") from None


@router.delete("/members/{id}/links/{link}", response=Done, operation_id="remove_link", summary="End a link")
def remove_link(request: HttpRequest, id: str, link: str) -> Done:
    """Ends a link. Needs members.edit where both belong."""
    scope, member = _asked(request, id)
    links.remove_link(by=scope, link=links.find_link(scope, member, link), now=timezone.now())
    return Done(changed=1)
