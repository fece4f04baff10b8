"""Points, levels, benefits, rewards and VIP communities."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal

from ninja import Field, Schema

from qunyu.api.paging import Cursor, Limit
from qunyu.api.schemas.basics import Day, Ref, Text, ref_of
from qunyu.loyalty.levels import bars_of
from qunyu.loyalty.vip import Door, Person

if TYPE_CHECKING:
    from qunyu.loyalty.accounts import Balance
    from qunyu.loyalty.models import Benefit, Entry, Level, Programme, Redemption, Reward
    from qunyu.loyalty.rules.levels import Bar

BarKind = Literal["points_year", "spent_year", "spent_ever", "orders", "tier", "months"]


class ProgrammeOut(Schema):
    """A programme: what points are called, when they expire, and its earning rules (on, since, figures) by key."""

    id: str
    name: str
    unit: Ref
    currency: str
    starts_on: date
    expiry: str
    expiry_months: int
    notice_days: int
    value_minor: int | None = Field(description="what 100 points are worth, in minor units; null where nobody has said")
    value_currency: str
    rules: dict[str, Any]


class ProgrammeIn(Schema):
    """What a unit's programme is to be; what is missing or null stays."""

    name: Text | None = None
    currency: Text | None = None
    starts_on: Day | None = None
    expiry: Literal["never", "months", "year"] | None = None
    expiry_months: int | None = None
    notice_days: int | None = None
    value_minor: int | None = None
    value_currency: Text | None = None


class RuleIn(Schema):
    """An earning rule: on or off, its figures, and the first day it looks at (null: as it is, or today)."""

    on: bool
    figures: dict[str, int] = {}
    since: Day | None = None


class TotalsOut(Schema):
    """What the accounts come to that the caller may see; `kinds` sums their entries by kind of movement."""

    accounts: int
    outstanding: int
    owed: int
    kinds: dict[str, int]


class ExpiringOut(Schema):
    """Points that somebody loses on a day."""

    member: Ref
    day: date
    points: int


class BalanceOut(Schema):
    """What a person has in a programme; `level` null for none."""

    programme: Ref
    points: int
    owed: int
    expiring: list[tuple[date, int]]
    level: str | None
    level_until: date | None
    benefits: list[str]


class EntryOut(Schema):
    """One change of somebody's points; `amount` below 0 took them, `owed` is by how much what they owe changed.

    Both are null where an order earned them and orders may not be seen.
    """

    movement: str
    member: Ref | None
    kind: str
    amount: int | None
    owed: int | None
    reason: str
    rule: str
    at: datetime
    by: str


class EntryQuery(Schema):
    """Which entries."""

    kind: Text = ""
    search: Text = ""
    limit: Limit = 50
    cursor: Cursor = ""


class GiftIn(Schema):
    """Points for somebody: above 0 to give, below to take. The same `key` does it once."""

    programme: Text
    points: int
    reason: Text
    key: Text = ""


class ReasonIn(Schema):
    """Why."""

    reason: Text = ""


class BarIn(Schema):
    """What a level asks for: sums in minor units of `currency`, tiers by place from 0."""

    kind: BarKind
    least: int
    currency: Text = ""


class LevelIn(Schema):
    """A level: bars to come in and to stay (empty: the same), all of them or one, and how many months it holds (0: while met)."""

    name: Text
    bars: list[BarIn] = Field(default=[], max_length=12)
    keep: list[BarIn] = Field(default=[], max_length=12)
    every: bool = False
    months: int = 12


class LevelOut(LevelIn):
    """A level of a ladder, the lowest first, with how many people stand there."""

    id: str
    people: int


class MovesOut(Schema):
    """What a level would move: of how many people, how many up, down, and not."""

    people: int
    up: int
    down: int
    same: int


class LevelGrantIn(Schema):
    """A level by hand, until that day."""

    level: Text
    programme: Text
    reason: Text
    until: Day


class BenefitOut(Schema):
    """A benefit, with the levels and tiers that have it."""

    id: str
    name: str
    kind: str
    percent: int | None
    quota: int | None
    period: str
    note: str
    levels: list[str]
    tiers: list[str]


class UseIn(Schema):
    """A use of a benefit."""

    programme: Text
    benefit: Text
    note: Text = ""


class RewardOut(Schema):
    """A reward; null for no limit."""

    id: str
    name: str
    note: str
    price: int
    stock: int | None
    per_person: int | None
    level: str | None
    first_day: date | None
    last_day: date | None
    redeemed: int


class RedeemIn(Schema):
    """A reward for somebody; the same `key` does it once."""

    programme: Text
    reward: Text
    note: Text = ""
    key: Text = ""


class RedemptionOut(Schema):
    """A redemption: requested, handed or cancelled."""

    id: str
    reward: Ref
    member: Ref | None
    points: int
    state: str
    at: datetime
    by: str
    note: str


class RedemptionQuery(Schema):
    """Which redemptions."""

    state: Literal["", "requested", "handed", "cancelled"] = ""
    limit: Limit = 50
    cursor: Cursor = ""


class RedemptionChanges(Schema):
    """What becomes of a redemption."""

    state: Literal["handed", "cancelled"]
    reason: Text = ""


class VipPerson(Schema):
    """Somebody in a list of a VIP community."""

    member: Ref
    level: str
    paid_until: date | None


class VipOut(Schema):
    """A VIP community: who is in without the right to be, whose fee ends soon, and who could be invited."""

    community: Ref
    level: str | None
    fee: int | None
    currency: str
    present: int
    unmet: list[VipPerson]
    ending: list[VipPerson]
    invite: list[VipPerson]
    counts: list[int] = Field(description="how many there are of each list, which holds the first 200")


class FeeIn(Schema):
    """A year's fee: the day it was paid, and the order's number where an order tells of it."""

    community: Text = Field(description="public id of the community")
    on: Day
    order_number: Text = ""
    note: Text = ""


class FeeOut(Schema):
    """A fee somebody paid."""

    community: Ref
    paid_on: date
    until: date
    amount: int
    currency: str


def programme_out(row: Programme) -> ProgrammeOut:
    """The programme as the API shows it."""
    names = (
        "name", "currency", "starts_on", "expiry", "expiry_months", "notice_days", "value_minor", "value_currency", "rules",
    )  # fmt: skip
    return ProgrammeOut(id=row.public_id, unit=ref_of(row.unit), **{name: getattr(row, name) for name in names})


def balance_out(found: Balance, level: Level | None, until: date | None, benefits: list[str]) -> BalanceOut:
    """The balance as the API shows it."""
    programme = Ref(id=found.programme.public_id, name=found.programme.name)
    told: dict[str, Any] = {"points": found.points, "owed": found.owed, "expiring": list(found.expiring)}
    name = level.name if level else None
    return BalanceOut(programme=programme, level=name, level_until=until, benefits=benefits, **told)


def entry_out(row: Entry, member: Ref | None, shown: bool) -> EntryOut:
    """The entry as the API shows it; `shown` says whether its numbers may be seen."""
    movement = row.movement
    told: dict[str, Any] = {"kind": movement.kind, "reason": movement.reason, "rule": movement.rule, "at": movement.at}
    numbers = (row.amount, row.owed) if shown else (None, None)
    amounts: dict[str, Any] = {"amount": numbers[0], "owed": numbers[1], "by": movement.by_name}
    return EntryOut(movement=movement.public_id, member=member, **told, **amounts)


def level_out(row: Level, people: int) -> LevelOut:
    """The level as the API shows it."""
    bars, keep = ([_bar(each) for each in told] for told in bars_of(row))
    told: dict[str, Any] = {"name": row.name, "every": row.every, "months": row.months}
    return LevelOut(id=row.public_id, people=people, bars=bars, keep=keep, **told)


def _bar(each: Bar) -> BarIn:
    return BarIn(kind=each.kind, least=each.least, currency=each.currency)


def benefit_out(row: Benefit) -> BenefitOut:
    """The benefit as the API shows it."""
    names = ("name", "kind", "percent", "quota", "period", "note", "tiers")
    levels = [each.public_id for each in row.levels.all()]
    return BenefitOut(id=row.public_id, levels=levels, **{name: getattr(row, name) for name in names})


def reward_out(row: Reward, redeemed: int) -> RewardOut:
    """The reward as the API shows it."""
    names = ("name", "note", "price", "stock", "per_person", "first_day", "last_day")
    level = row.level.public_id if row.level else None
    return RewardOut(id=row.public_id, level=level, redeemed=redeemed, **{name: getattr(row, name) for name in names})


def redemption_out(row: Redemption) -> RedemptionOut:
    """The redemption as the API shows it."""
    member = Ref(id=row.member.public_id, name=row.member.name) if row.member else None
    told: dict[str, Any] = {"points": row.points, "state": row.state, "at": row.at, "by": row.by_name, "note": row.note}
    return RedemptionOut(
        id=row.public_id, reward=Ref(id=row.reward.public_id, name=row.reward.name), member=member, **told
    )


def vip_out(found: Door) -> VipOut:
    """The VIP community as the API shows it."""
    row = found.vip
    lists: dict[str, Any] = {
        name: [_person(each) for each in getattr(found, name)] for name in ("unmet", "ending", "invite")
    }
    told: dict[str, Any] = {
        "fee": row.fee,
        "currency": row.currency,
        "present": found.present,
        "counts": list(found.counts),
    }
    return VipOut(community=ref_of(row.community), level=row.level.name if row.level else None, **told, **lists)


def _person(each: Person) -> VipPerson:
    return VipPerson(member=Ref(id=each.public_id, name=each.name), level=each.level, paid_until=each.until)
