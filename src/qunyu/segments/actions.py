"""Writes of segments: made, changed, put away, counted, kept as snapshots."""

from __future__ import annotations

import json
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import DatabaseError, connection, transaction

from qunyu.kernel import audit
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.segments.conditions import Condition, Everybody, Speaker, needs_of, reads_itself, ruled_by
from qunyu.segments.models import Segment, SegmentSize, SegmentSnapshot, SegmentVersion, SnapshotMember
from qunyu.segments.queries import find_segment, members_in, plan, read_by, seen_whole, unit_scope, versions
from qunyu.segments.rules.shape import to_json

if TYPE_CHECKING:
    from qunyu.members.sets import Ids
    from qunyu.people.models import Unit

LONGEST_NAME, LONGEST_NOTE, LONGEST_WHY = 60, 400, 200
NEEDED = "members.edit"
# What comes of a condition that cannot be asked any more, or by no database.
CANNOT_ASK = (DomainError, OverflowError, RecursionError, DatabaseError)


@transaction.atomic
def add_segment(*, by: Scope, unit: Unit, name: str, condition: Condition, now: datetime, note: str = "") -> Segment:
    """A new segment of the people of `unit` and of those below it.

    Raises Denied; DomainError bad_segment or segment_taken with the `field`, and what `whole` of a Speaker raises.
    """
    by.require(NEEDED, unit.pk)
    Speaker(by).whole(condition)
    name, note = _checked(unit.pk, name, note)
    who = by.actor.name[:120]
    row = Segment.objects.create(
        unit=unit,
        name=name,
        note=note,
        condition=to_json(condition),
        made_at=now,
        made_by=who,
        changed_at=now,
        changed_by=who,
    )
    audit.record(by=by.actor, action="segment.add", kind="segment", id=row.pk, now=now, unit=unit.pk)
    return row


@transaction.atomic
def edit_segment(
    *, by: Scope, segment: Segment, now: datetime, name: str, condition: Condition, note: str = ""
) -> bool:
    """Gives a segment another name, note or condition; what it was is kept. False where nothing differs.

    Raises Denied; DomainError bad_segment, segment_taken, segment_cycle, rule_beyond_scope where tags follow it, and what `whole` of a
    Speaker raises.
    """
    by.require(NEEDED, segment.unit_id)
    Speaker(by).whole(condition)
    reads_itself(segment, condition)
    _may_decide(by, segment, condition)
    name, note = _checked(segment.unit_id, name, note, segment.pk)
    fresh: dict[str, Any] = {"name": name, "note": note, "condition": to_json(condition)}
    before = {each: getattr(segment, each) for each in fresh}
    if fresh == before:
        return False
    SegmentVersion.objects.create(segment=segment, until=now, by_name=by.actor.name[:120], **before)
    _write(segment, fresh, by, now)
    fields = [each for each in fresh if fresh[each] != before[each]]
    audit.record(by=by.actor, action="segment.edit", kind="segment", id=segment.pk, now=now, fields=fields)
    return True


@transaction.atomic
def undo_edit(*, by: Scope, segment: Segment, now: datetime) -> bool:
    """Makes the segment what it was before its last change; False where it was never changed.

    Raises Denied; DomainError segment_cycle, segment_taken, rule_beyond_scope, and what a Speaker raises of a condition that cannot be
    asked any more.
    """
    by.require(NEEDED, segment.unit_id)
    last = next(iter(versions(segment)), None)
    if last is None:
        return False
    speaker = Speaker(by)
    condition = speaker.from_json(last.condition)
    speaker.whole(condition)
    reads_itself(segment, condition)
    _may_decide(by, segment, condition)
    _checked(segment.unit_id, last.name, last.note, segment.pk)
    _write(segment, {"name": last.name, "note": last.note, "condition": last.condition}, by, now)
    last.delete()
    audit.record(by=by.actor, action="segment.undo", kind="segment", id=segment.pk, now=now)
    return True


def _may_decide(by: Scope, segment: Segment, condition: Condition) -> None:
    """Refuses to give a segment that tags follow, itself or through others, a condition that `by` may not know of everybody.

    Raises DomainError rule_beyond_scope.
    """
    if to_json(condition) == segment.condition:
        return
    ruled = ruled_by(segment)
    if len(seen_whole(by, ruled, {segment.public_id: condition})) < len(ruled):
        raise beyond("text")


def beyond(field: str) -> DomainError:
    """What is said to whoever would decide a tag by what they may not know."""
    message = Words(
        "这个人群用到您无权查看的信息，不能由您设成标签规则",
        "the segment asks for what you may not see of everybody in its unit; you cannot make tags of it",
    )
    return DomainError("rule_beyond_scope", message, field=field)


def _write(segment: Segment, fresh: dict[str, Any], by: Scope, now: datetime) -> None:
    for name, value in fresh.items():
        setattr(segment, name, value)
    segment.changed_at, segment.changed_by = now, by.actor.name[:120]
    segment.save()


@transaction.atomic
def archive_segment(*, by: Scope, segment: Segment, archived: bool, now: datetime) -> bool:
    """Puts a segment away, out of lists and counts, or brings it back; False where it is so already.

    Raises Denied; DomainError segment_used where other segments or tags still go by it.
    """
    by.require(NEEDED, segment.unit_id)
    used = [each.name for each in read_by(segment) if each.archived_at is None]
    used += [rule.tag.name for rule in segment.rules.select_related("tag")]
    if archived and used:
        message = Words(
            "“{names}”还在使用这个人群；请先修改它们", "“{names}” still go by this segment; change these first"
        )
        raise DomainError("segment_used", message.fill(names="、".join(used)), names=used)
    rows = Segment.objects.filter(pk=segment.pk, archived_at__isnull=archived)
    done = rows.update(archived_at=now if archived else None)
    if done:
        segment.archived_at = now if archived else None
        action = "segment.archive" if archived else "segment.restore"
        audit.record(by=by.actor, action=action, kind="segment", id=segment.pk, now=now)
    return bool(done)


def _checked(unit: int, name: str, note: str, own: int | None = None) -> tuple[str, str]:
    name, note = " ".join(name.split()), note.strip()
    if not 1 <= len(name) <= LONGEST_NAME:
        raise _bad("name", Words(f"名称须有 1 至 {LONGEST_NAME} 个字", f"a name has 1 to {LONGEST_NAME} characters"))
    if len(note) > LONGEST_NOTE:
        raise _bad("note", Words(f"说明最多 {LONGEST_NOTE} 个字", f"a note has at most {LONGEST_NOTE} characters"))
    if Segment.objects.filter(unit=unit, name=name).exclude(pk=own or 0).exists():
        message = Words("这个单位已有名为“{name}”的人群", "the unit has a segment called “{name}” already")
        raise DomainError("segment_taken", message.fill(name=name), field="name")
    return name, note


def _bad(field: str, words: Words) -> DomainError:
    return DomainError("bad_segment", words, field=field)


def take_snapshot(*, by: Scope, segment: Segment, now: datetime, why: str = "") -> SegmentSnapshot:
    """Keeps who is in the segment now, of those `by` may see.

    Raises Denied unless members.edit holds at the segment's unit; DomainError bad_segment, and as `members_in` does.
    """
    by.require(NEEDED, segment.unit_id)
    if len(why.strip()) > LONGEST_WHY:
        raise _bad("why", Words(f"原因最多 {LONGEST_WHY} 个字", f"a reason has at most {LONGEST_WHY} characters"))
    speaker = Speaker(by)
    planned = plan(speaker, speaker.from_json(segment.condition), now)
    ids = planned.members()
    needs = sorted(needs_of(planned.condition))
    # Asked before this: nothing else can be written to SQLite while a transaction is open.
    with transaction.atomic():
        return _put_snapshot(by, segment, ids, needs, now, why.strip())


def _put_snapshot(by: Scope, segment: Segment, ids: Ids, needs: list[str], now: datetime, why: str) -> SegmentSnapshot:
    told = {"at": now, "by_name": by.actor.name[:120], "by_key": by.actor.key, "why": why, "size": len(ids)}
    row = SegmentSnapshot.objects.create(segment=segment, condition=segment.condition, needs=needs, **told)
    _put_people(row, ids.tolist())
    audit.record(by=by.actor, action="segment.snapshot", kind="segment", id=segment.pk, now=now, people=len(ids))
    return row


@transaction.atomic
def remove_snapshot(*, by: Scope, snapshot: SegmentSnapshot, now: datetime) -> None:
    """Removes a snapshot for good.

    Raises Denied.
    """
    by.require(NEEDED, snapshot.segment.unit_id)
    audit.record(
        by=by.actor, action="segment.forget", kind="segment", id=snapshot.segment_id, now=now, people=snapshot.size
    )
    snapshot.delete()


def _put_people(snapshot: SegmentSnapshot, ids: list[int]) -> None:
    """All in one statement: a snapshot may hold a million."""
    table = SnapshotMember._meta.db_table
    listed = (
        "SELECT %s, value FROM json_each(%s)"
        if connection.vendor == "sqlite"
        else "SELECT %s, value::bigint FROM jsonb_array_elements_text(%s::jsonb)"
    )
    with connection.cursor() as cursor:
        # Nothing of anybody else goes into the text.
        cursor.execute(f"INSERT INTO {table} (snapshot_id, member_id) {listed}", (snapshot.pk, json.dumps(ids)))


def count_segment(segment: Segment, now: datetime) -> SegmentSize:
    """Counts the segment among all people of its unit, and keeps it as today's size.

    Raises DomainError where its condition cannot be asked any more.
    """
    scope = unit_scope(segment.unit, "counting segments")
    size, people = (len(members_in(scope, each, now)) for each in (segment, Everybody()))
    day = now.astimezone(settings.QUNYU_ZONE).date()
    told = {"size": size, "people": people, "counted_at": now}
    row, _ = SegmentSize.objects.update_or_create(segment=segment, day=day, defaults=told)
    return row


def count_all(now: datetime) -> dict[str, int]:
    """Counts every segment in use; how many were, and how many could not be: they ask for what is gone, or for too much."""
    found = {"counted": 0, "uncounted": 0}
    for segment in Segment.objects.filter(archived_at=None).select_related("unit"):
        try:
            with apart():
                count_segment(segment, now)
            found["counted"] += 1
        except CANNOT_ASK:
            found["uncounted"] += 1
    return found


def apart() -> AbstractContextManager[object]:
    """A savepoint where a transaction is open already, so that one failure does not end it; elsewhere nothing is opened."""
    return transaction.atomic() if connection.in_atomic_block else nullcontext()


def duplicate_name(scope: Scope, public_id: str) -> str:
    """A name for a copy of the segment that is not taken in its unit."""
    segment = find_segment(scope, public_id)
    base, number = segment.name[: LONGEST_NAME - 4], 2
    while Segment.objects.filter(unit=segment.unit_id, name=f"{base} {number}").exists():
        number += 1
    return f"{base} {number}"
