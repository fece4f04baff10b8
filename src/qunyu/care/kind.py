"""Kinds of occasions: each file of `occasions` holds one, and the registry finds it."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

from django.conf import settings
from django.db.models import Q

from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words
from qunyu.people.settings import Setting

# How many years back anniversaries are looked for.
YEARS = 30
# What it takes to see what tells of levels: a programme that counts where people may be seen.
LEVELS = "levels"
DAYS = Words("天", "days")


@dataclass(frozen=True)
class Window:
    """The days looked at, both included; `today` is one of them."""

    first: date
    last: date
    today: date

    def start(self, day: date) -> datetime:
        """The first moment of a day of the deployment's zone."""
        return datetime.combine(day, time(), settings.QUNYU_ZONE)

    @property
    def days(self) -> list[date]:
        """Every day of it."""
        return [self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1)]

    def moments(self, column: str, ago: int = 0) -> Q:
        """Rows whose `column` lies so many days before one of the days."""
        back = timedelta(days=ago)
        return Q(
            **{
                f"{column}__gte": self.start(self.first - back),
                f"{column}__lt": self.start(self.last - back + timedelta(days=1)),
            }
        )

    def anniversaries(self, column: str) -> Q:
        """Rows whose `column` lies whole years before one of the days."""
        found = Q(pk__in=())
        for years in range(1, YEARS + 1):
            first, last = years_before(self.first, years), years_before(self.last, years)
            found |= Q(**{f"{column}__gte": self.start(first), f"{column}__lt": self.start(last + timedelta(days=1))})
        return found

    def local(self, at: datetime) -> date:
        """The day of the deployment's zone."""
        return at.astimezone(settings.QUNYU_ZONE).date()

    def anniversary(self, day: date) -> tuple[date, int] | None:
        """The day in the window on which it recurs, and after how many years; None when it does not."""
        for year in {self.first.year, self.last.year}:
            again = years_after(day, year - day.year)
            if self.first <= again <= self.last and year > day.year:
                return again, year - day.year
        return None


def years_before(day: date, years: int) -> date:
    """That day so many years before; of 29 February the 28th."""
    return years_after(day, -years)


def years_after(day: date, years: int) -> date:
    """That day so many years later; of 29 February the 28th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


@dataclass(frozen=True)
class Terms:
    """What some units go by of a kind: its numbers by key, and which `units` (primary keys; None: all there are).

    Somebody who belongs to one of the units in `before` too goes by the terms of those.
    """

    numbers: Mapping[str, float | None] = field(default_factory=dict)
    units: frozenset[int] | None = None
    before: frozenset[int] = frozenset()

    def of(self, setting: Setting) -> int:
        """The number of a setting that is whole and has a default."""
        return int(self.numbers.get(setting.key) or 0)

    def where(self, column: str) -> Q:
        """Rows whose unit, at the end of `column`, is one of them."""
        return Q() if self.units is None else Q(**{f"{column}__in": self.units})

    def hold_for(self, belongs: Collection[int]) -> bool:
        """Whether somebody who belongs to these units goes by them."""
        return self.units is None or (bool(self.units.intersection(belongs)) and not self.before.intersection(belongs))


@dataclass(frozen=True)
class Found:
    """Somebody (primary key of the person) for whom an occasion falls on `day`, and the figures behind it."""

    person: int
    day: date
    evidence: Mapping[str, Any] = field(default_factory=dict)
    subject: str = ""
    unit: int | None = None
    community: int | None = None


ON = Words("1 查找，0 不查找", "1: looked for, 0: not")


@dataclass(frozen=True)
class Kind:
    """A kind of occasion: `find` gives all that fall into a window for units that go by some terms, `why` says the evidence in words.

    `help` has {placeholders} for the last parts of the keys of its `settings`; `openings` by channel is what to say ("" for any). One
    `of_person` is no single unit's: `find` leaves the terms' units aside, and those count that the person belongs to. `needs` is the
    permission it takes to see it, or LEVELS.
    """

    key: str
    place: int
    title: Words
    help: Words
    icon: str
    find: Callable[[Window, Terms], Iterable[Found]]
    why: Callable[[Mapping[str, Any]], Words]
    openings: Mapping[str, Words]
    needs: str = ""
    settings: tuple[Setting, ...] = ()
    of_person: bool = False

    @property
    def switch(self) -> Setting:
        """Whether units look for it."""
        return Setting(f"care.{self.key}.on", self.title, ON, 1, 0, 1, whole=True)

    def help_with(self, numbers: Mapping[str, float | None]) -> Words:
        """The help with the numbers that hold."""
        return self.help.fill(**{each.key.rpartition(".")[2]: f"{numbers[each.key]:g}" for each in self.settings})

    def opening(self, channel: str) -> Words:
        """What to say over a channel."""
        return self.openings.get(channel, self.openings[""])


@cache
def kinds() -> dict[str, Kind]:
    """Every kind by key, in the order of their places."""
    package = importlib.import_module("qunyu.care.occasions")
    names = sorted(info.name for info in pkgutil.iter_modules(package.__path__))
    found: list[Kind] = [importlib.import_module(f"{package.__name__}.{name}").KIND for name in names]
    return {each.key: each for each in sorted(found, key=lambda each: each.place)}


def find_kind(key: str) -> Kind:
    """The kind with that key.

    Raises DomainError unknown_occasion_kind.
    """
    found = kinds().get(key)
    if found is None:
        message = Words("没有日子“{key}”；可用：{known}", "there is no occasion “{key}”; there are: {known}")
        raise DomainError("unknown_occasion_kind", message.fill(key=key, known=", ".join(kinds())), field="kind")
    return found
