"""Segments: people by conditions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from ninja import Field, Schema
from pydantic import AfterValidator

from qunyu.api.paging import Cursor, Limit
from qunyu.api.schemas.basics import Ref, Text, without_zero_bytes
from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import LANGUAGES
from qunyu.segments.conditions import Condition, Speaker
from qunyu.segments.queries import Preview, Sized
from qunyu.segments.shapes import json_of

if TYPE_CHECKING:
    from qunyu.members.models import Tag
    from qunyu.segments.models import Segment, SegmentSnapshot, TagRule

ConditionText = Annotated[str, Field(max_length=20_000), AfterValidator(without_zero_bytes)]
JSON_HELP = "all, any, not, everybody, field or did: see docs/segments.md"


class ConditionIn(Schema):
    """A condition, as text or as JSON; one of them is needed, and the JSON counts where both are given. Everybody is “everybody”."""

    text: ConditionText = ""
    condition: dict[str, Any] | None = Field(None, description=JSON_HELP)


class SegmentIn(ConditionIn):
    """A new segment."""

    name: Text
    unit: Text = Field(description="id of the unit whose people it is about")
    note: str = Field("", max_length=400)


class SegmentChanges(ConditionIn):
    """What to change; what is left out stays."""

    name: Text | None = None
    note: str | None = Field(None, max_length=400)
    archived: bool | None = None
    undo: bool = Field(False, description="take the last change back; nothing else is then changed")


class SizePoint(Schema):
    """How many people were in it on a day."""

    day: date
    size: int


class SizeOut(Schema):
    """The latest nightly count among all `people` of the unit; changes are null where nothing was counted then."""

    day: date
    size: int
    people: int
    week: int | None = Field(description="change since about 7 days before")
    month: int | None = Field(description="change since about 28 days before")
    line: list[SizePoint]


class SegmentOut(Schema):
    """A segment. `text` is null where it asks for what the caller may not use; `size` is null before the first count and for who may not know it."""

    id: str
    name: str
    unit: Ref
    note: str
    condition: dict[str, Any]
    text: dict[str, str] | None = Field(description="zh and en")
    made_at: datetime
    made_by: str
    changed_at: datetime
    changed_by: str
    archived_at: datetime | None
    size: SizeOut | None


class SegmentQuery(Schema):
    """Which segments."""

    search: Text = ""
    archived: bool = False
    limit: Limit = 50
    cursor: Cursor = ""


class SegmentPeopleQuery(Schema):
    """Who of the segment: now, in a snapshot, or beside another segment."""

    snapshot: Text = Field("", description="id of a snapshot: who was in it then")
    compare: Text = Field("", description="id of another segment")
    part: Literal["both", "first", "second"] = "both"
    limit: Limit = 50
    cursor: Cursor = ""


class UnknownOut(Schema):
    """Of how many people a field that the condition names is unknown."""

    field: str
    people: int


class TriedOut(Schema):
    """What a condition comes to, of the people the caller may see."""

    condition: dict[str, Any]
    text: dict[str, str] = Field(description="zh and en")
    count: int
    people: int = Field(description="everybody the caller may see")
    sample: list[Ref]
    unknown: list[UnknownOut]


class ComparedOut(Schema):
    """How many are in both segments, and in one alone."""

    both: int
    first: int
    second: int


class SnapshotIn(Schema):
    """Why it is taken."""

    why: str = Field("", max_length=200)


class SnapshotOut(Schema):
    """Who was in a segment at one moment; `size` as whoever took it saw."""

    id: str
    at: datetime
    by_name: str
    why: str
    size: int


class TagRuleIn(Schema):
    """The tag that is to follow the segment."""

    tag: Text = Field(description="id of the tag")


class TagRuleOut(Schema):
    """A tag that follows the segment; how many it came to and left last is null for who may not know all of the segment."""

    id: str
    tag: Ref
    made_at: datetime
    made_by: str
    applied_at: datetime | None
    came: int | None
    went: int | None


class StepOut(Schema):
    """How many get the tag, lose it, or keep another of its exclusive group; `done` is false for a trial."""

    come: int
    go: int
    kept_back: int
    done: bool


class VocabularyOut(Schema):
    """What the caller may use in conditions, in the language asked for."""

    fields: list[dict[str, Any]]
    verbs: list[dict[str, Any]]
    places: list[dict[str, Any]]
    words: dict[str, str]
    values: dict[str, int | None]


def texts_of(speaker: Speaker, condition: Condition) -> dict[str, str]:
    """The condition in both languages."""
    return {language: speaker.text(condition, language) for language in LANGUAGES}


def segment_out(speaker: Speaker, row: Segment, sized: Sized | None) -> SegmentOut:
    """The segment as the speaker may see it."""
    try:
        texts = texts_of(speaker, speaker.from_json(row.condition))
    except DomainError:
        texts = None
    return SegmentOut(
        id=row.public_id,
        name=row.name,
        unit=Ref(id=row.unit.public_id, name=row.unit.name),
        note=row.note,
        condition=row.condition,
        text=texts,
        made_at=row.made_at,
        made_by=row.made_by,
        changed_at=row.changed_at,
        changed_by=row.changed_by,
        archived_at=row.archived_at,
        size=size_out(sized) if sized else None,
    )


def size_out(sized: Sized) -> SizeOut:
    """The latest count, with those before."""
    line = [SizePoint(day=day, size=size) for day, size in sized.line]
    return SizeOut(day=sized.day, size=sized.size, people=sized.people, week=sized.week, month=sized.month, line=line)


def tried_out(speaker: Speaker, condition: Condition, found: Preview, names: Mapping[int, tuple[str, str]]) -> TriedOut:
    """What the condition comes to."""
    sample = [Ref(id=names[each][0], name=names[each][1]) for each in found.sample if each in names]
    unknown = [UnknownOut(field=str(title), people=people) for title, people in found.unknown]
    texts = texts_of(speaker, condition)
    return TriedOut(
        condition=json_of(condition), text=texts, count=found.count, people=found.people, sample=sample, unknown=unknown
    )


def snapshot_out(row: SegmentSnapshot) -> SnapshotOut:
    """The snapshot."""
    return SnapshotOut(id=row.public_id, at=row.at, by_name=row.by_name, why=row.why, size=row.size)


def rule_out(row: TagRule, *, told: bool) -> TagRuleOut:
    """The rule, with its counts where they are `told`; its tag and the tag's group must be loaded."""
    return TagRuleOut(
        id=row.public_id,
        tag=_tag(row.tag),
        made_at=row.made_at,
        made_by=row.made_by,
        applied_at=row.applied_at,
        came=row.came if told else None,
        went=row.went if told else None,
    )


def _tag(tag: Tag) -> Ref:
    return Ref(id=tag.public_id, name=f"{tag.group.name}/{tag.name}")
