"""The health of communities, and alerts."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal

from ninja import Field, Schema

from qunyu.api.paging import Cursor, Limit
from qunyu.api.schemas.basics import Day, Ref, Text, ref_of
from qunyu.insights.alerts import WATCHED
from qunyu.insights.cause import Likely
from qunyu.insights.drivers import KINDS
from qunyu.insights.health import SURENESS, Health, Sureness
from qunyu.insights.proposals import Kind
from qunyu.insights.states import STATES, State

if TYPE_CHECKING:
    from qunyu.communities.models import Community
    from qunyu.insights.models import Alert, Mute


class HealthQuery(Schema):
    """Whose health is asked for, as it was known on which day."""

    communities: list[Text] = Field([], description="ids of communities; all you may see when absent")
    state: Literal["", "unclear", "opening", "growing", "steady", "closing", "fading", "dead", "dissolved"] = ""
    as_of: Day | None = Field(
        None, description="nothing that happened later is used; the last day there are data of when absent"
    )


class DayQuery(Schema):
    """As known on which day."""

    as_of: Day | None = Field(
        None, description="nothing that happened later is used; the last day there are data of when absent"
    )


class EvidenceOut(Schema):
    """One figure, before the decline and since; `n` is the count behind the one since."""

    title: str
    before: float | None
    now: float | None
    n: int


class CauseOut(Schema):
    """A likely cause: `strength` from 0 to 1 orders several; `member` is the id of the person it names, for who may see people there."""

    key: str
    title: str
    definition: str
    source: str = Field(description="the row of the method that asks for it")
    strength: float
    reason: str
    evidence: list[EvidenceOut]
    member: str | None


class ProposalOut(Schema):
    """What to do: `into` is the community to merge with."""

    kind: Kind
    why: str
    step: str
    into: Ref | None


class HealthOut(Schema):
    """Where in its life a community stands. `level` is its activity beside its earlier one, null where nothing can be compared."""

    community: Ref
    state: State
    title: str
    reason: str
    sureness: Sureness
    sureness_title: str
    level: float | None
    days: int = Field(description="how many days of talk are known")
    people: int = Field(description="ordinary members active a week in its best weeks")
    members: int = Field(description="ordinary members who are there now")
    since: date | None
    causes: list[CauseOut]
    proposal: ProposalOut | None
    unknown: list[str] = Field(description="what is not known and would change the picture")


class CurveOut(Schema):
    """A week of a life: messages of ordinary members a day and how many were active, corrected for what all communities did."""

    day: date = Field(description="the last day of the week")
    messages: float | None
    people: float | None
    state: State
    quiet: bool = Field(description="whether the whole matrix was quiet")


class CommunityHealthOut(HealthOut):
    """One community's health with its life by the week."""

    as_of: date | None
    curve: list[CurveOut]


class HealthsOut(Schema):
    """The health of communities as known on `as_of`; null when nothing is known."""

    as_of: date | None
    items: list[HealthOut]


def health_out(found: Health, refs: dict[int, Ref], members: dict[int, str]) -> HealthOut:
    """As the API shows it; `refs` are the communities by primary key, `members` the public ids of people who may be seen."""
    return HealthOut(
        community=refs[found.community],
        state=found.state,
        title=str(STATES[found.state]),
        reason=str(found.reason),
        sureness=found.sureness,
        sureness_title=str(SURENESS[found.sureness]),
        level=None if found.level is None else round(found.level, 4),
        days=found.days,
        people=found.people,
        members=found.members,
        since=found.since,
        causes=[_cause(each, members) for each in found.causes],
        proposal=_proposal(found, refs),
        unknown=[str(each) for each in found.unknown],
    )


def _proposal(found: Health, refs: dict[int, Ref]) -> ProposalOut | None:
    made = found.proposal
    if made is None:
        return None
    return ProposalOut(kind=made.kind, why=str(made.why), step=str(made.step), into=refs.get(made.into))


def _cause(likely: Likely, members: dict[int, str]) -> CauseOut:
    cause, finding = likely.cause, likely.finding
    return CauseOut(
        key=cause.key,
        title=str(cause.title),
        definition=str(cause.definition),
        source=cause.source,
        strength=round(finding.strength, 4),
        reason=str(finding.said),
        evidence=[
            EvidenceOut(title=str(each.title), before=each.before, now=each.now, n=each.n) for each in finding.lines
        ],
        member=members.get(finding.member),
    )


def community_health_out(
    found: Health, refs: dict[int, Ref], members: dict[int, str], as_of: date | None
) -> CommunityHealthOut:
    """One community's health as the API shows it."""
    curve = found.curve
    weeks = zip(curve.days, curve.talk, curve.people, curve.states, curve.quiet, strict=True)
    return CommunityHealthOut(
        **health_out(found, refs, members).model_dump(),
        as_of=as_of,
        curve=[
            CurveOut(day=day, messages=talk, people=people, state=state, quiet=quiet)
            for day, talk, people, state, quiet in weeks
        ],
    )


class AlertQuery(Schema):
    """Which alerts are asked for, those found last first."""

    community: Text = Field("", description="a community's id")
    metric: Text = ""
    first: Day | None = Field(None, description="those that reach into the days from here on")
    open: bool = Field(False, description="only those that are neither seen, withdrawn nor muted")
    limit: Limit = 50
    cursor: Cursor = ""


class DriverOut(Schema):
    """One thing that made the difference: a member's, staff's, inviter's or community's id, an hour, or how many people.

    `id` is null where it may not be seen. `usual` is the average of as many days in the four weeks before.
    """

    kind: Literal["many", "member", "staff", "hour", "inviter", "community"]
    title: str
    id: str | None
    number: int | None = Field(description="the hour from 0, or how many people")
    observed: float
    usual: float


class AlertOut(Schema):
    """A number outside of its normal range on the days `first` to `last`; the figures are of the day `worst`.

    Revenue is in minor units of `currency`. `far` is by how many standard deviations it lies off.
    """

    id: str
    community: Ref | None = Field(description="null for all communities together")
    metric: str
    title: str
    direction: Literal["up", "down"]
    first: date
    last: date
    worst: date
    observed: float
    expected: float
    low: float
    high: float
    far: float
    currency: str | None
    drivers: list[DriverOut]
    found_at: datetime
    seen_at: datetime | None
    seen_by: str
    withdrawn_at: datetime | None = Field(description="since when the records no longer tell it")
    muted_until: date | None


class AlertChanges(Schema):
    """What to change."""

    model_config = {"extra": "forbid"}

    seen: bool = Field(description="true acknowledges it, false takes that back")


class MuteIn(Schema):
    """A number that nobody wants to hear of through `until`; null ends the mute."""

    model_config = {"extra": "forbid"}

    community: Text = Field("", description='a community\'s id; "" for all communities together')
    metric: Text
    until: Day | None = Field(None, description="at most 90 days from today")


class MuteOut(Schema):
    """Whether a number is muted, until when, by whom."""

    community: Ref | None
    metric: str
    title: str
    until: date | None
    muted_by: str


def alert_out(
    alert: Alert, refs: dict[int, Ref], members: dict[int, str], muted: dict[tuple[int, str], Mute]
) -> AlertOut:
    """The alert as the API shows it."""
    mute = muted.get((alert.community_id, alert.metric))
    plain: dict[str, Any] = {name: getattr(alert, name) for name in _PLAIN}
    return AlertOut(
        **plain,
        id=alert.public_id,
        community=refs.get(alert.community_id),
        title=str(WATCHED[alert.metric].title),
        direction="up" if alert.up else "down",
        currency=alert.currency or None,
        drivers=[_driver(each, refs, members) for each in alert.drivers],
        muted_until=mute.until if mute else None,
    )


_PLAIN = (
    "metric", "first", "last", "worst", "observed", "expected", "low", "high", "far", "found_at", "seen_at", "seen_by",
    "withdrawn_at",
)  # fmt: skip


def _driver(driver: dict[str, Any], refs: dict[int, Ref], members: dict[int, str]) -> DriverOut:
    kind, key = driver["kind"], driver["key"]
    counted = kind in ("many", "hour")
    known = refs[key].id if kind == "community" and key in refs else None if kind == "community" else members.get(key)
    return DriverOut(
        kind=kind,
        title=str(KINDS[kind]),
        id=None if counted else known,
        number=key if counted else None,
        observed=driver["observed"],
        usual=driver["usual"],
    )


def refs_of(rows: list[Community]) -> dict[int, Ref]:
    """The communities by primary key."""
    return {row.pk: ref_of(row) for row in rows}
