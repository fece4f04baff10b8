"""Profiles: what is known of a person besides the facts, read through all identities; every change kept, undone, and sealed where sensitive."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction

from qunyu.communities.queries import within
from qunyu.events.phones import hashed
from qunyu.jobs.port import load
from qunyu.kernel import audit
from qunyu.kernel.errors import DomainError
from qunyu.kernel.ids import new_public_id
from qunyu.kernel.scope import Denied, Scope
from qunyu.kernel.sealed import NOT_READABLE, UNREADABLE, readable, seal
from qunyu.kernel.words import Words
from qunyu.members.belonging import contact_units
from qunyu.members.fields import PURPOSE, Definition, fields_in
from qunyu.members.matching import chunks
from qunyu.members.merging import editable, rematch, require_edit
from qunyu.members.models import Identity, Mark, Membership, ProfileEntry
from qunyu.members.recurring import token_for
from qunyu.members.rules.values import in_words, masked, parsed

if TYPE_CHECKING:
    from qunyu.members.models import Member

SHORTEST_REASON, LONGEST_REASON = 2, 200


@dataclass(frozen=True)
class Told:
    """One value somebody wrote: `text` is what may be shown of it (masked where sensitive), `value` as it is kept, None where hidden.

    `own` is the member it belongs to, `entry` its row; "" was a clearing. What is `unreadable` was sealed under another key: `text` says so.
    """

    text: Words
    value: str | None
    at: datetime
    by_name: str
    own: int
    entry: int
    act: str
    unreadable: bool = False


@dataclass(frozen=True)
class Answer:
    """What a person's field holds: the value that counts (None: nothing was ever written), and others that differ from it."""

    field: Definition
    told: Told | None
    also: tuple[Told, ...] = ()

    @property
    def hidden(self) -> bool:
        """Whether something stands here that is shown only on request."""
        return any(each.value is None and not each.unreadable for each in (self.told, *self.also) if each is not None)

    @property
    def unreadable(self) -> bool:
        """Whether the value that counts was sealed under another key."""
        return self.told is not None and self.told.unreadable

    @property
    def text(self) -> Words | None:
        """What may be shown of the value that counts; None for nothing."""
        return self.told.text if self.told and str(self.told.text) else None


@dataclass(frozen=True)
class Change:
    """A step in the history of a field: what was written, whether that was taken back since, and what stood there before."""

    field: Definition
    told: Told
    before: Words
    withdrawn: bool


def fields_of(scope: Scope, member: Member) -> list[Definition]:
    """The fields of a person whom `scope` may see, as far as that holds; archived ones too."""
    return fields_in(scope, units_of(scope, member), archived=True)


def profile(
    scope: Scope, member: Member, fields: Collection[Definition] | None = None, *, reveal: bool = False
) -> list[Answer]:
    """What every field of the person holds (of `fields`, where these are known); sensitive values masked unless `reveal` (see `reveal`)."""
    wanted = [each for each in (fields_of(scope, member) if fields is None else fields) if not each.archived]
    return profiles(scope, [member.pk], wanted, reveal=reveal)[member.pk]


def profiles(
    scope: Scope, members: Collection[int], wanted: Collection[Definition], *, reveal: bool = False
) -> dict[int, list[Answer]]:
    """The fields `wanted` of each of the members, in that order; for people whom the caller has found under `scope`."""
    rows: dict[int, dict[str, list[ProfileEntry]]] = {each: {} for each in members}
    for part in chunks(members):
        heads = dict(
            Identity.objects.filter(member__in=part, own_member__profile__isnull=False).values_list(
                "own_member", "member"
            )
        )
        written = ProfileEntry.objects.filter(member__in=heads, withdrawn_at=None)
        for entry in written.order_by("at", "id"):
            rows[heads[entry.member_id]].setdefault(entry.field, []).append(entry)
    return {
        member: [_answer(field, found.get(field.key, []), reveal) for field in wanted] for member, found in rows.items()
    }


def _answer(field: Definition, entries: list[ProfileEntry], reveal: bool) -> Answer:
    """Of each of the members that are this person the latest counts, and the latest of those stands first."""
    latest = {entry.member_id: entry for entry in entries}
    newest = sorted(latest.values(), key=lambda entry: (entry.at, entry.pk), reverse=True)
    if not newest:
        return Answer(field, None)
    plain = {entry.pk: _plain(entry) for entry in newest}
    seen, also = {plain[newest[0].pk], ""}, list[Told]()
    for entry in newest[1:]:
        if plain[entry.pk] not in seen:
            seen.add(plain[entry.pk])
            also.append(_told(field, entry, plain[entry.pk], reveal))
    return Answer(field, _told(field, newest[0], plain[newest[0].pk], reveal), tuple(also))


def _plain(entry: ProfileEntry) -> str | None:
    """What was written; None for what was sealed under another key."""
    return readable(entry.value, PURPOSE) if entry.sealed else entry.value


def _told(field: Definition, entry: ProfileEntry, plain: str | None, reveal: bool) -> Told:
    whose = entry.at, entry.by_name, entry.member_id, entry.pk, entry.act
    if plain is None:
        return Told(NOT_READABLE, None, *whose, unreadable=True)
    hide = field.sensitive and not reveal and bool(plain)
    text = Words(masked(field, plain), masked(field, plain)) if hide else in_words(field, plain)
    return Told(text, None if hide else plain, *whose)


def history(scope: Scope, member: Member, wanted: Collection[Definition] | None = None) -> list[Change]:
    """Every step of the person's fields (of `wanted`, where these are known), the latest first; sensitive values masked."""
    fields = {each.key: each for each in (fields_of(scope, member) if wanted is None else wanted)}
    own = Identity.objects.filter(member=member).values("own_member")
    found: list[Change] = []
    before: dict[tuple[int, str], Words] = {}
    for entry in ProfileEntry.objects.filter(member__in=own, field__in=fields).order_by("at", "id"):
        told = _told(fields[entry.field], entry, _plain(entry), reveal=False)
        place = (entry.member_id, entry.field)
        found.append(
            Change(fields[entry.field], told, before.get(place, Words("", "")), entry.withdrawn_at is not None)
        )
        if entry.withdrawn_at is None:
            before[place] = told.text
    return found[::-1]


def units_of(scope: Scope, member: Member) -> set[int]:
    """The units in which `scope` may see that the person belongs: of their communities, of their orders, and where they were noted down."""
    mine = Membership.objects.filter(within("community", scope, "members.view"), identity__member=member)
    found = set(mine.values_list("community__unit", flat=True))
    for unit in Identity.objects.filter(member=member, orders__isnull=False).values_list("orders__unit", flat=True):
        if scope.may("members.view", unit) and scope.may("orders.view", unit):
            found.add(unit)
    return found | contact_units(scope, member.pk)


def check(
    fields: Iterable[Definition], changes: Mapping[str, str], today: date
) -> tuple[dict[str, str], dict[str, Words]]:
    """What the changes (key -> as typed) come to, and what is wrong with the others, by key."""
    known = {each.key: each for each in fields}
    good: dict[str, str] = {}
    wrong: dict[str, Words] = {}
    for key, text in changes.items():
        try:
            if key not in known:
                raise unknown_field(key, known)
            good[key] = parsed(known[key], text, today)
        except DomainError as error:
            wrong[key] = error.message
    return good, wrong


def unknown_field(key: str, known: Iterable[str]) -> DomainError:
    """What is said of a field there is not."""
    message = Words("没有字段“{key}”；可用：{known}", "there is no field “{key}”; there are: {known}")
    return DomainError("unknown_field", message.fill(key=key, known=", ".join(known)), field=key)


def change(*, by: Scope, member: Member, changes: Mapping[str, str], now: datetime, today: date) -> list[str]:
    """Writes what was typed into a person's fields (key -> text, "" to clear); the keys that got another value. Again changes nothing.

    Raises Denied; DomainError unknown_field or bad_value with the `field`; nothing was then written.
    """
    load()
    with transaction.atomic():
        require_edit(by, member)
        fields = {each.key: each for each in fields_in(by, units_of(by, member))}
        good, wrong = check(fields.values(), changes, today)
        if wrong:
            key = next(iter(wrong))
            raise DomainError("bad_value" if key in fields else "unknown_field", wrong[key], field=key)
        now_told = {each.field.key: each.told for each in profile(by, member, reveal=True)}
        changed = [key for key, value in good.items() if value != (told.value if (told := now_told[key]) else "")]
        write(by=by, values=[(member.pk, fields[key], good[key]) for key in changed], now=now)
        if changed:
            audit.record(by=by.actor, action="member.profile", kind="member", id=member.pk, now=now, fields=changed)
    return changed


def write(
    *, by: Scope, values: Collection[tuple[int, Definition, str]], now: datetime, act: str = "", hidden: bool = False
) -> str:
    """Keeps values (member, field, checked value) for callers that have asked whether they may; the act's public id.

    A phone number also tells who is the same person. What is `hidden` does not count until the caller lets it.
    """
    act = act or new_public_id()
    actor = by.actor
    ProfileEntry.objects.bulk_create(
        ProfileEntry(
            act=act,
            member_id=member,
            field=field.key,
            value=seal(value, PURPOSE) if field.sensitive else value,
            sealed=field.sensitive,
            recurs=token_for(field, value),
            at=now,
            by=actor.key,
            by_name=actor.name[:120],
            withdrawn_at=now if hidden else None,
        )
        for member, field, value in values
    )
    if not hidden:
        mark_phones(by=by, members={member for member, field, _ in values if field.key == "phone"}, now=now)
    return act


def mark_phones(*, by: Scope, members: Collection[int], now: datetime) -> None:
    """Makes the marks of phone numbers that were typed what the profiles of these members (each by itself) say."""
    own = {member: id for part in chunks(members) for member, id in
           Identity.objects.filter(own_member__in=part).values_list("own_member", "id")}  # fmt: skip
    if not own:
        return
    told: dict[int, str | None] = {}
    for part in chunks(own):
        written = ProfileEntry.objects.filter(member__in=part, field="phone", withdrawn_at=None)
        told |= {entry.member_id: _plain(entry) for entry in written.order_by("at", "id")}
        # Marks of imports have a supplier: these are ours.
        Mark.objects.filter(identity__in=[own[each] for each in part], kind="phone", supplied_by=None).delete()
    Mark.objects.bulk_create(
        Mark(identity_id=own[member], kind="phone", value=hashed(number, settings.SECRET_KEY), supplied_by=None)
        for member, number in told.items()
        if number
    )
    rematch(by=by, identities=set(own.values()), now=now)


def prefer(*, by: Scope, member: Member, entry: int, now: datetime) -> bool:
    """Makes a value that somebody once wrote of this person the one that counts; whether that changed anything.

    Raises Denied; DomainError unknown_change, or sealed_elsewhere for a value that was sealed under another key.
    """
    load()
    with transaction.atomic():
        require_edit(by, member)
        row = _entry(by, member, entry)
        field = next(each for each in fields_in(by, units_of(by, member), archived=True) if each.key == row.field)
        wanted, present = _plain(row), profiles(by, [member.pk], [field], reveal=True)[member.pk][0].told
        if wanted is None:
            raise DomainError("sealed_elsewhere", UNREADABLE)
        if present is not None and present.value == wanted:
            return False
        write(by=by, values=[(member.pk, field, wanted)], now=now)
        audit.record(by=by.actor, action="member.profile", kind="member", id=member.pk, now=now, fields=[field.key])
    return True


def withdraw(*, by: Scope, member: Member, entry: int, back: bool = False, now: datetime) -> bool:
    """Takes a change back as if it had never been made, or (`back`) makes it again; whether that changed anything.

    Raises Denied; DomainError unknown_change.
    """
    load()
    with transaction.atomic():
        require_edit(by, member)
        row = _entry(by, member, entry)
        rows = ProfileEntry.objects.filter(pk=row.pk, withdrawn_at__isnull=not back)
        if not rows.update(withdrawn_at=None if back else now):
            return False
        if row.field == "phone":
            mark_phones(by=by, members={row.member_id}, now=now)
        action = "member.profile_again" if back else "member.profile_undo"
        audit.record(by=by.actor, action=action, kind="member", id=member.pk, now=now, fields=[row.field])
    return True


def _entry(by: Scope, member: Member, entry: int) -> ProfileEntry:
    own = Identity.objects.filter(member=member).values("own_member")
    known = {each.key for each in fields_in(by, units_of(by, member), archived=True)}
    found = ProfileEntry.objects.filter(pk=entry, member__in=own, field__in=known).first()
    if found is None:
        raise DomainError("unknown_change", Words("没有这次修改", "there is no such change"), key=entry)
    return found


@dataclass(frozen=True)
class Revealed:
    """What was read in the clear: the fields of the profile, and (platform, id) of the accounts by primary key of the identity.

    The id is None where it was sealed under another key.
    """

    answers: list[Answer]
    ids: Mapping[int, tuple[str, str | None]]


def reveal(*, by: Scope, member: Member, reason: str, now: datetime) -> Revealed:
    """The person's fields and platform ids in the clear; that it was asked, and why, is kept in the audit trail.

    Raises Denied unless members.reveal holds where the person belongs; DomainError reason_needed.
    """
    may_reveal(by, [member.pk])
    return _revealed(by, member, checked_reason(reason), now)


@transaction.atomic
def _revealed(by: Scope, member: Member, reason: str, now: datetime) -> Revealed:
    found = profile(by, member, reveal=True)
    mine = editable(by, "members.reveal").filter(member=member).exclude(sealed="").order_by("platform", "id")
    ids = {each.pk: (each.platform, each.readable_key) for each in mine}
    told = [each for each in found if each.field.sensitive and each.told]
    data: dict[str, list[Any]] = {
        "fields": [each.field.key for each in told if not each.unreadable],
        "ids": sorted(key for key, (_, id) in ids.items() if id is not None),
        # Asked for, and not shown: sealed under another key.
        "unreadable": [each.field.key for each in told if each.unreadable],
        "unreadable_ids": sorted(key for key, (_, id) in ids.items() if id is None),
    }
    kept = {name: keys for name, keys in data.items() if keys or name in ("fields", "ids")}
    who = replace(by.actor, reason=reason)
    audit.record(by=who, action="member.reveal", kind="member", id=member.pk, now=now, **kept)
    return Revealed(found, ids)


@transaction.atomic
def export_revealed(
    *, by: Scope, members: Collection[int], fields: Collection[str], reason: str, now: datetime
) -> None:
    """Keeps that the sensitive `fields` of these people go into a file in the clear, and why; to be called before it is made.

    Raises Denied unless members.reveal holds where each of them belongs; DomainError reason_needed.
    """
    may_reveal(by, members)
    who = replace(by.actor, reason=checked_reason(reason))
    data = {"people": len(members), "fields": list(fields)}
    audit.record(by=who, action="profiles.export", kind="members", id=0, now=now, **data)


def checked_reason(reason: str) -> str:
    """The reason somebody gave for reading what is sensitive.

    Raises DomainError reason_needed.
    """
    given = reason.strip()
    if not SHORTEST_REASON <= len(given) <= LONGEST_REASON:
        message = Words("请写明查看原因（{least} 至 {most} 个字）", "say why ({least} to {most} characters)")
        raise DomainError("reason_needed", message.fill(least=SHORTEST_REASON, most=LONGEST_REASON), field="reason")
    return given


def may_reveal(by: Scope, members: Collection[int]) -> None:
    """Raises Denied unless members.reveal holds where each of these people belongs."""
    by.require("members.reveal")
    if by.everything:
        return
    for part in chunks(members):
        if editable(by, "members.reveal").filter(member__in=part).values("member").distinct().count() < len(part):
            raise Denied("members.reveal")
