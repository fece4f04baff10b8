"""Occasions, opening words, favours and recommendations."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from ninja import Field, Schema

from qunyu.api.paging import Cursor, Limit
from qunyu.api.schemas.basics import Day, LongText, Ref, Text
from qunyu.care.kind import kinds
from qunyu.care.queries import told
from qunyu.care.settings import care_settings

if TYPE_CHECKING:
    from qunyu.care.brought import Tally
    from qunyu.care.models import Brought, Opening
    from qunyu.care.results import Line
    from qunyu.people.models import Unit


class OccasionQuery(Schema):
    """Which occasions."""

    state: Literal["open", "done", "dropped", "passed"] = "open"
    kind: Text = ""
    q: Text = Field(default="", description="part of the name")
    first: Day | None = None
    last: Day | None = None
    unit: Text = ""
    community: Text = ""
    own: bool = False
    limit: Limit = 50
    cursor: Cursor = ""


class OccasionOut(Schema):
    """A day worth a light contact; `due` is the day it was put off to."""

    id: str
    member: Ref
    kind: str
    title: str
    why: str
    day: Day
    due: Day
    state: str
    keeper: str | None
    reason: str
    channel: str = Field(description="the channel suggested")
    channel_why: str
    words: str = Field(description="what to open with")
    allowed: bool = Field(description="whether the contact cap allows it now")
    possible_at: datetime | None


class OccasionDecision(Schema):
    """What is decided: done (channel, words, selling, passing), later (until), leave_out (reason), hand (keeper) or undo."""

    do: Literal["done", "later", "leave_out", "hand", "undo"]
    channel: Text = "direct"
    words: LongText = ""
    selling: bool = False
    passing: Text = ""
    until: Day | None = None
    reason: Text = ""
    keeper: Text = Field(default="", description="public id of an account")


class OccasionSettingsOut(Schema):
    """What a unit has set for itself, what holds there (`care.….on`: 1 looked for, 0 not), and each kind that is looked for in words."""

    unit: Ref
    own: dict[str, float]
    in_force: dict[str, float | None]
    looked_for: dict[str, str]


class OccasionSettingsIn(Schema):
    """Numbers by key (care.silent.days …); null inherits again."""

    values: dict[Text, float | None]


class OpeningOut(Schema):
    """Words that a unit set: what `PUT` takes, with the unit's name."""

    unit: Ref
    kind: str
    channel: str
    text: str


class OpeningIn(Schema):
    """The words a unit opens with; {name} stands for the person; empty for those of the unit above."""

    unit: Text
    kind: Text
    channel: Text = "direct"
    text: LongText = ""


class CareResultOut(Schema):
    """`channel` is empty for those not contacted, "dropped" for those left out; `open`: their seven days are not over; `answered` (spoke or wrote) are of the `known`.

    `ordered_known` is null where orders may not be seen.
    """

    kind: str
    channel: str
    count: int
    open: int
    known: int
    answered: int
    ordered_known: int | None
    ordered: int


class AskQuery(Schema):
    """Which asks."""

    kind: Text = ""
    outcome: Text = ""
    member: Text = Field(default="", description="public id of a person")
    limit: Limit = 50
    cursor: Cursor = ""


class FavourIn(Schema):
    """What somebody is asked: feedback, photo, word, vote or recommendation."""

    kind: Text
    what: Text
    channel: Text = "direct"
    passing: Text = ""


class FavourResultIn(Schema):
    """What came of it: waiting, agreed, did, declined or silent; thanks: word, points, reward or empty."""

    outcome: Text
    note: Text = ""
    thanks: Text = ""
    thanks_note: Text = ""


class FavourOut(Schema):
    """An ask and what came of it."""

    id: str
    member: Ref
    kind: str
    what: str
    at: datetime
    by: str
    outcome: str
    outcome_at: datetime | None
    note: str
    thanks: str
    thanks_note: str


class BroughtIn(Schema):
    """Somebody who came by the recommendation."""

    member: Text
    came: Day | None = Field(
        default=None, description="the day they came; when they were first seen since, unless given"
    )
    away: bool = Field(default=False, description="takes it away again")


class BroughtOut(Schema):
    """Somebody who came by a recommendation; `bought` since is null where orders may not be seen."""

    member: Ref
    at: datetime
    measured: bool
    bought: bool | None


class TallyOut(Schema):
    """The figures of one kind of ask."""

    kind: str
    asked: int
    waiting: int
    agreed: int
    did: int
    brought: int
    measured: int = Field(description="of these found in the data alone")
    bought: int | None


class CandidateOut(Schema):
    """A good one to ask, and why."""

    member: Ref
    reasons: list[str]
    allowed: bool


def occasion_out(row: Any) -> OccasionOut:
    """The occasion as the API shows it, with what the page dressed it in."""
    kind, why = told(row)
    return OccasionOut(
        id=row.public_id, member=Ref(id=row.head_id, name=row.head), kind=row.kind, title=str(kind.title), why=str(why),
        day=row.day, due=row.due, state=row.state, keeper=row.keeper.name if row.keeper else None, reason=row.reason,
        channel=row.way.channel, channel_why=str(row.way.why), words=row.words, allowed=row.leave.allowed,
        possible_at=row.leave.possible_at,
    )  # fmt: skip


def settings_out(unit: Unit) -> OccasionSettingsOut:
    """The settings of a unit."""
    held = care_settings().of(unit.pk)
    looked_for = {key: str(kind.help_with(held)) for key, kind in kinds().items() if held[kind.switch.key]}
    ref = Ref(id=unit.public_id, name=unit.name)
    return OccasionSettingsOut(unit=ref, own=care_settings().own(unit.pk), in_force=held, looked_for=looked_for)


def opening_out(row: Opening) -> OpeningOut:
    """The words of one unit for one occasion and channel."""
    unit = Ref(id=row.unit.public_id, name=row.unit.name)
    return OpeningOut(unit=unit, kind=row.kind, channel=row.channel, text=row.text)


def line_out(line: Line) -> CareResultOut:
    """What came of one kind over one channel."""
    return CareResultOut(**{name: getattr(line, name) for name in CareResultOut.model_fields})


def favour_out(row: Any) -> FavourOut:
    """The ask as the API shows it."""
    same = ("kind", "what", "outcome", "outcome_at", "note", "thanks", "thanks_note")
    plain = {name: getattr(row, name) for name in same}
    return FavourOut(
        id=row.public_id, member=Ref(id=row.head_id, name=row.head), at=row.asked_at, by=row.by_name, **plain
    )


def brought_out(row: Brought, bought: set[int] | None) -> BroughtOut:
    """Somebody brought."""
    head: Any = row
    who = Ref(id=head.head_id, name=head.head)
    return BroughtOut(member=who, at=row.at, measured=row.measured, bought=None if bought is None else row.pk in bought)


def tally_out(row: Tally) -> TallyOut:
    """The figures of a kind."""
    return TallyOut(**{name: getattr(row, name) for name in TallyOut.model_fields})
