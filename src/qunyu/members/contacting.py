"""Contacting: the one gate through which anybody is reached, and the only module that makes a Contact (ADR 13).

`may_contact` asks before; `claim` takes the place, and what it makes the database itself counts once more (migration 0016).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from qunyu.kernel import audit
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Denied, Scope
from qunyu.kernel.words import Words
from qunyu.members.answers import Owed, owed
from qunyu.members.belonging import CONTACT
from qunyu.members.contact_caps import CapsInForce, caps_in_force
from qunyu.members.contact_reasons import refusals, withdraw
from qunyu.members.matching import chunks
from qunyu.members.merging import editable
from qunyu.members.models import Contact, Identity, Standing
from qunyu.members.quiet import REASONS as QUIET_REASONS
from qunyu.members.quiet import quiet_now
from qunyu.members.rules.contacting import Cap, Caps, free_at, is_beyond, quiet_until
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
LONGEST = 4000
# A contact kept by mistake frees its place again for as long as this.
REGRET = timedelta(hours=1)
# What somebody may decide against, with a reason: all else can only be waited for or settled first.
PASSABLE = ("cap", "selling_cap", "quiet_hours")
UNCOUNTED = (Standing.IN, Standing.ANSWER)
WORDS: dict[str, Words] = {
    "cap": Words("{days} 天内已联系 {counted} 次，上限 {most} 次", "contacted {counted} times in {days} days, the cap is {most}"),
    "selling_cap": Words("{days} 天内已推销 {counted} 次，上限 {most} 次", "sold to {counted} times in {days} days, the cap is {most}"),
    "quiet_hours": Words("现在是免打扰时间", "these are quiet hours"),
    "quiet": Words("请勿联系：{reason}", "not to be contacted: {reason}"),
    "waits": Words("对方没有在等回复：近 {days} 天没有来信，也没有未结束的投诉", "they wait for no answer: nothing from them within {days} days, no open complaint"),
    "answered": Words("对方这次来信或投诉的回复已用完", "what they wrote or complained of has been answered already"),
    "selling": Words("推销不算回复", "what sells is no answer"),
    "kept": Words("经过联系上限的记录，一小时后不能再撤回：对方已经被联系过", "what went through the contact cap stays after an hour: the person was contacted"),
    "reason": Words("破例需要写明原因，最多 200 个字", "passing the cap takes a reason, with at most 200 characters"),
    "channel": Words("没有这种渠道", "there is no such channel"),
    "summary": Words(f"内容须有 1 至 {LONGEST} 个字", f"the summary has 1 to {LONGEST} characters"),
}  # fmt: skip


@dataclass(frozen=True)
class Leave:
    """Whether somebody may be contacted: `code` is "" or why not, in `words`; `possible_at` from when again, None when waiting alone does not help.

    The counts are contacts in the windows of the caps, over everything that the person is.
    """

    caps: Caps
    counted: int
    selling_counted: int
    code: str = ""
    words: Words | None = None
    possible_at: datetime | None = None

    @property
    def allowed(self) -> bool:
        """Whether the contact may be made now."""
        return not self.code

    @property
    def passable(self) -> bool:
        """Whether somebody with the permission may decide to contact all the same."""
        return self.code in PASSABLE


@dataclass(frozen=True)
class Touch:
    """A contact that is to be made: `feature` says what plans it, `answering` that the person waits for it, `at_leisure` that a person hands it over when it suits."""

    feature: str
    channel: str
    summary: str
    selling: bool = False
    answering: bool = False
    at_leisure: bool = False


class MayNotContact(DomainError):
    """The gate's refusal: `leave` says why, and from when it is possible."""

    def __init__(self, leave: Leave) -> None:
        at = leave.possible_at
        when = f"{_local(at):%Y-%m-%d %H:%M}" if at else ""
        words = leave.words or Words("", "")
        told = Words(f"{words.zh}；{when} 起可以联系", f"{words.en}; possible from {when}") if at else words
        super().__init__("may_not_contact", told, reason=leave.code, possible_at=at, field="member")
        self.leave = leave


def may_contact(
    people: Collection[int], now: datetime, *, selling: bool = False, at_leisure: bool = False
) -> dict[int, Leave]:
    """For each of `people` (primary keys, found under a scope) whether they may be contacted at `now`."""
    found: dict[int, Leave] = {}
    for part in chunks(people):
        found |= _Asked(part, now, selling=selling, at_leisure=at_leisure).leaves()
    return found


@dataclass
class _Asked:
    """One question to the gate about some hundred people."""

    people: Collection[int]
    now: datetime
    selling: bool
    at_leisure: bool

    def leaves(self) -> dict[int, Leave]:
        local = _local(self.now)
        in_force = caps_in_force()
        caps, times = _caps_of(self.people, in_force), _times_of(self.people, in_force.widest(self.now))
        quiet, refused = quiet_now(self.people, local.date()), refusals(self.people, self.now)
        found: dict[int, Leave] = {}
        for person in self.people:
            mine = caps[person]
            leave = self._within(mine, times.get(person, ()))
            if not leave.code and not self.at_leisure:
                leave = _at_hours(leave, quiet_until(local, mine.quiet_from, mine.quiet_to))
            if person in refused:
                leave = _closed(leave, *refused[person])
            if person in quiet:
                leave = _closed(leave, "quiet", _quiet_words(quiet[person].reason))
            found[person] = leave
        return found

    def _within(self, caps: Caps, times: Collection[tuple[datetime, bool]]) -> Leave:
        """Whether the caps allow it; refused by both, what lasts longer is told."""
        every, selling = [at for at, _ in times], [at for at, sells in times if sells]
        counts = (_counted(every, caps.all, self.now), _counted(selling, caps.selling, self.now))
        found = Leave(caps, *counts)
        asked = (("cap", caps.all, every), ("selling_cap", caps.selling, selling))
        for place, (code, cap, told) in enumerate(asked[: 1 + self.selling]):
            at = free_at(told, cap, self.now)
            if at == self.now or (found.code and at and found.possible_at and at < found.possible_at):
                continue
            words = WORDS[code].fill(days=cap.days, counted=counts[place], most=cap.most)
            found = Leave(caps, *counts, code, words, at and self._past_rest(caps, at))
        return found

    def _past_rest(self, caps: Caps, at: datetime) -> datetime:
        until = None if self.at_leisure else quiet_until(_local(at), caps.quiet_from, caps.quiet_to)
        return until or at


def _local(at: datetime) -> datetime:
    return timezone.localtime(at, settings.QUNYU_ZONE)


def _quiet_words(reason: str) -> Words:
    told = QUIET_REASONS[reason]
    return Words(WORDS["quiet"].zh.format(reason=told.zh), WORDS["quiet"].en.format(reason=told.en))


def _counted(times: Iterable[datetime], cap: Cap, now: datetime) -> int:
    return sum(each > cap.since(now) for each in times)


def _at_hours(leave: Leave, until: datetime | None) -> Leave:
    if until is None:
        return leave
    return Leave(leave.caps, leave.counted, leave.selling_counted, "quiet_hours", WORDS["quiet_hours"], until)


def _closed(leave: Leave, code: str, words: Words) -> Leave:
    return Leave(leave.caps, leave.counted, leave.selling_counted, code, words, None)


def _times_of(people: Collection[int], since: datetime) -> dict[int, list[tuple[datetime, bool]]]:
    """Person -> when each contact that counts was, and whether it sold."""
    found: dict[int, list[tuple[datetime, bool]]] = {}
    rows = Contact.objects.filter(member__own_identity__member__in=people, at__gt=since)
    counting = rows.exclude(standing__in=UNCOUNTED)
    for person, at, sells in counting.values_list("member__own_identity__member", "at", "selling"):
        found.setdefault(person, []).append((at, sells))
    return found


def _caps_of(people: Collection[int], in_force: CapsInForce) -> dict[int, Caps]:
    if in_force.is_one:
        return dict.fromkeys(people, in_force.of(()))
    units = units_of_people(people)
    return {person: in_force.of(units.get(person, ())) for person in people}


def units_of_people(people: Collection[int]) -> dict[int, set[int]]:
    """Person -> the units they belong to, whoever asks: of their communities, of their orders, and where they were noted down."""
    found: dict[int, set[int]] = {}
    mine = Identity.objects.filter(member__in=people)
    for path in ("memberships__community__unit", "orders__unit"):
        rows = mine.filter(**{f"{path}__isnull": False}).values_list("member", path).distinct()
        for person, unit in rows:
            found.setdefault(person, set()).add(unit)
    for person, platform in mine.filter(platform__startswith=CONTACT).values_list("member", "platform"):
        found.setdefault(person, set()).add(int(platform.removeprefix(CONTACT)))
    return found


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
    made: dict[int, Contact] = {}
    leaves = may_contact(members, now, selling=touch.selling, at_leisure=touch.at_leisure)
    # In the order of their keys: two at once then never wait for one another.
    for head in sorted(person for person, leave in leaves.items() if leave.allowed):
        row = _drafted(by, head, touch, leaves[head].caps, now)
        try:
            _insert([row], head, now)
        except MayNotContact:
            continue
        made[head] = row
    return made


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
        **{"channel": touch.channel, "summary": touch.summary.strip(), "feature": touch.feature},
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

    Raises Denied unless `by` made it; DomainError contact_kept an hour after it was made.
    """
    staff, _ = account_of(by.actor)
    if not by.everything and (staff is None or contact.staff_id != staff.pk):
        raise Denied("members.edit")
    if now - contact.written_at > REGRET:
        raise DomainError("contact_kept", WORDS["kept"])
    with transaction.atomic():
        data = {"contact": contact.pk}
        audit.record(by=by.actor, action="contact.take_back", kind="member", id=contact.member_id, now=now, **data)
        withdraw(contact.pk)
        contact.delete()


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
    caps = _caps_of([head], in_force)[head]
    due = None if row.selling else owed(head, row.at, caps.answer_days, but=row.pk)
    if due is not None and due.left:
        return Standing.ANSWER
    others = Contact.objects.filter(member__own_identity__member=head).exclude(pk=row.pk)
    near = others.exclude(standing__in=UNCOUNTED).filter(at__gt=in_force.widest(row.at))
    times = list(near.values_list("at", "selling"))
    beyond = is_beyond([at for at, _ in times], row.at, caps.all)
    sold = [at for at, sells in times if sells]
    return Standing.OVER if beyond or (row.selling and is_beyond(sold, row.at, caps.selling)) else Standing.WITHIN
