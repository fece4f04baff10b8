"""Duties, load, effort, and work noted down by hand."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Literal

from ninja import Field, Schema

from qunyu.api.paging import Cursor, Limit
from qunyu.api.schemas.basics import Day, Ref, Text, ref_of
from qunyu.api.schemas.insights import Reason

if TYPE_CHECKING:
    from qunyu.communities.models import Community, Duty, WorkEntry
    from qunyu.people.models import Staff

DutyKind = Literal["owner", "admin", "kol", "atmosphere"]


class AccountRef(Schema):
    """An account by its public id, with its user name and its name."""

    id: str
    username: str
    name: str


class DutyQuery(Schema):
    """Which duties."""

    community: Text = Field("", description="public id")
    account: Text = Field("", description="public id")
    kind: Literal["", "owner", "admin", "kol", "atmosphere"] = ""
    running: bool | None = Field(None, description="true: those that have not ended; false: those that have")
    limit: Limit = 50
    cursor: Cursor = ""


class DutyIn(Schema):
    """A duty to be given, from today on."""

    community: Text = Field(description="public id")
    account: Text = Field(description="public id of an open account with a role that reaches the community")
    kind: DutyKind


class DutyOut(Schema):
    """Who held which office in a community, from `since` to `until` (null: still), both included."""

    id: str
    community: Ref
    account: AccountRef
    kind: DutyKind
    since: date
    until: date | None


class HandOverIn(Schema):
    """Whose duties go to whom (public ids)."""

    account: Text
    to: Text


class HandedOver(Schema):
    """How many duties went over."""

    duties: int


class TakenOut(Schema):
    """What a table led to: new entries, those that were there already, and people of the chats that were linked."""

    added: int
    already: int
    linked: int


class LoadOut(Schema):
    """What an account carries as owner or admin, as far as the caller may see. null is unknown: nothing is recorded there.

    `members` counts people once; `newcomers` those first seen in the last 28 days of data, `messages` and `questions` are a day's, both
    summed over the communities; `silent` communities have no records of these days and are not in the sums. `limits` are those that
    hold, the strictest where units differ; one that nobody set is missing. `over` names those exceeded.
    """

    account: AccountRef
    duties: dict[str, int]
    communities: int
    members: int | None
    newcomers: int | None
    messages: float | None
    questions: float | None
    silent: int
    limits: dict[str, int]
    over: list[str]


class UnownedOut(Schema):
    """A community without an owner; the figures are null where nothing is recorded of it."""

    community: Ref
    unit: Ref
    members: int | None
    newcomers: int | None


class LoadsOut(Schema):
    """The load of operators, and the communities that nobody owns. `as_of` is null without any data."""

    as_of: date | None
    operators: list[LoadOut]
    unowned: list[UnownedOut]


class LimitsIn(Schema):
    """Limits to set: `load.communities`, `load.members`; null inherits again, what is left out stays."""

    changes: dict[str, float | None]


class LimitsOut(Schema):
    """The limits a unit has set for itself (`own`) and those that hold there; one that nobody set is missing."""

    unit: Ref
    own: dict[str, float]
    in_force: dict[str, float]


class EffortQuery(Schema):
    """Which days, and whose; without days the last 28, without an account every operator in sight."""

    first: Day | None = None
    last: Day | None = None
    account: Text = Field("", description="public id")


class DoingOut(Schema):
    """What was measured: `minutes` in chat is an estimate over `sittings`; `greeted` is null where nobody of the `came` was seen."""

    messages: int
    days: int
    answers: int
    promotions: int
    minutes: float
    sittings: int
    greeted: int | None
    came: int


class ResultOut(Schema):
    """A figure of the community, not of the operator; money is minor units of `currency`."""

    metric: str
    value: float | None
    n: int
    currency: str
    reason: Reason | None


class EffortRow(Schema):
    """One operator in one community; null: work noted for none. `doing` is null where it is unknown: no linked person, or no records.

    `shared` accounts carry the community now; what came of it cannot be put down to one of them. `results` of orders need orders.view.
    """

    account: AccountRef
    community: Ref | None
    duties: list[str]
    doing: DoingOut | None
    repeats: int | None
    unheard: int | None
    noted_minutes: int
    noted_entries: int
    shared: int
    results: list[ResultOut]


class SaidOut(Schema):
    """What was said on a day, how much of it repeats, and how much of that went unheard."""

    day: date
    messages: int
    repeats: int
    unheard: int


class BusyOut(Schema):
    """Of a linked account altogether: minutes in chat, chats open at once counted once; repeated texts, those unheard, and what they free."""

    account: AccountRef
    messages: int
    repeats: int
    unheard: int
    minutes: float
    repeat_minutes: float
    unheard_minutes: float
    days: list[SaidOut] = Field(description="those on which anything was said")


class EffortsOut(Schema):
    """What was done on these days. `as_of` is null without any data."""

    first: date
    last: date
    as_of: date | None
    rows: list[EffortRow]
    totals: list[BusyOut]


class RepeatedOut(Schema):
    """A text as it was first said, and how often it repeats."""

    text: str
    times: int
    communities: int
    days: int
    unheard: int


class WorkKindOut(Schema):
    """A kind of work; `machine` says what does it instead of a person, null where only a person can."""

    key: str
    title: str
    machine: str | None


class WorkQuery(Schema):
    """Which entries."""

    first: Day | None = None
    last: Day | None = None
    account: Text = Field("", description="public id")
    limit: Limit = 50
    cursor: Cursor = ""


class WorkIn(Schema):
    """An entry; without an account one's own, without a community work for none in particular."""

    day: Day
    minutes: int = Field(description="1 to 1440")
    kind: Text
    community: Text = Field("", description="public id")
    account: Text = Field(
        "",
        description="public id; of somebody else only for who manages accounts there; ignored when an entry is changed",
    )
    note: Text = ""


class WorkOut(Schema):
    """Minutes noted down for a day."""

    id: str
    account: AccountRef
    community: Ref | None
    day: date
    minutes: int
    kind: str
    note: str


def account_ref(staff: Staff) -> AccountRef:
    """The account by its public id."""
    return AccountRef(id=staff.public_id, username=staff.username, name=staff.name)


def community_ref(community: Community | None) -> Ref | None:
    """The community by its public id; None for none."""
    return ref_of(community) if community else None


def duty_out(duty: Duty) -> DutyOut:
    """The duty as the API shows it; its community and account must be loaded."""
    return DutyOut(
        id=duty.public_id,
        community=ref_of(duty.community),
        account=account_ref(duty.staff),
        kind=duty.kind,  # type: ignore[arg-type]
        since=duty.since,
        until=duty.until,
    )


def work_out(entry: WorkEntry) -> WorkOut:
    """The entry as the API shows it; its community and account must be loaded."""
    return WorkOut(
        id=entry.public_id,
        account=account_ref(entry.staff),
        community=community_ref(entry.community),
        day=entry.day,
        minutes=entry.minutes,
        kind=entry.kind,
        note=entry.note,
    )
