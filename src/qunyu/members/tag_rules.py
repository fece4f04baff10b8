"""Tag rules: a tag kept on exactly the people that a rule names; set by set, and never what a person or an import put on."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from qunyu.kernel.actor import Actor
from qunyu.kernel.errors import DomainError
from qunyu.kernel.ids import new_public_id
from qunyu.kernel.words import Words
from qunyu.members.models import Tag, Tagging, TagSource
from qunyu.members.sets import known_tags

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from qunyu.kernel.scope import Scope

CHUNK = 1_000
_OWN = "member__own_identity__member"


@dataclass(frozen=True)
class Step:
    """What following a rule does: the people who get the tag and those who lose it; `kept_back` carry another of an exclusive group."""

    come: frozenset[int]
    go: frozenset[int]
    kept_back: int = 0


def find_tag(scope: Scope, public_id: str) -> Tag:
    """The tag with that public id.

    Raises DomainError unknown_tag unless it is for people `scope` may see.
    """
    found = next((each for each in known_tags(scope) if each.public_id == public_id), None)
    if found is None:
        message = Words("没有编号为“{id}”的标签", "there is no tag with the id “{id}”")
        raise DomainError("unknown_tag", message.fill(id=public_id), id=public_id, field="tag")
    return found


def step(tag: Tag, people: Collection[int]) -> Step:
    """What it takes for the rule to have the tag on exactly `people` (primary keys); nothing is written.

    Of an exclusive group a person carries one tag at most, and one from elsewhere stays: the rule then keeps back.
    """
    wanted = set(people)
    ruled = set(_carried(tag).filter(source=TagSource.RULE).values_list(_OWN, flat=True))
    blocked: set[int] = set()
    if tag.group.exclusive:
        others = Tagging.objects.filter(withdrawn_at=None, tag__group=tag.group).exclude(tag=tag)
        blocked = wanted & set(others.filter(member__own_identity__isnull=False).values_list(_OWN, flat=True))
    return Step(frozenset(wanted - blocked - ruled), frozenset(ruled - (wanted - blocked)), len(blocked))


@transaction.atomic
def follow(*, tag: Tag, people: Collection[int], by: Actor, reason: str, now: datetime) -> Step:
    """Puts the tag on `people` as the rule's, and takes the rule's own off everybody else; again changes nothing.

    For callers that have asked whether they may. `reason` stands beside each tag.
    """
    found = step(tag, people)
    act = new_public_id()
    for part in _parts(found.go):
        gone = _carried(tag).filter(source=TagSource.RULE, **{f"{_OWN}__in": part}).values_list("pk", flat=True)
        Tagging.objects.filter(pk__in=list(gone)).update(withdrawn_at=now, withdrawn_by_name=by.name[:120])
    told = {"act": act, "tag": tag, "source": TagSource.RULE, "reason": reason[:200], "at": now}
    for part in _parts(found.come):
        rows = (Tagging(member_id=each, by=by.key, by_name=by.name[:120], **told) for each in part)
        Tagging.objects.bulk_create(rows)
    return found


def _carried(tag: Tag) -> QuerySet[Tagging]:
    return Tagging.objects.filter(tag=tag, withdrawn_at=None, member__own_identity__isnull=False)


def _parts(ids: Collection[int]) -> Iterator[list[int]]:
    listed = sorted(ids)
    for start in range(0, len(listed), CHUNK):
        yield listed[start : start + CHUNK]
