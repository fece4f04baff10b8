"""Rhythm: when Chinese groups speak, by hour, weekday, holiday and promotion."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate

# Shares of a day's talk by hour, 0 to 23: breakfast, the lunch break, and the long evening.
WORKDAY = (4, 2, 1, 0.5, 0.5, 1.5, 6, 16, 22, 20, 19, 20, 30, 24, 15, 15, 16, 18, 22, 28, 40, 44, 34, 14)
WEEKEND = (6, 3, 1, 0.5, 0.5, 1, 3, 9, 17, 24, 26, 24, 26, 22, 19, 21, 22, 20, 21, 27, 38, 42, 36, 18)
WEEKDAYS = (1.0, 0.98, 0.97, 0.98, 1.06, 0.92, 0.88)

# Days of the lunar festivals in the solar calendar; a year outside the table simply has none.
SPRING = {2024: (2, 10), 2025: (1, 29), 2026: (2, 17), 2027: (2, 6), 2028: (1, 26), 2029: (2, 13), 2030: (2, 3)}
DRAGON = {2024: (6, 10), 2025: (5, 31), 2026: (6, 19), 2027: (6, 9), 2028: (5, 28), 2029: (6, 16), 2030: (6, 5)}
MOON = {2024: (9, 17), 2025: (10, 6), 2026: (9, 25), 2027: (9, 15), 2028: (10, 3), 2029: (9, 22), 2030: (9, 12)}

MEMBERS_DAY = 18
CELEBRATION = 2 / 3


@dataclass(frozen=True, slots=True)
class Festival:
    """A public holiday: its name, first day, and length in days."""

    name: str
    day: date
    length: int


def festivals(year: int) -> list[Festival]:
    """The public holidays of `year` during which groups fall quiet."""
    found = [
        Festival("元旦", date(year, 1, 1), 1),
        Festival("清明", date(year, 4, 4), 3),
        Festival("劳动节", date(year, 5, 1), 5),
        Festival("国庆节", date(year, 10, 1), 7),
    ]
    for name, table, length in (("春节", SPRING, 7), ("端午节", DRAGON, 3), ("中秋节", MOON, 3)):
        if year in table:
            found.append(Festival(name, date(year, *table[year]), length))
    return found


@dataclass(frozen=True, slots=True)
class Day:
    """One day: its index in the simulation, what it is, and the factors on talk and on buying."""

    index: int
    day: date
    festival: str
    celebration: bool
    members_day: bool

    @property
    def weekend(self) -> bool:
        """Saturday and Sunday."""
        return self.day.weekday() >= 5

    @property
    def season(self) -> str:
        """spring, summer, autumn or winter, by the month."""
        return ("winter", "spring", "summer", "autumn")[self.day.month % 12 // 3]

    @property
    def talk(self) -> float:
        """The factor on what members say."""
        if self.festival:
            return 0.45
        bonus = 1.8 if self.celebration else 1.15 if self.members_day else 1.0
        return WEEKDAYS[self.day.weekday()] * bonus


def calendar(starts_on: date, days: int) -> list[Day]:
    """Every day of the simulation; the celebration falls two thirds in, moved off holidays."""
    quiet = _quiet(starts_on, days)
    jubilee = int(days * CELEBRATION)
    while starts_on + timedelta(days=jubilee) in quiet and jubilee < days - 2:
        jubilee += 1
    return [
        Day(i, day, quiet.get(day, ""), i == jubilee, day.day == MEMBERS_DAY)
        for i, day in ((i, starts_on + timedelta(days=i)) for i in range(days))
    ]


def _quiet(starts_on: date, days: int) -> dict[date, str]:
    years = range(starts_on.year - 1, (starts_on + timedelta(days=days)).year + 1)
    return {
        each.day + timedelta(days=n): each.name
        for year in years
        for each in festivals(year)
        for n in range(each.length)
    }


def clock(day: Day, chance: Callable[[], float]) -> int:
    """A second of the day, drawn from its hours."""
    table = _HOURS[day.weekend or bool(day.festival)]
    return table[int(chance() * len(table))] + int(chance() * 900)


def _quarters(hours: tuple[float, ...]) -> tuple[int, ...]:
    """A table of quarter-hour starts in proportion to `hours`, so that a draw is one look-up."""
    ends = list(accumulate(hours))
    scale = 2_000 / ends[-1]
    return tuple(
        hour * 3600 + (n % 4) * 900 for hour, share in enumerate(hours) for n in range(max(4, round(share * scale)))
    )


_HOURS = {False: _quarters(WORKDAY), True: _quarters(WEEKEND)}
