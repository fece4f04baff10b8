"""Contacting: the one gate through which anybody is reached, and the only module that makes a Contact (ADR 13).

`leave.may_contact` asks before; `claim` takes the place, and what it makes the database itself counts once more (migrations 0016, 0018).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from qunyu.kernel import audit
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Denied, Scope
from qunyu.kernel.words import Words
from qunyu.members.answers import Owed, owed
from qunyu.members.contact_caps import caps_in_force
from qunyu.members.contact_reasons import withdraw
from qunyu.members.leave import UNCOUNTED, Leave, caps_of, may_contact
from qunyu.members.merging import editable
from qunyu.members.models import Contact, Identity, Standing
from qunyu.members.own import of_people
from qunyu.members.rules.contacting import Caps, is_beyond
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
# Over these many are reached at once, and nobody in particular: what is put there for a segment is no contact with its people.
TO_MANY = ("moments", "group")
LONGEST = 4000
# A contact kept by mistake frees its place again for as long as this.
REGRET = timedelta(hours=1)
# So many rows a statement inserts.
BATCH = 1_000
# A person's contacts wait for one another in one of so many places (migration 0018).
PLACES = 1_024
WORDS: dict[str, Words] = {
    "waits": Words("对方没有在等回复：近 {days} 天没有来信，也没有未结束的投诉", "they wait for no answer: nothing from them within {days} days, no open complaint"),
    "answered": Words("对方这次来信或投诉的回复已用完", "what they wrote or complained of has been answered already"),
    "selling": Words("推销不算回复", "what sells is no answer"),
    "kept": Words("经过联系上限的记录，一小时后不能再撤回：对方已经被联系过", "what went through the contact cap stays after an hour: the person was contacted"),
    "reason": Words("破例需要写明原因，最多 200 个字", "passing the cap takes a reason, with at most 200 characters"),
    "channel": Words("没有这种渠道", "there is no such channel"),
    "summary": Words(f"内容须有 1 至 {LONGEST} 个字", f"the summary has 1 to {LONGEST} characters"),
}  # fmt: skip


@dataclass(frozen=True)
class Touch:
    """A contact that is to be made: `feature` says what plans it, `answering` that the person waits for it, `at_leisure` that a person hands it over when it suits.

    `result` is what is known to have come of it.
    """

    feature: str
    channel: str
    summary: str
    selling: bool = False
    answering: bool = False
    at_leisure: bool = False
    result: str = ""


class MayNotContact(DomainError):
    """The gate's refusal: `leave` says why, and from when it is possible."""

    def __init__(self, leave: Leave) -> None:
        at = leave.possible_at
        when = f"{timezone.localtime(at, settings.QUNYU_ZONE):%Y-%m-%d %H:%M}" if at else ""
        words = leave.words or Words("", "")
        told = Words(f"{words.zh}；{when} 起可以联系", f"{words.en}; possible from {when}") if at else words
        super().__init__("may_not_contact", told, reason=leave.code, possible_at=at, field="member")
        self.leave = leave


def claim(*, by: Scope, member: Member, touch: Touch, passing: str = "", now: datetime) -> Contact:
    """The contact, once it has its place under the cap; the caller makes it happen, or gives the place back (`take_back`).

    An answer that what they wrote does not cover any more is a contact like another.
    `passing` is why somebody contacts all the same. Raises Denied, also of passing without settings.edit where the person belongs;
    MayNotContact; DomainError bad_contact with the `field`, or nothing_to_answer.
    """
    with transaction.atomic():
        _check(touch)
        # Whoever was merged since is reached as the person they are now.
        mine = editable(by).filter(own_member=member).values_list("member", flat=True).first()
        if mine is None:
            raise Denied("members.edit")
        head = mine
        leave = may_contact([head], now, selling=touch.selling, at_leisure=touch.at_leisure)[head]
        row = _drafted(by, member.pk, touch, leave.caps, now)
        due = _owed(head, leave, now) if touch.answering else None
        if due is not None and due.left:
            row.standing, row.most, row.since = Standing.ANSWER, due.most, due.since
        elif leave.code:
            if not (passing.strip() and leave.passable):
                raise MayNotContact(leave)
            _pass(by, member, row, passing)
        _insert([row], head, now)
        data = {"contact": row.pk, "feature": touch.feature}
        if row.standing == Standing.PASSED:
            audit.record(
                by=by.actor, action="contact.pass", kind="member", id=member.pk, now=now, over=leave.code, **data
            )
        else:
            audit.record(by=by.actor, action="contact.claim", kind="member", id=member.pk, now=now, **data)
    return row


def claim_many(*, by: Scope, members: Collection[int], touch: Touch, now: datetime) -> dict[int, Contact]:
    """Person -> the contact, for each of `members` (people that `by` may edit, as the caller has asked) who may be contacted; the others are missing.

    Raises DomainError bad_contact with the `field`.
    """
    _check(touch)
    leaves = may_contact(members, now, selling=touch.selling, at_leisure=touch.at_leisure)
    # In the order of the places: two at once then never wait for one another.
    free = sorted((head for head, leave in leaves.items() if leave.allowed), key=lambda head: (head % PLACES, head))
    rows = [_drafted(by, head, touch, leaves[head].caps, now) for head in free]
    parts = (rows[start : start + BATCH] for start in range(0, len(rows), BATCH))
    return {row.member_id: row for part in parts for row in _inserted(part, now)}


def _inserted(rows: Sequence[Contact], now: datetime) -> list[Contact]:
    """Those of `rows`, one a person, that the database took: where somebody was faster it halves them until it is down to whom that was."""
    try:
        with transaction.atomic():
            return Contact.objects.bulk_create(rows)
    except IntegrityError:
        half = len(rows) // 2
    if half:
        return [*_inserted(rows[:half], now), *_inserted(rows[half:], now)]
    try:
        _insert(rows, rows[0].member_id, now)
    except MayNotContact:
        return []
    return list(rows)


def _check(touch: Touch) -> None:
    wrong = {
        "channel": touch.channel not in CHANNELS,
        "summary": not 1 <= len(touch.summary.strip()) <= LONGEST,
        "selling": touch.selling and touch.answering,
    }
    for name, is_wrong in wrong.items():
        if is_wrong:
            raise DomainError("bad_contact", WORDS[name], field=name)


def _drafted(by: Scope, member: int, touch: Touch, caps: Caps, now: datetime) -> Contact:
    return Contact(
        **{"member_id": member, "at": now, "written_at": now, "direction": "out", "standing": Standing.PLANNED},
        **{
            "channel": touch.channel,
            "summary": touch.summary.strip(),
            "feature": touch.feature,
            "result": touch.result,
        },
        **{"selling": touch.selling, "most": caps.all.most, "since": caps.all.since(now)},
        **{"selling_most": caps.selling.most, "selling_since": caps.selling.since(now)},
        **{"staff": account_of(by.actor)[0], "by_name": by.actor.name[:120]},
    )


def _owed(head: int, leave: Leave, now: datetime) -> Owed:
    found = owed(head, now, leave.caps.answer_days)
    if found is None:
        words = WORDS["waits"].fill(days=leave.caps.answer_days)
        raise DomainError("nothing_to_answer", words, field="answering")
    return found


def _pass(by: Scope, member: Member, row: Contact, why: str) -> None:
    if not may_pass(by, member):
        raise Denied("settings.edit")
    if len(why.strip()) > 200:
        raise DomainError("bad_contact", WORDS["reason"], field="passing")
    row.standing, row.why = Standing.PASSED, why.strip()


def may_pass(by: Scope, member: Member) -> bool:
    """Whether `by` may pass the cap for this person: with settings.edit where the person belongs."""
    return editable(by, "settings.edit").filter(own_member=member).exists()


def _insert(rows: Collection[Contact], head: int, now: datetime) -> None:
    """Keeps them; where somebody else was faster the database refuses, and so does the gate."""
    try:
        with transaction.atomic():
            Contact.objects.bulk_create(rows)
    except IntegrityError:
        first = next(iter(rows))
        if first.standing == Standing.ANSWER:
            raise DomainError("nothing_to_answer", WORDS["answered"], field="answering") from None
        leave = may_contact([head], now, selling=first.selling, at_leisure=True)[head]
        if leave.allowed:
            raise
        raise MayNotContact(leave) from None


def take_back(*, by: Scope, contact: Contact, now: datetime) -> None:
    """Removes a contact that did not happen after all, and frees its place.

    Raises Denied unless `by` made it; DomainError contact_kept an hour after it was made, unknown_contact where it is gone already.
    """
    staff, _ = account_of(by.actor)
    if not by.everything and (staff is None or contact.staff_id != staff.pk):
        raise Denied("members.edit")
    if now - contact.written_at > REGRET:
        raise DomainError("contact_kept", WORDS["kept"])
    with transaction.atomic():
        hold_contact(contact)
        data = {"contact": contact.pk}
        audit.record(by=by.actor, action="contact.take_back", kind="member", id=contact.member_id, now=now, **data)
        withdraw(contact.pk)
        contact.delete()


def hold_contact(contact: Contact) -> None:
    """Lets nobody else write to the contact until the transaction ends, and reads what they wrote before.

    Raises DomainError unknown_contact where it was taken back meanwhile.
    """
    if not list(Contact.objects.select_for_update().filter(pk=contact.pk).values_list("pk")):
        raise unknown_contact(contact.public_id)
    contact.refresh_from_db()


def unknown_contact(public_id: str) -> DomainError:
    """What is raised where there is no such contact."""
    message = Words("没有编号为“{id}”的联系记录", "there is no contact with the id “{id}”")
    return DomainError("unknown_contact", message.fill(id=public_id), id=public_id)


def take_back_many(*, members: QuerySet[Any, Any], feature: str, at: datetime) -> int:
    """Removes what `feature` claimed with these members at that moment, and frees their places; none of it, where some were changed since or
    have a result: the number of these.

    For the feature itself, inside its transaction: it has asked who may and since when, keeps the audit trail, and removes what it built on them
    (nothing else is built on what is claimed for many, ADR 13).
    """
    mine = Contact.objects.filter(feature=feature, at=at, member__in=members)
    # Whoever is writing to one of them is waited for.
    list(mine.select_for_update(of=("self",)).order_by("pk").values_list("pk"))
    happened = mine.exclude(edited_at=None).count()
    if not happened:
        mine.delete()
    return happened


def noted(*, by: Scope, member: Member, told: Mapping[str, Any], now: datetime) -> Contact:
    """A contact that has been, as `contacts.note_contact` has checked it: kept whatever the cap says, with how it stands to it."""
    staff, _ = account_of(by.actor)
    row = Contact(member=member, staff=staff, by_name=by.actor.name[:120], written_at=now, **told)
    row.standing = standing_of(row)
    row.save()
    return row


def standing_of(row: Contact) -> Standing:
    """How a contact noted by hand stands to the cap, among all others with the person."""
    if row.direction == "in":
        return Standing.IN
    head = Identity.objects.values_list("member", flat=True).get(own_member=row.member_id)
    in_force = caps_in_force()
    caps = caps_of([head], in_force).get(head, in_force.of(()))
    due = None if row.selling else owed(head, row.at, caps.answer_days, but=row.pk)
    if due is not None and due.left:
        return Standing.ANSWER
    others = of_people(Contact.objects.exclude(pk=row.pk), [head])
    near = others.exclude(standing__in=UNCOUNTED).filter(at__gt=in_force.widest(row.at))
    times = list(near.values_list("at", "selling"))
    beyond = is_beyond([at for at, _ in times], row.at, caps.all)
    sold = [at for at, sells in times if sells]
    return Standing.OVER if beyond or (row.selling and is_beyond(sold, row.at, caps.selling)) else Standing.WITHIN
