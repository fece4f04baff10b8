"""Crew: owners and helpers, atmosphere accounts, bots, soul figures, and intruders who come to advertise."""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

from qunyu.simulation.brand import BrandSpec
from qunyu.simulation.communities import Community
from qunyu.simulation.designs import DESIGNS
from qunyu.simulation.joining import DAY, close_down
from qunyu.simulation.people import Membership, Person, Town
from qunyu.simulation.rhythm import Day, clock

CLAQUE = 12
SETS_PER_TEAM = 2
INTRUDERS = {"lead": 1.6, "welfare": 1.6, "flash": 2.0, "sharing": 0.5, "sales": 0.3, "enabling": 0.0}
SOUL_LINES_A_DAY = 9.0


@dataclass(frozen=True, slots=True)
class Advert:
    """An intruder's stay: `at` are the seconds of the adverts; the staff put the intruder out at `removed_at`."""

    member: Membership
    at: tuple[int, ...]
    removed_at: int


@dataclass(slots=True)
class Crew:
    """The people of one community who are there by office; `soul` is a member everybody listens to, or None."""

    owner: Membership
    helpers: list[Membership]
    claque: list[Membership]
    bot: Membership | None
    soul: Membership | None
    adverts: list[Advert]

    @property
    def staff(self) -> list[Membership]:
        """The owner and the helpers."""
        return [self.owner, *self.helpers]


class Hiring:
    """Fills every community's offices; staff carry several groups of their unit, atmosphere accounts many."""

    def __init__(self, spec: BrandSpec, town: Town, days: list[Day]) -> None:
        self.spec, self.town, self.days = spec, town, days
        self.claque = [town.outsider("atmosphere", "") for _ in range(CLAQUE)]
        self.bot = town.outsider("bot", "小露助手")
        self.staff: dict[tuple[str, int], list[Person]] = {}

    def crew(self, community: Community) -> Crew:
        """Everybody by office in `community`, already entered into it."""
        random = Random(f"{self.spec.seed}/crew/{community.key}")
        start = community.opens * DAY + 9 * 3_600
        owner, *helpers = [self._enter(person, community, start) for person in self._team(community)]
        if community.small:
            helpers = helpers[:1]
        claque = []
        if community.type in ("lead", "welfare", "flash") and not community.small:
            chosen = random.sample(self.claque, random.choice((2, 3)))
            claque = [self._enter(person, community, start + 600) for person in chosen]
        bot = self._enter(self.bot, community, start + 60) if community.design.bot else None
        soul = self._soul(community, start + 1_200) if community.design.soul else None
        return Crew(owner, helpers, claque, bot, soul, [])

    def _team(self, community: Community) -> list[Person]:
        key = (community.design.unit, community.number // (SETS_PER_TEAM * len(DESIGNS)))
        if key not in self.staff:
            self.staff[key] = [self._employee(community, title) for title in ("店长", "", "")]
        return self.staff[key]

    def _employee(self, community: Community, title: str) -> Person:
        person = self.town.outsider("staff", "x")
        call = f"小{person.name[0]}" if not title else person.name[0] + title
        person.nick = f"拾露{community.unit.short}-{call}"
        return person

    def _enter(self, person: Person, community: Community, second: int) -> Membership:
        member = self.town.enter(person, community, second, "")
        if community.closes < self.spec.days:
            close_down(member)
        return member

    def _soul(self, community: Community, second: int) -> Membership:
        person = self.town.person(community.unit.city or "福州", late=False)
        person.type, person.tier, person.rate = "loyal", "professional", SOUL_LINES_A_DAY
        member = self.town.enter(person, community, second, "管理员邀请")
        if community.design.fate.cause == "soul_left" and community.fades < self.spec.days:
            member.silent_at = community.fades * DAY
            member.left_at = member.silent_at + 20 * 3_600 + 1_260
        return member

    def intrude(self, community: Community, crew: Crew) -> None:
        """Lets intruders in over the days, more where only adverts are left; each is put out by the staff."""
        random = Random(f"{self.spec.seed}/intruders/{community.key}")
        for day in self.days:
            if not community.open_on(day.index) or day.index == community.closes or community.small:
                continue
            flood = community.design.fate.cause == "only_adverts" and day.index >= community.fades
            expected = INTRUDERS[community.type] / 30 * (7 if flood else 1) * community.size_of("adverts", day.index)
            for _ in range(_poisson(expected, random)):
                crew.adverts.append(self._intruder(community, day, random, flood))

    def _intruder(self, community: Community, day: Day, random: Random, flood: bool) -> Advert:
        first = day.index * DAY + max(8 * 3_600, min(clock(day, random.random), 22 * 3_600))
        at = tuple(first + n * int(random.uniform(20, 200)) for n in range(random.choice((1, 1, 2, 3))))
        removed = at[-1] + int(random.uniform(2, 8) * 600 if flood else random.uniform(90, 1_800))
        person = self.town.outsider("member", "")
        member = self.town.enter(person, community, first - int(random.uniform(120, 5_400)), "群聊扫码")
        member.silent_at = member.left_at = removed
        return Advert(member, at, removed)


def _poisson(expected: float, random: Random) -> int:
    """A count around `expected`, for small numbers; Source: Knuth's multiplication method."""
    limit, product, count = math.exp(-expected), random.random(), 0
    while product > limit:
        product *= random.random()
        count += 1
    return count
