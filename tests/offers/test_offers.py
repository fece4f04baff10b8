"""Offers: their terms, to whom they go, what came of it, and which suits whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from qunyu.commerce.models import Order
from qunyu.communities.models import Community
from qunyu.insights.odds import Rate
from qunyu.insights.tastes import Share, Taste
from qunyu.kernel.errors import DomainError
from qunyu.kernel.personal import ERASED, holders
from qunyu.kernel.scope import Denied, Scope
from qunyu.members.models import Identity, Label, Member
from qunyu.members.personal import person_of
from qunyu.offers.actions import Plan, Terms, archive_offer, draw, give_offer, save_offer
from qunyu.offers.against import left_out_words
from qunyu.offers.drawing import held_out
from qunyu.offers.feedback import Met, met_with
from qunyu.offers.kinds import KINDS
from qunyu.offers.matching import NO_PRODUCTS, NOT_BOUGHT, NOT_MET, matches
from qunyu.offers.models import Given, Giving, Offer
from qunyu.offers.preferences import best_for, taste_of, valid
from qunyu.offers.queries import find_offer, last_order_day, offers
from qunyu.offers.results import Result, result
from qunyu.people.models import Unit
from qunyu.people.queries import root_unit, scope_of
from qunyu.privacy.consents import Said, note
from qunyu.segments.actions import add_segment
from qunyu.segments.conditions import Speaker
from qunyu.segments.models import Segment
from tests.deployment_fixtures import NOW, AddStaff

pytestmark = pytest.mark.django_db
TRIAL = Terms("试饮装", "trial", price=990)
DIRECT = Plan("direct")
LATE = date(2026, 5, 1)


@pytest.fixture
def everybody(system: Scope, unit: Unit, tea: Community) -> Segment:
    """All who are in a community: Lin, Mei and 小茶 (Tom left)."""
    condition = Speaker(system).from_text("in a community")
    return add_segment(by=system, unit=unit, name="在群的人", condition=condition, now=NOW)


@pytest.fixture
def trial(system: Scope, unit: Unit) -> Offer:
    """A trial, which nobody gets twice."""
    return save_offer(by=system, unit=unit, offer=None, terms=TRIAL, now=NOW)


def buys(name: str, days: int, unit: Unit) -> None:
    """Somebody orders so many days after NOW."""
    buyer = Identity.objects.get(name=name)
    number = f"{name}{days}"
    Order.objects.create(
        unit=unit, reference=number, fact_id="00", customer=buyer, ordered_at=NOW + timedelta(days=days), amount=100, currency="CNY", status="paid"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"name": " "}, "name"),
        ({"kind": "nothing"}, "kind"),
        ({"price": -1}, "price"),
        ({"cost": -1}, "cost"),
        ({"percent": 100}, "percent"),
        ({"currency": "yuan"}, "currency"),
        ({"currency": "XQZ"}, "currency"),
        ({"valid_from": LATE, "valid_to": LATE - timedelta(days=1)}, "valid_to"),
        ({"note": "x" * 401}, "note"),
        ({"products": ["x" * 201]}, "products"),
        ({"products": [str(each) for each in range(21)]}, "products"),
    ],
)
def test_terms_that_cannot_be_are_refused(system: Scope, unit: Unit, terms: dict[str, Any], field: str) -> None:
    with pytest.raises(DomainError) as refused:
        save_offer(by=system, unit=unit, offer=None, terms=Terms(**{"name": "好", "kind": "gift", **terms}), now=NOW)
    assert (refused.value.data["field"], Offer.objects.count()) == (field, 0)


def test_offers_are_of_units_and_called_once_in_each(
    system: Scope, unit: Unit, other_unit: Unit, trial: Offer, staff: AddStaff
) -> None:
    with pytest.raises(DomainError, match="已有方案"):
        save_offer(by=system, unit=unit, offer=None, terms=TRIAL, now=NOW)
    assert save_offer(by=system, unit=unit, offer=trial, terms=Terms("试饮装", "gift"), now=NOW).kind == "gift"
    owner, stranger = scope_of(staff("owner", "owner", unit)), scope_of(staff("stranger", "owner", other_unit))
    assert find_offer(owner, trial.public_id) == trial
    assert not offers(stranger).exists()
    with pytest.raises(DomainError, match="没有编号"):
        find_offer(stranger, trial.public_id)
    with pytest.raises(Denied):
        offers(scope_of(staff("admin", "admin", unit)))
    for act in (
        lambda: save_offer(by=stranger, unit=unit, offer=trial, terms=TRIAL, now=NOW),
        lambda: archive_offer(by=stranger, offer=trial, archived=True, now=NOW),
        lambda: taste_of(stranger, unit, "loyal", NOW),
    ):
        with pytest.raises(Denied):
            act()
    top = save_offer(
        by=system, unit=root_unit(), offer=None, terms=Terms("全体", "gift", valid_to=date(2026, 3, 31)), now=NOW
    )
    save_offer(by=system, unit=other_unit, offer=None, terms=Terms("别处", "gift"), now=NOW)
    assert set(valid(system, unit, date(2026, 3, 20))) == {trial, top}
    assert set(valid(system, unit, date(2026, 4, 1))) == {trial}


def test_a_lot_draws_the_same_people_every_time() -> None:
    members = range(1000)
    first = held_out("seed", members, 25)
    assert len(first) == 250
    assert held_out("seed", reversed(members), 25) == first
    assert held_out("other", members, 25) != first
    assert held_out("seed", members, 0) == frozenset()


def test_an_offer_goes_to_the_segment_as_it_is_without_whom_it_must_not(
    system: Scope, unit: Unit, everybody: Segment, trial: Offer, staff: AddStaff
) -> None:
    note(by=system, members=[Member.objects.get(name="Lin")], said=Said("marketing", "refused"), at=NOW, now=NOW)
    seen = draw(by=system, offer=trial, segment=everybody, plan=Plan("direct", holdout=50), seed="x", now=NOW)
    assert (len(seen.given), len(seen.held), seen.left_out) == (
        1,
        1,
        {**dict.fromkeys(left_out_words(), 0), "consent": 1},
    )
    made = give_offer(by=system, offer=trial, segment=everybody, plan=DIRECT, now=NOW)
    assert (made.given, made.held, Given.objects.count()) == (2, 0, 2)
    with pytest.raises(DomainError) as refused:
        give_offer(by=system, offer=trial, segment=everybody, plan=DIRECT, now=NOW)
    assert (refused.value.code, Giving.objects.count()) == ("nobody_to_give", 1)
    for plan, field in ((Plan("pigeon"), "channel"), (Plan("direct", 0), "days"), (Plan("direct", 14, 51), "holdout")):
        with pytest.raises(DomainError) as bad:
            give_offer(by=system, offer=trial, segment=everybody, plan=plan, now=NOW)
        assert bad.value.data["field"] == field
    archive_offer(by=system, offer=trial, archived=True, now=NOW)
    trial.refresh_from_db()
    with pytest.raises(DomainError, match="有效期"):
        give_offer(by=system, offer=trial, segment=everybody, plan=DIRECT, now=NOW)
    with pytest.raises(Denied):
        draw(by=scope_of(staff("admin", "admin", unit)), offer=trial, segment=everybody, plan=DIRECT, seed="x", now=NOW)


def test_what_came_of_it_is_held_against_the_lot_or_the_days_before(
    system: Scope, unit: Unit, everybody: Segment, trial: Offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = give_offer(by=system, offer=trial, segment=everybody, plan=DIRECT, now=NOW)
    buys("Mei", 3, unit)
    buys("Mei", 20, unit)
    buys("Lin", -2, unit)
    monkeypatch.setattr("qunyu.offers.results.LEAST_PEOPLE", 1)
    monkeypatch.setattr("qunyu.offers.results.LEAST_ORDERS", 1)
    told = result(system, made, LATE)
    # Before and after are the same people: no difference is told of them.
    assert (told.given, told.others, told.drawn, told.over, told.told) == (Rate(3, 1), Rate(3, 1), False, True, None)
    mei = Member.objects.get(name="Mei")
    Given.objects.filter(member=mei).update(held=True)
    Giving.objects.filter(pk=made.pk).update(held=1)
    made.refresh_from_db()
    told = result(system, made, LATE)
    assert (told.given, told.others, told.drawn) == (Rate(2, 0), Rate(1, 1), True)
    assert told.told is not None
    assert told.told[0] == -1.0
    other = Giving.objects.create(offer=trial, at=NOW + timedelta(days=2), days=14, holdout=0)
    Given.objects.create(giving=other, member=mei)
    told = result(system, made, LATE)
    assert (told.drawn, told.overlapped, told.told) == (False, True, None)
    person = person_of(mei)
    assert holders()["offers"].count(person) == 2
    holders()["offers"].erase(person)
    assert not Given.objects.filter(member=mei).exists()


def test_a_giving_is_over_when_orders_of_a_later_day_are_known(
    system: Scope, unit: Unit, everybody: Segment, trial: Offer
) -> None:
    plan = Plan("direct", 1)
    # 01:00 of the 21st in Shanghai: its days end on the 22nd.
    night = datetime(2026, 3, 20, 17, tzinfo=UTC)
    made = give_offer(by=system, offer=trial, segment=everybody, plan=plan, now=night)
    buys("Mei", 1, unit)
    for at, over in ((night + timedelta(hours=30), False), (night + timedelta(hours=47), True)):
        Order.objects.update(ordered_at=at)
        assert result(system, made, last_order_day(system, unit)).over is over


def test_who_is_in_a_running_giving_gets_it_by_no_other(system: Scope, unit: Unit, everybody: Segment) -> None:
    gift = save_offer(by=system, unit=unit, offer=None, terms=Terms("礼", "gift"), now=NOW)
    lot = Plan("direct", 14, 34)
    first = give_offer(by=system, offer=gift, segment=everybody, plan=lot, now=NOW, key="one")
    assert give_offer(by=system, offer=gift, segment=everybody, plan=lot, now=NOW, key="one") == first
    with pytest.raises(DomainError) as refused:
        give_offer(by=system, offer=gift, segment=everybody, plan=DIRECT, now=NOW + timedelta(days=13))
    assert (refused.value.code, Giving.objects.count()) == ("nobody_to_give", 1)
    again = give_offer(by=system, offer=gift, segment=everybody, plan=DIRECT, now=NOW + timedelta(days=14))
    assert again.given == 3


def test_what_is_given_once_stays_so_when_the_offer_is_changed(
    system: Scope, unit: Unit, everybody: Segment, trial: Offer
) -> None:
    made = give_offer(by=system, offer=trial, segment=everybody, plan=DIRECT, now=NOW)
    save_offer(by=system, unit=unit, offer=trial, terms=Terms("试饮装", "bundle", price=5), now=NOW)
    made.refresh_from_db()
    assert (made.kind, made.price, made.currency) == ("trial", 990, "CNY")
    other = save_offer(by=system, unit=unit, offer=None, terms=Terms("另一个", "trial"), now=NOW)
    with pytest.raises(DomainError) as refused:
        give_offer(by=system, offer=other, segment=everybody, plan=DIRECT, now=NOW + timedelta(days=90))
    assert refused.value.code == "nobody_to_give"


def test_an_offer_stays_in_its_unit(system: Scope, unit: Unit, other_unit: Unit, everybody: Segment) -> None:
    away = save_offer(by=system, unit=other_unit, offer=None, terms=Terms("别处", "gift"), now=NOW)
    with pytest.raises(DomainError) as refused:
        give_offer(by=system, offer=away, segment=everybody, plan=DIRECT, now=NOW)
    assert (refused.value.code, refused.value.data["field"]) == ("bad_giving", "segment")
    whole = add_segment(
        by=system, unit=root_unit(), name="全体", condition=Speaker(system).from_text("in a community"), now=NOW
    )
    with pytest.raises(DomainError) as nobody:
        give_offer(by=system, offer=away, segment=whole, plan=DIRECT, now=NOW)
    assert (nobody.value.code, Given.objects.count()) == ("nobody_to_give", 0)


def taste(**told: Any) -> Taste:
    """People of whom half are bargain hunters (of everybody a fifth), who pay small prices."""
    shares = {
        ("price", "small"): Share(Rate(100, 80), Rate(400, 100)),
        ("price", "huge"): Share(Rate(100, 0), Rate(400, 40)),
    }
    types = ({"bargain": 50, "loyal": 50}, {"bargain": 100, "loyal": 400})
    return Taste(
        **{"orders": 100, "buyers": 60, "shares": shares, "usual": {"CNY": 10000.0}, "type_counts": types, **told}
    )


def test_offers_are_matched_by_type_price_and_what_they_met_with(system: Scope, unit: Unit, everybody: Segment) -> None:
    cheap, dear, plain = (
        save_offer(by=system, unit=unit, offer=None, terms=each, now=NOW)
        for each in (Terms("小", "bundle", price=4000), Terms("大", "bundle", price=90000), Terms("无价", "reminder"))
    )
    found = matches(system, taste(), [dear, plain, cheap])
    assert [each.offer for each in found] == [cheap, plain, dear]
    # (50 + 50 × 0.2) ÷ 150 ÷ 0.2 = 2 by type; (80 + 50 × 0.25) ÷ 150 ÷ 0.25 by price.
    assert found[0].fit == pytest.approx(2.0 * (92.5 / 150 / 0.25))
    assert [factor for _, factor in found[1].reasons] == [None, None, None, None]
    few = matches(system, taste(buyers=19), [cheap])[0]
    assert [factor for _, factor in few.reasons] == [2.0, None, None, None]


def test_an_offer_names_products_and_is_matched_by_who_buys_them(system: Scope, unit: Unit) -> None:
    terms = [
        Terms("茶", "reminder", [" 白茶　 饼", "红茶", "白茶 饼", " "]),
        Terms("具", "reminder", ["盖碗"]),
        Terms("无", "reminder"),
    ]
    tea, ware, plain = (save_offer(by=system, unit=unit, offer=None, terms=each, now=NOW) for each in terms)
    tea.refresh_from_db()
    assert tea.products == ["白茶 饼", "红茶"]
    holding = {
        frozenset({"白茶 饼", "红茶"}): Share(Rate(100, 50), Rate(400, 100)),
        frozenset({"盖碗"}): Share(Rate(100, 0), Rate(400, 0)),
    }
    found = matches(system, taste(tellers=20, holding=holding), [ware, plain, tea])
    assert [each.offer for each in found] == [tea, ware, plain]
    # (50 + 50 × 0.25) ÷ 150 ÷ 0.25
    assert found[0].fit == pytest.approx(62.5 / 150 / 0.25)
    assert "50% 的订单里有它的商品，全体是 25%（100 单" in str(found[0].reasons[2][0])
    assert [each.reasons[2] for each in found[1:]] == [(NOT_BOUGHT, None), (NO_PRODUCTS, None)]
    assert matches(system, taste(tellers=19, holding=holding), [tea])[0].reasons[2] == (NOT_BOUGHT, None)
    person = person_of(Member.objects.create(name="红茶"))
    holders()["offers"].erase(replace(person, terms=("红茶",)))
    tea.refresh_from_db()
    assert tea.products == ["白茶 饼", ERASED]


def lot(given: Rate, held: Rate, days: int = 14) -> Result:
    """What came of a lot, once its days are over."""
    return Result(Giving(days=days), given, held, True, False, True, None)


def test_what_offers_did_by_lot_is_fed_back_shrunk_towards_the_kind() -> None:
    good, useless = lot(Rate(100, 30), Rate(100, 10)), lot(Rate(300, 30), Rate(300, 30))
    kind = [good, useless, lot(Rate(900, 900), Rate(900, 0), days=60)]
    told = met_with([good], kind)
    # Of 100 left out 10 order, of the kind's 400 as well; the kind's effect is (50 × 0.2 + 150 × 0) ÷ 200 = 0.05, the offer's 0.2 counts twice.
    assert told is not None
    assert (told.given, told.held, told.days) == (Rate(100, 30), Rate(100, 10), 14)
    assert told.times == pytest.approx((0.1 + (100 * 0.2 + 50 * 0.05) / 150) / (0.1 + 0.05))
    worse = met_with([useless], kind)
    assert worse is not None
    assert worse.times < 1 < told.times
    # Whoever orders anyway makes no offer good: all of them ordered, given or not.
    sure = lot(Rate(100, 100), Rate(100, 100))
    assert met_with([sure], [sure]).times == pytest.approx(1.0)  # type: ignore[union-attr]
    assert met_with([], kind) is None
    assert met_with([lot(Rate(5, 0), Rate(5, 0))], [lot(Rate(5, 0), Rate(5, 0))]) is None


def test_only_lots_of_the_segment_are_fed_back_in_few_statements(
    system: Scope, unit: Unit, everybody: Segment, django_assert_max_num_queries: Any
) -> None:
    offered = [
        save_offer(by=system, unit=unit, offer=None, terms=Terms(each, "gift"), now=NOW) for each in ("甲", "乙", "丙")
    ]
    for offer, holdout in zip(offered, (34, 34, 0), strict=True):
        give_offer(by=system, offer=offer, segment=everybody, plan=Plan("moments", 14, holdout), now=NOW)
    for name in ("Mei", "Lin", "小茶"):
        buys(name, 3, unit)
    buys("Mei", 40, unit)
    with django_assert_max_num_queries(10):
        found = {each.offer.name: each for each in matches(system, taste(), offered, everybody.pk)}
    assert found["甲"].met == Met(Rate(2, 2), Rate(1, 1), 14, 1.0)
    assert (found["丙"].met, found["丙"].reasons[-1]) == (None, (NOT_MET, None))
    with django_assert_max_num_queries(0):
        assert {each.met for each in matches(system, taste(), offered)} == {None}


def test_a_taste_is_read_once_and_held_against_the_unit(
    system: Scope, unit: Unit, other_unit: Unit, everybody: Segment, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("Mei", "loyal"), ("Lin", "bargain")):
        who = Member.objects.get(name=name)
        Label.objects.create(
            unit_id=unit.pk, since=LATE, member=who, key="user_type", value=value, rule=0, figures="{}"
        )
    assert taste_of(system, unit, everybody, NOW).type_counts == ({"loyal": 1, "bargain": 1},) * 2
    assert taste_of(system, unit, "loyal", NOW).type_counts == ({"loyal": 1}, {"loyal": 1, "bargain": 1})
    assert taste_of(system, other_unit, "loyal", NOW).type_counts == ({}, {})
    monkeypatch.delattr("qunyu.offers.preferences.taste")
    assert taste_of(system, unit, "loyal", NOW).type_counts[0] == {"loyal": 1}


def test_the_best_offer_for_somebody_leaves_out_what_they_had_once(
    system: Scope, unit: Unit, everybody: Segment, trial: Offer
) -> None:
    mei = Member.objects.get(name="Mei")
    assert best_for(system, unit, mei, NOW) is None
    for name, value in (("Mei", "low_demand"), ("Lin", "loyal")):
        label = {
            "member": Member.objects.get(name=name),
            "key": "user_type",
            "value": value,
            "rule": 0,
            "figures": "{}",
        }
        Label.objects.create(unit_id=unit.pk, since=LATE, **label)
    gift = save_offer(by=system, unit=unit, offer=None, terms=Terms("礼", "gift"), now=NOW)
    first = best_for(system, unit, mei, NOW)
    assert first is not None
    assert first.offer == trial
    give_offer(by=system, offer=trial, segment=everybody, plan=Plan("moments"), now=NOW)
    second = best_for(system, unit, mei, NOW)
    assert second is not None
    assert second.offer == gift
    note(by=system, members=[mei], said=Said("marketing", "refused"), at=NOW, now=NOW)
    assert best_for(system, unit, mei, NOW) is None
    assert {each for kind in KINDS.values() for each in kind.user_types} >= {"loyal", "bargain", "demand", "low_demand"}
