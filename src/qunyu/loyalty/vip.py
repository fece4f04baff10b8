"""VIP communities: how one gets in, and the fees that people paid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import F, Max, QuerySet

from qunyu.commerce.queries import orders
from qunyu.communities.duties import local_day
from qunyu.communities.queries import communities_where
from qunyu.kernel import audit
from qunyu.kernel.errors import DomainError
from qunyu.kernel.money import CURRENCIES
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.loyalty.ledger import require_points
from qunyu.loyalty.levels import check_bars, kept
from qunyu.loyalty.models import Level, Programme, VipCommunity, VipFee
from qunyu.loyalty.programmes import reach, units_of
from qunyu.loyalty.rules.levels import Bar
from qunyu.loyalty.rules.lots import later
from qunyu.members.own import own_members

if TYPE_CHECKING:
    from qunyu.communities.models import Community
    from qunyu.members.models import Member

NOTED = Words("这笔订单已登记过", "that order is noted already")
NO_WAY = Words(
    "请选择等级、填写年费，或至少填写一项门槛", "choose a level, write a yearly fee, or fill in one bar at least"
)


def vip_communities(scope: Scope) -> QuerySet[VipCommunity]:
    """The VIP communities whose people `scope` may see, by name."""
    here = communities_where(scope, "members.view")
    found = VipCommunity.objects.filter(community__in=here).select_related("community__unit", "level", "programme")
    return found.order_by("community__name", "pk")


def find_vip(scope: Scope, community_id: str) -> VipCommunity:
    """The VIP community with that public id of its community.

    Raises DomainError unknown_community.
    """
    found = vip_communities(scope).filter(community__public_id=community_id).first()
    if found is None:
        message = Words("没有编号为“{id}”的 VIP 社群", "there is no VIP community with the id “{id}”")
        raise DomainError("unknown_community", message.fill(id=community_id), id=community_id)
    return found


@dataclass(frozen=True)
class Terms:
    """How one gets in: from a level on, for a yearly fee in minor units, or by bars (`every`: all of them, else one); at least one way."""

    level: Level | None = None
    fee: int | None = None
    currency: str = ""
    bars: Sequence[Bar] = ()
    every: bool = False


@transaction.atomic
def mark(*, by: Scope, community: Community, terms: Terms, now: datetime) -> VipCommunity:
    """Makes a community a VIP one, or changes how one gets in.

    Raises Denied; DomainError bad_vip with the `field`.
    """
    by.require("settings.edit", community.unit_id)
    programme = Programme.objects.filter(pk=reach().get(community.unit_id, 0)).first()
    if programme is None:
        raise DomainError("bad_vip", Words("这个社群所在单位还没有积分方案", "its unit has no points programme yet"), field="community")  # fmt: skip
    _check(programme, terms)
    told: dict[str, Any] = {name: getattr(terms, name) for name in ("level", "fee", "currency", "every")}
    told |= {"programme": programme, "bars": [kept(each) for each in terms.bars]}
    row, _ = VipCommunity.objects.update_or_create(community=community, defaults=told)
    audit.record(by=by.actor, action="vip.mark", kind="community", id=community.pk, now=now)
    return row


def _check(programme: Programme, terms: Terms) -> None:
    if terms.level is None and terms.fee is None and not terms.bars:
        raise DomainError("bad_vip", NO_WAY, field="level")
    if terms.level is not None and terms.level.programme_id != programme.pk:
        raise DomainError(
            "bad_vip", Words("这个等级属于另一个方案", "that level is of another programme"), field="level"
        )
    if terms.fee is not None and (not 0 < terms.fee < 10**12 or terms.currency not in CURRENCIES):
        raise DomainError("bad_vip", Words("年费无效，或没有币种", "the fee or its currency is not valid"), field="fee")
    check_bars(terms.bars, "bars", "bad_vip")


@transaction.atomic
def unmark(*, by: Scope, vip: VipCommunity, now: datetime) -> None:
    """Makes it an ordinary community again; one whose fees were noted stays, for what was paid must not be forgotten.

    Raises Denied; DomainError vip_has_fees.
    """
    by.require("settings.edit", vip.community.unit_id)
    if VipFee.objects.filter(vip=vip, withdrawn_at=None).exists():
        raise DomainError("vip_has_fees", Words("已有会费记录，不能取消", "fees were noted; it stays a VIP community"))
    audit.record(by=by.actor, action="vip.unmark", kind="community", id=vip.community_id, now=now)
    vip.delete()


@dataclass(frozen=True)
class Paid:
    """A fee: when it was paid (the order's day where an order's number is given), and a note."""

    on: date
    order_number: str = ""
    note: str = ""


@transaction.atomic
def note_fee(*, by: Scope, vip: VipCommunity, member: Member, paid: Paid, now: datetime) -> VipFee:
    """Notes a year's fee: from the day it was paid, or from the end of what is paid already.

    Raises Denied; DomainError bad_fee with the `field`.
    """
    require_points(by, vip.programme, member)
    if vip.fee is None:
        raise DomainError("bad_fee", Words("这个社群不收年费", "this community has no fee"), field="on")
    on = _day_of_order(by, vip, member, paid.order_number) if paid.order_number else paid.on
    before = paid_until([vip], [member.pk]).get((vip.pk, member.pk))
    start = before if before is not None and before >= on else on
    who = {"by": by.actor.key, "by_name": by.actor.name[:120]}
    row = VipFee(
        vip=vip, member=member, paid_on=on, until=later(start, 12), amount=vip.fee, currency=vip.currency,
        order_number=paid.order_number, note=paid.note.strip()[:200], at=now, **who,
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        # Somebody else noted the same order at this moment.
        raise DomainError("bad_fee", NOTED, field="order_number") from None
    audit.record(by=by.actor, action="vip.fee", kind="member", id=member.pk, now=now, community=vip.community_id)
    return row


def _day_of_order(by: Scope, vip: VipCommunity, member: Member, number: str) -> date:
    """The day of the order that pays the fee: one of the programme's units, with enough of it not paid back.

    Raises DomainError bad_fee with the `field`.
    """
    mine = orders(by).filter(number=number, status="paid", customer__own_member__in=own_members(member.pk))
    here = mine.filter(unit__in=units_of(vip.programme), currency=vip.currency)
    order = here.filter(amount__gte=F("refund") + (vip.fee or 0)).order_by("ordered_at").first()
    if order is None:
        message = Words(
            "没有这个人金额足够的已付款订单“{n}”", "there is no paid order “{n}” of this person that covers the fee"
        )
        raise DomainError("bad_fee", message.fill(n=number), field="order_number")
    if VipFee.objects.filter(vip=vip, order_number=number, withdrawn_at=None).exists():
        raise DomainError("bad_fee", NOTED, field="order_number")
    return local_day(order.ordered_at)


@transaction.atomic
def withdraw_fee(*, by: Scope, fee: VipFee, member: Member, now: datetime) -> None:
    """Takes back what was noted by mistake; again changes nothing.

    Raises Denied.
    """
    require_points(by, fee.vip.programme, member)
    if VipFee.objects.filter(pk=fee.pk, withdrawn_at=None).update(withdrawn_at=now):
        data = {"community": fee.vip.community_id}
        audit.record(by=by.actor, action="vip.fee_back", kind="member", id=member.pk, now=now, **data)


def fees_of(scope: Scope, member: Member) -> list[VipFee]:
    """The fees of a person over all that they are, of communities whose people `scope` may see, the latest first; withdrawn ones too."""
    mine = vip_communities(scope).order_by().values("pk")
    found = VipFee.objects.filter(member__in=own_members(member.pk), vip__in=mine)
    return list(found.select_related("vip__community", "vip__programme").order_by("-paid_on", "-pk"))


def paid_until(vips: list[VipCommunity], members: list[int]) -> dict[tuple[int, int], date]:
    """(VIP community, person) -> until when a fee is paid."""
    rows = VipFee.objects.filter(vip__in=vips, withdrawn_at=None, member__own_identity__member__in=members)
    grouped = rows.order_by().values_list("vip", "member__own_identity__member").annotate(last=Max("until"))
    return {(vip, member): last for vip, member, last in grouped}
