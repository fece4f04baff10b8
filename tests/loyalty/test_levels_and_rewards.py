"""Levels with reasons, benefits within their quota, rewards within their stock, and VIP communities."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from qunyu.commerce.models import Order
from qunyu.communities.models import Community
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Denied, Scope
from qunyu.loyalty import benefits, levels, rewards, vip
from qunyu.loyalty.accounts import balances
from qunyu.loyalty.benefits import Offer
from qunyu.loyalty.deeds import Told
from qunyu.loyalty.door import LISTS, at_door, counts
from qunyu.loyalty.earnings import collect
from qunyu.loyalty.ledger import Gift, check, move
from qunyu.loyalty.levels import Given, Rung, give_level, save_level
from qunyu.loyalty.models import Benefit, BenefitUse, Level, Programme, Redemption, Reward, VipCommunity, VipFee
from qunyu.loyalty.programmes import save_programme
from qunyu.loyalty.rewards import Prize
from qunyu.loyalty.rules.levels import Bar
from qunyu.loyalty.standing import renew
from qunyu.members.merging import merge
from qunyu.members.models import Member
from qunyu.people.models import Unit
from qunyu.people.queries import scope_of
from tests.deployment_fixtures import NOW, AddStaff
from tests.loyalty.conftest import Buyer

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 20)


@pytest.fixture
def ladder(programme: Programme, system: Scope) -> list[Level]:
    """普通 for everybody, 银 for two orders, 金 for 100 yuan in a year."""
    rungs = (
        Rung("普通", months=0),
        Rung("银", [Bar("orders", 2)]),
        Rung("金", [Bar("spent_year", 100_00, "CNY")], months=3),
    )
    return [save_level(by=system, programme=programme, level=None, rung=each, now=NOW) for each in rungs]


def stands(programme: Programme, system: Scope, today: date = TODAY) -> dict[str, str]:
    """Name -> level, after the night."""
    renew(by=system, programme=programme, now=NOW, today=today)
    found = levels.levels_of(programme, list(Member.objects.values_list("pk", flat=True)))
    return {Member.objects.get(pk=member).name: level.name for member, level in found.items()}


def test_the_night_puts_everybody_where_the_bars_say(
    programme: Programme, ladder: list[Level], buyer: Buyer, system: Scope, staff: AddStaff, unit: Unit
) -> None:
    mei = buyer("Mei", 60_00, 50_00)
    buyer("Tom", 5_00)
    assert stands(programme, system) == {"Mei": "金", "Tom": "普通"}
    assert renew(by=system, programme=programme, now=NOW, today=TODAY).count({}, 1) == 0
    (change,) = levels.changes_of(system, mei)
    assert [str(each) for each in levels.reason_of(system, change)] == [
        "达到门槛",
        "近 12 个月实付 110.00 CNY（标准 100.00 CNY）",
    ]
    seen = scope_of(staff("admin", "admin", unit))
    assert [str(each) for each in levels.reason_of(seen, change)] == ["达到门槛", "订单指标（无查看权限）"]
    # The refund lets nobody fall before the three months are over; then the lower bars decide.
    Order.objects.filter(number="Mei-1").update(refund=60_00)
    assert stands(programme, system, date(2026, 6, 20))["Mei"] == "金"
    assert stands(programme, system, date(2026, 6, 21))["Mei"] == "普通"
    assert next(str(each) for each in levels.reason_of(system, levels.changes_of(system, mei)[0])).startswith("到期")
    level, left = levels.next_level(programme, mei.pk, TODAY) or (None, [])
    assert (level, [str(each) for each in levels.shortfall(system, programme, left)]) == (
        ladder[1],
        ["已付款订单数 还差 1"],
    )


def test_a_preview_says_who_would_move_and_writes_nothing(
    programme: Programme, ladder: list[Level], buyer: Buyer, system: Scope
) -> None:
    buyer("Mei", 60_00, 50_00)
    buyer("Tom", 5_00)
    stands(programme, system)
    found = levels.try_level(programme, ladder[1], Rung("银", [Bar("orders", 1)]), TODAY)
    assert (found.people, found.moves[ladder[0].pk, ladder[1].pk], found.moves[ladder[2].pk, ladder[2].pk]) == (2, 1, 1)
    assert stands(programme, system)["Tom"] == "普通"
    for rung in (Rung("金"), Rung("银", [Bar("spent_ever", 5)]), Rung("银", months=999)):
        with pytest.raises(DomainError) as refused:
            save_level(by=system, programme=programme, level=ladder[1], rung=rung, now=NOW)
        assert refused.value.code == "bad_level"


def test_a_level_by_hand_until_a_day(programme: Programme, ladder: list[Level], buyer: Buyer, system: Scope) -> None:
    mei = buyer("Mei", 5_00)
    stands(programme, system)
    given = give_level(by=system, level=ladder[2], member=mei, given=Given("老客户", TODAY), now=NOW)
    assert levels.levels_of(programme, [mei.pk])[mei.pk] == ladder[2]
    assert levels.grants_of(system, mei, TODAY) == [given]
    assert stands(programme, system, TODAY + timedelta(days=1)) == {"Mei": "普通"}
    levels.end_grant(by=system, grant=given, member=mei, now=NOW)
    assert levels.grants_of(system, mei, TODAY) == []
    with pytest.raises(DomainError, match="用到"):
        levels.remove_level(by=system, level=ladder[0], now=NOW)


def test_merged_people_stand_once(programme: Programme, ladder: list[Level], buyer: Buyer, system: Scope) -> None:
    mei, alias = buyer("Mei", 60_00), buyer("小美", 50_00)
    assert stands(programme, system) == {"Mei": "普通", "小美": "普通"}
    merge(by=system, one=mei, other=alias, now=NOW)
    assert stands(programme, system) == {"Mei": "金"}


@pytest.fixture
def tea_time(programme: Programme, ladder: list[Level], system: Scope) -> Benefit:
    """Once a month for 金."""
    offer = Offer("品茶会", "gift", quota=1, levels=[ladder[2].pk])
    return benefits.save_benefit(by=system, programme=programme, benefit=None, offer=offer, now=NOW)


def test_a_benefit_within_its_quota(programme: Programme, tea_time: Benefit, buyer: Buyer, system: Scope) -> None:
    mei, tom = buyer("Mei", 100_00), buyer("Tom")
    stands(programme, system)
    benefits.use_benefit(by=system, benefit=tea_time, member=mei, note="带朋友", now=NOW)
    for member, code in ((mei, "benefit_used_up"), (tom, "no_benefit")):
        with pytest.raises(DomainError) as refused:
            benefits.use_benefit(by=system, benefit=tea_time, member=member, now=NOW)
        assert refused.value.code == code
    benefits.use_benefit(by=system, benefit=tea_time, member=mei, now=NOW + timedelta(days=20))
    assert BenefitUse.objects.count() == 2
    assert [(each.used, each.left) for each in benefits.rights_of(programme, mei, TODAY)] == [(1, 0)]
    alias = buyer("小美")
    merge(by=system, one=mei, other=alias, now=NOW)
    with pytest.raises(DomainError):
        benefits.use_benefit(by=system, benefit=tea_time, member=mei, now=NOW)


@pytest.fixture
def mug(programme: Programme, system: Scope) -> Reward:
    """A mug for 40 points, two in stock, two for each person."""
    return rewards.save_reward(by=system, programme=programme, reward=None, prize=Prize("茶杯", 40, stock=2, per_person=2), now=NOW)  # fmt: skip


def test_a_reward_is_redeemed_handed_over_and_cancelled(
    programme: Programme, mug: Reward, buyer: Buyer, system: Scope
) -> None:
    mei, tom = buyer("Mei", 100_00), buyer("Tom", 90_00)
    collect(by=system, programme=programme, told=Told(), now=NOW)
    first = rewards.redeem(by=system, reward=mug, member=mei, key="k", now=NOW)
    assert rewards.redeem(by=system, reward=mug, member=mei, key="k", now=NOW) == first
    second = rewards.redeem(by=system, reward=mug, member=tom, now=NOW)
    with pytest.raises(DomainError) as refused:
        rewards.redeem(by=system, reward=mug, member=tom, now=NOW)
    assert refused.value.code == "out_of_stock"
    assert [each.points for each in balances(system, tom, TODAY)] == [50]
    rewards.hand_over(by=system, redemption=first, now=NOW)
    rewards.cancel(by=system, redemption=second, now=NOW)
    for act in (rewards.hand_over, rewards.cancel):
        with pytest.raises(DomainError, match="已经"):
            act(by=system, redemption=second, now=NOW)
    assert [each.points for each in balances(system, tom, TODAY)] == [90]
    assert Reward.objects.get().stock == 1
    assert check() == []


@pytest.mark.parametrize(
    ("prize", "code"),
    [
        (Prize("茶杯", 400), "not_enough_points"),
        (Prize("茶杯", 40, per_person=1), "reward_limit"),
        (Prize("茶杯", 40, last_day=date(2026, 3, 19)), "reward_over"),
        (Prize("茶杯", 40, first_day=date(2026, 3, 21)), "reward_over"),
    ],
)
def test_what_a_reward_refuses(
    programme: Programme, mug: Reward, buyer: Buyer, system: Scope, prize: Prize, code: str
) -> None:
    mei = buyer("Mei", 100_00)
    collect(by=system, programme=programme, told=Told(), now=NOW)
    rewards.redeem(by=system, reward=mug, member=mei, now=NOW)
    changed = rewards.save_reward(by=system, programme=programme, reward=mug, prize=prize, now=NOW)
    with pytest.raises(DomainError) as refused:
        rewards.redeem(by=system, reward=changed, member=mei, now=NOW)
    assert (refused.value.code, Redemption.objects.count()) == (code, 1)


def test_a_reward_for_a_level(
    programme: Programme, ladder: list[Level], mug: Reward, buyer: Buyer, system: Scope
) -> None:
    mei = buyer("Mei", 50_00)
    collect(by=system, programme=programme, told=Told(), now=NOW)
    stands(programme, system)
    prize = Prize("茶杯", 40, level=ladder[2])
    gold = rewards.save_reward(by=system, programme=programme, reward=mug, prize=prize, now=NOW)
    with pytest.raises(DomainError, match="金"):
        rewards.redeem(by=system, reward=gold, member=mei, now=NOW)


def lists(scope: Scope, marked: VipCommunity) -> dict[str, list[str]]:
    """The names on each list of a VIP community, which are as many as are counted."""
    found = {each: [row.name for row in at_door(scope, marked, TODAY, each).order_by("name")] for each in LISTS}
    assert counts(scope, marked, TODAY) == {each: len(names) for each, names in found.items()}
    return found


def test_a_vip_community(
    programme: Programme, ladder: list[Level], community: Community, buyer: Buyer, system: Scope, staff: AddStaff, unit: Unit
) -> None:  # fmt: skip
    buyer("Mei", 100_00)
    tom, lin = buyer("Tom", 30_00), buyer("Lin", 100_00)
    stands(programme, system)
    terms = vip.Terms(ladder[2], 20_00, "CNY")
    marked = vip.mark(by=system, community=community, terms=terms, now=NOW)
    lin.own_identity.memberships.update(left_at=NOW)
    assert lists(system, marked) == {"present": ["Mei", "Tom"], "unmet": ["Tom"], "ending": [], "invite": ["Lin"]}
    Order.objects.filter(number="Tom-1").update(ordered_at=datetime(2025, 3, 31, 17, tzinfo=UTC))
    fee = vip.note_fee(by=system, vip=marked, member=tom, paid=vip.Paid(TODAY, "Tom-1"), now=NOW)
    assert lists(system, marked) == {"present": ["Mei", "Tom"], "unmet": [], "ending": ["Tom"], "invite": ["Lin"]}
    renewed = vip.note_fee(by=system, vip=marked, member=tom, paid=vip.Paid(TODAY), now=NOW)
    assert (fee.until, renewed.until) == (date(2026, 4, 1), date(2027, 4, 1))
    for number in ("Tom-1", "Mei-1", "nothing"):
        with pytest.raises(DomainError) as refused:
            vip.note_fee(by=system, vip=marked, member=tom, paid=vip.Paid(TODAY, number), now=NOW)
        assert refused.value.data["field"] == "order_number"
    vip.withdraw_fee(by=system, fee=renewed, member=tom, now=NOW)
    assert [each.withdrawn_at is None for each in vip.fees_of(system, tom)] == [False, True]
    with pytest.raises(Denied):
        vip.note_fee(by=scope_of(staff("a", "admin", unit)), vip=marked, member=tom, paid=vip.Paid(TODAY), now=NOW)
    assert VipFee.objects.count() == 2


def test_a_used_key_redeems_nothing_else(programme: Programme, mug: Reward, buyer: Buyer, system: Scope) -> None:
    mei, tom = buyer("Mei", 100_00), buyer("Tom", 100_00)
    collect(by=system, programme=programme, told=Told(), now=NOW)
    rewards.redeem(by=system, reward=mug, member=mei, key="k", now=NOW)
    pot = rewards.save_reward(by=system, programme=programme, reward=None, prize=Prize("茶壶", 40), now=NOW)
    for reward, member in ((pot, mei), (mug, tom)):
        with pytest.raises(DomainError) as refused:
            rewards.redeem(by=system, reward=reward, member=member, key="k", now=NOW)
        assert refused.value.code == "points_key_reused"
    assert Redemption.objects.count() == 1


def test_a_used_key_moves_points_in_its_own_programme_only(
    programme: Programme, buyer: Buyer, system: Scope, other_unit: Unit
) -> None:
    mei = buyer("Mei")
    told = {"name": "别家", "currency": "分"}
    other = save_programme(by=system, unit=other_unit, now=NOW, told=told)
    move(by=system, programme=programme, member=mei, gift=Gift(10, "签到", "k"), now=NOW)
    with pytest.raises(DomainError) as refused:
        move(by=system, programme=other, member=mei, gift=Gift(10, "签到", "k"), now=NOW)
    assert refused.value.code == "points_key_reused"


def test_saving_a_reward_forgets_nothing_redeemed_meanwhile(
    programme: Programme, mug: Reward, buyer: Buyer, system: Scope
) -> None:
    mei = buyer("Mei", 100_00)
    collect(by=system, programme=programme, told=Told(), now=NOW)
    rewards.redeem(by=system, reward=mug, member=mei, now=NOW)
    # Shown as 2: left at 2 nothing is written; 5 is refused until 1 was seen.
    for prize, stock in ((Prize("茶盏", 40, stock=2, seen=2), 1), (Prize("茶盏", 40, stock=5, seen=1), 5)):
        rewards.save_reward(by=system, programme=programme, reward=mug, prize=prize, now=NOW)
        assert Reward.objects.get().stock == stock
    with pytest.raises(DomainError) as refused:
        prize = Prize("茶碗", 40, stock=6, seen=2)
        rewards.save_reward(by=system, programme=programme, reward=mug, prize=prize, now=NOW)
    assert (refused.value.code, refused.value.data["field"]) == ("stock_moved", "stock")
    assert Reward.objects.get().name == "茶盏"


def test_a_level_that_something_asks_for_stays(
    programme: Programme, ladder: list[Level], community: Community, system: Scope
) -> None:
    prize = Prize("茶杯", 40, level=ladder[1])
    rewards.save_reward(by=system, programme=programme, reward=None, prize=prize, now=NOW)
    vip.mark(by=system, community=community, terms=vip.Terms(ladder[2]), now=NOW)
    for level in ladder[1:]:
        with pytest.raises(DomainError) as refused:
            levels.remove_level(by=system, level=level, now=NOW)
        assert refused.value.code == "level_in_use"


def test_a_lapsed_level_by_hand_is_no_reason_any_more(
    programme: Programme, ladder: list[Level], buyer: Buyer, system: Scope
) -> None:
    mei = buyer("Mei", 5_00, 5_00)
    stands(programme, system)
    give_level(by=system, level=ladder[2], member=mei, given=Given("老客户", TODAY), now=NOW)
    # One order is paid back: 银 lasts while its time does.
    Order.objects.filter(number="Mei-1").update(refund=5_00)
    assert stands(programme, system, TODAY + timedelta(days=1)) == {"Mei": "银"}
    assert levels.standings_of(mei).get().why == "holds"


def test_an_order_paid_back_or_noted_at_the_same_time_pays_no_fee(
    programme: Programme, community: Community, buyer: Buyer, system: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    mei = buyer("Mei", 20_00)
    marked = vip.mark(by=system, community=community, terms=vip.Terms(None, 20_00, "CNY"), now=NOW)

    def refused() -> str:
        with pytest.raises(DomainError) as error:
            vip.note_fee(by=system, vip=marked, member=mei, paid=vip.Paid(TODAY, "Mei-1"), now=NOW)
        assert error.value.code == "bad_fee"
        return str(error.value.message)

    Order.objects.update(refund=1)
    assert "金额足够" in refused()
    Order.objects.update(refund=0)
    vip.note_fee(by=system, vip=marked, member=mei, paid=vip.Paid(TODAY, "Mei-1"), now=NOW)
    monkeypatch.setattr(vip, "_day_of_order", lambda *told: TODAY)
    assert refused() == "这笔订单已登记过"
    assert VipFee.objects.count() == 1
