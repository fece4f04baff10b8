"""Contacts: what was said with a person one by one, noted by hand."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q, QuerySet

from qunyu.kernel import audit
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Denied, Scope
from qunyu.kernel.words import Words
from qunyu.members import contacting
from qunyu.members.answers import is_leant_on
from qunyu.members.merging import require_edit
from qunyu.members.models import Contact, Identity, Standing
from qunyu.people.queries import account_of

if TYPE_CHECKING:
    from qunyu.members.models import Member

CHANNELS, LONGEST = contacting.CHANNELS, contacting.LONGEST
DIRECTIONS: dict[str, Words] = {"out": Words("我们联系对方", "We reached out"), "in": Words("对方联系我们", "They did")}
# Whoever notes down a call may have a clock that runs ahead.
AHEAD = timedelta(days=1)
LEANT_ON = Words(
    "之后的回复以它为据，不能删除，也不能改时间和方向", "answers lean on it: it stays, with its time and direction"
)
_TOLD = ("at", "channel", "direction", "summary", "result", "selling")
# What decides about a place under the cap, which a contact that went through the gate keeps.
_PLACED = ("at", "direction", "selling")


@transaction.atomic
def note_contact(*, by: Scope, member: Member, now: datetime, **told: Any) -> Contact:
    """A new contact with a person that has been: at, channel, direction, summary, and result and selling if there are.

    It is kept whatever the cap says, and counts; its `standing` says whether it was beyond it. Raises Denied; DomainError
    bad_contact with the `field`.
    """
    require_edit(by, member)
    clean = _checked({"result": "", "selling": False, **told}, now)
    row = contacting.noted(by=by, member=member, told=clean, now=now)
    if row.standing == Standing.OVER:
        audit.record(by=by.actor, action="contact.over", kind="member", id=member.pk, now=now, contact=row.pk)
    else:
        audit.record(by=by.actor, action="contact.add", kind="member", id=member.pk, now=now, contact=row.pk)
    return row


@transaction.atomic
def edit_contact(*, by: Scope, contact: Contact, now: datetime, **told: Any) -> Contact:
    """The contact with another at, channel, direction, summary, result or selling; again changes nothing.

    What went through the gate, or what answers lean on, keeps its time, direction and kind. Raises Denied unless `by` wrote it; DomainError bad_contact with the `field`,
    unknown_contact.
    """
    _own(by, contact)
    contacting.hold_contact(contact)
    before = {name: getattr(contact, name) for name in _TOLD}
    clean = _checked({**before, **told}, now)
    changed = [name for name in _TOLD if clean[name] != before[name]]
    placed = [name for name in changed if name in _PLACED]
    if placed and contact.most is not None:
        raise DomainError("bad_contact", _REASONS["placed"], field=placed[0])
    if placed and is_leant_on(contact):
        raise DomainError("bad_contact", LEANT_ON, field=placed[0])
    if changed:
        for name in changed:
            setattr(contact, name, clean[name])
        if placed:
            contact.standing = contacting.standing_of(contact)
        contact.edited_at = now
        contact.save()
        data = {"contact": contact.pk, "fields": changed, "standing": str(contact.standing)}
        audit.record(by=by.actor, action="contact.edit", kind="member", id=contact.member_id, now=now, **data)
    return contact


@transaction.atomic
def remove_contact(*, by: Scope, contact: Contact, now: datetime) -> None:
    """Removes a contact for good.

    Raises Denied unless `by` wrote it; DomainError contact_kept for one that went through the gate an hour ago or longer, or that answers lean on.
    """
    _own(by, contact)
    if contact.most is not None:
        contacting.take_back(by=by, contact=contact, now=now)
        return
    if is_leant_on(contact):
        raise DomainError("contact_kept", LEANT_ON)
    data = {"contact": contact.pk}
    audit.record(by=by.actor, action="contact.remove", kind="member", id=contact.member_id, now=now, **data)
    contact.delete()


def contacts_of(member: Member, *, before: datetime | None = None, limit: int | None = None) -> list[Contact]:
    """The contacts with a person the caller has found under a scope, over all that they are, the latest first.

    With `before` those at that moment or earlier.
    """
    own = Identity.objects.filter(member=member).values("own_member")
    found = Contact.objects.filter(Q(at__lte=before) if before else Q(), member__in=own)
    return list(found.select_related("staff").order_by("-at", "-id")[:limit])


def contacts_among(members: Collection[int] | None) -> QuerySet[Contact]:
    """The contacts with these people (primary keys; None: with anybody), over all that they are; the caller narrows them to a scope."""
    found = Contact.objects.filter(member__own_identity__isnull=False)
    return found if members is None else found.filter(member__own_identity__member__in=list(members))


def find_contact(by: Scope, member: Member, public_id: str) -> Contact:
    """The contact of that person with that public id.

    Raises DomainError unknown_contact.
    """
    own = Identity.objects.filter(member=member).values("own_member")
    found = Contact.objects.filter(public_id=public_id, member__in=own).first()
    if found is None:
        raise contacting.unknown_contact(public_id)
    return found


def wrote(by: Scope, contacts: Collection[Contact]) -> set[int]:
    """The keys of those of `contacts` that `by` wrote and may change."""
    staff, _ = account_of(by.actor)
    return {each.pk for each in contacts if staff is not None and each.staff_id == staff.pk}


def _own(by: Scope, contact: Contact) -> None:
    if not wrote(by, [contact]):
        raise Denied("members.edit")


def _checked(told: dict[str, Any], now: datetime) -> dict[str, Any]:
    for name in told:
        if name not in _TOLD:
            raise TypeError(f"a contact has no {name}")
    clean: dict[str, Any] = {name: value.strip() if isinstance(value, str) else value for name, value in told.items()}
    wrong = {
        "channel": clean["channel"] not in CHANNELS,
        "direction": clean["direction"] not in DIRECTIONS,
        "summary": not 1 <= len(clean["summary"]) <= LONGEST,
        "result": len(clean["result"]) > 200,
        "at": clean["at"] > now + AHEAD,
        "selling": bool(clean["selling"]) and clean["direction"] == "in",
    }
    for name, is_wrong in wrong.items():
        if is_wrong:
            raise DomainError("bad_contact", _REASONS[name], field=name)
    return clean


_REASONS: dict[str, Words] = {
    "channel": Words("没有这种渠道", "there is no such channel"),
    "direction": Words("请选择由谁发起", "say who began it"),
    "summary": Words(f"内容须有 1 至 {LONGEST} 个字", f"the summary has 1 to {LONGEST} characters"),
    "result": Words("结果最多 200 个字", "the result has at most 200 characters"),
    "at": Words("时间不能在将来", "it cannot lie in the future"),
    "selling": Words("对方联系我们的不算推销", "what they began does not sell"),
    "placed": Words(
        "经过联系上限的记录，时间、方向和是否推销不能改",
        "what went through the contact cap keeps its time, direction and whether it sells",
    ),
}
