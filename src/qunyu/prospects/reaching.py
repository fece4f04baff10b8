"""Reaching: who of a list may be written to now: whom the unit leaves alone is its own, all else members says (members.leave)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from qunyu.communities.duties import local_day
from qunyu.kernel.words import Words
from qunyu.members.leave import closed, may_contact
from qunyu.members.own import PERSON, of_people
from qunyu.prospects.models import Hold

if TYPE_CHECKING:
    from qunyu.people.models import Unit

HELD = Words("已设为暂不联系", "to be left alone for now")


@dataclass(frozen=True)
class Against:
    """Why somebody is not to be written to: `possible_at` from when again (None: waiting alone does not help), `passable` with a reason."""

    code: str
    words: Words
    possible_at: datetime | None = None
    passable: bool = False


def held(unit: Unit, today: date) -> QuerySet[Hold]:
    """The holds on lists of the unit that are in force on that day."""
    lasting = Q(until=None) | Q(until__gt=today)
    return of_people(Hold.objects.filter(lasting, unit=unit, ended_at=None), None)


def unreachable(unit: Unit, people: Collection[int], now: datetime) -> set[int]:
    """Who of `people` (primary keys) may not be written to these days; the hours of rest keep nobody off a list."""
    alone = set(held(unit, local_day(now)).values_list(PERSON, flat=True))
    return alone.union(*closed(people, now, one_to_one=True).values())


def why_not(unit: Unit, member: int, now: datetime) -> list[Against]:
    """Why that person is not to be written to at this moment; empty where they may be."""
    found = []
    if of_people(held(unit, local_day(now)), [member]).exists():
        found.append(Against("held", HELD))
    leave = may_contact([member], now, selling=True)[member]
    if leave.words is not None:
        found.append(Against(leave.code, leave.words, leave.possible_at, leave.passable))
    return found
