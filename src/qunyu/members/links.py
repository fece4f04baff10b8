"""Links: who decides and who uses; spoken to separately, counted as one decision.

Links may form cycles (two spouses decide for each other): a household is whoever links connect, in whatever direction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from qunyu.kernel import audit
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.members.merging import require_edit
from qunyu.members.models import Identity, Link, Member
from qunyu.members.queries import people
from qunyu.members.rules.grouping import groups

KINDS: dict[str, Words] = {
    "parent": Words("父母", "Parent"),
    "spouse": Words("配偶", "Spouse"),
    "assistant": Words("助理", "Assistant"),
    "colleague": Words("同事", "Colleague"),
    "other": Words("其他", "Other"),
}


@dataclass(frozen=True)
class Linked:
    """A link as the page of one of the two shows it: the `other` person, and whether that one `decides` for this one."""

    link: Link
    other: Member
    decides: bool


@transaction.atomic
def add_link(
    *, by: Scope, pair: tuple[Member, Member], kind: str, now: datetime, since: date | None = None, note: str = ""
) -> Link:
    """Keeps that the first of the pair decides for the second; the kind says what the decider is to the user.

    Raises Denied unless `by` may edit both; DomainError link_self, link_taken or bad_link with the `field`.
    """
    decider, user = pair
    require_edit(by, decider)
    require_edit(by, user)
    if decider.pk == user.pk:
        raise DomainError("link_self", Words("不能与自己关联", "nobody is linked with themselves"), field="other")
    if kind not in KINDS:
        raise DomainError("bad_link", Words("没有这种关系", "there is no such relation"), field="kind")
    if len(note) > 200:
        raise DomainError("bad_link", Words("备注最多 200 个字", "the note has at most 200 characters"), field="note")
    if _between(decider, user).exists():
        raise DomainError("link_taken", Words("两人已有这个关联", "the two are linked so already"), field="other")
    who = {"by_name": by.actor.name[:120], "at": now}
    link = Link.objects.create(decider=decider, user=user, kind=kind, since=since, note=note.strip(), **who)
    audit.record(by=by.actor, action="link.add", kind="member", id=decider.pk, now=now, other=user.pk)
    return link


@transaction.atomic
def remove_link(*, by: Scope, link: Link, now: datetime) -> None:
    """Ends a link.

    Raises Denied unless `by` may edit both people.
    """
    for own in (link.decider_id, link.user_id):
        require_edit(by, Member.objects.get(identities__own_member=own))
    audit.record(by=by.actor, action="link.remove", kind="member", id=link.decider_id, now=now, other=link.user_id)
    link.delete()


def find_link(scope: Scope, member: Member, public_id: str) -> Link:
    """The link of that person with that public id.

    Raises DomainError unknown_link unless `scope` may see both people.
    """
    found = next((each.link for each in links_of(scope, member) if each.link.public_id == public_id), None)
    if found is None:
        message = Words("没有编号为“{id}”的关联", "there is no link with the id “{id}”")
        raise DomainError("unknown_link", message.fill(id=public_id), id=public_id)
    return found


def links_of(scope: Scope, member: Member) -> list[Linked]:
    """The links of a person with people `scope` may see, deciders first; two that have become one by merging count once."""
    mine = Q(decider__own_identity__member=member) | Q(user__own_identity__member=member)
    rows = list(Link.objects.filter(mine).select_related("decider__own_identity", "user__own_identity").order_by("id"))
    ends = {id for row in rows for id in _ends(row)} - {member.pk}
    seen = {each.pk: each for each in people(scope).filter(pk__in=ends)}
    found: dict[tuple[int, bool], Linked] = {}
    for row in rows:
        decider, user = _ends(row)
        other, decides = (user, False) if decider == member.pk else (decider, True)
        if other in seen:
            found.setdefault((other, decides), Linked(row, seen[other], decides))
    return sorted(found.values(), key=lambda each: (not each.decides, each.other.name, each.other.pk))


def households(scope: Scope, ids: Collection[int] | None = None) -> list[frozenset[int]]:
    """The people (primary keys, of those `scope` may see) that links connect, in groups of two and more.

    With `ids` the groups that hold one of them, as far as they do; what has only one of them is left out.
    """
    rows = Link.objects.values_list("pk", "decider__own_identity__member", "user__own_identity__member")
    marked = [(member, pk) for pk, *both in rows for member in both]
    seen = set(people(scope).filter(pk__in={member for member, _ in marked}).values_list("pk", flat=True))
    linked = [frozenset(group) for group in groups(_visible(marked, seen))]
    wanted = linked if ids is None else [group & frozenset(ids) for group in linked]
    return [group for group in wanted if len(group) > 1]


def _visible(marked: Iterable[tuple[int, int]], seen: Collection[int]) -> Iterable[tuple[int, int]]:
    return [(member, link) for member, link in marked if member in seen]


def spared_decisions(scope: Scope, rows: QuerySet[Member]) -> int:
    """By how many the decisions of the people of `rows` are fewer than they are when each household counts once; 0 where nobody is linked."""
    linked = households(scope)
    if not linked:
        return 0
    here = set(rows.filter(pk__in=frozenset().union(*linked)).values_list("pk", flat=True))
    return sum(max(len(group & here) - 1, 0) for group in linked)


def _between(decider: Member, user: Member) -> QuerySet[Link]:
    return Link.objects.filter(decider__own_identity__member=decider, user__own_identity__member=user)


def _ends(link: Link) -> tuple[int, int]:
    owns: tuple[Identity, Identity] = (link.decider.own_identity, link.user.own_identity)
    return owns[0].member_id, owns[1].member_id
