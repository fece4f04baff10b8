"""Writes of members, identities and memberships, set by set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from qunyu.kernel.scope import Scope
from qunyu.members.models import Identity, Member, Membership

# SQLite's writer must not be held above 200 ms; measured at some 15,000 rows a second.
CHUNK = 1_000


@dataclass(frozen=True, slots=True)
class Seen:
    """Somebody as an import names them; `community` is the id of the home of a mere name, None for a stable id."""

    platform: str
    community: int | None
    key: str
    name: str
    role: str = ""
    phone_hash: str = ""
    union_id: str = ""


Place = tuple[str, int | None, str]


def know(*, by: Scope, seen: Sequence[Seen], import_id: int) -> dict[Place, int]:
    """The identity ids of everybody in `seen` by (platform, community, key); those not known yet are made, each a member.

    A new identity joins the member that its phone hash, union id or platform id already belongs to; equal names never do.

    Raises Denied.
    """
    by.require("imports.run")
    known: dict[Place, int] = {}
    for chunk in _chunks(seen):
        with transaction.atomic():
            found = _existing(chunk)
            known.update(found)
            new = [each for each in chunk if (each.platform, each.community, each.key) not in found]
            known.update(_create(new, import_id))
            _complete([each for each in chunk if (each.platform, each.community, each.key) in found], found)
    return known


def _chunks(seen: Sequence[Seen]) -> Iterator[Sequence[Seen]]:
    return (seen[start : start + CHUNK] for start in range(0, len(seen), CHUNK))


def _existing(chunk: Sequence[Seen]) -> dict[Place, int]:
    keys = {each.key for each in chunk}
    rows = Identity.objects.filter(platform__in={each.platform for each in chunk}, key__in=keys)
    found = {
        (platform, home, key): id for platform, home, key, id in rows.values_list("platform", "community", "key", "id")
    }
    return {place: found[place] for each in chunk if (place := (each.platform, each.community, each.key)) in found}


def _create(new: Sequence[Seen], import_id: int) -> dict[Place, int]:
    owners = _owners(new)
    strangers = [each for each in new if not _marks(each) & owners.keys()]
    members = Member.objects.bulk_create(
        [Member(name=each.name[:255] or each.key, role=each.role or "member") for each in strangers]
    )
    of_stranger = {each: member.pk for each, member in zip(strangers, members, strict=True)}
    for each, member in of_stranger.items():
        owners.update(dict.fromkeys(_marks(each), member))
    made = Identity.objects.bulk_create([_identity(each, _owner(each, of_stranger, owners), import_id) for each in new])
    return {(each.platform, each.community_id, each.key): each.pk for each in made}


def _owner(each: Seen, of_stranger: Mapping[Seen, int], owners: Mapping[str, int]) -> int:
    held = [owners[mark] for mark in _marks(each) if mark in owners]
    return min(held) if held else of_stranger[each]


def _identity(each: Seen, member: int, import_id: int) -> Identity:
    return Identity(
        member_id=member,
        platform=each.platform,
        community_id=each.community,
        key=each.key,
        name=each.name[:255] or each.key,
        phone_hash=each.phone_hash,
        union_id=each.union_id,
        supplied_by_id=import_id,
    )


def _marks(each: Seen) -> set[str]:
    """What identifies a person over platforms: phone hash and union id, prefixed so that they never mix."""
    marks = {f"phone {each.phone_hash}"} if each.phone_hash else set()
    return marks | ({f"union {each.union_id}"} if each.union_id else set())


def _owners(new: Sequence[Seen]) -> dict[str, int]:
    """The lowest member id of every mark in `new` that an identity in the database already carries."""
    phones = {each.phone_hash for each in new} - {""}
    unions = {each.union_id for each in new} - {""}
    if not phones and not unions:
        return {}
    rows = Identity.objects.filter(Q(phone_hash__in=phones) | Q(union_id__in=unions))
    owners: dict[str, int] = {}
    for phone, union, member in rows.order_by("-member").values_list("phone_hash", "union_id", "member"):
        owners.update({f"phone {phone}": member, f"union {union}": member})
    # An order may name the buyer's own platform id in the column for union ids.
    for key, member in Identity.objects.filter(community=None, key__in=unions).values_list("key", "member"):
        owners.setdefault(f"union {key}", member)
    return owners


def _complete(again: Sequence[Seen], found: Mapping[Place, int]) -> None:
    """Adds a phone hash, union id or role that an earlier import did not tell; what is known is never overwritten."""
    for each in again:
        if not (each.phone_hash or each.union_id or each.role):
            continue
        rows = Identity.objects.filter(pk=found[(each.platform, each.community, each.key)])
        if each.phone_hash:
            rows.filter(phone_hash="").update(phone_hash=each.phone_hash)
        if each.union_id:
            rows.filter(union_id="").update(union_id=each.union_id)
        if each.role:
            Member.objects.filter(identities__in=rows, role="member").update(role=each.role)


def renew_memberships(*, by: Scope, communities: set[int], rows: Iterator[Membership]) -> None:
    """Makes the memberships of `communities` what `rows` say; nobody disappears in between.

    Raises Denied.
    """
    by.require("imports.run")
    current = Membership.objects.filter(community__in=communities).values_list("identity", "community", "id")
    stale = {(identity, community): id for identity, community, id in current.iterator()}
    chunk: list[Membership] = []
    for row in rows:
        stale.pop((row.identity_id, row.community_id), None)
        chunk.append(row)
        if len(chunk) == CHUNK:
            _put_memberships(chunk)
            chunk = []
    _put_memberships(chunk)
    _delete(Membership.objects.all(), list(stale.values()))


def _put_memberships(chunk: list[Membership]) -> None:
    with transaction.atomic():
        Membership.objects.bulk_create(
            chunk,
            update_conflicts=True,
            unique_fields=("identity", "community"),
            update_fields=("first_at", "last_at", "joined_at", "left_at", "messages", "active_days"),
        )


def forget_unused(*, by: Scope, import_id: int, heirs: Mapping[int, int]) -> int:
    """Removes the identities an undone import had made; those another import also tells of pass to it (`heirs`).

    Members left without an identity go too. Gives how many identities went. Raises Denied.
    """
    by.require("imports.run")
    ids = list(Identity.objects.filter(supplied_by=import_id).values_list("id", flat=True))
    unused = [id for id in ids if id not in heirs]
    _delete(Identity.objects.all(), unused)
    for heir, inherited in groupby(sorted((heirs[id], id) for id in ids if id in heirs), key=itemgetter(0)):
        _pass_on([id for _, id in inherited], heir)
    _delete(Member.objects.all(), list(Member.objects.filter(identities=None).values_list("id", flat=True)))
    return len(unused)


def _pass_on(ids: list[int], heir: int) -> None:
    for start in range(0, len(ids), CHUNK):
        with transaction.atomic():
            Identity.objects.filter(id__in=ids[start : start + CHUNK]).update(supplied_by=heir)


def _delete(rows: QuerySet[Any], ids: list[int]) -> None:
    for start in range(0, len(ids), CHUNK):
        with transaction.atomic():
            rows.filter(id__in=ids[start : start + CHUNK]).delete()
