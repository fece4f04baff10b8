"""Contacts: what was said with a person one by one, noted by hand."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q

from qunyu.kernel import audit
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Denied, Scope
from qunyu.kernel.words import Words
from qunyu.members.merging import require_edit
from qunyu.members.models import Contact, Identity
from qunyu.people.queries import account_of

if TYPE_CHECKING:
    from qunyu.members.models import Member

CHANNELS: dict[str, Words] = {
    "direct": Words("私聊", "Direct chat"),
    "moments": Words("朋友圈", "Moments"),
    "group": Words("群内", "In a group"),
    "call": Words("电话", "Call"),
    "meeting": Words("见面", "Meeting"),
    "other": Words("其他", "Other"),
}
DIRECTIONS: dict[str, Words] = {"out": Words("我们联系对方", "We reached out"), "in": Words("对方联系我们", "They did")}
LONGEST = 4000
# Whoever notes down a call may have a clock that runs ahead.
AHEAD = timedelta(days=1)
_TOLD = ("at", "channel", "direction", "summary", "result")


@transaction.atomic
def note_contact(*, by: Scope, member: Member, now: datetime, **told: Any) -> Contact:
    """A new contact with a person: at, channel, direction, summary, and result if there is one.

    Raises Denied; DomainError bad_contact with the `field`.
    """
    require_edit(by, member)
    staff, _ = account_of(by.actor)
    row = Contact(member=member, staff=staff, by_name=by.actor.name[:120], written_at=now)
    _take(row, told, now)
    row.save()
    audit.record(by=by.actor, action="contact.add", kind="member", id=member.pk, now=now, contact=row.pk)
    return row


@transaction.atomic
def edit_contact(*, by: Scope, contact: Contact, now: datetime, **told: Any) -> Contact:
    """The contact with another at, channel, direction, summary or result; again changes nothing.

    Raises Denied unless `by` wrote it; DomainError bad_contact with the `field`.
    """
    _own(by, contact)
    before = {name: getattr(contact, name) for name in _TOLD}
    _take(contact, told, now)
    changed = [name for name in _TOLD if getattr(contact, name) != before[name]]
    if changed:
        contact.edited_at = now
        contact.save()
        data = {"contact": contact.pk, "fields": changed}
        audit.record(by=by.actor, action="contact.edit", kind="member", id=contact.member_id, now=now, **data)
    return contact


@transaction.atomic
def remove_contact(*, by: Scope, contact: Contact, now: datetime) -> None:
    """Removes a contact for good.

    Raises Denied unless `by` wrote it.
    """
    _own(by, contact)
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


def find_contact(by: Scope, member: Member, public_id: str) -> Contact:
    """The contact of that person with that public id.

    Raises DomainError unknown_contact.
    """
    own = Identity.objects.filter(member=member).values("own_member")
    found = Contact.objects.filter(public_id=public_id, member__in=own).first()
    if found is None:
        message = Words("没有编号为“{id}”的联系记录", "there is no contact with the id “{id}”")
        raise DomainError("unknown_contact", message.fill(id=public_id), id=public_id)
    return found


def wrote(by: Scope, contacts: Collection[Contact]) -> set[int]:
    """The keys of those of `contacts` that `by` wrote and may change."""
    staff, _ = account_of(by.actor)
    return {each.pk for each in contacts if staff is not None and each.staff_id == staff.pk}


def _own(by: Scope, contact: Contact) -> None:
    if not wrote(by, [contact]):
        raise Denied("members.edit")


def _take(row: Contact, told: dict[str, Any], now: datetime) -> None:
    for name, value in told.items():
        if name not in _TOLD:
            raise TypeError(f"a contact has no {name}")
        setattr(row, name, value.strip() if isinstance(value, str) else value)
    wrong = {
        "channel": row.channel not in CHANNELS,
        "direction": row.direction not in DIRECTIONS,
        "summary": not 1 <= len(row.summary) <= LONGEST,
        "result": len(row.result) > 200,
        "at": row.at > now + AHEAD,
    }
    for name, is_wrong in wrong.items():
        if is_wrong:
            raise DomainError("bad_contact", _REASONS[name], field=name)


_REASONS: dict[str, Words] = {
    "channel": Words("没有这种渠道", "there is no such channel"),
    "direction": Words("请选择由谁发起", "say who began it"),
    "summary": Words(f"内容须有 1 至 {LONGEST} 个字", f"the summary has 1 to {LONGEST} characters"),
    "result": Words("结果最多 200 个字", "the result has at most 200 characters"),
    "at": Words("时间不能在将来", "it cannot lie in the future"),
}
