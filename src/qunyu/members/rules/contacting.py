"""Contacting: how often somebody may be contacted, and from when again. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta


@dataclass(frozen=True, slots=True)
class Cap:
    """At most `most` contacts within any `days` days; 0 means none at all."""

    most: int
    days: int

    def since(self, now: datetime) -> datetime:
        """What lies after this moment counts at `now`."""
        return now - timedelta(days=self.days)


@dataclass(frozen=True, slots=True)
class Caps:
    """What holds for a person: the cap on every contact, the one on those that sell, hours of rest (local).

    And for how many days an answer is one, and a recommendation brings people.
    """

    all: Cap
    selling: Cap
    quiet_from: int
    quiet_to: int
    answer_days: int
    brought_days: int

    def by_key(self) -> dict[str, int]:
        """The numbers by the keys of their settings."""
        return {
            "contact.most": self.all.most,
            "contact.days": self.all.days,
            "contact.selling_most": self.selling.most,
            "contact.selling_days": self.selling.days,
            "contact.quiet_from": self.quiet_from,
            "contact.quiet_to": self.quiet_to,
            "contact.answer_days": self.answer_days,
            "contact.brought_days": self.brought_days,
        }


def free_at(times: Iterable[datetime], cap: Cap, now: datetime) -> datetime | None:
    """From when one more fits in after these contacts: `now` or later; None when none ever does."""
    if cap.most == 0:
        return None
    counted = sorted(each for each in times if each > cap.since(now))
    # Of those in the window all but `most - 1` must have left it.
    return now if len(counted) < cap.most else counted[len(counted) - cap.most] + timedelta(days=cap.days)


def is_beyond(times: Sequence[datetime], at: datetime, cap: Cap) -> bool:
    """Whether with a contact `at` some span of the cap's days holds more contacts than it allows."""
    span = timedelta(days=cap.days)
    near = sorted([each for each in times if at - span < each < at + span] + [at])
    return any(sum(first <= each < first + span for each in near) > cap.most for first in near if first <= at)


def quiet_until(local: datetime, first: int, last: int) -> datetime | None:
    """When the hours of rest (from `first` to `last` o'clock, over midnight where `first` is the later) end; None outside them or where both are equal."""
    hour, resting = local.hour, range(first, last)
    is_resting = hour in resting if first < last else first != last and (hour >= first or hour < last)
    if not is_resting:
        return None
    day = local.date() + timedelta(days=1 if first > last and hour >= first else 0)
    return datetime.combine(day, time(last % 24), local.tzinfo)
