"""Buying: the chances of order histories are exactly those of the process that draws them."""

from itertools import combinations
from math import exp, log
from random import Random
from statistics import mean

import pytest

from qunyu.simulation.brand import PRODUCTS, Product
from qunyu.simulation.joining import DAY
from qunyu.simulation.people import UserType
from qunyu.simulation.purchases import Status
from qunyu.simulation.rhythm import clock
from qunyu.simulation.scoring.buying import PROCESSES, USER_TYPES, before, goods, likelihoods, window_of
from qunyu.simulation.scoring.known import Known, Placed, Stay
from tests.simulation.histories import CELEBRATION, MEMBERS_DAY, at, order, person, truth

DAYS = truth().days
EVERY_TYPE = pytest.mark.parametrize("kind", USER_TYPES)
STAYS = {
    "to the end": person(),
    "left one evening": person(stays=(Stay("group", at(1), left_at=at(11, 20 * 3_600)),)),
    "from before the window": person(stays=(Stay("group", -at(9), left_at=at(9)), Stay("other", at(4), left_at=at(6)))),
    "brought by somebody loyal": person(referred_by_loyal=True),
}


def of_days(kind: UserType, who: Known, *days: int) -> float:
    return PROCESSES[kind](window_of(who, DAYS), days, who)


def test_the_calendar_is_as_the_histories_say() -> None:
    assert [day.index for day in DAYS if day.members_day] == [MEMBERS_DAY]
    assert [day.index for day in DAYS if day.celebration] == [CELEBRATION]


@EVERY_TYPE
@pytest.mark.parametrize("who", STAYS.values(), ids=STAYS)
def test_the_chances_of_all_histories_add_up_to_one(kind: UserType, who: Known) -> None:
    possible = range(window_of(who, DAYS).first, 14)
    histories = (days for count in range(15) for days in combinations(possible, count))
    assert sum(of_days(kind, who, *days) for days in histories) == pytest.approx(1)


def test_the_low_demand() -> None:
    assert of_days("low_demand", person()) == pytest.approx(0.58 + 0.42 * exp(-12 / 9))
    assert of_days("low_demand", person(), 2) == pytest.approx(0.42 * (1 - exp(-1 / 9)))
    assert of_days("low_demand", person(), 5) == pytest.approx(0.42 * (exp(-3 / 9) - exp(-4 / 9)))
    assert of_days("low_demand", person(referred_by_loyal=True)) == pytest.approx(exp(-12 / 9))
    assert of_days("low_demand", person(), 5, 9) == 0


def test_the_bargain_hunters() -> None:
    quiet = 0.997**10
    assert of_days("bargain", person()) == pytest.approx(quiet * 0.73 * 0.38)
    assert of_days("bargain", person(), MEMBERS_DAY, CELEBRATION) == pytest.approx(quiet * 0.27 * 0.62)
    assert of_days("bargain", person(), 4) == pytest.approx(0.997**9 * 0.003 * 0.73 * 0.38)
    assert of_days("bargain", person(), 4, 4) == 0


def test_the_loyal() -> None:
    days = truth(days=60).days
    window = window_of(person(), days)
    assert PROCESSES["loyal"](window, (2, 19, 36), person()) == pytest.approx(1 / 12 / 13 / 13 * 6 / 13)
    assert PROCESSES["loyal"](window, (2, 19, 48), person()) == pytest.approx(1 / 12 / 13 / 13)
    assert PROCESSES["loyal"](window, (2, 18), person()) == 0
    assert PROCESSES["loyal"](window, (14,), person()) == 0
    assert PROCESSES["loyal"](window, (), person()) == 0


def test_the_demanding() -> None:
    days = truth(days=90).days
    window = window_of(person(), days)
    first, gap = 1 / 28 / 3, 1 / 12
    assert PROCESSES["demand"](window, (2,), person()) == pytest.approx(first * 0.4)
    assert PROCESSES["demand"](window, (2, 6), person()) == pytest.approx(first * gap * 0.4)
    assert PROCESSES["demand"](window, (2, 6, 21), person()) == pytest.approx(first * gap * gap * 0.2)
    assert PROCESSES["demand"](window, (2, 6, 21, 25), person()) == 0
    assert PROCESSES["demand"](window, (2, 5), person()) == 0


def test_nobody_is_expected_to_order_after_leaving() -> None:
    gone = person(stays=(Stay("group", at(2), left_at=at(3, 0)),))
    assert of_days("low_demand", gone) == pytest.approx(0.58 + 0.42 * exp(-1 / 9))
    assert of_days("bargain", gone) == pytest.approx(0.997)
    assert of_days("bargain", gone, 3) == 0


def test_a_day_half_over_counts_by_what_is_ordered_before() -> None:
    random = Random(4)
    seen = mean(clock(DAYS[3], random.random) < 20 * 3_600 for _ in range(20_000))
    assert before(DAYS[3], 20 * 3_600) == pytest.approx(seen, abs=0.01)
    assert (before(DAYS[3], 0), before(DAYS[3], DAY)) == (0, 1)
    gone = person(stays=(Stay("group", at(2), left_at=at(3, 20 * 3_600)),))
    assert of_days("bargain", gone, 3) == pytest.approx(0.997 * 0.003 * before(DAYS[3], 20 * 3_600))


@EVERY_TYPE
def test_the_chances_of_all_baskets_add_up_to_one(kind: UserType) -> None:
    baskets: list[tuple[Product, ...]] = [(one,) for one in PRODUCTS]
    baskets += [(one, two) for one in PRODUCTS for two in PRODUCTS if one is not two]
    statuses: tuple[Status, ...] = ("paid", "refunded")
    orders = [Placed(0, False, status, basket) for basket in baskets for status in statuses]
    assert sum(goods(kind, each) for each in orders) == pytest.approx(1)


def test_goods_tell_types_apart() -> None:
    assert goods("demand", order(3, "gaiwan", status="unpaid")) == pytest.approx(0.97 * 0.2 / 3 * (0.9 + 0.1 * 0.2 / 3))
    assert goods("low_demand", order(3, "gaiwan")) == 0
    assert goods("low_demand", order(3, "trial", status="refunded")) == pytest.approx(0.04 * 0.55 * (0.9 + 0.1 * 0.55))


def test_all_together_in_logarithms() -> None:
    who = person(placed=(order(MEMBERS_DAY, "rose", promoted=True),))
    found = likelihoods(who, DAYS)
    rose = 0.7 / 6
    assert found["bargain"] == pytest.approx(
        log(0.997**10 * 0.27 * 0.38) + log(0.925 * rose * (0.9 + 0.1 * rose)), rel=1e-9
    )
    # No promotion draws anybody else on a members' day.
    assert found["bargain"] > max(found[kind] for kind in USER_TYPES if kind != "bargain") + 20


def test_an_order_right_after_joining_past_midnight_belongs_to_the_day_of_joining() -> None:
    joined = at(2, 86_000)
    who = person(stays=(Stay("group", joined),), placed=(Placed(joined + 1_000, False, "paid", (PRODUCTS[0],)),))
    expected = log(0.42 * (1 - exp(-1 / 9))) + log(goods("low_demand", who.placed[0]))
    assert likelihoods(who, DAYS)["low_demand"] == pytest.approx(expected)
