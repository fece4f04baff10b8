"""Known: what truth.json tells, as objects; seconds count from the midnight with which the window starts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from qunyu.simulation.brand import PRODUCTS, Product
from qunyu.simulation.joining import DAY
from qunyu.simulation.people import Tier, UserType
from qunyu.simulation.purchases import Status
from qunyu.simulation.rhythm import Day, calendar

CATALOGUE = {each.key: each for each in PRODUCTS}
FOREVER = 10**12


@dataclass(frozen=True, slots=True)
class Stay:
    """A membership; `silent_at` and `left_at` are FOREVER where neither happened within the window."""

    community: str
    joined_at: int
    silent_at: int = FOREVER
    left_at: int = FOREVER
    inviter: str = ""

    def present(self, second: int) -> bool:
        """Whether in and engaged then."""
        return self.joined_at < second < min(self.silent_at, self.left_at)


@dataclass(frozen=True, slots=True)
class Placed:
    """An order, whatever became of it; `promoted` where a promotion drew it."""

    second: int
    promoted: bool
    status: Status
    products: tuple[Product, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """One ordinary member of the brand (no intruder): the latent traits, and what happened.

    `unasked` is the chance that an expert in their place would have answered no question at all. `soul` is for those whom
    everybody listens to: their traits are given by office, not drawn.
    """

    ids: Mapping[str, str]
    type: UserType
    tier: Tier
    stage: str
    rate: float
    stays: tuple[Stay, ...]
    placed: tuple[Placed, ...] = ()
    answers: int = 0
    unasked: float = 1.0
    referred_by_loyal: bool = False
    soul: bool = False

    @property
    def came_at(self) -> int:
        """When they first joined anything; negative before the window."""
        return min(each.joined_at for each in self.stays)


@dataclass(frozen=True)
class Truth:
    """A brand's truth: its window and its ordinary members."""

    seed: int
    starts_on: date
    ends_on: date
    people: tuple[Known, ...]

    @cached_property
    def days(self) -> list[Day]:
        """The calendar of the window."""
        return calendar(self.starts_on, (self.ends_on - self.starts_on).days + 1)


def read_truth(folder: Path) -> Truth:
    """What `generate` wrote into `folder`."""
    return _Reading(json.loads((folder / "truth.json").read_text(encoding="utf-8"))).truth()


class _Reading:
    def __init__(self, told: dict[str, Any]) -> None:
        self.told = told
        self.starts_on = date.fromisoformat(told["starts_on"])
        self.souls = {each["soul"] for each in told["communities"]} - {None}

    def truth(self) -> Truth:
        return Truth(
            seed=self.told["seed"],
            starts_on=self.starts_on,
            ends_on=date.fromisoformat(self.told["ends_on"]),
            people=tuple(self._people()),
        )

    def _people(self) -> Iterator[Known]:
        for each in self.told["members"]:
            if not each["intruder"]:
                yield self._person(each, each["evidence"])

    def _person(self, each: dict[str, Any], evidence: dict[str, Any]) -> Known:
        return Known(
            ids=each["ids"],
            type=each["type"],
            tier=each["tier"],
            stage=each["stage"],
            rate=each["rate"],
            stays=tuple(self._stay(stay) for stay in each["memberships"]),
            placed=tuple(self._placed(order) for order in evidence["placed"]),
            answers=evidence["answers"],
            unasked=evidence["unasked"],
            referred_by_loyal=evidence["referred_by_loyal"],
            soul=not self.souls.isdisjoint(each["ids"].values()),
        )

    def _stay(self, stay: dict[str, Any]) -> Stay:
        silent_at, left_at = (self._second(stay[key]) if stay[key] else FOREVER for key in ("silent_at", "left_at"))
        return Stay(
            stay["community"], self._second(stay["joined_at"]), silent_at, left_at, inviter=stay["inviter"] or ""
        )

    def _placed(self, order: dict[str, Any]) -> Placed:
        products = tuple(CATALOGUE[key] for key in order["products"])
        return Placed(self._second(order["at"]), order["promoted"], order["status"], products)

    def _second(self, stamp: str) -> int:
        at = datetime.fromisoformat(stamp)
        return (at.date() - self.starts_on).days * DAY + at.hour * 3_600 + at.minute * 60 + at.second
