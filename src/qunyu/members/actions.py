"""Writes of members, identities and memberships, set by set."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from qunyu.kernel.platform_ids import keyed_id, name_of, sealed_id
from qunyu.kernel.scope import Scope
from qunyu.members.matching import chunks, connected, mark_named_buyers, match
from qunyu.members.models import Identity, Mark, Member, Membership, MergeDecision

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

    Whoever shares a phone number, union id or platform id with somebody then belongs to the same member; equal names never do.

    Raises Denied.
    """
    by.require("imports.run")
    known: dict[Place, int] = {}
    marked: set[int] = set()
    for chunk in _chunks(seen):
        with transaction.atomic():
            found = _existing(chunk)
            known.update(found)
            known.update(_create([each for each in chunk if _place(each) not in found], import_id))
            _take_roles([each for each in chunk if each.role and _place(each) in found], found)
            marked |= _mark(chunk, known, import_id)
    with transaction.atomic():
        marked |= mark_named_buyers(set(known.values()), import_id=import_id)
    match(marked)
    return known


def _place(each: Seen) -> Place:
    return each.platform, each.community, each.key


def _chunks(seen: Sequence[Seen]) -> Iterator[Sequence[Seen]]:
    return (seen[start : start + CHUNK] for start in range(0, len(seen), CHUNK))


def _stored(each: Seen) -> str:
    """What the database has for their key: a mere name itself, a stable id by its keyed hash."""
    return each.key if each.community is not None else keyed_id(each.key)


def _existing(chunk: Sequence[Seen]) -> dict[Place, int]:
    places = {(each.platform, each.community, _stored(each)): _place(each) for each in chunk}
    keys = {key for _, _, key in places}
    rows = Identity.objects.filter(platform__in={each.platform for each in chunk}, key__in=keys)
    found = rows.values_list("platform", "community", "key", "id")
    return {places[place]: id for *told, id in found if (place := tuple(told)) in places}


def _create(new: Sequence[Seen], import_id: int) -> dict[Place, int]:
    members = Member.objects.bulk_create([Member(name=_name(each), role=each.role or "member") for each in new])
    made = Identity.objects.bulk_create(
        [_identity(each, member.pk, import_id) for each, member in zip(new, members, strict=True)]
    )
    return {_place(each): row.pk for each, row in zip(new, made, strict=True)}


def _name(each: Seen) -> str:
    """What they are called; whom only an id tells by what may be shown of that."""
    named = each.name[:255]
    if each.community is not None:
        return named or each.key
    return named if named and named != each.key else name_of(each.key)


def _identity(each: Seen, member: int, import_id: int) -> Identity:
    return Identity(
        member_id=member,
        own_member_id=member,
        platform=each.platform,
        community_id=each.community,
        key=_stored(each),
        sealed=sealed_id(each.key) if each.community is None else "",
        name=_name(each),
        supplied_by_id=import_id,
    )


def _take_roles(again: Sequence[Seen], found: Mapping[Place, int]) -> None:
    """A role that an earlier import did not tell; one that is known is never overwritten."""
    for role, group in groupby(sorted(again, key=attrgetter("role")), key=attrgetter("role")):
        ids = [found[_place(each)] for each in group]
        Member.objects.filter(own_identity__in=ids, role="member").update(role=role)


def _mark(chunk: Sequence[Seen], known: Mapping[Place, int], import_id: int) -> set[int]:
    marks = [
        Mark(identity_id=known[_place(each)], supplied_by_id=import_id, **told)
        for each in chunk
        for told in _told(each)
    ]
    Mark.objects.bulk_create(marks, ignore_conflicts=True)
    return {each.identity_id for each in marks}


def _told(each: Seen) -> Iterator[dict[str, str]]:
    """The marks they bring."""
    if each.phone_hash:
        yield {"kind": "phone", "value": each.phone_hash}
    if each.union_id:
        yield {"kind": "union", "value": keyed_id(each.union_id), "sealed": sealed_id(each.union_id)}


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
    unused = {id for id in ids if id not in heirs}
    touched = {identity for identity, _ in connected(_marked_by(import_id) | unused)} - unused
    _delete(Mark.objects.all(), list(Mark.objects.filter(supplied_by=import_id).values_list("id", flat=True)))
    forget_identities(unused, also=touched)
    for heir, inherited in groupby(sorted((heirs[id], id) for id in ids if id in heirs), key=itemgetter(0)):
        _pass_on([id for _, id in inherited], heir)
    return len(unused)


def forget_identities(unused: Collection[int], *, also: Collection[int] = ()) -> None:
    """Removes identities with the members made with them, their marks and decisions; whom these joined come apart, and `also` are matched anew."""
    gone = set(unused)
    touched = ({identity for identity, _ in connected(gone)} | set(also)) - gone
    _delete(Mark.objects.all(), list(_marks_of(gone)))
    _delete(MergeDecision.objects.all(), list(_decisions_of(gone)))
    match(touched)
    _delete_identities(gone)


def _marked_by(import_id: int) -> set[int]:
    return set(Mark.objects.filter(supplied_by=import_id).values_list("identity", flat=True))


def _marks_of(identities: Collection[int]) -> Iterator[int]:
    for chunk in chunks(identities):
        yield from Mark.objects.filter(identity__in=chunk).values_list("id", flat=True)


def _decisions_of(identities: Collection[int]) -> Iterator[int]:
    for chunk in chunks(identities):
        about = Q(one__in=chunk) | Q(other__in=chunk)
        yield from MergeDecision.objects.filter(about).values_list("id", flat=True)


def _delete_identities(ids: Collection[int]) -> None:
    """The identities and the members made with them, which nobody else belongs to once these have no marks."""
    for chunk in chunks(ids):
        with transaction.atomic():
            gone = Identity.objects.filter(id__in=chunk)
            members = list(gone.values_list("own_member", flat=True))
            gone.delete()
            Member.objects.filter(id__in=members, identities=None).delete()


def _pass_on(ids: list[int], heir: int) -> None:
    for start in range(0, len(ids), CHUNK):
        with transaction.atomic():
            Identity.objects.filter(id__in=ids[start : start + CHUNK]).update(supplied_by=heir)


def _delete(rows: QuerySet[Any], ids: list[int]) -> None:
    for start in range(0, len(ids), CHUNK):
        with transaction.atomic():
            rows.filter(id__in=ids[start : start + CHUNK]).delete()
