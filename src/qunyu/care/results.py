"""Results: whether people answered and ordered after a contact, beside those of the same occasion who were not contacted. No experiment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Max

from qunyu.care.kind import Window
from qunyu.care.models import Occasion, OccasionState
from qunyu.care.queries import KEPT, occasions
from qunyu.commerce.queries import orders
from qunyu.communities.duties import local_day
from qunyu.kernel.scope import Scope
from qunyu.members.contacts import contacts_among
from qunyu.members.leave import UNCOUNTED
from qunyu.members.own import PERSON, identities

# So long after a contact (or the day, where there was none) an answer and an order count.
WITHIN = timedelta(days=7)
MOST = 20_000
# (key, identities, since, until) of each moment -> the keys after which somebody spoke, and the last day of data.
Spoke = Callable[[Collection[tuple[int, tuple[int, ...], datetime, datetime]]], tuple[set[int], date | None]]


# In place of a channel: nobody contacted them, or they were left out.
NOBODY, DROPPED = "", "dropped"


@dataclass
class Line:
    """Of one kind and channel (or NOBODY, DROPPED): how many, and how many of these are `open`: their seven days are not over yet.

    `known` counts those whose days are over and whom the data reach, `answered` those of them who spoke or wrote; so for orders, where
    `ordered_known` is None unless orders may be seen.
    """

    kind: str
    channel: str
    count: int = 0
    open: int = 0
    known: int = 0
    answered: int = 0
    ordered_known: int | None = None
    ordered: int = 0


@dataclass(frozen=True)
class _Known:
    """Of which rows something is known: the keys of those after which it happened, and the last day with data."""

    happened: set[int]
    until: date | None

    def reaches(self, over: datetime) -> bool:
        return self.until is not None and self.until > local_day(over)


def results(scope: Scope, *, first: date, last: date, now: datetime, spoke: Spoke) -> list[Line]:
    """What came of the occasions of some days, by kind and channel, those contacted before those who were not.

    Of those not contacted for it, who was contacted otherwise within seven days of the day is in no line.
    """
    rows = _comparable(list(_rows(scope, first, last, now)[:MOST]))
    moments = {row.pk: _moment(row) for row in rows}
    own = _identities({row.person for row in rows})
    asked = [(row.pk, own.get(row.person, ()), moments[row.pk], moments[row.pk] + WITHIN) for row in rows]
    heard, as_of = spoke(asked)
    answers = _Known(heard | _wrote(rows, moments), as_of)
    orders_known = _ordered(scope, rows, moments) if scope.may("orders.view") else None
    lines: dict[tuple[str, str], Line] = {}
    for row in rows:
        key = (row.kind, _channel(row))
        line = lines.setdefault(key, Line(*key, ordered_known=None if orders_known is None else 0))
        _count(line, row.pk, moments[row.pk] + WITHIN, now, answers, orders_known)
    return [lines[key] for key in sorted(lines, key=lambda each: (each[0], each[1] in (NOBODY, DROPPED), each[1]))]


def _count(line: Line, key: int, over: datetime, now: datetime, answers: _Known, ordered: _Known | None) -> None:
    """A yes counts when a no would: else what is fresh looks better than it is."""
    line.count += 1
    if over > now:
        line.open += 1
        return
    if answers.reaches(over):
        line.known += 1
        line.answered += key in answers.happened
    if ordered is not None and line.ordered_known is not None and ordered.reaches(over):
        line.ordered_known += 1
        line.ordered += key in ordered.happened


def _moment(row: Any) -> datetime:
    return row.contacted_at or Window(row.day, row.day, row.day).start(row.day)


def _channel(row: Any) -> str:
    if row.contacted_at:
        return str(row.channel)
    return DROPPED if row.state == OccasionState.DROPPED else NOBODY


def _rows(scope: Scope, first: date, last: date, now: datetime) -> Any:
    """Those contacted, and those whose day has passed without a contact."""
    found = occasions(scope).filter(day__gte=first, day__lte=last).order_by("-day", "-id")
    contacted = found.filter(state=OccasionState.DONE, contacted_at__isnull=False)
    passed = found.exclude(state=OccasionState.DONE).filter(due__lt=local_day(now) - KEPT)
    return contacted | passed


def _comparable(rows: list[Any]) -> list[Any]:
    """Without those who were contacted otherwise near the day, by hand, for another occasion or by a survey."""
    alone = {row.person for row in rows if not row.contacted_at}
    near: dict[int, list[datetime]] = defaultdict(list)
    reached = contacts_among(alone).exclude(standing__in=UNCOUNTED).values_list(PERSON, "at")
    done = Occasion.objects.filter(contacted_at__isnull=False, **{f"{PERSON}__in": alone})
    for person, at in [*reached, *done.values_list(PERSON, "contacted_at")]:
        near[person].append(at)
    return [
        row for row in rows if row.contacted_at or not any(abs(at - _moment(row)) <= WITHIN for at in near[row.person])
    ]


def _identities(people: Collection[int]) -> dict[int, tuple[int, ...]]:
    found: dict[int, list[int]] = defaultdict(list)
    for person, identity in identities().filter(member__in=people).values_list("member", "pk"):
        found[person].append(identity)
    return {person: tuple(ids) for person, ids in found.items()}


def _wrote(rows: Collection[Any], moments: dict[int, datetime]) -> set[int]:
    """Those after which the person contacted us, as somebody noted."""
    noted = contacts_among({row.person for row in rows}).filter(direction="in")
    when: dict[int, list[datetime]] = defaultdict(list)
    for person, at in noted.values_list(PERSON, "at"):
        when[person].append(at)
    return {row.pk for row in rows if _any_within(when[row.person], moments[row.pk])}


def _ordered(scope: Scope, rows: Collection[Any], moments: dict[int, datetime]) -> _Known:
    paid = orders(scope).filter(status="paid").order_by()
    latest = paid.aggregate(at=Max("ordered_at"))["at"]
    when: dict[int, list[datetime]] = defaultdict(list)
    mine = paid.filter(customer__member__in={row.person for row in rows})
    for person, at in mine.values_list("customer__member", "ordered_at"):
        when[person].append(at)
    bought = {row.pk for row in rows if _any_within(when[row.person], moments[row.pk])}
    return _Known(bought, local_day(latest) if latest else None)


def _any_within(times: Collection[datetime], since: datetime) -> bool:
    return any(since < each < since + WITHIN for each in times)
