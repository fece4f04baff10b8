"""Reads of segments: which there are, who is in them, and how that has changed; always under a scope."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from qunyu.kernel.actor import system
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import PERMISSIONS, Scope
from qunyu.kernel.words import Words
from qunyu.members.sets import Ids
from qunyu.people.queries import unit_paths, units_below
from qunyu.segments.conditions import Condition, Everybody, Speaker, needs_behind
from qunyu.segments.kept import seen
from qunyu.segments.models import Segment, SegmentSize, SegmentSnapshot, SegmentVersion, SnapshotMember, TagRule
from qunyu.segments.planning import Plan
from qunyu.segments.rules.tree import Field, leaves
from qunyu.segments.source import Asking

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from qunyu.events.lake.store import Lake
    from qunyu.people.models import Unit

SAMPLE = 10
# So many of the fields that a condition names are looked at for people of whom they are unknown.
LOOKED_AT = 6


def segments(scope: Scope, *, archived: bool = False) -> QuerySet[Segment]:
    """The segments `scope` may see, those put away (`archived`) or the others."""
    return seen(scope).filter(archived_at__isnull=not archived)


def find_segment(scope: Scope, public_id: str) -> Segment:
    """The segment with that public id.

    Raises DomainError unknown_segment when there is none that `scope` may see.
    """
    found = seen(scope).filter(public_id=public_id).first()
    if found is None:
        message = Words("没有编号为“{id}”的人群", "there is no segment with the id “{id}”")
        raise DomainError("unknown_segment", message.fill(id=public_id), id=public_id)
    return found


def members_in(scope: Scope, who: Segment | Condition, now: datetime, *, lake: Lake | None = None) -> Ids:
    """The primary keys of the members in a segment, or of whom a condition is true, sorted, of those `scope` may see.

    Raises Denied without members.view; DomainError where the condition uses what `scope` may not.
    """
    speaker = Speaker(scope)
    condition = speaker.from_json(who.condition) if isinstance(who, Segment) else who
    return plan(speaker, condition, now, lake).members()


def plan(speaker: Speaker, condition: Condition, now: datetime, lake: Lake | None = None) -> Plan:
    """How the condition will be answered.

    Raises as `members_in` does.
    """
    whole = speaker.whole(condition)
    return Plan(Asking(speaker.scope, now), speaker.known, whole, lake)


@dataclass(frozen=True)
class Preview:
    """How many of `people` a condition is true of, SAMPLE of them (primary keys), and of how many each field it names is `unknown`."""

    count: int
    people: int
    sample: tuple[int, ...]
    unknown: tuple[tuple[Words, int], ...]


def preview(speaker: Speaker, condition: Condition, now: datetime) -> Preview:
    """What the condition comes to now.

    Raises as `members_in` does.
    """
    found = plan(speaker, condition, now).members()
    everybody = len(found) if condition == Everybody() else len(plan(speaker, Everybody(), now).members())
    return Preview(len(found), everybody, _spread(found), _unknown(speaker, condition, now, everybody))


def _spread(found: Ids) -> tuple[int, ...]:
    """SAMPLE of them, evenly from the first to the last: always the same ones of the same set."""
    if not len(found):
        return ()
    places = np.unique(np.linspace(0, len(found) - 1, SAMPLE).astype(np.int64))
    return tuple(int(found[place]) for place in places)


def _unknown(speaker: Speaker, condition: Condition, now: datetime, everybody: int) -> tuple[tuple[Words, int], ...]:
    words = speaker.vocabulary
    fields = dict.fromkeys(leaf.field for leaf in leaves(condition) if isinstance(leaf, Field))
    specs = [words.field(key) for key in fields if words.field(key).kind not in ("tag", "segment")]
    counted = [
        (spec.title, everybody - len(plan(speaker, Field(spec.key, "known"), now).members()))
        for spec in specs[:LOOKED_AT]
        if spec.key not in ("name", "role")
    ]
    return tuple((title, count) for title, count in counted if count)


def unit_scope(unit: Unit, reason: str) -> Scope:
    """Sees and may do everything in a unit and below it, for what is counted of all its people."""
    below = units_below(unit)
    return Scope(system(reason), dict.fromkeys(PERMISSIONS, below))


def seen_whole(scope: Scope, rows: Collection[Segment], fresh: Mapping[str, Condition] | None = None) -> set[int]:
    """The segments (primary keys, of `rows`) of which `scope` may know all, of everybody in their units: only these sizes are told.

    `fresh` are the conditions that segments (public ids) are about to get.
    """
    if scope.everything:
        return {each.pk for each in rows}
    paths, needs = unit_paths(), needs_behind(rows, fresh)
    below = {
        each.unit_id: {unit for unit, path in paths.items() if path.startswith(paths[each.unit_id])} for each in rows
    }
    return {
        each.pk
        for each in rows
        if all(below[each.unit_id] <= scope.units(needed) for needed in ("members.view", *needs[each.pk]))
    }


def sees_all(scope: Scope, segment: Segment) -> bool:
    """Whether `scope` may know all of the segment, of everybody in its unit."""
    return bool(seen_whole(scope, [segment]))


@dataclass(frozen=True)
class Sized:
    """The latest count of a segment, and the change since about 7 and 28 days before; None where nothing was counted then."""

    day: date
    size: int
    people: int
    week: int | None
    month: int | None
    line: tuple[tuple[date, int], ...]


def sizes(ids: Collection[int], *, days: int = 90) -> dict[int, Sized]:
    """What was counted of the segments (primary keys), for whoever asked `sees_all`; those never counted are missing."""
    kept: dict[int, list[SegmentSize]] = {}
    for row in SegmentSize.objects.filter(segment__in=list(ids)).order_by("day"):
        kept.setdefault(row.segment_id, []).append(row)
    return {key: _sized(rows, days) for key, rows in kept.items()}


def _sized(rows: list[SegmentSize], days: int) -> Sized:
    last = rows[-1]
    line = tuple((row.day, row.size) for row in rows if row.day > last.day - timedelta(days=days))
    return Sized(last.day, last.size, last.people, _change(rows, 7), _change(rows, 28), line)


def _change(rows: list[SegmentSize], days: int) -> int | None:
    """Since the day so many days before, or the nearest one counted up to three days earlier."""
    last = rows[-1]
    wanted = last.day - timedelta(days=days)
    before = [row for row in rows if wanted - timedelta(days=3) <= row.day <= wanted]
    return last.size - before[-1].size if before else None


@dataclass(frozen=True)
class Compared:
    """Who is in both of two segments, and in one of them alone."""

    both: Ids
    first: Ids
    second: Ids


def compare(one: Ids, other: Ids) -> Compared:
    """What two sets of members have in common and what not."""
    return Compared(
        np.intersect1d(one, other, assume_unique=True),
        np.setdiff1d(one, other, assume_unique=True),
        np.setdiff1d(other, one, assume_unique=True),
    )


def snapshots(scope: Scope, segment: Segment) -> list[SegmentSnapshot]:
    """The snapshots of a segment, the latest first, of those whose outcome `scope` may know.

    Those are its own, and where it may know what they asked of everybody in the segment's unit all there are.
    """
    rows = SegmentSnapshot.objects.filter(segment=segment).order_by("-at", "-id")
    below = units_below(segment.unit)
    return [row for row in rows if _may_know(scope, row, below)]


def _may_know(scope: Scope, snapshot: SegmentSnapshot, below: frozenset[int]) -> bool:
    needed = ("members.view", *snapshot.needs)
    if scope.everything or snapshot.by_key == scope.actor.key:
        return all(scope.may(each) for each in needed)
    return all(below <= scope.units(each) for each in needed)


def find_snapshot(scope: Scope, segment: Segment, public_id: str) -> SegmentSnapshot:
    """The snapshot of the segment with that public id.

    Raises DomainError unknown_snapshot when there is none that `scope` may see.
    """
    found = next((each for each in snapshots(scope, segment) if each.public_id == public_id), None)
    if found is None:
        message = Words("没有编号为“{id}”的快照", "there is no snapshot with the id “{id}”")
        raise DomainError("unknown_snapshot", message.fill(id=public_id), id=public_id)
    return found


def members_of_snapshot(scope: Scope, snapshot: SegmentSnapshot, now: datetime) -> Ids:
    """Who was in it, as the people they are today, of those `scope` may see."""
    rows = SnapshotMember.objects.filter(snapshot=snapshot, member__own_identity__isnull=False)
    kept = np.unique(np.fromiter(rows.values_list("member__own_identity__member", flat=True), np.int64))
    return np.intersect1d(kept, members_in(scope, Everybody(), now), assume_unique=True)


def rules_of(segment: Segment) -> list[TagRule]:
    """The tags that follow the segment."""
    return list(TagRule.objects.filter(segment=segment).select_related("tag__group").order_by("id"))


def find_rule(segment: Segment, public_id: str) -> TagRule:
    """The rule of the segment with that public id.

    Raises DomainError unknown_tag_rule.
    """
    found = next((each for each in rules_of(segment) if each.public_id == public_id), None)
    if found is None:
        message = Words("没有编号为“{id}”的标签规则", "there is no tag rule with the id “{id}”")
        raise DomainError("unknown_tag_rule", message.fill(id=public_id), id=public_id)
    return found


def versions(segment: Segment) -> list[SegmentVersion]:
    """What the segment was before, the latest first."""
    return list(SegmentVersion.objects.filter(segment=segment).order_by("-until", "-id"))


def read_by(segment: Segment) -> list[Segment]:
    """The other segments whose conditions name this one."""
    found: list[Segment] = []
    for each in Segment.objects.exclude(pk=segment.pk).order_by("name", "id"):
        if segment.public_id in str(each.condition):
            found.append(each)
    return found


def names(scope: Scope) -> Mapping[int, str]:
    """The names of the segments `scope` may see, by primary key."""
    kept: list[Any] = list(seen(scope).values_list("pk", "name"))
    return dict(kept)
