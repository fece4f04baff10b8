"""The funnel, the growth formula, leaving, and the reply network."""

from __future__ import annotations

from datetime import date, datetime

from ninja import Field, Schema

from qunyu.api.paging import Cursor, Limit
from qunyu.api.schemas.basics import Day, Ref, Text
from qunyu.api.schemas.insights import Reason
from qunyu.api.schemas.members import MemberOut


class SpanQuery(Schema):
    """The days asked about, both included, and whose."""

    first: Day
    last: Day
    communities: list[Text] = Field([], description="ids of communities; all you may see when absent")


class DaysQuery(Schema):
    """The days asked about, both included."""

    first: Day
    last: Day


class StepOut(Schema):
    """A step of a funnel: `count` is null when it is unknown, and `reason` then says why. Shares lie between 0 and 1.

    `of_before` is the share of the last known step before, `of_first` that of those who came in.
    """

    key: str
    title: str
    meaning: str
    count: int | None
    of_before: float | None
    of_first: float | None
    reason: Reason | None


class FunnelOut(Schema):
    """The funnel of one entry channel, "" where nobody told which; `unheard` ordered without ever speaking."""

    channel: str
    steps: list[StepOut]
    unheard: int | None


class FunnelsOut(Schema):
    """Those who came in from `first` to `last`, followed up to `as_of`: altogether, and by entry channel where one is known."""

    first: date
    last: date
    as_of: date | None
    whole: FunnelOut | None
    channels: list[FunnelOut]


class FunnelPeopleQuery(SpanQuery):
    """Which step is meant: came, spoke, ordered, again or unheard."""

    step: Text
    channel: Text | None = Field(
        None, description="an entry channel, empty for those of whom none is known; all when absent"
    )
    limit: Limit = 50
    cursor: Cursor = ""


class PeopleOut(Schema):
    """People, page by page; `total` counts them all."""

    total: int
    items: list[MemberOut]
    next: str | None = Field(description="the address of the next page; null on the last one")


class GrowthQuery(SpanQuery):
    """The days, and the factors to change: shares between 0 and 1, order value in minor units; those absent stay as measured."""

    visitors: float | None = None
    trial_rate: float | None = None
    conversion: float | None = None
    order_value: float | None = None
    orders_per_buyer: float | None = None


class FactorOut(Schema):
    """One factor: `count` ÷ `base`, null where nothing is known of it, and the value it has in the what-if."""

    key: str
    title: str
    meaning: str
    count: int | None
    base: int | None
    value: float | None
    what_if: float | None


class GrowthOut(Schema):
    """The revenue of members in `currency`, in minor units, which the five measured factors multiply to exactly, and what it would be.

    `revenue` is null when it is unknown, and `reason` then says why.
    """

    first: date
    last: date
    as_of: date | None
    currency: str
    other_currencies: list[str]
    factors: list[FactorOut]
    revenue: int | None
    what_if: float | None
    difference: float | None
    reason: Reason | None


class Counted(Schema):
    """How many of one kind."""

    key: str
    title: str
    count: int


class OnDay(Schema):
    """How many on a day."""

    day: date
    count: int


class AtHour(Schema):
    """How many at an hour of a day of the week (1 = Monday)."""

    weekday: int
    hour: int
    count: int


class LeavingOut(Schema):
    """The leavings of ordinary members, as times; of all empty and 0 where `reason` says why they are unknown.

    `advertising_before` is the mean share of advertising in the community on the day of leaving and the day before, `advertising_usual`
    that over all the days, of the `compared` leavings around which anybody spoke. Of the `newcomers`, gone within 30 days, some were
    silent there, some spoke and were unheard for a day. `reasons` are of those who went by themselves.
    """

    first: date
    last: date
    as_of: date | None
    reason: Reason | None
    total: int
    removed: int
    tenures: list[Counted]
    silences: list[Counted]
    days: list[OnDay]
    hours: list[AtHour]
    advertising_before: float | None
    advertising_usual: float | None
    compared: int
    newcomers: int
    newcomers_silent: int
    newcomers_unheard: int
    reasons: list[Counted]


class PartingWordsOut(Schema):
    """What somebody last said in a community within the day before leaving it by themselves, and the reason found in it."""

    member: Ref
    community: Ref
    at: datetime
    text: str
    reason: str


class NodeOut(Schema):
    """One person: `ties` to others, `strength` the turns taken with them, `share` of all turns (0 to 1)."""

    member: Ref
    role: str
    ties: int
    strength: int
    share: float


class TieOut(Schema):
    """Two people by their ids and how often they took turns."""

    one: str
    other: str
    strength: int


class NetworkOut(Schema):
    """Who takes turns with whom in a community; `people` spoke and `tied` of them have a tie.

    `top_one` and `top_three` are the shares of all turns that touch the strongest one or three; `alone` people would have no tie left
    without the strongest. `strongest` and `among_them` need members.view there and are null without it.
    """

    first: date
    last: date
    as_of: date | None
    messages: int
    people: int
    tied: int
    ties: int
    strength: int
    density: float | None
    top_one: float | None
    top_three: float | None
    alone: int
    strongest: list[NodeOut] | None
    among_them: list[TieOut] | None
