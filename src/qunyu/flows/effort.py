"""Effort: what operators did in each community, minutes measured and noted, and the community's results beside it (method.md O5)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from qunyu.communities.duties import local_day
from qunyu.communities.duty_queries import carriers, effort_scope, held_between, operators
from qunyu.communities.queries import communities
from qunyu.communities.work import Noted, noted
from qunyu.flows.place import lake
from qunyu.insights.board import Board, Figure, board
from qunyu.insights.busywork import Busywork, busywork
from qunyu.insights.effort import Doing, effort
from qunyu.insights.metric import metrics
from qunyu.insights.question import Question
from qunyu.kernel.scope import Scope
from qunyu.members.staff_links import links

if TYPE_CHECKING:
    from qunyu.communities.models import Community
    from qunyu.people.models import Staff

# The days shown when none are asked for.
DAYS = 28
RESULTS = ("joins", "leaves", "interaction_rate", "orders", "revenue")
SALES = ("orders", "revenue")


@dataclass(frozen=True)
class Row:
    """One operator in one community (None: work that was noted for none).

    `kinds` are the duties held there on these days. `doing` is None where nobody of the chats is linked with the account, or nothing is
    recorded there of these days: it is then unknown. `repeats` and `unheard` count its repeated texts. `results` are the community's and not
    the operator's: `shared` says how many carry it now; those of orders are missing where they may not be seen.
    """

    staff: Staff
    community: Community | None
    kinds: tuple[str, ...]
    shared: int
    doing: Doing | None
    repeats: int
    unheard: int
    noted: Noted
    results: Mapping[str, tuple[Figure, ...]]


@dataclass(frozen=True)
class Efforts:
    """`minutes` in chat of each linked account altogether, chats open at once counted once; `linked` are the accounts with a chat person."""

    first: date
    last: date
    as_of: date | None
    rows: tuple[Row, ...]
    minutes: Mapping[int, float]
    linked: frozenset[int]
    busy: Busywork | None


def days_asked(first: date | None, last: date | None, now: datetime) -> tuple[date, date]:
    """The days asked for; what is left open ends today, or begins so that there are DAYS.

    Raises DomainError bad_period.
    """
    end = last or max(local_day(now), first or date.min)
    begin = first or end - timedelta(days=DAYS - 1)
    Question("all", first=begin, last=end)
    return begin, end


def efforts(scope: Scope, first: date, last: date, staff: Staff | None = None) -> Efforts:
    """The effort of `staff`, or of every operator whose effort `scope` may see, from `first` to `last`.

    Raises Denied where all are asked for; DomainError bad_period.
    """
    if staff is None:
        scope.require("effort.view")
    narrow = scope.within("effort.view") if staff is None else effort_scope(scope, staff)
    people = {each.pk: each for each in ([staff] if staff else operators(scope))}
    who = links(people)
    done = effort(lake(), narrow, first, last, who)
    found = _Found(narrow, first, last, people)
    found.linked = frozenset(who.values())
    found.doings, found.recorded = (done.doings, done.recorded) if done else ({}, frozenset())
    found.busy = busywork(lake(), narrow, first, last, who)
    return Efforts(
        first, last, done.as_of if done else None, tuple(found.rows()), done.minutes if done else {}, found.linked, found.busy
    )  # fmt: skip


class _Found:
    """What is known of some accounts on some days, to be put together into rows."""

    def __init__(self, scope: Scope, first: date, last: date, people: Mapping[int, Staff]) -> None:
        self.scope, self.first, self.last, self.people = scope, first, last, people
        self.linked: frozenset[int] = frozenset()
        self.doings: Mapping[tuple[int, int], Doing] = {}
        self.recorded: frozenset[int] = frozenset()
        self.busy: Busywork | None = None

    def rows(self) -> list[Row]:
        kinds = self._kinds()
        noted = self._noted()
        pairs = sorted({*kinds, *self.doings, *noted}, key=lambda pair: (pair[0], pair[1] or 0))
        places = communities(self.scope).select_related("unit").in_bulk({where for _, where in pairs if where})
        shared = carriers(self.scope, list(places))
        results = _results(self.scope, self.first, self.last, places.values())
        return [
            Row(
                self.people[who],
                places[where] if where else None,
                kinds.get((who, where), ()),
                len(shared.get(where or 0, ())),
                self._doing(who, where),
                *(self.busy.places.get((who, where or 0), (0, 0)) if self.busy else (0, 0)),
                noted.get((who, where), Noted(0, 0)),
                results.get(where or 0, {}),
            )
            for who, where in pairs
            if who in self.people and (where is None or where in places)
        ]

    def _doing(self, who: int, where: int | None) -> Doing | None:
        """Nothing measured is nothing done where the account is linked and anything is recorded of these days."""
        if where is None or who not in self.linked or where not in self.recorded:
            return None
        return self.doings.get((who, where), Doing())

    def _kinds(self) -> dict[tuple[int, int | None], tuple[str, ...]]:
        found: dict[tuple[int, int | None], set[str]] = {}
        for duty in held_between(self.scope, self.first, self.last).filter(staff__in=list(self.people)):
            found.setdefault((duty.staff_id, duty.community_id), set()).add(duty.kind)
        return {pair: tuple(sorted(kinds)) for pair, kinds in found.items()}

    def _noted(self) -> dict[tuple[int, int | None], Noted]:
        found: dict[tuple[int, int | None], Noted] = {}
        for (who, where, _), each in noted(self.scope, self.first, self.last, list(self.people)).items():
            before = found.get((who, where), Noted(0, 0))
            found[who, where] = Noted(before.minutes + each.minutes, before.entries + each.entries)
        return found


def _results(
    scope: Scope, first: date, last: date, places: Iterable[Community]
) -> dict[int, dict[str, tuple[Figure, ...]]]:
    """What came of each community on these days; of orders only where they may be seen."""
    there = list(places)
    question = Question("all", "community", first, last, frozenset(each.pk for each in there), frozenset(RESULTS))
    found = board(lake(), scope, question)
    if not found.periods:
        return {}
    return {
        each.pk: _of(found, each.pk, scope.may("orders.view", each.unit_id)) for each in there if each.pk in found.keys
    }


def _of(found: Board, key: int, sales: bool) -> dict[str, tuple[Figure, ...]]:
    period = found.periods[-1]
    told: dict[str, tuple[Figure, ...]] = {}
    for name in RESULTS:
        if name in SALES and not sales:
            continue
        parts: Collection[str] = found.currencies if metrics()[name].unit == "money" else ()
        told[name] = tuple(found.figure(name, period, key, part) for part in parts or ("",))
    return told
