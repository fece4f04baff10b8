"""Reads of members."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pyarrow as pa
from django.db import connection
from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet, Sum, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce

from qunyu.communities.queries import communities, within
from qunyu.events.queries import shown
from qunyu.kernel.errors import DomainError
from qunyu.kernel.platform_ids import keyed_id
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.members.belonging import buyers, contacts
from qunyu.members.labels import labelled_as
from qunyu.members.models import Identity, Member, Membership
from qunyu.members.tag_filtering import WHOEVER, Tagged, tagged

# As many as any database takes in one question.
MOST_KEYS = 5_000


def membership_from_facts(row: Mapping[str, Any]) -> Membership:
    """The membership that a row of the lake's state describes."""
    return Membership(
        identity_id=row["identity"],
        community_id=row["community"],
        first_at=row["first_at"],
        last_at=row["last_at"],
        joined_at=row["joined_at"],
        left_at=row["left_at"],
        messages=row["messages"],
        active_days=row["active_days"],
    )


def dimension(scope: Scope) -> pa.Table:
    """identity, member, role of everybody; which of them show is the communities' matter."""
    # Straight from the cursor: the ORM takes several times as long, and every board asks.
    statement, parameters = Identity.objects.values_list("id", "member_id", "member__role").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        rows = cursor.fetchall()
    values = list(zip(*rows, strict=True)) or [(), (), ()]
    names, kinds = ("identity", "member", "role"), (pa.int64(), pa.int64(), pa.string())
    return pa.table({name: pa.array(column, kind) for name, column, kind in zip(names, values, kinds, strict=True)})


def memberships(scope: Scope) -> QuerySet[Membership]:
    """The memberships in communities whose members `scope` may see."""
    return Membership.objects.filter(shown("identity__supplied_by"), within("community", scope, "members.view"))


def people(scope: Scope) -> QuerySet[Member]:
    """The people `scope` may see: members of its communities, contacts and, with orders.view, buyers of its units."""
    belongs = memberships(scope).filter(identity__member=OuterRef("pk"))
    bought = buyers(scope).filter(member=OuterRef("pk"))
    noted = contacts(scope).filter(member=OuterRef("pk"))
    return Member.objects.filter(Exists(belongs) | Exists(bought) | Exists(noted), erased=False)


def is_seen(scope: Scope, path: str = "member") -> Exists:
    """Narrows rows to those whose person, at the end of `path`, `scope` may see.

    It is asked row by row: a page then costs what its own rows do, however many people there are.
    """
    return Exists(people(scope).filter(pk=OuterRef(path)))


def is_of_seen(scope: Scope, path: str = "member") -> Exists:
    """As `is_seen`, for what is written about somebody: the member at the end of `path` was made with one of the person's identities."""
    return Exists(people(scope).filter(identities__own_member=OuterRef(path)))


def identities_of(scope: Scope, member: Member) -> QuerySet[Identity]:
    """As what platforms know `member`, as far as `scope` may see where."""
    return (
        identities_in(scope)
        .filter(member=member)
        .select_related("community", "own_member")
        .order_by("platform", "key", "id")
    )


def identities_in(scope: Scope) -> QuerySet[Identity]:
    """The identities `scope` may see: in its communities, contacts and, with orders.view, buyers of its units."""
    belongs = Membership.objects.filter(within("community", scope, "members.view"), identity=OuterRef("pk"))
    bought = buyers(scope).filter(pk=OuterRef("pk"))
    noted = contacts(scope).filter(pk=OuterRef("pk"))
    seen = (shown("supplied_by") & Exists(belongs)) | Exists(bought) | Exists(noted)
    return Identity.objects.filter(seen, member__erased=False)


def search_people(
    scope: Scope,
    *,
    text: str = "",
    role: str = "",
    labels: Mapping[str, str] | None = None,
    tags: Tagged = WHOEVER,
) -> QuerySet[Member]:
    """The people `scope` may see, called `text` here or on a platform (part of it is enough; an id whole), of that role, labelled and tagged so.

    Raises DomainError unknown_label or unknown_label_value.
    """
    found = people(scope)
    if text:
        called = identities_in(scope).filter(name__icontains=text)
        named = Q(name__icontains=text) | Exists(called.filter(member=OuterRef("pk")))
        found = found.filter(named | _with_id(scope, text, "pk"))
    found = found.filter(_labelled(scope, labels or {}, "pk"), tagged(tags, "pk"))
    return found.filter(role=role) if role else found


def _with_id(scope: Scope, id: str, path: str) -> Q:
    """The members at the end of `path` one of whose stable ids that is, the whole of it: of these the database knows the hash alone."""
    known = identities_in(scope).filter(community=None, key=keyed_id(id.strip()))
    return Q(**{f"{path}__in": known.values("member")})


def _labelled(scope: Scope, labels: Mapping[str, str], path: str, *, there: bool = False) -> Q:
    said = Q()
    for key, value in labels.items():
        said &= Q(Exists(labelled_as(scope, key, value, there=there).filter(member=OuterRef(path))))
    return said


def find_person(scope: Scope, public_id: str) -> Member:
    """The person with that public id.

    Raises DomainError unknown_member when there is none that `scope` may see.
    """
    return _one(people(scope), public_id)


def _one(found: QuerySet[Member], public_id: str) -> Member:
    member = found.filter(public_id=public_id).first()
    if member is None:
        message = Words("没有编号为“{id}”的成员", "there is no member with the id “{id}”")
        raise DomainError("unknown_member", message.fill(id=public_id), id=public_id)
    return member


@dataclass(frozen=True, slots=True)
class Totals:
    """`present` counts who (or where one) was not seen leaving, `messages` what was said in all, by those gone too."""

    present: int = 0
    messages: int = 0
    last_at: datetime | None = None


def totals_by_community(scope: Scope, ids: Iterable[int]) -> dict[int, Totals]:
    """The totals of those of the communities `ids` that `scope` may see and that anybody was seen in."""
    seen = Membership.objects.filter(
        shown("identity__supplied_by"), community__in=communities(scope).filter(id__in=list(ids))
    )
    present = Count("identity__member", distinct=True, filter=Q(left_at=None))
    return _totals(seen.values_list("community").annotate(present=present, said=Sum("messages"), last=Max("last_at")))


def totals_by_member(scope: Scope, ids: Iterable[int]) -> dict[int, Totals]:
    """Of each of the members `ids`: in how many communities they are present, what they said, when they were last seen."""
    # Identities first: a database that begins with the communities reads every membership in them.
    known_as = list(Identity.objects.filter(member__in=list(ids)).values_list("id", flat=True))
    seen = memberships(scope).filter(identity__in=known_as)
    present = Count("community", distinct=True, filter=Q(left_at=None))
    rows = seen.values_list("identity__member").annotate(present=present, said=Sum("messages"), last=Max("last_at"))
    return _totals(rows)


def _totals(rows: Iterable[tuple[Any, ...]]) -> dict[int, Totals]:
    return {key: Totals(present, messages, last_at) for key, present, messages, last_at in rows}


@dataclass(frozen=True)
class Wanted:
    """Which members: `text` in a name of theirs or the whole of a platform's id, and filters ("" and None = any) by community ids, role and platform.

    `present` leaves out who left; `outside` are those who are in no community and known by their orders alone. `labels` is
    label -> value, `tags` narrows to who carries tags.
    """

    text: str = ""
    communities: Collection[int] | None = None
    role: str = ""
    platform: str = ""
    present: bool = False
    outside: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)
    tags: Tagged = WHOEVER


def members(scope: Scope, wanted: Wanted = Wanted()) -> QuerySet[Member]:
    """The members `scope` may see, with first_at, last_at, messages and communities (how many) as far as it may see them."""
    if wanted.outside:
        return _customers(scope, wanted)
    # One filter: its conditions and the figures below then speak of the same memberships.
    there = within("identities__memberships__community", scope, "members.view") & Q(
        identities__memberships__isnull=False
    )
    if wanted.communities is not None:
        there &= Q(identities__memberships__community__in=wanted.communities)
    if wanted.present:
        there &= Q(identities__memberships__left_at=None)
    found = Member.objects.filter(
        asked(scope, wanted, there=True), shown("identities__supplied_by"), there, erased=False
    )
    return found.annotate(
        first_at=Min("identities__memberships__first_at"),
        last_at=Max("identities__memberships__last_at"),
        messages=Sum("identities__memberships__messages"),
        communities=Count("identities__memberships__community", distinct=True),
    )


def _customers(scope: Scope, wanted: Wanted) -> QuerySet[Member]:
    """As `members`, of buyers and contacts; first and last seen are then the first and the last order."""
    belongs = memberships(scope).filter(identity__member=OuterRef("pk"))
    known = Q(identities__in=buyers(scope)) | Q(identities__in=contacts(scope))
    found = Member.objects.filter(~Exists(belongs), known, asked(scope, wanted), erased=False)
    return found.annotate(
        first_at=Min("identities__orders__ordered_at"),
        last_at=Max("identities__orders__ordered_at"),
        messages=Value(0),
        communities=Value(0),
    )


def among(scope: Scope, ids: Collection[int], text: str = "") -> QuerySet[Member]:
    """Those of the members `ids` that `scope` may see, called `text`, with the figures of `members`; of buyers in no community 0 and None."""
    belongs = within("identities__memberships__community", scope, "members.view") & shown("identities__supplied_by")
    found = search_people(scope, text=text).filter(pk__in=_listed(ids))
    return found.annotate(
        first_at=Min("identities__memberships__first_at", filter=belongs),
        last_at=Max("identities__memberships__last_at", filter=belongs),
        messages=Coalesce(Sum("identities__memberships__messages", filter=belongs), 0),
        communities=Count("identities__memberships__community", distinct=True, filter=belongs),
    )


def _listed(ids: Collection[int]) -> RawSQL:
    """The ids as a table: as single parameters there could be more than a database takes."""
    is_sqlite = connection.vendor == "sqlite"
    table = (
        "SELECT value FROM json_each(%s)"
        if is_sqlite
        else "SELECT value::bigint FROM jsonb_array_elements_text(%s::jsonb)"
    )
    # Nothing of anybody else goes into the text.
    return RawSQL(table, (json.dumps(sorted(ids)),))  # noqa: S611


def asked(scope: Scope, wanted: Wanted, *, member: str = "", identity: str = "identities__", there: bool = False) -> Q:
    """What is wanted of people, of rows whose member and identity stand at the ends of these paths; `there` as of `labelled_as`."""
    found, text = Q(), wanted.text
    if text:
        found = Q(**{f"{member}name__icontains": text}) | Q(**{f"{identity}name__icontains": text})
        found |= _with_id(scope, text, f"{member}pk")
    told = {f"{identity}platform": wanted.platform, f"{member}role": wanted.role}
    found &= Q(**{path: value for path, value in told.items() if value})
    return found & _labelled(scope, wanted.labels, f"{member}pk", there=there) & tagged(wanted.tags, f"{member}pk")


def find_member(scope: Scope, public_id: str) -> Member:
    """The member with that public id, with the figures of `members`.

    Raises DomainError unknown_member when there is none that `scope` may see.
    """
    found = members(scope).filter(public_id=public_id).first()
    return found or _one(members(scope, Wanted(outside=True)), public_id)


def identity_ids(keys: Collection[int]) -> dict[int, str]:
    """The public id of each of these identities: that of the member made with it, which never changes."""
    return dict(Identity.objects.filter(pk__in=list(keys)).values_list("pk", "own_member__public_id"))


def head_of(scope: Scope, public_id: str) -> str | None:
    """The public id of the person whom somebody with that public id was merged into; None when there is none `scope` may see."""
    own = Identity.objects.filter(own_member__public_id=public_id).exclude(member__public_id=public_id)
    member = own.values_list("member__public_id", flat=True).first()
    return member if member and people(scope).filter(public_id=member).exists() else None


def memberships_of(scope: Scope, member: Member) -> list[Membership]:
    """Where `scope` may see the member, with identity and community, the latest active first."""
    return list(
        memberships(scope)
        .filter(identity__member=member)
        .select_related("identity", "community")
        .order_by("-last_at", "id")
    )


def last_active(communities: Collection[int]) -> dict[int, datetime]:
    """When something last happened in each of the communities; one without any memberships is missing."""
    rows = Membership.objects.filter(community__in=communities).values("community").annotate(last=Max("last_at"))
    return {row["community"]: row["last"] for row in rows}


@dataclass(frozen=True, slots=True)
class Account:
    """An identity with a stable id: `platform`, the id as it was asked for, and the primary keys of it and of its member."""

    platform: str
    id: str
    identity: int
    member: int


def accounts(scope: Scope, ids: Iterable[str]) -> list[Account]:
    """Who has one of these stable ids, on whatever platform, as far as `scope` may see; an id that is not there is missing."""
    asked = {keyed_id(each): each for each in ids if each}
    found: list[Account] = []
    keys = list(asked)
    for start in range(0, len(keys), MOST_KEYS):
        rows = identities_in(scope).filter(community=None, key__in=keys[start : start + MOST_KEYS])
        told = rows.order_by("pk").values_list("platform", "key", "pk", "member")
        found += [Account(platform, asked[key], identity, member) for platform, key, identity, member in told]
    return found


def named_people(scope: Scope, ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """Public id and name of those of the people `ids` (primary keys) that `scope` may see; nobody is asked for nobody."""
    if not ids:
        return {}
    rows = people(scope).filter(pk__in=list(ids)).values_list("pk", "public_id", "name")
    return {id: (public_id, name) for id, public_id, name in rows}


def own_members(of: Iterable[Member] | QuerySet[Member]) -> QuerySet[Identity, int]:
    """The keys of the members made with the identities of these people: what is written about somebody belongs to one of them."""
    return Identity.objects.filter(member__in=of).values_list("own_member", flat=True)


def heads(own: int | OuterRef) -> QuerySet[Member]:
    """The person that a member made with an identity is now, as a query of one row."""
    return Member.objects.filter(identities__own_member=own)
