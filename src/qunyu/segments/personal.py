"""What segments keep of people: who was in one when a snapshot was taken, and what somebody wrote into a condition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qunyu.kernel.personal import Holder, Person, plain, scrub, scrub_names
from qunyu.kernel.scope import system_scope
from qunyu.kernel.words import Words
from qunyu.members.fields import choices_of, fields_in
from qunyu.members.personal import overview_of
from qunyu.segments.catalogue import catalogue
from qunyu.segments.models import Segment, SegmentSnapshot, SegmentVersion, SnapshotMember

# The comparisons with words of somebody's own; others are with codes, numbers and days.
_WRITTEN = ("is", "contains")


def _erase(person: Person) -> Mapping[str, int]:
    SnapshotMember.objects.filter(member__in=person.own).delete()
    changed = scrub_names(Segment, person, "unit") + scrub(Segment, ("note",), person)
    changed += scrub(SegmentVersion, ("name", "note"), person) + scrub(SegmentSnapshot, ("why",), person)
    fixed = _fixed()
    for model in (Segment, SegmentVersion, SegmentSnapshot):
        for key, condition in model._default_manager.values_list("pk", "condition"):
            clean = _without(condition, person, fixed)
            if clean != condition:
                changed += model._default_manager.filter(pk=key).update(condition=clean)
    return {"elsewhere": changed}


def _fixed() -> frozenset[str]:
    """The fields whose values are codes of ours or of a unit (choices, tags, other segments), not words: they may read like a name and are none."""
    scope = system_scope("erasure")
    known = {key for key, each in catalogue(scope).vocabulary.fields.items() if each.kind != "text"}
    return frozenset(known | {each.key for each in fields_in(scope, archived=True) if choices_of(each)})


def _without(condition: Any, person: Person, fixed: frozenset[str]) -> Any:
    """A condition, the texts that somebody wrote treated so; fields, comparisons, choices and ids stay what they are."""
    if isinstance(condition, list):
        return [_without(each, person, fixed) for each in condition]
    if not isinstance(condition, dict):
        return condition
    if "field" in condition:
        written = condition.get("op") in _WRITTEN and condition["field"] not in fixed
        return {**condition, "values": person.without_json(condition.get("values", []))} if written else condition
    if "did" in condition:
        return {**condition, "text": person.without(condition["text"])} if condition.get("text") else condition
    return {key: _without(each, person, fixed) for key, each in condition.items()}


HOLDERS = (
    Holder(
        key="snapshots",
        title=Words("人群快照", "Snapshots of segments"),
        what=Words("某一时刻谁在人群里", "who was in a segment at one moment"),
        why=Words("比较前后变化", "comparing before and after"),
        models=("segments.SnapshotMember",),
        count=lambda person: SnapshotMember.objects.filter(member__in=person.own).count(),
        export=lambda person: plain(
            SnapshotMember.objects.filter(member__in=person.own)
            .order_by("id")
            .values("snapshot__segment__name", "snapshot__at")
        ),
        erase=_erase,
        overview=overview_of(SnapshotMember, "snapshot__at"),
        stays=Words(
            "快照就是为了日后比较；随人群一起删除", "a snapshot is there to be compared later; it goes with its segment"
        ),
    ),
)
