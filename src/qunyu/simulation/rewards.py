"""Rewards: the brand's points programme, ladder, benefits and rewards, through the product's own actions."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from qunyu.communities.duties import local_day
from qunyu.communities.queries import search_communities
from qunyu.flows.rewarding import reward
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.loyalty import benefits, rewards, vip
from qunyu.loyalty.benefits import Offer
from qunyu.loyalty.levels import Rung, bar, save_level
from qunyu.loyalty.programmes import RuleSetting, save_programme, set_rule
from qunyu.loyalty.rewards import Prize
from qunyu.members.queries import people
from qunyu.people.queries import root_unit

if TYPE_CHECKING:
    from qunyu.loyalty.models import Level, Programme

RULES = {
    "order_amount": {"units": 1, "points": 1},
    "first_order": {"points": 50},
    "talk": {"points": 2, "most": 3},
    "referral": {"points": 100},
}
# What a year's points are worth: one yuan for every hundred.
VALUE, CURRENCY = 1_00, "CNY"
BACK = timedelta(days=420)
# Every week of everybody is a movement: as far as a demo needs to show.
TALK_BACK = timedelta(days=60)
REDEEMED = 6


def offer_rewards(*, by: Scope, now: datetime) -> None:
    """Begins the programme, brings it up to date, and redeems a few rewards; what each does stands in docs/points.md."""
    today = local_day(now)
    told = {
        "name": "茶友会",
        "currency": "茶豆",
        "starts_on": today - BACK,
        "expiry": "months",
        "expiry_months": 12,
        "value_minor": VALUE,
        "value_currency": CURRENCY,
    }
    programme = save_programme(by=by, unit=root_unit(), now=now, told=told)
    for rule, figures in RULES.items():
        setting = RuleSetting(True, figures, today - (TALK_BACK if rule == "talk" else BACK))
        set_rule(by=by, programme=programme, rule=rule, setting=setting, now=now)
    ladder = _offer(by, programme, now)
    reward(now=now)
    room = search_communities(by, theme="会员").order_by("pk").first()
    if room is not None:
        vip.mark(by=by, community=room, terms=vip.Terms(ladder[2], 199_00, CURRENCY), now=now)
    _redeem_some(by, programme, now)


def _offer(by: Scope, programme: Programme, now: datetime) -> list[Level]:
    """The ladder, with its benefits and rewards; the lowest level first."""
    rungs = (
        Rung("茶客", months=0),
        Rung("茶友", [bar("orders", 2), bar("points_year", 200)], [bar("orders", 1)]),
        Rung("茶师", [bar("spent_year", 500_00, CURRENCY), bar("points_year", 800)], [bar("points_year", 400)]),
        Rung("掌柜", [bar("spent_year", 1200_00, CURRENCY), bar("months", 6)], every=True),
    )
    ladder = [save_level(by=by, programme=programme, level=None, rung=each, now=now) for each in rungs]
    upper = [each.pk for each in ladder[2:]]
    for offer in (
        Offer("会员折扣", "discount", 5, levels=[each.pk for each in ladder[1:]]),
        Offer("包邮", "shipping", quota=1, levels=upper),
        Offer("生日茶礼", "gift", quota=1, period="year", levels=upper, tiers=["professional"]),
        Offer("专属客服", "priority", levels=upper[1:]),
    ):
        benefits.save_benefit(by=by, programme=programme, benefit=None, offer=offer, now=now)
    for prize in (
        Prize("茶包体验装", 100, stock=200, per_person=2),
        Prize("玻璃公道杯", 300, stock=20, per_person=1, level=ladder[1]),
        Prize("手工紫砂壶", 1500, stock=3, per_person=1, level=ladder[2]),
    ):
        rewards.save_reward(by=by, programme=programme, reward=None, prize=prize, now=now)
    return ladder


def _redeem_some(by: Scope, programme: Programme, now: datetime) -> None:
    """The first who have the points redeem the cheapest reward; every other one has got it by now."""
    cheapest = rewards.rewards(programme)[0]
    rich = people(by).filter(role="member", point_accounts__balance__gte=cheapest.price).order_by("pk").distinct()
    for number, member in enumerate(rich[:REDEEMED]):
        try:
            made = rewards.redeem(by=by, reward=cheapest, member=member, now=now)
        except DomainError:
            # Points that expired and are not booked yet.
            continue
        if number % 2 == 0:
            rewards.hand_over(by=by, redemption=made, now=now)
