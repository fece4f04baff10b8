"""People: who somebody latently is, and the membership that puts them into a community."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from random import Random
from typing import Literal

from qunyu.simulation import names
from qunyu.simulation.communities import Community

UserType = Literal["loyal", "bargain", "demand", "low_demand"]
Tier = Literal["ordinary", "active", "contributing", "professional"]
Role = Literal["member", "staff", "atmosphere", "bot"]

LATE = 55
TYPES: dict[UserType, float] = {"loyal": 0.13, "bargain": 0.27, "demand": 0.24, "low_demand": 0.36}
LATE_TYPES: dict[UserType, float] = {"loyal": 0.0, "bargain": 0.30, "demand": 0.28, "low_demand": 0.42}
TIERS: dict[UserType, tuple[float, float, float, float]] = {
    "loyal": (0.42, 0.36, 0.16, 0.06),
    "bargain": (0.78, 0.18, 0.03, 0.01),
    "demand": (0.70, 0.21, 0.07, 0.02),
    "low_demand": (0.88, 0.10, 0.02, 0.00),
}
TIER_NAMES: tuple[Tier, ...] = ("ordinary", "active", "contributing", "professional")
# Lines a day while engaged, the latent mean of each tier.
TALK: dict[Tier, float] = {"ordinary": 0.075, "active": 0.70, "contributing": 1.15, "professional": 1.6}
# How far the logarithms of the rates of one tier spread.
SPREADS: dict[Tier, float] = {"ordinary": 0.9, "active": 0.35, "contributing": 0.35, "professional": 0.35}
# Mean days of engagement, and the chance that somebody who falls silent also leaves.
LOYALTY: dict[UserType, tuple[float, float]] = {
    "loyal": (900, 0.3),
    "demand": (220, 0.45),
    "bargain": (120, 0.6),
    "low_demand": (80, 0.6),
}


@dataclass(slots=True, eq=False)
class Person:
    """Somebody with latent traits, and what the generator saw them do (a bit per day in `days_spoken`).

    `unasked` is the logarithm of the chance that an expert in their place would have answered no question at all.
    """

    number: int
    name: str
    nick: str
    city: str
    type: UserType
    tier: Tier
    rate: float
    style: int
    role: Role = "member"
    intruder: bool = False
    phone: str = ""
    union_id: str = ""
    ids: dict[str, str] = field(default_factory=dict)
    memberships: list[Membership] = field(default_factory=list)
    invited: list[Person] = field(default_factory=list)
    referred_by_loyal: bool = False
    orders: int = 0
    last_order: int = -1
    days_spoken: int = 0
    messages: int = 0
    answers: int = 0
    unasked: float = 0.0


@dataclass(slots=True, eq=False)
class Membership:
    """A person in a community; times are seconds from the window's start, `left_at` None while still in.

    `silent_at` is when engagement latently ends (before `left_at`); beyond the window for those who stay engaged.
    """

    person: Person
    community: Community
    joined_at: int
    silent_at: int
    left_at: int | None
    channel: str
    inviter: Membership | None = None
    name: str = ""
    id: str = ""

    @property
    def role(self) -> Role:
        """The person's role."""
        return self.person.role


class Town:
    """Makes people, one after another, from one source of randomness."""

    def __init__(self, seed: int) -> None:
        self.random = Random(f"{seed}/people")
        self.people: list[Person] = []

    def person(self, city: str, late: bool) -> Person:
        """A new ordinary member; somebody who comes `late` is not loyal yet, for loyalty needs months to show."""
        random = self.random
        weights = LATE_TYPES if late else TYPES
        kind = random.choices(tuple(weights), tuple(weights.values()))[0]
        tier = random.choices(TIER_NAMES, TIERS[kind])[0]
        spread = SPREADS[tier]
        rate = TALK[tier] * math.exp(random.gauss(-spread * spread / 2, spread))
        return self._add(city, kind, tier, rate)

    def outsider(self, role: Role, name: str, rate: float = 0.0) -> Person:
        """Somebody who is no customer: staff, an atmosphere account, a bot, an intruder (role member)."""
        person = self._add("", "low_demand", "ordinary", rate)
        person.role = role
        person.intruder = role == "member"
        person.nick = name or person.nick
        return person

    def _add(self, city: str, kind: UserType, tier: Tier, rate: float) -> Person:
        random, number = self.random, len(self.people) + 1
        name = names.real_name(random)
        nick = names.nickname(random, name, city)
        person = Person(number, name, nick, city, kind, tier, rate, int(random.random() * 10))
        person.phone, person.union_id = names.phone(number), names.union_id(random)
        self.people.append(person)
        return person

    def enter(self, person: Person, community: Community, joined_at: int, channel: str) -> Membership:
        """Puts `person` into `community`, staying for good until told otherwise."""
        if community.platform not in person.ids:
            person.ids[community.platform] = names.platform_id(self.random, community.platform, person.number)
        member = Membership(person, community, joined_at, 10**12, None, channel)
        member.id = person.ids[community.platform]
        member.name = _name_in(person, community)
        person.memberships.append(member)
        return member


def _name_in(person: Person, community: Community) -> str:
    """Enabling groups ask for shop and name; everywhere else people keep their nickname."""
    if community.type != "enabling" or person.role != "member":
        return person.nick
    if community.design.theme == "partner":
        return f"{person.city}-{person.nick}"
    return (
        f"{person.city}店-{person.name}" if community.key.startswith("guide-owner") else f"{person.city}-{person.name}"
    )
