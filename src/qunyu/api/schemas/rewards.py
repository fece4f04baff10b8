"""Benefits, rewards and redemptions."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal

from ninja import Field, Schema

from qunyu.api.paging import Cursor, Limit
from qunyu.api.schemas.basics import Day, Ref, Text

if TYPE_CHECKING:
    from qunyu.loyalty.models import Benefit, BenefitUse, Redemption, Reward


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
    archived: bool


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
    archived: bool


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


def benefit_out(row: Benefit) -> BenefitOut:
    """The benefit as the API shows it."""
    names = ("name", "kind", "percent", "quota", "period", "note", "tiers")
    levels = [each.public_id for each in row.levels.all()]
    archived = row.archived_at is not None
    return BenefitOut(
        id=row.public_id, levels=levels, archived=archived, **{name: getattr(row, name) for name in names}
    )


def reward_out(row: Reward, redeemed: int) -> RewardOut:
    """The reward as the API shows it."""
    names = ("name", "note", "price", "stock", "per_person", "first_day", "last_day")
    level = row.level.public_id if row.level else None
    told = {name: getattr(row, name) for name in names}
    archived = row.archived_at is not None
    return RewardOut(id=row.public_id, level=level, redeemed=redeemed, archived=archived, **told)


def redemption_out(row: Redemption) -> RedemptionOut:
    """The redemption as the API shows it."""
    member = Ref(id=row.member.public_id, name=row.member.name) if row.member else None
    told: dict[str, Any] = {"points": row.points, "state": row.state, "at": row.at, "by": row.by_name, "note": row.note}
    return RedemptionOut(
        id=row.public_id, reward=Ref(id=row.reward.public_id, name=row.reward.name), member=member, **told
    )


class BenefitIn(Schema):
    """What a benefit is to be; `percent` is for a discount only, `quota` null for without a limit; levels by public id."""

    name: Text
    kind: Literal["text", "discount", "shipping", "gift", "priority", "vip"] = "text"
    percent: int | None = None
    note: Text = ""
    quota: int | None = None
    period: Literal["month", "quarter", "year", "ever"] = "month"
    levels: list[Text] = Field(default=[], max_length=200)
    tiers: list[Literal["ordinary", "active", "contributing", "professional"]] = []


class OfferState(Schema):
    """Whether it is off the offer."""

    archived: bool


class UseQuery(Schema):
    """Which uses: of that benefit (its public id), by somebody called so."""

    benefit: Text = ""
    search: Text = ""
    limit: Limit = 50
    cursor: Cursor = ""


class BenefitUseOut(Schema):
    """A use of a benefit."""

    member: Ref
    benefit: Ref
    at: datetime
    note: str
    by: str


class RewardIn(Schema):
    """What a reward is to be; null for no limit. `seen` is the stock you know of: it changes only where it still is that."""

    name: Text
    price: int
    note: Text = ""
    stock: int | None = None
    per_person: int | None = None
    level: Text = Field("", description="public id of the least level it takes; empty for any")
    first_day: Day | None = None
    last_day: Day | None = None
    seen: int | None = Field(None, description="left out: whatever the stock is")


def use_out(row: BenefitUse) -> BenefitUseOut:
    """The use as the API shows it."""
    member = row.member.own_identity.member
    who, what = (Ref(id=each.public_id, name=each.name) for each in (member, row.benefit))
    return BenefitUseOut(member=who, benefit=what, at=row.at, note=row.note, by=row.by_name)
