"""Sets: rows that tell of people, for whoever combines them into sets of members; under a scope only where it says so.

They show nothing by themselves: who combines them narrows the result to the people a scope may see.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from qunyu.kernel.words import Words
from qunyu.members.models import Contact, Identity, Link, Member, ProfileEntry, Tag, TagAct, Tagging
from qunyu.members.own import PERSON
from qunyu.members.queries import identities_in, people
from qunyu.people.queries import unit_paths

if TYPE_CHECKING:
    from qunyu.kernel.scope import Scope

Ids = npt.NDArray[np.int64]
ROLES: dict[str, Words] = {
    "member": Words("成员", "Member"),
    "staff": Words("运营人员", "Staff"),
    "atmosphere": Words("气氛组", "Atmosphere team"),
    "bot": Words("机器人", "Bot"),
}
_CHUNK = 5_000
# A member whose own identity is gone is nobody; one such among them would empty every NOT IN.
_SOMEBODY = {"member__own_identity__isnull": False}
# A sealed "" has this length and ending, and nothing else has: 12 bytes of nonce and 16 of mark as base64, behind "1:".
_SEALED_NOTHING = Q(value__regex=r"^.{40}==$")


def values_that_count(field: str, *, sealed: bool) -> QuerySet[Any]:
    """The rows (`person`, value) of whom the field is known: of each person the latest that was not taken back.

    Of `sealed` fields the values lie encrypted; of others what lies encrypted from before is left out.
    """
    rows = ProfileEntry.objects.filter(field=field, withdrawn_at=None, **_SOMEBODY)
    newer = rows.filter(
        Q(at__gt=OuterRef("at")) | Q(at=OuterRef("at"), pk__gt=OuterRef("pk")), **{PERSON: OuterRef(PERSON)}
    )
    nothing = Q(value="") | (Q(sealed=True) & (_SEALED_NOTHING if sealed else Q()))
    return rows.filter(~nothing, ~Exists(newer)).annotate(person=F(PERSON))


def known_tags(scope: Scope) -> list[Tag]:
    """The tags for people `scope` may see, with their groups; archived ones too."""
    paths = unit_paths()
    seen = paths.keys() if scope.everything else scope.units("members.view")
    here = [paths[each] for each in seen if each in paths]
    rows = Tag.objects.select_related("group__unit").order_by("group__unit__path", "group__position", "position", "id")
    return [row for row in rows if any(path.startswith(row.group.unit.path) for path in here)]


def tagged(public_ids: Collection[str]) -> QuerySet[Any, Any]:
    """The members who carry one of the tags now, or one it was merged into; a tag that another of an exclusive group overrules is not carried."""
    tags = _with_merged(set(Tag.objects.filter(public_id__in=public_ids).values_list("pk", flat=True)))
    rows: QuerySet[Any, Any] = Tagging.objects.filter(withdrawn_at=None, tag__in=tags, **_SOMEBODY)
    if Tag.objects.filter(pk__in=tags, group__exclusive=True).exists():
        later = Q(at__gt=OuterRef("at")) | Q(at=OuterRef("at"), id__gt=OuterRef("id"))
        other = Tagging.objects.filter(
            later, withdrawn_at=None, tag__archived_at=None, tag__group=OuterRef("tag__group")
        )
        overruled = Exists(other.filter(**{PERSON: OuterRef(PERSON)}).exclude(tag=OuterRef("tag")))
        rows = rows.filter(~Q(tag__group__exclusive=True) | ~overruled)
    return rows.values(PERSON)


def _with_merged(tags: set[int]) -> set[int]:
    """The tags and those they were merged into, one after the other."""
    merged = TagAct.objects.filter(kind=TagAct.Kind.MERGE, undone_at=None)
    fresh = tags
    while fresh:
        fresh = set(merged.filter(tag__in=fresh, into__isnull=False).values_list("into", flat=True)) - tags
        tags = tags | fresh
    return tags


def contacts_noted() -> QuerySet[Contact]:
    """Every contact; the person stands at members.own.PERSON."""
    return Contact.objects.filter(**_SOMEBODY)


def linked_as(scope: Scope, role: str) -> QuerySet[Any, Any]:
    """The members who are the "decider" or the "user" of a link with another person whom `scope` may see."""
    mine, other = ("decider", "user") if role == "decider" else ("user", "decider")
    ends = (f"{mine}__own_identity__member", f"{other}__own_identity__member")
    somebody = {"decider__own_identity__isnull": False, "user__own_identity__isnull": False}
    apart: QuerySet[Any, Any] = Link.objects.filter(~Q(**{ends[0]: F(ends[1])}), **somebody)
    seen = apart if scope.everything else apart.filter(**{f"{ends[1]}__in": people(scope).values("pk")})
    return seen.values(ends[0])


def unproven() -> QuerySet[Member]:
    """All people but the erased, under no scope: for whoever has shown otherwise that those asked for may be seen."""
    return Member.objects.filter(erased=False)


def everybody(scope: Scope, but: Q | None = None) -> Ids:
    """The primary keys of all the people `scope` may see (`but` those of whom that is true), sorted.

    Identity by identity, which is one walk where person by person is three.
    """
    rows = identities_in(scope).order_by()
    if but is not None:
        rows = rows.exclude(member__in=Member.objects.filter(but).values("pk"))
    found = np.sort(keys(rows.values_list("member", flat=True)))
    # Not np.unique: it hashes, which takes longer than the question.
    return found[np.append(True, found[1:] != found[:-1])] if len(found) else found


def keys(rows: QuerySet[Any, Any]) -> Ids:
    """The one column of whole numbers that `rows` gives, as it comes."""
    try:
        statement, parameters = rows.query.sql_with_params()
    except EmptyResultSet:
        return np.array([], np.int64)
    # Straight from the cursor: the ORM takes several times as long for a million rows.
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return np.fromiter((key for (key,) in cursor.fetchall()), np.int64)


def alive(members: Collection[int]) -> set[int]:
    """Those of these members (primary keys) to whom an identity belongs and who are not erased."""
    told, given = Identity.objects.filter(member__erased=False), sorted(members)
    chunks = (given[start : start + _CHUNK] for start in range(0, len(given), _CHUNK))
    return {key for chunk in chunks for key in told.filter(member__in=chunk).values_list("member", flat=True)}


def heads(identities: Collection[int] | None) -> tuple[Ids, Ids]:
    """The identities (None: all there are) and the member that each belongs to; those of erased people are nobody's."""
    if identities is not None and not identities:
        return np.array([], np.int64), np.array([], np.int64)
    told = Identity.objects.filter(member__erased=False)
    rows = told if identities is None else told.filter(pk__in=list(identities))
    statement, parameters = rows.order_by().values_list("id", "member_id").query.sql_with_params()
    # Straight from the cursor: the ORM takes several times as long for a million rows.
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        found = np.array(cursor.fetchall(), dtype=np.int64).reshape(-1, 2)
    return found[:, 0], found[:, 1]
