"""Levels as occasions: who came up to one, and whose standing ends."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from qunyu.care.finding import find_occasions
from qunyu.care.kind import kinds
from qunyu.care.models import Occasion
from qunyu.care.queries import occasions
from qunyu.care.settings import change_care
from qunyu.commerce.models import Order
from qunyu.communities.models import Community
from qunyu.kernel.scope import Scope
from qunyu.loyalty.levels import Given, Rung, bar, give_level, save_level
from qunyu.loyalty.models import Level, Programme
from qunyu.loyalty.programmes import save_programme
from qunyu.loyalty.standing import renew
from qunyu.members.models import Member, Membership
from qunyu.people.models import Unit
from qunyu.people.queries import root_unit, scope_of
from tests.care.conftest import bought
from tests.deployment_fixtures import NOW, AddStaff
from tests.loyalty.conftest import Buyer

TODAY, DAY = date(2026, 3, 20), timedelta(days=1)
GOLD = Rung("金", [bar("spent_year", 100_00, "CNY")], months=3)


@pytest.fixture
def ladder(programme: Programme, system: Scope) -> list[Level]:
    """普通 for everybody, 银 for two orders, 金 for 100 yuan in a year, for three months."""
    rungs = (Rung("普通", months=0), Rung("银", [bar("orders", 2)]), GOLD)
    return [save_level(by=system, programme=programme, level=None, rung=each, now=NOW) for each in rungs]


@pytest.fixture
def rich(programme: Programme, ladder: list[Level], buyer: Buyer, system: Scope) -> Member:
    """Rich came to 金 on the ladder's first day, 28 February, Tom to 普通."""
    found = buyer("Rich", 60_00, 50_00)
    buyer("Tom", 5_00)
    renew(by=system, programme=programme, now=NOW, today=TODAY - 20 * DAY)
    return found


def night(programme: Programme, system: Scope, day: date = TODAY) -> None:
    renew(by=system, programme=programme, now=NOW, today=day)


def found(kind: str, minutes: int = 0) -> list[tuple[str, int, str]]:
    """Name, days from today and why."""
    find_occasions(now=NOW + timedelta(minutes=minutes))
    rows = Occasion.objects.filter(kind=kind).order_by("day", "member__name").select_related("member")
    return [(each.member.name, (each.day - TODAY).days, str(kinds()[kind].why(each.evidence))) for each in rows]


def test_whoever_came_up_is_congratulated(
    programme: Programme, rich: Member, system: Scope, unit: Unit, buyer: Buyer, asked: list[str]
) -> None:
    # On a ladder's first day nobody came up, and to a level for everybody neither.
    buyer("New")
    night(programme, system, TODAY - 3 * DAY)
    assert found("level_reached") == []
    tom = Member.objects.get(name="Tom")
    bought(tom, unit, NOW - 3 * DAY)
    night(programme, system, TODAY - 2 * DAY)
    assert found("level_reached", 1) == found("level_reached", 2) == [("Tom", -2, "升到“银”")]
    # Later that day once more: one word is enough, about the last step.
    Order.objects.filter(customer__own_member=tom).update(amount=90_00)
    night(programme, system, TODAY - 2 * DAY)
    assert found("level_reached", 3) == [("Tom", -2, "升到“金”")]
    change_care(by=system, unit=unit, changes={"care.level_reached.days": 3}, now=NOW)
    assert found("level_reached", 4) == [("Tom", 1, "升到“金”")]
    # Whoever fell since is congratulated on no more than where they still are.
    mine = Order.objects.filter(customer__own_member=tom)
    mine.update(amount=5_00)
    night(programme, system, date(2026, 7, 1))
    assert found("level_reached", 5) == [("Tom", 1, "升到“银”")]
    mine.delete()
    night(programme, system, date(2028, 7, 1))
    assert found("level_reached", 6) == []


def test_a_level_that_ends_says_what_keeps_it(
    programme: Programme, ladder: list[Level], rich: Member, system: Scope, asked: list[str]
) -> None:
    # Until 28 May (three months): 30 days before are 39 from today. Whoever meets the bars keeps it anyway.
    assert found("level_ending") == []
    Order.objects.filter(customer__own_member=rich).update(amount=5_00)
    why = "“金”到 2026-05-28 为止；保级条件：近 12 个月实付 ≥ 100.00 CNY"
    assert found("level_ending", 1) == [("Rich", 39, why)]
    change_care(by=system, unit=root_unit(), changes={"care.level_ending.days": 60}, now=NOW)
    assert found("level_ending", 2) == [("Rich", 9, why)]
    keep = [bar("orders", 3), bar("points_year", 500)]
    save_level(by=system, programme=programme, level=ladder[2], rung=Rung("金", GOLD.bars, keep, months=3), now=NOW)
    assert found("level_ending", 3)[0][2].endswith("已付款订单数 ≥ 3，或近 12 个月获得积分 ≥ 500")
    save_level(by=system, programme=programme, level=ladder[2], rung=Rung("金", GOLD.bars, keep[:1], True, 3), now=NOW)
    assert found("level_ending", 4)[0][2].endswith("保级条件：已付款订单数 ≥ 3")
    save_level(by=system, programme=programme, level=ladder[2], rung=Rung("金", GOLD.bars, [bar("orders", 2)], months=3), now=NOW)  # fmt: skip
    assert found("level_ending", 5) == []


def test_a_level_given_by_hand_ends_too(programme: Programme, ladder: list[Level], rich: Member, system: Scope) -> None:
    tom = Member.objects.get(name="Tom")
    give_level(by=system, level=ladder[2], member=tom, given=Given("老客户", TODAY + 40 * DAY), now=NOW)
    assert found("level_reached") == [("Tom", 0, "升到“金”")]
    assert [each[:2] for each in found("level_ending", 1)] == [("Tom", 10)]
    bought(tom, root_unit(), NOW)
    Order.objects.filter(customer__own_member=tom).update(amount=90_00)
    assert found("level_ending", 2) == []


def test_who_sees_of_a_programme_sees_its_levels(
    programme: Programme,
    ladder: list[Level],
    rich: Member,
    system: Scope,
    staff: AddStaff,
    unit: Unit,
    other_unit: Unit,
) -> None:
    far = Community.objects.create(platform="wechat", key="far", name="far", unit=other_unit)
    tom = Member.objects.get(name="Tom")
    Membership.objects.create(identity=tom.identities.get(), community=far, first_at=NOW, last_at=NOW)
    give_level(by=system, level=ladder[2], member=tom, given=Given("老客户", TODAY + 40 * DAY), now=NOW)
    find_occasions(now=NOW)
    here, there = (scope_of(staff(each.name, "admin", each)) for each in (unit, other_unit))
    assert [{each.kind for each in occasions(scope)} for scope in (here, there)] == [
        {"level_reached", "level_ending"}
    ] * 2
    # The other unit gets a programme of its own: the one at the top is no affair of theirs any more.
    told = {"name": "华南", "currency": "豆", "expiry": "never", "starts_on": TODAY}
    save_programme(by=system, unit=other_unit, now=NOW, told=told)
    assert [occasions(scope).count() for scope in (here, there)] == [2, 0]
