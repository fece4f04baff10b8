"""Segments: people by conditions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Status

from qunyu.api.auth import scope_of_request
from qunyu.api.paging import Page, Turn, page, slice_of
from qunyu.api.routes.members import members_out
from qunyu.api.schemas.members import MemberOut
from qunyu.api.schemas.profiles import Done
from qunyu.api.schemas.segments import (
    ComparedOut,
    ConditionIn,
    SegmentChanges,
    SegmentIn,
    SegmentOut,
    SegmentPeopleQuery,
    SegmentQuery,
    SnapshotIn,
    SnapshotOut,
    StepOut,
    TagRuleIn,
    TagRuleOut,
    TriedOut,
    VocabularyOut,
    rule_out,
    segment_out,
    snapshot_out,
    tried_out,
)
from qunyu.kernel.scope import Scope
from qunyu.members.queries import among, named_people
from qunyu.people.queries import unit_in
from qunyu.segments import actions, rules_of_tags
from qunyu.segments.conditions import Condition, Speaker
from qunyu.segments.offer import offered
from qunyu.segments.queries import (
    compare,
    find_rule,
    find_segment,
    find_snapshot,
    members_in,
    members_of_snapshot,
    preview,
    rules_of,
    seen_whole,
    sees_all,
    segments,
    sizes,
    snapshots,
)

if TYPE_CHECKING:
    from qunyu.segments.models import Segment

router = Router(tags=["segments"])


def _asked(request: HttpRequest) -> Scope:
    """Raises Denied without members.view."""
    scope = scope_of_request(request)
    scope.require("members.view")
    return scope


def _condition(speaker: Speaker, given: ConditionIn) -> Condition:
    return speaker.from_text(given.text) if given.condition is None else speaker.from_json(given.condition)


def _out(scope: Scope, rows: list[Segment]) -> list[SegmentOut]:
    speaker = Speaker(scope)
    told = sizes(seen_whole(scope, rows))
    return [segment_out(speaker, each, told.get(each.pk)) for each in rows]


@router.get("/segments", response=Page[SegmentOut], operation_id="segments", summary="Segments")
def list_segments(request: HttpRequest, asked: Query[SegmentQuery]) -> Page[SegmentOut]:
    """The segments of the caller's units and of those above, by name."""
    scope = _asked(request)
    found = segments(scope, archived=asked.archived).filter(name__icontains=asked.search)
    rows, following = page(Turn(request, asked.limit, asked.cursor), found, ("name", "public_id"))
    return Page[SegmentOut](items=_out(scope, rows), next=following)


@router.post("/segments", response={201: SegmentOut}, operation_id="add_segment", summary="Make a segment")
def post_segment(request: HttpRequest, wanted: SegmentIn) -> Status[SegmentOut]:
    """Makes a segment of a unit’s people. Needs members.edit at the unit."""
    scope = _asked(request)
    unit = unit_in(scope, "members.edit", wanted.unit)
    condition = _condition(Speaker(scope), wanted)
    told = {"name": wanted.name, "note": wanted.note}
    row = actions.add_segment(by=scope, unit=unit, condition=condition, now=timezone.now(), **told)
    return Status(201, _out(scope, [row])[0])


@router.get(
    "/segments/vocabulary", response=VocabularyOut, operation_id="segment_vocabulary", summary="What conditions can ask"
)
def get_vocabulary(request: HttpRequest) -> VocabularyOut:
    """The fields, verbs and communities the caller may use in conditions."""
    return VocabularyOut(**offered(Speaker(_asked(request)).vocabulary))


@router.post(
    "/segments/try", response=TriedOut, operation_id="try_condition", summary="Parse, print and count a condition"
)
def post_try(request: HttpRequest, given: ConditionIn) -> TriedOut:
    """The condition in both forms, how many people the caller may see fulfil it, ten of them, and of how many a field is unknown. Nothing is kept."""
    speaker = Speaker(_asked(request))
    condition = _condition(speaker, given)
    found = preview(speaker, condition, timezone.now())
    return tried_out(speaker, condition, found, named_people(speaker.scope, found.sample))


@router.get("/segments/{id}", response=SegmentOut, operation_id="segment", summary="One segment")
def get_segment(request: HttpRequest, id: str) -> SegmentOut:
    """One segment with its latest sizes."""
    scope = _asked(request)
    return _out(scope, [find_segment(scope, id)])[0]


@router.patch("/segments/{id}", response=SegmentOut, operation_id="edit_segment", summary="Change a segment")
def patch_segment(request: HttpRequest, id: str, wanted: SegmentChanges) -> SegmentOut:
    """Changes name, note or condition, puts it away or brings it back, or takes the last change back. Needs members.edit at its unit."""
    scope, now = _asked(request), timezone.now()
    segment, speaker = find_segment(scope, id), Speaker(scope)
    if wanted.undo:
        actions.undo_edit(by=scope, segment=segment, now=now)
        return _out(scope, [find_segment(scope, id)])[0]
    given = wanted.model_dump(exclude_unset=True)
    if given.keys() & {"name", "note", "text", "condition"}:
        asks = given.keys() & {"text", "condition"}
        condition = _condition(speaker, wanted) if asks else speaker.from_json(segment.condition)
        told = {"name": given.get("name") or segment.name, "note": segment.note if wanted.note is None else wanted.note}
        actions.edit_segment(by=scope, segment=segment, now=now, condition=condition, **told)
    if wanted.archived is not None:
        actions.archive_segment(by=scope, segment=segment, archived=wanted.archived, now=now)
    return _out(scope, [find_segment(scope, id)])[0]


@router.get(
    "/segments/{id}/members", response=Page[MemberOut], operation_id="segment_members", summary="Who is in a segment"
)
def get_members(request: HttpRequest, id: str, asked: Query[SegmentPeopleQuery]) -> Page[MemberOut]:
    """Who is in it now, was in a snapshot, or is in both it and another or one alone; of the people the caller may see."""
    scope, now = _asked(request), timezone.now()
    segment = find_segment(scope, id)
    if asked.snapshot:
        ids = members_of_snapshot(scope, find_snapshot(scope, segment, asked.snapshot), now)
    elif asked.compare:
        other = members_in(scope, find_segment(scope, asked.compare), now)
        found = compare(members_in(scope, segment, now), other)
        ids = {"both": found.both, "first": found.first, "second": found.second}[asked.part]
    else:
        ids = members_in(scope, segment, now)
    rows, following = page(Turn(request, asked.limit, asked.cursor), among(scope, ids.tolist()), ("name", "public_id"))
    return Page[MemberOut](items=members_out(scope, rows), next=following)


@router.get(
    "/segments/{id}/compare/{other}",
    response=ComparedOut,
    operation_id="compare_segments",
    summary="Compare two segments",
)
def get_compared(request: HttpRequest, id: str, other: str) -> ComparedOut:
    """How many people the caller may see are in both, and in one alone."""
    scope, now = _asked(request), timezone.now()
    one, two = (members_in(scope, find_segment(scope, each), now) for each in (id, other))
    found = compare(one, two)
    return ComparedOut(both=len(found.both), first=len(found.first), second=len(found.second))


@router.post("/segments/{id}/count", response=SegmentOut, operation_id="count_segment", summary="Count a segment now")
def post_count(request: HttpRequest, id: str) -> SegmentOut:
    """Counts it among all people of its unit, as every night. Needs members.edit at its unit."""
    scope = _asked(request)
    segment = find_segment(scope, id)
    scope.require("members.edit", segment.unit_id)
    actions.count_segment(segment, timezone.now())
    return _out(scope, [segment])[0]


@router.get(
    "/segments/{id}/snapshots", response=Page[SnapshotOut], operation_id="segment_snapshots", summary="Snapshots"
)
def get_snapshots(request: HttpRequest, id: str, asked: Query[SegmentQuery]) -> Page[SnapshotOut]:
    """The snapshots of a segment, the latest first, of those whose outcome the caller may know."""
    scope = _asked(request)
    rows, following = slice_of(Turn(request, asked.limit, asked.cursor), snapshots(scope, find_segment(scope, id)))
    return Page[SnapshotOut](items=[snapshot_out(each) for each in rows], next=following)


@router.post(
    "/segments/{id}/snapshots", response={201: SnapshotOut}, operation_id="take_snapshot", summary="Take a snapshot"
)
def post_snapshot(request: HttpRequest, id: str, wanted: SnapshotIn) -> Status[SnapshotOut]:
    """Keeps who is in it now, of those the caller may see. Needs members.edit at its unit."""
    scope = _asked(request)
    segment = find_segment(scope, id)
    row = actions.take_snapshot(by=scope, segment=segment, now=timezone.now(), why=wanted.why)
    return Status(201, snapshot_out(row))


@router.delete(
    "/segments/{id}/snapshots/{snapshot}", response=Done, operation_id="remove_snapshot", summary="Remove a snapshot"
)
def delete_snapshot(request: HttpRequest, id: str, snapshot: str) -> Done:
    """Removes it for good. Needs members.edit at the segment’s unit."""
    scope = _asked(request)
    row = find_snapshot(scope, find_segment(scope, id), snapshot)
    actions.remove_snapshot(by=scope, snapshot=row, now=timezone.now())
    return Done(changed=1)


@router.get(
    "/segments/{id}/tag-rules",
    response=list[TagRuleOut],
    operation_id="tag_rules",
    summary="Tags that follow a segment",
)
def get_rules(request: HttpRequest, id: str) -> list[TagRuleOut]:
    """The tags that are kept on whoever is in it."""
    scope = _asked(request)
    segment = find_segment(scope, id)
    told = sees_all(scope, segment)
    return [rule_out(each, told=told) for each in rules_of(segment)]


@router.post(
    "/segments/{id}/tag-rules",
    response={201: TagRuleOut},
    operation_id="add_tag_rule",
    summary="Let a tag follow a segment",
)
def post_rule(request: HttpRequest, id: str, wanted: TagRuleIn) -> Status[TagRuleOut]:
    """From the next run on, every night or when applied. Needs members.edit at its unit, and to see all that it asks of everybody there."""
    scope = _asked(request)
    segment = find_segment(scope, id)
    row = rules_of_tags.add_rule(by=scope, segment=segment, tag=wanted.tag, now=timezone.now())
    return Status(201, rule_out(row, told=True))


@router.get(
    "/segments/{id}/tag-rules/{rule}/trial",
    response=StepOut,
    operation_id="try_tag_rule",
    summary="What a rule would do",
)
def get_trial(request: HttpRequest, id: str, rule: str) -> StepOut:
    """How many would get the tag and lose it now; nothing is changed."""
    scope = _asked(request)
    row = find_rule(find_segment(scope, id), rule)
    found = rules_of_tags.look_ahead(by=scope, rule=row, now=timezone.now())
    return StepOut(come=len(found.came), go=len(found.went), kept_back=found.kept_back, done=False)


@router.post(
    "/segments/{id}/tag-rules/{rule}/apply",
    response=StepOut,
    operation_id="apply_tag_rule",
    summary="Follow a rule now",
)
def post_apply(request: HttpRequest, id: str, rule: str) -> StepOut:
    """Puts the tag on whoever is in the segment and takes it off others; again changes nothing."""
    scope = _asked(request)
    row = find_rule(find_segment(scope, id), rule)
    found = rules_of_tags.apply_rule(by=scope, rule=row, now=timezone.now())
    return StepOut(come=len(found.came), go=len(found.went), kept_back=found.kept_back, done=True)


@router.delete("/segments/{id}/tag-rules/{rule}", response=Done, operation_id="remove_tag_rule", summary="End a rule")
def delete_rule(request: HttpRequest, id: str, rule: str) -> Done:
    """Ends it and takes its tags off; `changed` counts these. Needs members.edit at its unit."""
    scope = _asked(request)
    row = find_rule(find_segment(scope, id), rule)
    return Done(changed=rules_of_tags.remove_rule(by=scope, rule=row, now=timezone.now()))
