"""Tags, their groups, who carries them, acts of tagging, and experts."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Literal

from ninja import Field, Schema

from qunyu.api.paging import Cursor, Limit
from qunyu.api.schemas.basics import Day, Ref, Text, ref_of
from qunyu.members.experts import Expert, Experts
from qunyu.members.tag_queries import Carried, Turn
from qunyu.members.tag_table import TagLine
from qunyu.members.tagging import Effect

if TYPE_CHECKING:
    from qunyu.members.models import Tag, TagAct, TagGroup


class TagOut(Schema):
    """A tag; `people` is how many whom the caller may see carry it."""

    id: str
    name: str
    help: str
    archived: bool
    people: int


class TagGroupOut(Schema):
    """A group of tags; of an `exclusive` one a person carries one tag at most."""

    id: str
    name: str
    help: str
    unit: Ref
    exclusive: bool
    archived: bool
    tags: list[TagOut]


class TagGroupsQuery(Schema):
    """Whether groups and tags that were put away are told too."""

    archived: bool = False


class TagGroupIn(Schema):
    """A new group of tags for the people of a unit and of those below it."""

    unit: Text = Field(description="public id of the unit")
    name: Text
    help: Text = ""
    exclusive: bool = False


class TagGroupChanges(Schema):
    """What of a group changes; what is missing or null stays. `move` puts it before its neighbour, or behind it."""

    name: Text | None = None
    help: Text | None = None
    exclusive: bool | None = None
    archived: bool | None = None
    move: Literal["up", "down"] | None = None


class TagIn(Schema):
    """A new tag."""

    name: Text
    help: Text = ""


class TagChanges(Schema):
    """What of a tag changes; what is missing or null stays. `group` is the public id of the group it moves to."""

    name: Text | None = None
    help: Text | None = None
    group: Text | None = None
    archived: bool | None = None
    move: Literal["up", "down"] | None = None


class TagMergeIn(Schema):
    """The tag that everybody gets instead."""

    into: Text = Field(description="public id of the other tag")


class PeopleIn(Schema):
    """On whom a tag is put, or off whom it is taken, and why."""

    members: list[Text] = Field(min_length=1, max_length=5000, description="public ids of people")
    reason: Text = ""


class EffectOut(Schema):
    """What it would do: of how many people it changes anything, and why not of the others."""

    asked: int
    people: int
    already: int
    outside: int = Field(description="not for this tag, or not the caller's to edit")
    replaced: int = Field(description="lose another tag of the exclusive group")
    kept: int = Field(description="on whom a rule keeps the tag")


class TagActOut(Schema):
    """What was done at once; `people` is null while a worker is at it."""

    id: str
    kind: str
    tag: Ref | None
    into: Ref | None
    title: str
    reason: str
    people: int | None
    by: str
    at: datetime
    undone_at: datetime | None


class TagActsQuery(Schema):
    """Which page of the acts, the latest first."""

    limit: Limit = 50
    cursor: Cursor = ""


class CarriedOut(Schema):
    """A tag on somebody; `rule` says that a rule keeps it there, `overruled` names the tag of its exclusive group that counts instead."""

    tag: Ref
    group: Ref
    source: str
    reason: str
    at: datetime
    by: str
    rule: bool
    overruled: str


class TurnOut(Schema):
    """A tag on somebody from `at` until `until` (null: still there); `undone` counts as never made."""

    tag: Ref
    source: str
    reason: str
    at: datetime
    by: str
    until: datetime | None
    ended_by: str
    undone: bool


class MemberTagsOut(Schema):
    """The tags on one person now, and every one there ever was."""

    tags: list[CarriedOut]
    history: list[TurnOut]


class ExpertsQuery(Schema):
    """A question or topic; words that mean the same with / between them. Of the last twelve months where no days are given."""

    q: Text
    first: Day | None = None
    last: Day | None = None
    communities: list[Text] = Field(default=[], max_length=200)
    staff: bool = False


class QuoteOut(Schema):
    """Something somebody said about it; `answer` says that it came after a question."""

    at: datetime
    community: Ref
    text: str
    answer: bool


class ExpertOut(Schema):
    """Somebody proposed, with what speaks for them; the figures are of the days asked."""

    member: Ref
    role: str
    points: float
    tags: list[str]
    fields: dict[str, str]
    messages: int
    answers: int
    thanked: int
    last_at: datetime | None
    communities: list[Ref]
    quotes: list[QuoteOut]


class ExpertsOut(Schema):
    """Who can help: of `people` for whom anything speaks the first; `messages` were read, `about` of them were about it."""

    terms: list[list[str]]
    need: int
    first: date
    last: date
    since: date | None = Field(
        description="the first day that was read; later than `first` where enough was said since, null where nothing was"
    )
    messages: int
    about: int
    questions: int
    followed: int
    people: int
    experts: list[ExpertOut]


class TagImportOptions(Schema):
    """How a table of tags is imported."""

    unit: Text = Field(description="public id of the unit whose people with members.edit may undo it too")
    skip: bool = Field(False, description="whether wrong lines are left out")


class TagLineOut(Schema):
    """What one line of a table would put on whom."""

    line: int
    who: str
    tags: list[str]
    problems: list[str]


class TagPlanOut(Schema):
    """What a table would do: counts of all lines, and the first 200 that are wrong or put a tag on somebody."""

    counts: dict[str, int]
    lines: list[TagLineOut]


def tag_line_out(line: TagLine) -> TagLineOut:
    """The line as the API shows it."""
    names = [f"{each.group.name}/{each.name}" for each in line.tags]
    return TagLineOut(line=line.number, who=line.who, tags=names, problems=[str(each) for each in line.problems])


def tag_out(tag: Tag, people: int) -> TagOut:
    """The tag as the API shows it."""
    return TagOut(id=tag.public_id, name=tag.name, help=tag.help, archived=tag.archived_at is not None, people=people)


def group_out(group: TagGroup, people: dict[int, int]) -> TagGroupOut:
    """The group as the API shows it; its unit and tags must be loaded."""
    return TagGroupOut(
        id=group.public_id,
        name=group.name,
        help=group.help,
        unit=ref_of(group.unit),
        exclusive=group.exclusive,
        archived=group.archived_at is not None,
        tags=[tag_out(each, people.get(each.pk, 0)) for each in group.tags.all()],
    )


def tag_ref(tag: Tag) -> Ref:
    """The tag by its id and name."""
    return Ref(id=tag.public_id, name=tag.name)


def effect_out(effect: Effect) -> EffectOut:
    """The effect as the API shows it."""
    return EffectOut(**{name: getattr(effect, name) for name in EffectOut.model_fields})


def act_out(act: TagAct) -> TagActOut:
    """The act as the API shows it; its tags must be loaded."""
    return TagActOut(
        id=act.public_id,
        kind=act.kind,
        tag=tag_ref(act.tag) if act.tag else None,
        into=tag_ref(act.into) if act.into else None,
        title=act.title,
        reason=act.reason,
        people=act.people,
        by=act.by_name,
        at=act.at,
        undone_at=act.undone_at,
    )


def carried_out(each: Carried) -> CarriedOut:
    """The tag on somebody as the API shows it."""
    return CarriedOut(
        tag=tag_ref(each.tag),
        group=Ref(id=each.tag.group.public_id, name=each.tag.group.name),
        source=each.source,
        reason=each.reason,
        at=each.at,
        by=each.by_name,
        rule=each.kept,
        overruled=each.overruled,
    )


def turn_out(turn: Turn) -> TurnOut:
    """The tagging as the API shows it."""
    row = turn.row
    return TurnOut(
        tag=tag_ref(row.tag),
        source=row.source,
        reason=row.reason,
        at=row.at,
        by=row.by_name,
        until=row.withdrawn_at,
        ended_by=row.withdrawn_by_name,
        undone=turn.undone,
    )


def expert_out(each: Expert, places: dict[int, Ref]) -> ExpertOut:
    """The expert as the API shows it; `places` are the communities that may be seen."""
    spoke = each.spoke
    said = [one for one in spoke.quotes if one.community in places] if spoke else []
    return ExpertOut(
        member=Ref(id=each.member.public_id, name=each.member.name),
        role=each.member.role,
        points=round(each.points, 2),
        tags=[one.tag.name for one in each.tags],
        fields={str(title): str(text) for title, text in each.fields},
        messages=spoke.messages if spoke else 0,
        answers=spoke.answers if spoke else 0,
        thanked=spoke.thanked if spoke else 0,
        last_at=spoke.last_at if spoke else None,
        communities=[places[one] for one in spoke.communities if one in places] if spoke else [],
        quotes=[QuoteOut(at=one.at, community=places[one.community], text=one.text, answer=one.answer) for one in said],
    )


def experts_out(found: Experts, days: tuple[date, date], places: dict[int, Ref]) -> ExpertsOut:
    """The answer as the API shows it."""
    talk = found.talk
    return ExpertsOut(
        terms=[list(each) for each in found.topic.terms],
        need=found.topic.need,
        first=days[0],
        last=days[1],
        since=talk.since,
        messages=talk.messages,
        about=talk.about,
        questions=talk.questions,
        followed=talk.followed,
        people=found.people,
        experts=[expert_out(each, places) for each in found.found],
    )
