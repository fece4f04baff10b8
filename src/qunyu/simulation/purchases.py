"""Purchases: what people buy and give back, driven by their latent type; and what they say about it (cues)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Literal

from qunyu.simulation.brand import CITIES, PRODUCTS, BrandSpec, Product
from qunyu.simulation.joining import DAY
from qunyu.simulation.people import Person, Town, UserType
from qunyu.simulation.rhythm import Day, clock

Status = Literal["paid", "unpaid", "cancelled", "refunded"]
STEPS = {step: [each for each in PRODUCTS if each.step == step] for step in ("trial", "daily", "tea", "ware", "gift")}
BASKETS: dict[UserType, tuple[tuple[str, ...], tuple[float, ...]]] = {
    "loyal": (("daily", "tea", "ware", "gift"), (0.42, 0.42, 0.08, 0.08)),
    "bargain": (("trial", "daily", "tea"), (0.25, 0.70, 0.05)),
    "demand": (("tea", "ware", "gift"), (0.55, 0.20, 0.25)),
    "low_demand": (("trial", "daily"), (0.55, 0.45)),
}
REFUNDS = {"loyal": 0.012, "bargain": 0.075, "demand": 0.03, "low_demand": 0.04}
STRANGERS = 0.07


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an order; money in fen."""

    product: Product
    quantity: int
    amount: int
    refund: int


@dataclass(frozen=True, slots=True)
class Order:
    """One order of `buyer` (in no community when a passer-by), at a second of the window, perhaps drawn by a promotion."""

    number: int
    buyer: Person
    second: int
    status: Status
    lines: tuple[Line, ...]
    promoted: bool


def orders_of(person: Person, days: list[Day], random: Random) -> Iterator[tuple[int, bool]]:
    """(second, whether at a promotion) of every order that `person` places while a member somewhere, in no order."""
    first = max(0, min(each.joined_at for each in person.memberships))
    last = max(each.left_at if each.left_at is not None else len(days) * DAY for each in person.memberships)
    for day, promoted in _buying_days(person, days, first // DAY, random):
        second = day * DAY + clock(days[day], random.random)
        if second <= first:
            second = first + int(random.uniform(600, 9_000))
        if first < second < min(last, len(days) * DAY):
            yield second, promoted


def _buying_days(person: Person, days: list[Day], first: int, random: Random) -> Iterator[tuple[int, bool]]:
    size = len(days)
    if person.type == "loyal":
        day = first + int(random.uniform(0, min(12, size / 3)))
        while day < size:
            yield day, days[day].celebration
            day += int(random.uniform(17, 30))
    elif person.type == "bargain":
        yield from _at_promotions(days[first:], random)
    elif person.type == "demand":
        day = first + int(random.triangular(0, min(28, size / 3), 3))
        for _ in range(random.choice((1, 1, 2, 2, 3))):
            if day < min(size, first + 45):
                yield day, False
            day += int(random.uniform(4, 16))
    elif random.random() < 0.42 or person.referred_by_loyal:
        day = first + int(random.expovariate(1 / 9))
        if day < size:
            yield day, False


def _at_promotions(days: list[Day], random: Random) -> Iterator[tuple[int, bool]]:
    for day in days:
        chance = 0.62 if day.celebration else 0.27 if day.members_day else 0.003
        if random.random() < chance:
            yield day.index, chance > 0.1


def more_goods(kind: UserType) -> float:
    """The chance of a second product in one order."""
    return 0.24 if kind == "loyal" else 0.1


def basket(person: Person, promoted: bool, random: Random) -> tuple[Line, ...]:
    """What is in one order: a first choice by type, now and then a second product."""
    steps, weights = BASKETS[person.type]
    count = 1 + (random.random() < more_goods(person.type))
    chosen = {random.choice(STEPS[step]).key: None for step in random.choices(steps, weights, k=count)}
    factor = 0.8 if promoted and person.type == "bargain" else 0.9 if promoted or person.type == "loyal" else 1.0
    refunded = random.random() < REFUNDS[person.type]
    return tuple(_line(key, factor, refunded, random) for key in chosen)


def _line(key: str, factor: float, refunded: bool, random: Random) -> Line:
    product = next(each for each in PRODUCTS if each.key == key)
    quantity = random.choices((1, 2, 3, 5), (0.76, 0.18, 0.04, 0.02))[0]
    amount = round(product.price * quantity * factor)
    return Line(product, quantity, amount, amount if refunded else 0)


def place(person: Person, number: int, second: int, promoted: bool, random: Random) -> Order:
    """One order with its status: paid, given back, never paid, or cancelled."""
    lines = basket(person, promoted, random)
    draw = random.random()
    if lines[0].refund:
        return Order(number, person, second, "refunded", lines, promoted)
    status: Status = "unpaid" if draw < 0.012 else "cancelled" if draw < 0.03 else "paid"
    return Order(number, person, second, status, lines, promoted)


def draw_orders(spec: BrandSpec, town: Town, days: list[Day]) -> list[Order]:
    """Every order of the window in the order of time, passers-by among them; counts them on the people."""
    random = Random(f"{spec.seed}/orders")
    drafts = [
        (second, person, promoted)
        for person in list(town.people)
        if person.role == "member" and not person.intruder
        for second, promoted in orders_of(person, days, random)
    ]
    for _ in range(round(STRANGERS * len(drafts))):
        stranger = town.person(random.choice(CITIES), late=True)
        drafts.append((random.choice(days).index * DAY + clock(days[0], random.random), stranger, False))
    drafts.sort(key=lambda each: (each[0], each[1].number))
    found: list[Order] = []
    for second, person, promoted in drafts:
        order = place(person, len(found) + 1, second, promoted, random)
        if order.status == "paid":
            person.orders, person.last_order = person.orders + 1, second // DAY
        found.append(order)
    return found
