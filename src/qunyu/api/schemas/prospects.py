"""Who can be converted now, and who costs more than they bring."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal

from ninja import Field, Schema

from qunyu.api.paging import Cursor, Limit
from qunyu.api.schemas.basics import LongText, Ref, Text

if TYPE_CHECKING:
    from qunyu.insights.odds import Rate
    from qunyu.prospects.models import Attempt, Prospect, ProspectRun, Worth, WorthRun
    from qunyu.prospects.queries import Reason
    from qunyu.prospects.reaching import Against

State = Literal["ready", "early", "waiting"]


class ProspectQuery(Schema):
    """Which people of which list; `unit` is a public id, the highest the caller may see where it is missing."""

    unit: Text = ""
    q: Text = Field(default="", description="part of the name")
    reason: Text = Field(default="", description="a signal’s code")
    band: Literal["", "high", "above", "usual"] = ""
    community: Text = Field(default="", description="public id")
    segment: Text = Field(default="", description="public id")
    state: State = "ready"
    limit: Limit = 50
    cursor: Cursor = ""


class RateOut(Schema):
    """Of `people` so many `ordered`; `low` and `high` are the 95 % interval of the share, null of nobody."""

    people: int
    ordered: int
    low: float | None
    high: float | None


class ProspectOut(Schema):
    """One person of a list; chances from 0 to 1, null where they cannot be measured. `reason` is the main one, "" for none."""

    member: Ref
    rank: int
    chance: float | None
    low: float | None
    high: float | None
    reason: str
    signals: list[str]
    last_active: date | None
    words: str = Field(description="to open with")


class ReasonOut(Schema):
    """A signal, and how many ordered with it and without it in the past; `weight` is its part in the chance (log odds), null where unused."""

    key: str
    title: str
    text: str
    having: RateOut
    others: RateOut
    weight: float | None
    invites: bool


class JudgedOut(Schema):
    """The list of `day`, held against who ordered after it."""

    day: date
    first: RateOut
    tenth: RateOut
    others: RateOut
    latest: RateOut


class ListOut(Schema):
    """How a list was made, from orders known to the day `ordered_until` (null without any). `measured` is false where too little is known to
    tell chances; `judged` is null where no past could be held back.

    `contacted` compares those of the first tenth who were spoken with and those who were not; it is no experiment.
    """

    unit: Ref
    at: datetime
    as_of: date | None
    ordered_until: date | None
    days: int
    people: int
    measured: bool
    spans: int
    past: RateOut
    reasons: list[ReasonOut]
    judged: JudgedOut | None
    contacted: list[RateOut] | None
    outcome: RateOut
    too_early: int


class AttemptIn(Schema):
    """What was said with somebody; `passing` is why the cap or the quiet hours do not hold this once."""

    unit: Text
    channel: Literal["direct", "moments", "group", "call", "meeting", "other"]
    summary: LongText
    outcome: Literal["none", "interested", "later", "no"]
    passing: Text = ""


class AttemptOut(Schema):
    """Somebody who was spoken with."""

    id: str
    member: Ref
    at: datetime
    reason: str
    chance: float | None
    outcome: str
    by: str


class HoldIn(Schema):
    """To be left alone on the lists of a unit until a day, null for good."""

    unit: Text
    until: date | None = None
    why: Text = ""


class UnitIn(Schema):
    """A unit by its public id."""

    unit: Text


class JobOut(Schema):
    """The job that does it."""

    job: str


class AgainstOut(Schema):
    """Why somebody is not to be written to: from when again (null: waiting does not help), and whether a reason passes it."""

    reason: str = Field(description="held, role, consent, complaint, quiet, cap, selling_cap or quiet_hours")
    words: str
    possible_at: datetime | None
    passable: bool


class PersonOut(Schema):
    """One person: their row (null where they are not on the list), why they stand there, and why they are not to be written to."""

    row: ProspectOut | None
    state: State | None
    reasons: list[ReasonOut]
    against: list[AgainstOut]
    held_until: list[date | None]


class ProspectSettingsIO(Schema):
    """What a unit sets for itself: numbers by key (null inherits) and words to open with by signal ("" inherits)."""

    numbers: dict[str, float | None] = {}
    words: dict[str, str] = {}


class ProspectSettingsOut(ProspectSettingsIO):
    """The same, with what holds there: a number that is null is unknown."""

    in_force: dict[str, float | None]
    spoken: dict[str, str]


class WorthQuery(Schema):
    """Which end of which unit."""

    unit: Text = ""
    side: Literal["costs", "brings"] = "costs"
    q: Text = ""
    limit: Limit = 50
    cursor: Cursor = ""


class WorthOut(Schema):
    """What somebody brought and cost, in minor units; null is unknown. `balance` is profit (or, while unknown, revenue) less known costs."""

    member: Ref
    since: date
    orders: int
    revenue: int
    refunds: int
    profit: int | None
    brought: int
    brought_revenue: int
    contacts: int
    complaints: int
    care: int | None
    points: int
    rewards: int | None
    benefits: int
    days: int
    upkeep: int | None
    costs: int
    balance: int


class WorthRunOut(Schema):
    """What was counted: `unknown` names the parts that nobody has priced or recorded."""

    unit: Ref
    at: datetime
    first: date | None
    last: date | None
    currency: str
    people: int
    minus: int
    fresh: int
    foreign_orders: int
    unknown: list[str]


def rate_out(rate: Rate) -> RateOut:
    """A share with its interval."""
    low, high = rate.interval or (None, None)
    return RateOut(people=rate.people, ordered=rate.ordered, low=low, high=high)


def reason_out(each: Reason) -> ReasonOut:
    """A signal with what the past says of it."""
    return ReasonOut(
        key=each.key,
        title=str(each.title),
        text=str(each.text),
        having=rate_out(each.having),
        others=rate_out(each.others),
        weight=each.weight,
        invites=each.invites,
    )


def prospect_out(row: Prospect, words: str) -> ProspectOut:
    """One row of a list."""
    return ProspectOut(
        member=Ref(id=row.member.public_id, name=row.member.name),
        signals=[each for each in row.signals.strip(",").split(",") if each],
        words=words,
        **{name: getattr(row, name) for name in ("rank", "chance", "low", "high", "reason", "last_active")},
    )


def against_out(each: Against) -> AgainstOut:
    """A reason not to write to somebody."""
    return AgainstOut(reason=each.code, words=str(each.words), possible_at=each.possible_at, passable=each.passable)


def attempt_out(row: Attempt) -> AttemptOut:
    """An attempt; its person must be annotated (prospects.queries.attempts)."""
    member = Ref(id=row.head_id, name=row.head)  # type: ignore[attr-defined]
    told: dict[str, Any] = {name: getattr(row, name) for name in ("at", "reason", "chance", "outcome")}
    return AttemptOut(id=row.public_id, member=member, by=row.by_name, **told)


def worth_out(row: Worth) -> WorthOut:
    """What one person brought and cost."""
    told = {name: getattr(row, name) for name in WorthOut.model_fields if name != "member"}
    return WorthOut(member=Ref(id=row.member.public_id, name=row.member.name), **told)


def worth_run_out(run: WorthRun) -> WorthRunOut:
    """What was counted."""
    figures = run.figures
    return WorthRunOut(
        unit=Ref(id=run.unit.public_id, name=run.unit.name),
        at=run.at,
        first=run.first,
        last=run.last,
        currency=run.currency,
        people=figures["people"],
        minus=figures["minus"],
        fresh=figures["fresh"],
        foreign_orders=figures["foreign"],
        unknown=["discounts", *(key for key in ("margin", "hour", "point", "costs") if figures.get(key) is None)],
    )


def list_out(run: ProspectRun, reasons: list[Reason], rates: dict[str, Any]) -> ListOut:
    """How a list was made; `rates` are those that are told of it."""
    return ListOut(
        unit=Ref(id=run.unit.public_id, name=run.unit.name),
        at=run.at,
        as_of=run.as_of,
        ordered_until=run.figures.get("ordered_until"),
        days=run.horizon,
        people=run.people,
        measured=run.figures["measured"],
        spans=run.figures["spans"],
        reasons=[reason_out(each) for each in reasons],
        **rates,
    )
