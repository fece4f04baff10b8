"""Oracles: the value of greatest posterior, on people made by hand and on a brand."""

from math import log
from typing import Any

import pytest

from qunyu.simulation.joining import EAGER
from qunyu.simulation.people import TIER_NAMES, Tier, UserType
from qunyu.simulation.scoring import inviting, oracle
from qunyu.simulation.scoring.buying import NEXT_TO_NOTHING
from qunyu.simulation.scoring.known import Known, Stay, read_truth
from tests.simulation.conftest import Made
from tests.simulation.histories import MEMBERS_DAY, at, order, person, truth


@pytest.mark.parametrize(
    ("traits", "tier"),
    [
        ({"rate": 0.05}, "ordinary"),
        ({"rate": 0.7}, "active"),
        # As much talk, but an answer: only those who know something give one.
        ({"rate": 0.7, "answers": 1}, "contributing"),
        ({"rate": 1.2, "type": "loyal", "unasked": 0.9}, "contributing"),
        # Never an answer, where an expert would hardly have escaped giving one.
        ({"rate": 1.2, "type": "loyal", "unasked": 0.01}, "active"),
        ({"rate": 3.0, "type": "loyal", "answers": 4}, "professional"),
        # Nobody of low demand is a professional.
        ({"rate": 3.0, "type": "low_demand", "answers": 4}, "contributing"),
        ({"rate": 0.0}, "ordinary"),
        ({"rate": 0.01, "tier": "professional", "soul": True}, "professional"),
    ],
)
def test_tiers(traits: dict[str, Any], tier: Tier) -> None:
    assert oracle.tiers(truth(person(**traits))) == [tier]


def test_tiers_where_the_odds_turn() -> None:
    """Ordinary against active, of low demand: .88 · normal(ln rate; ln .075 - .405, .9) = .10 · normal(ln .7 - .06125, .35)."""
    low, high = 0.05, 0.7
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if oracle.tiers(truth(person(rate=middle)))[0] == "ordinary" else (low, middle)

    def density(spread: float, mean: float) -> float:
        return -(((log(low) - log(mean) + spread**2 / 2) / spread) ** 2) / 2 - log(spread)

    assert log(0.88) + density(0.9, 0.075) == pytest.approx(log(0.10) + density(0.35, 0.7))


@pytest.mark.parametrize(
    ("traits", "kind"),
    [
        ({}, "low_demand"),
        ({"placed": (order(MEMBERS_DAY, promoted=True),)}, "bargain"),
        ({"placed": (order(MEMBERS_DAY, "trial"),)}, "low_demand"),
        ({"placed": (order(5, "robe"),)}, "demand"),
        ({"placed": (order(5, "cake"), order(12, "four"))}, "demand"),
        ({"type": "loyal", "soul": True}, "loyal"),
    ],
)
def test_user_types(traits: dict[str, Any], kind: UserType) -> None:
    assert oracle.user_types(truth(person(**traits))) == [kind]


def test_orders_month_after_month_are_loyal_unless_somebody_came_too_late() -> None:
    monthly = (order(5, "jasmine"), order(25, "jasmine"), order(50, "rose"))
    brand = truth(person(placed=monthly), days=70)
    assert oracle.user_types(brand) == ["loyal"]
    late = truth(person(placed=monthly, stays=(Stay("group", at(4)),)), days=58)
    assert oracle.user_types(late) != ["loyal"]


def trio() -> tuple[Known, ...]:
    """Two members of long standing, and a newcomer whom the second brought."""
    old = [person(number, type=kind, stays=(Stay("group", -at(3)),)) for number, kind in ((1, "loyal"), (2, "demand"))]
    return (*old, person(3, stays=(Stay("group", at(4), inviter="wx2"),)))


def test_invitations() -> None:
    found = inviting.likelihoods(truth(*trio()))
    willing = (1 + 0.25) / 2
    by_lot = 0.25 * (1 - (1 - willing) ** 12) / willing / 2
    assert found[1]["bargain"] == NEXT_TO_NOTHING
    assert found[1]["demand"] == pytest.approx(log(0.25 * by_lot))
    assert found[1]["low_demand"] == pytest.approx(log(0.08 * by_lot))
    assert found[1]["loyal"] == pytest.approx(log(by_lot + (1 - by_lot) * 0.75 / 2))
    # The first could have been asked too, and was not the one.
    assert found[0]["bargain"] == 0
    assert found[0]["loyal"] == pytest.approx(log(1 - by_lot - (1 - by_lot) * 0.75))
    assert 2 not in found


def test_who_was_silent_or_gone_or_a_soul_could_bring_nobody() -> None:
    one, two, guest = trio()
    for stays, soul in (((Stay("group", -at(3), silent_at=at(3)),), False), (one.stays, True)):
        changed = person(1, type="loyal", stays=stays, soul=soul)
        assert 0 not in inviting.likelihoods(truth(changed, two, guest))


def test_before_the_window_nobody_is_asked_first() -> None:
    one, two, _ = trio()
    found = inviting.likelihoods(truth(one, two, person(3, stays=(Stay("group", -at(1), inviter="wx2"),))))
    lot = (1 - (1 - 0.625) ** 12) / 0.625 / 2
    assert found[0] == pytest.approx({kind: log(1 - eager * lot) for kind, eager in EAGER.items()})


def test_whom_staff_brought_tells_nothing() -> None:
    one, two, _ = trio()
    assert inviting.likelihoods(truth(one, two, person(3, stays=(Stay("group", at(4), inviter="boss"),)))) == {}


def test_oracles_beat_the_most_frequent_value_on_a_brand(brand: Made) -> None:
    found = read_truth(brand.folder)
    assert len(found.people) == brand.summary.people
    for told, of in ((oracle.tiers(found), "tier"), (oracle.user_types(found), "type")):
        real = [getattr(each, of) for each in found.people]
        right = sum(said == true for said, true in zip(told, real, strict=True)) / len(real)
        most = max(real.count(value) for value in set(real)) / len(real)
        assert most + 0.1 < right < 1
    assert sum(each.soul for each in found.people) == 3
    assert {each.tier for each in found.people} == set(TIER_NAMES)


def test_whoever_answers_is_an_expert_and_those_who_never_do_had_a_chance_not_to(brand: Made) -> None:
    people = read_truth(brand.folder).people
    experts = [each for each in people if each.tier in oracle.EXPERTS]
    assert sum(each.answers for each in experts) > 100
    assert not [each for each in people if each.answers and each.tier not in oracle.EXPERTS]
    # The chances say how many experts never answer; a soul figure is one of them like any other.
    never = sum(not each.answers for each in experts)
    expected = sum(each.unasked for each in experts)
    spread = sum(each.unasked * (1 - each.unasked) for each in experts) ** 0.5
    assert abs(never - expected) < 4 * spread
