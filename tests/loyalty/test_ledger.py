"""Points: given, taken, expired, earned, taken back, reversed, and kept apart when people come apart."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from qunyu.commerce.models import Order
from qunyu.kernel.errors import DomainError
from qunyu.kernel.models import AuditEntry
from qunyu.kernel.scope import Denied, Scope
from qunyu.loyalty.accounts import balances, entries, expiring, totals
from qunyu.loyalty.deeds import Told
from qunyu.loyalty.earnings import Collected, collect
from qunyu.loyalty.ledger import Gift, check, expire_due, move, reverse
from qunyu.loyalty.models import Account, Movement, Programme
from qunyu.loyalty.programmes import RuleSetting, programmes, save_programme, set_rule
from qunyu.loyalty.standing import people_of
from qunyu.members.merging import merge, unmerge
from qunyu.members.models import Identity, Member
from qunyu.people.models import Unit
from qunyu.people.queries import scope_of
from tests.deployment_fixtures import NOW, AddStaff
from tests.loyalty.conftest import Buyer, order

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 20)


def points(scope: Scope, member: Member, today: date = TODAY) -> tuple[int, int]:
    """What somebody can spend, and what they owe."""
    (found,) = balances(scope, member, today)
    return found.points, found.owed


def earned(programme: Programme, scope: Scope, told: Told | None = None) -> Collected:
    found = collect(by=scope, programme=programme, told=told or Told(), now=NOW)
    assert check() == []
    return found


def test_given_taken_and_reversed(programme: Programme, buyer: Buyer, system: Scope) -> None:
    mei = buyer("Mei")
    given = move(by=system, programme=programme, member=mei, gift=Gift(100, "生日"), now=NOW)
    move(by=system, programme=programme, member=mei, gift=Gift(-30, "换货"), now=NOW)
    with pytest.raises(DomainError, match="积分不足：需要 71，可用 70"):
        move(by=system, programme=programme, member=mei, gift=Gift(-71, "太多"), now=NOW)
    assert points(system, mei) == (70, 0)
    # What was spent of it meanwhile is owed, and netted from what comes next.
    reverse(by=system, movement=given, reason="给错人", now=NOW)
    again = reverse(by=system, movement=given, reason="给错人", now=NOW)
    assert again.reverses == given
    assert points(system, mei) == (0, 30)
    move(by=system, programme=programme, member=mei, gift=Gift(50, "补发"), now=NOW)
    assert points(system, mei) == (20, 0)
    kinds = [each.movement.kind for each in entries(system)]
    assert sorted(kinds) == ["give", "give", "reverse", "settle", "take"]
    assert check() == []


def test_a_key_moves_points_once_and_no_others(programme: Programme, buyer: Buyer, system: Scope) -> None:
    mei, tom = buyer("Mei"), buyer("Tom")
    for _ in range(2):
        move(by=system, programme=programme, member=mei, gift=Gift(10, "签到", "k"), now=NOW)
    assert points(system, mei) == (10, 0)
    assert AuditEntry.objects.filter(action="points.give").count() == 1
    for member, count in ((mei, 11), (tom, 10)):
        with pytest.raises(DomainError) as refused:
            move(by=system, programme=programme, member=member, gift=Gift(count, "签到", "k"), now=NOW)
        assert refused.value.code == "points_key_reused"


@pytest.mark.parametrize(("count", "reason", "code"), [(0, "空", "bad_points"), (10, " x", "reason_needed"), (10**8, "很多", "bad_points")])  # fmt: skip
def test_what_is_refused_writes_nothing(
    programme: Programme, buyer: Buyer, system: Scope, count: int, reason: str, code: str
) -> None:
    mei = buyer("Mei")
    with pytest.raises(DomainError) as refused:
        move(by=system, programme=programme, member=mei, gift=Gift(count, reason), now=NOW)
    assert refused.value.code == code
    assert not Movement.objects.exists()


def test_the_ledger_is_append_only(programme: Programme, buyer: Buyer, system: Scope) -> None:
    done = move(by=system, programme=programme, member=buyer("Mei"), gift=Gift(10, "签到"), now=NOW)
    for act in (done.save, done.delete):
        with pytest.raises(TypeError, match="append-only"):
            act()


def test_a_tampered_book_is_found(programme: Programme, buyer: Buyer, system: Scope) -> None:
    move(by=system, programme=programme, member=buyer("Mei"), gift=Gift(10, "签到"), now=NOW)
    Account.objects.update(balance=11)
    assert [(each.code, each.says, each.should) for each in check(programme)] == [("balance", 11, 10), ("lots", 10, 11)]


def test_expiry_with_notice_ahead(programme: Programme, buyer: Buyer, system: Scope) -> None:
    mei = buyer("Mei")
    move(by=system, programme=programme, member=mei, gift=Gift(100, "生日"), now=NOW)
    day = date(2027, 3, 20)
    assert [(each.name, each.day, each.lost) for each in expiring(system, programme, day - timedelta(days=1), 1)] == [("Mei", day, 100)]  # fmt: skip
    later = NOW + timedelta(days=365)
    # Not booked yet, it can no longer be spent.
    assert points(system, mei, day) == (0, 0)
    with pytest.raises(DomainError, match="可用 0"):
        move(by=system, programme=programme, member=mei, gift=Gift(-1, "换货"), now=later)
    assert expire_due(by=system, today=day, now=later) == 100
    assert expire_due(by=system, today=day, now=later) == 0
    assert totals(system, programme).kinds == {"give": 100, "expire": -100}
    assert check() == []


def test_orders_earn_once_and_refunds_take_back(programme: Programme, buyer: Buyer, system: Scope, unit: Unit) -> None:
    mei = buyer("Mei", 12_50, 100_00)
    assert earned(programme, system) == Collected(2, 112, 0, 0)
    assert earned(programme, system) == Collected()
    move(by=system, programme=programme, member=mei, gift=Gift(-110, "换货"), now=NOW)
    Order.objects.filter(number="Mei-2").update(refund=40_00)
    assert earned(programme, system) == Collected(0, 0, 1, 40)
    assert points(system, mei) == (0, 38)
    order(mei, unit, "next", 50_00)
    earned(programme, system)
    assert points(system, mei) == (12, 0)
    # An order that no import tells of any more has earned nothing.
    Order.objects.filter(number="next").delete()
    assert earned(programme, system).taken_points == 50
    assert points(system, mei) == (0, 38)


def test_other_figures_count_from_then_on(programme: Programme, buyer: Buyer, system: Scope, unit: Unit) -> None:
    mei = buyer("Mei", 10_00)
    earned(programme, system)
    set_rule(by=system, programme=programme, rule="order_amount", setting=RuleSetting(True, {"units": 1, "points": 5}), now=NOW)  # fmt: skip
    order(mei, unit, "next", 10_00)
    earned(programme, system)
    assert points(system, mei) == (60, 0)
    Order.objects.filter(number="Mei-1").update(refund=10_00)
    assert earned(programme, system).taken_points == 10


def test_first_orders_joining_talk_and_referral(programme: Programme, buyer: Buyer, system: Scope) -> None:
    mei, tom = buyer("Mei", 10_00), buyer("Tom")
    ids = {each.own_member_id: each.pk for each in Identity.objects.all()}
    since = date(2025, 8, 1)
    Programme.objects.update(starts_on=since)
    programme.refresh_from_db()
    for rule in ("first_order", "join", "talk", "referral"):
        set_rule(by=system, programme=programme, rule=rule, setting=RuleSetting(True, since=since), now=NOW)
    came = NOW - timedelta(days=200)
    told = Told([(ids[tom.pk], date(2026, 3, 2), 5)], [(ids[tom.pk], ids[mei.pk], came)])
    earned(programme, system, told)
    assert earned(programme, system, told) == Collected()
    # Mei: 10 for the order, 50 for the first, 10 for joining. Tom: 10, three days at 2, 100 for Mei.
    assert (points(system, mei), points(system, tom)) == ((70, 0), (116, 0))


def test_merged_people_spend_from_both_and_part_with_their_own(
    programme: Programme, buyer: Buyer, system: Scope
) -> None:
    mei, alias = buyer("Mei", 60_00), buyer("小美", 50_00)
    earned(programme, system)
    merge(by=system, one=mei, other=alias, now=NOW)
    assert points(system, mei) == (110, 0)
    move(by=system, programme=programme, member=mei, gift=Gift(-80, "换货"), now=NOW)
    alias_identity = Identity.objects.get(own_member=alias).pk
    unmerge(by=system, member=mei, identities=[alias_identity], now=NOW)
    left = (points(system, mei)[0], points(system, alias)[0])
    assert sum(left) == 30
    assert min(left) >= 0
    assert check() == []


def test_whoever_is_gone_leaves_the_books_right(programme: Programme, buyer: Buyer, system: Scope) -> None:
    mei = buyer("Mei")
    move(by=system, programme=programme, member=mei, gift=Gift(10, "签到"), now=NOW)
    Identity.objects.all().delete()
    Member.objects.all().delete()
    expire_due(by=system, today=TODAY, now=NOW)
    assert Account.objects.get().balance == 0
    assert check() == []


def test_points_move_only_where_the_permission_holds(
    programme: Programme, buyer: Buyer, staff: AddStaff, unit: Unit, other_unit: Unit
) -> None:
    mei = buyer("Mei")
    gift = Gift(10, "签到")
    assert move(by=scope_of(staff("owner", "owner", unit)), programme=programme, member=mei, gift=gift, now=NOW).pk
    far, admin = scope_of(staff("far", "owner", other_unit)), scope_of(staff("admin", "admin", unit))
    for scope in (far, admin):
        with pytest.raises(Denied):
            move(by=scope, programme=programme, member=mei, gift=gift, now=NOW)
        with pytest.raises(Denied):
            reverse(by=scope, movement=Movement.objects.get(kind="give"), reason="给错人", now=NOW)
    assert Movement.objects.count() == 1
    assert (entries(far).count(), entries(admin).count()) == (0, 1)


def test_a_unit_goes_by_its_own_programme(
    programme: Programme, system: Scope, staff: AddStaff, unit: Unit, other_unit: Unit
) -> None:
    mine = save_programme(by=system, unit=unit, now=NOW, told={"name": "华东", "currency": "豆"})
    assert list(programmes(scope_of(staff("near", "owner", unit)))) == [mine]
    assert list(programmes(scope_of(staff("far", "owner", other_unit)))) == [programme]
    with pytest.raises(Denied):
        save_programme(by=scope_of(staff("x", "owner", unit)), unit=other_unit, now=NOW, told={"name": "x"})
    with pytest.raises(DomainError) as refused:
        save_programme(by=system, unit=unit, now=NOW, told={"value_minor": 5, "value_currency": "XXX"})
    assert refused.value.data["field"] == "value_currency"


def test_whoever_was_erased_earns_nothing_more_and_stands_nowhere(
    programme: Programme, buyer: Buyer, system: Scope, unit: Unit
) -> None:
    mei = buyer("Mei", 10_00)
    earned(programme, system)
    Member.objects.filter(pk=mei.pk).update(erased=True)
    order(mei, unit, "next", 50_00)
    assert earned(programme, system) == Collected()
    assert people_of(programme) == []
    expire_due(by=system, today=TODAY, now=NOW)
    assert (Account.objects.get().balance, Movement.objects.filter(kind="close").count()) == (0, 1)
    assert check() == []


def test_what_expired_counts_once_against_all_refunds(programme: Programme, buyer: Buyer, system: Scope) -> None:
    mei = buyer("Mei", 100_00)
    earned(programme, system)
    move(by=system, programme=programme, member=mei, gift=Gift(-60, "换货"), now=NOW)
    gone = NOW + timedelta(days=365)
    assert expire_due(by=system, today=date(2027, 3, 20), now=gone) == 40
    # Of 40 that expired the first refund takes 30, the second 10; the rest of it is owed.
    for refund, owed in ((30_00, 0), (60_00, 20), (100_00, 60)):
        Order.objects.update(refund=refund)
        collect(by=system, programme=programme, told=Told(), now=gone)
        assert (Account.objects.get().balance, Account.objects.get().owed) == (0, owed)
    assert check() == []


def test_refunds_take_back_also_under_a_rule_that_was_off(programme: Programme, buyer: Buyer, system: Scope) -> None:
    mei = buyer("Mei", 100_00)
    earned(programme, system)

    def switch(on: bool) -> None:
        setting = RuleSetting(on, {"units": 1, "points": 3})
        set_rule(by=system, programme=programme, rule="order_amount", setting=setting, now=NOW + timedelta(days=9))

    for on, refund, left in ((False, 30_00, 70), (True, 50_00, 50)):
        switch(on)
        Order.objects.update(refund=refund)
        earned(programme, system)
        assert earned(programme, system) == Collected()
        assert points(system, mei) == (left, 0)
    Order.objects.update(refund=0)
    assert earned(programme, system) == Collected()
