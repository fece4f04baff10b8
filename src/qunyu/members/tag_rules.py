"""Rules that keep a tag on people: the tag is on exactly those for whom the rule holds."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from qunyu.kernel import audit
from qunyu.kernel.scope import Scope
from qunyu.members.matching import chunks
from qunyu.members.models import Member, Tag, TagAct, Tagging
from qunyu.members.own import PERSON
from qunyu.members.rules.tags import LONGEST_REASON
from qunyu.members.tagging import begin, end, finish, require_in_use, write


@dataclass(frozen=True, slots=True)
class Kept:
    """Whom a rule's tag comes to and whom it leaves: members (primary keys) as they are now; `kept_back` carry another of an exclusive group."""

    came: frozenset[int]
    went: frozenset[int]
    kept_back: int = 0


def keep(*, by: Scope, tag: Tag, members: Collection[int], why: str, now: datetime, unit: int | None = None) -> Kept:
    """Makes the people on whom a rule keeps `tag` exactly `members` (primary keys); again changes nothing and leaves no trace.

    What was put by hand or by an import stays; who carries another tag of an exclusive group keeps that, and the rule keeps back. `why`
    names the rule; it stands beside the tag. Who is no member any more, or was erased, is passed over, and who was merged into somebody
    counts as that one.

    Raises Denied unless `by` may edit members of `unit` (None: the tag's), whose people the rule is about; DomainError tag_archived.
    """
    by.require("members.edit", tag.group.unit_id if unit is None else unit)
    if members:
        require_in_use(tag)
    with transaction.atomic():
        found = ahead(tag, members)
        if found.came or found.went:
            told = {"tag": tag, "reason": why[:LONGEST_REASON]}
            act = begin(by=by, kind=TagAct.Kind.RULE, unit=tag.group.unit_id, now=now, **told)
            end(act, [row for row, head in _ruled(tag) if head in found.went], now, by.actor.name)
            write(act, dict.fromkeys(sorted(found.came), tag.pk), now, "rule")
            finish(act, len(found.came) + len(found.went))
            data = {"people": len(found.came), "left": len(found.went), "act": act.public_id}
            audit.record(by=by.actor, action="tag.rule", kind="tag", id=tag.pk, now=now, **data)
    return found


def ahead(tag: Tag, members: Collection[int]) -> Kept:
    """What `keep` would do; nothing is written."""
    wanted, ruled = _heads(members), {head for _, head in _ruled(tag)}
    blocked: set[int] = set()
    if tag.group.exclusive:
        others = Tagging.objects.filter(withdrawn_at=None, tag__group=tag.group_id, tag__archived_at=None).exclude(
            tag=tag
        )
        blocked = wanted & set(others.filter(member__own_identity__isnull=False).values_list(PERSON, flat=True))
    stay = wanted - blocked
    return Kept(frozenset(stay - ruled), frozenset(ruled - stay), len(blocked))


def _ruled(tag: Tag) -> list[tuple[int, int]]:
    there = Tagging.objects.filter(tag=tag, source="rule", withdrawn_at=None, member__own_identity__isnull=False)
    return list(there.values_list("pk", PERSON))


def stop(*, by: Scope, tag: Tag, now: datetime, unit: int | None = None) -> Kept:
    """Ends the rule's tag on everybody: the rule is switched off.

    Raises Denied, as `keep` does.
    """
    return keep(by=by, tag=tag, members=(), why="", now=now, unit=unit)


def kept_on(tag: Tag) -> frozenset[int]:
    """The members on whom a rule keeps the tag now, as they are now, for callers that have asked whether they may know."""
    return frozenset(head for _, head in _ruled(tag))


def _heads(members: Collection[int]) -> set[int]:
    found: set[int] = set()
    for part in chunks(members):
        told = Member.objects.filter(pk__in=part, own_identity__member__erased=False)
        found |= set(told.values_list("own_identity__member", flat=True))
    return found
