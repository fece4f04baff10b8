"""VIP communities and their fees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from ninja import Field, Schema

from qunyu.api.paging import Cursor, Limit
from qunyu.api.schemas.basics import Day, Ref, Text, ref_of
from qunyu.api.schemas.levels import BarIn, bar_out
from qunyu.loyalty.levels import bars_kept

if TYPE_CHECKING:
    from qunyu.kernel.words import Words
    from qunyu.loyalty.models import VipCommunity, VipFee
    from qunyu.members.models import Member


class TermsIn(Schema):
    """How one gets in: from a level of a programme on, for a yearly fee in minor units, or by bars (`every`: all of them, else one)."""

    programme: Text = Field("", description="public id of the programme whose level it is; only with `level`")
    level: Text = ""
    fee: int | None = None
    currency: Text = ""
    bars: list[BarIn] = Field(default=[], max_length=12)
    every: bool = False


class VipOut(Schema):
    """A VIP community, how one gets in, and how many whom the caller may see are on each of its lists."""

    community: Ref
    level: str | None
    fee: int | None
    currency: str
    bars: list[BarIn]
    every: bool
    counts: dict[str, int] = Field(description="by list: present, unmet, ending, invite")


class VipQuery(Schema):
    """Which list, and who on it: everybody there, those without the right to be, whose fee ends soon, who could be invited."""

    list: Literal["present", "unmet", "ending", "invite"] = "present"
    search: Text = ""
    limit: Limit = 50
    cursor: Cursor = ""


class VipPerson(Schema):
    """Somebody in a list of a VIP community; `why` is what lets them in, or else what is missing."""

    member: Ref
    level: str | None
    paid_until: date | None
    why: list[str]


class FeeIn(Schema):
    """A year's fee: the day it was paid, and the order's number where an order tells of it."""

    community: Text = Field(description="public id of the community")
    on: Day
    order_number: Text = ""
    note: Text = ""


class FeeOut(Schema):
    """A fee somebody paid."""

    id: str
    community: Ref
    paid_on: date
    until: date
    amount: int
    currency: str


def vip_out(row: VipCommunity, counts: Mapping[str, int]) -> VipOut:
    """The VIP community as the API shows it."""
    told: dict[str, Any] = {name: getattr(row, name) for name in ("fee", "currency", "every")}
    level, bars = row.level.name if row.level else None, [bar_out(each) for each in bars_kept(row.bars)]
    return VipOut(community=ref_of(row.community), level=level, bars=bars, counts=dict(counts), **told)


def vip_person(row: Member, why: Sequence[Words]) -> VipPerson:
    """A row of a list as the API shows it."""
    level, until = (getattr(row, name, None) for name in ("level_name", "until"))
    member = Ref(id=row.public_id, name=row.name)
    return VipPerson(member=member, level=level, paid_until=until, why=[str(each) for each in why])


def fee_out(vip: VipCommunity, row: VipFee) -> FeeOut:
    """The fee as the API shows it."""
    told: dict[str, Any] = {name: getattr(row, name) for name in ("paid_on", "until", "amount", "currency")}
    return FeeOut(id=row.public_id, community=ref_of(vip.community), **told)
