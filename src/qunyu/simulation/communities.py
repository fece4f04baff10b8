"""Communities: the designs set into a calendar, copied when there are many people, with anomalies planted in them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from random import Random
from typing import Literal

from qunyu.simulation.brand import UNITS, BrandSpec, Platform, Type, Unit
from qunyu.simulation.designs import DESIGNS, Design

Metric = Literal["messages", "joins", "leaves", "adverts"]
State = Literal["alive", "dying", "dead", "dissolved"]
PEOPLE_PER_SET = 7_000
NEVER = 10**6


@dataclass(frozen=True, slots=True)
class Anomaly:
    """A planted deviation: on `day` (index) the latent `metric` is `size` times what it would have been."""

    community: str
    day: int
    metric: Metric
    size: float


@dataclass(frozen=True, slots=True)
class Community:
    """One community; its days are indexes into the window (negative: before it; NEVER: not within it).

    `trend` is how its latent talk grows by the end (1 = not at all), `answers` the median minutes till staff answer.
    """

    number: int
    key: str
    name: str
    design: Design
    target: int
    opens: int
    closes: int
    fades: int
    dies: int
    trend: float
    answers: float
    anomalies: tuple[Anomaly, ...] = field(default=())

    @property
    def type(self) -> Type:
        """Its type in the matrix."""
        return self.design.type

    @property
    def platform(self) -> Platform:
        """Where it lives."""
        return self.design.platform

    @property
    def unit(self) -> Unit:
        """Its place in the organisation tree."""
        return UNITS[self.design.unit]

    @property
    def small(self) -> bool:
        """Whether it opened so lately that it is small by nature."""
        return self.key.startswith("fresh")

    def state(self, days: int) -> State:
        """What it is when the window of `days` ends."""
        if self.closes < days:
            return "dissolved"
        if self.dies < days:
            return "dead"
        return "dying" if self.fades < days else "alive"

    def open_on(self, day: int) -> bool:
        """Whether anything at all is said there on `day`."""
        return self.opens <= day <= self.closes and day < self.dies

    def vigour(self, day: int, days: int) -> float:
        """The latent factor on members' talk: its trend, and the fading once its cause has set in."""
        if not self.open_on(day):
            return 0.0
        level: float = self.trend ** (day / days)
        if day > self.fades:
            level *= math.exp(-3.2 * (day - self.fades) / (min(self.dies, days) - self.fades))
        return level

    def size_of(self, metric: Metric, day: int) -> float:
        """The planted factor on `metric` that day; 1 where nothing is planted."""
        found = [each.size for each in self.anomalies if (each.metric, each.day) == (metric, day)]
        return float(math.prod(found))


def plan(spec: BrandSpec) -> list[Community]:
    """Every community of the brand; each design is repeated as group 1, 2 ... when there are many people."""
    copies = max(1, round(spec.members / PEOPLE_PER_SET))
    total = copies * sum(design.share for design in DESIGNS)
    found: list[Community] = []
    for copy in range(1, copies + 1):
        for design in DESIGNS:
            target = max(4, round(spec.members * 1.31 * design.share / total))
            found.append(_community(spec, design, copy, len(found), target))
    return [_with_anomalies(each, spec) for each in found]


def _community(spec: BrandSpec, design: Design, copy: int, number: int, target: int) -> Community:
    key = design.key if copy == 1 else f"{design.key}-{copy}"
    random = Random(f"{spec.seed}/community/{key}")
    return Community(
        number=number,
        key=key,
        name=design.name.format(n="" if copy == 1 and design.type == "sharing" else copy),
        design=design,
        target=target,
        opens=int(design.opens) if design.opens < 0 else int(design.opens * spec.days),
        closes=_at(design.closes, spec.days),
        fades=_at(design.fate.since, spec.days),
        dies=_at(design.fate.dies, spec.days),
        trend=random.uniform(0.92, 1.3),
        answers=random.choice((3.0, 5.0, 8.0, 14.0, 25.0)),
    )


def _at(share: float, days: int) -> int:
    return int(share * days) if share <= 1 else NEVER


PLANTED: tuple[tuple[str, float, Metric, float], ...] = (
    ("welfare-sh", 0.55, "messages", 3.5),
    ("share-cold", 0.47, "messages", 3.0),
    ("welfare-sz", 0.78, "messages", 0.12),
    ("share-morning", 0.82, "messages", 0.15),
    ("lead-note", 0.60, "joins", 9.0),
    ("lead-gz", 0.86, "joins", 7.0),
    ("welfare-hz", 0.74, "leaves", 12.0),
    ("welfare-cd", 0.52, "leaves", 10.0),
    ("lead-sh", 0.80, "adverts", 8.0),
)


def _with_anomalies(community: Community, spec: BrandSpec) -> Community:
    planted = tuple(
        Anomaly(community.key, int(share * spec.days), metric, size)
        for key, share, metric, size in PLANTED
        if key == community.key
    )
    return replace(community, anomalies=planted)
