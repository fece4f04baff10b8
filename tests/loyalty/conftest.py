"""A programme at the top, and a few people with orders in a shop."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from qunyu.commerce.models import Order
from qunyu.communities.models import Community
from qunyu.kernel.platform_ids import keyed_id, sealed_id
from qunyu.kernel.scope import Scope
from qunyu.loyalty.models import Programme
from qunyu.loyalty.programmes import RuleSetting, save_programme, set_rule
from qunyu.members.models import Identity, Member, Membership
from qunyu.people.models import Unit
from qunyu.people.queries import root_unit
from tests.deployment_fixtures import NOW

Buyer = Callable[..., Member]


@pytest.fixture
def programme(system: Scope) -> Programme:
    """Points called 茶豆 that last twelve months: one for each yuan paid since the first of January."""
    told = {
        "name": "茶友会",
        "currency": "茶豆",
        "expiry": "months",
        "expiry_months": 12,
        "starts_on": date(2026, 1, 1),
    }
    made = save_programme(by=system, unit=root_unit(), now=NOW, told=told)
    setting = RuleSetting(True, {"units": 1, "points": 1}, date(2026, 1, 1))
    set_rule(by=system, programme=made, rule="order_amount", setting=setting, now=NOW)
    return made


@pytest.fixture
def community(unit: Unit) -> Community:
    """The community "tea" of 华东店."""
    return Community.objects.create(platform="wechat", key="tea", name="tea", unit=unit)


def order(member: Member, unit: Unit, number: str, amount: int, at: datetime = NOW, **more: Any) -> Order:
    """A paid order of fen in that unit."""
    identity = Identity.objects.get(own_member=member)
    told = {"status": "paid", "currency": "CNY", **more}
    return Order.objects.create(
        unit=unit, reference=f"{number} CNY", number=number, fact_id=number, customer=identity, ordered_at=at,
        amount=amount, **told,
    )  # fmt: skip


@pytest.fixture
def buyer(unit: Unit, community: Community) -> Buyer:
    """Somebody in the community since two hundred days before, who paid these amounts (in fen) on the days before NOW."""

    def make(name: str, *amounts: int) -> Member:
        member = Member.objects.create(name=name)
        identity = Identity.objects.create(
            member=member, own_member=member, platform="wechat", key=keyed_id(name), sealed=sealed_id(name), name=name
        )
        came = NOW - timedelta(days=200)
        Membership.objects.create(identity=identity, community=community, first_at=came, last_at=NOW, joined_at=came)
        for number, amount in enumerate(amounts, 1):
            order(member, unit, f"{name}-{number}", amount, NOW - timedelta(days=number))
        return member

    return make
