"""Results: whether people answered and ordered after a contact, beside those of the same occasion who were not contacted. No experiment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Max

from qunyu.care.kind import Window
from qunyu.care.models import OccasionState
from qunyu.care.queries import KEPT, occasions
from qunyu.commerce.queries import orders
from qunyu.communities.duties import local_day
from qunyu.kernel.scope import Scope
from qunyu.members.contacts import contacts_among
from qunyu.members.own import identities

# So long after a contact (or the day, where there was none) an answer and an order count.
WITHIN = timedelta(days=7)
MOST = 20_000
# (key, identities, since, until) of each moment -> the keys after which somebody spoke, and the last day of data.
Spoke = Callable[[Collection[tuple[int, tuple[int, ...], datetime, datetime]]], tuple[set[int], date | None]]


@dataclass
class Line:
    """Of one kind and channel ("" for those who were not contacted): how many, of how many it is known whether they answered and ordered, and how many did.

    `ordered_known` is None where orders may not be seen.
    """

    kind: str
    channel: str
    count: int = 0
    known: int = 0
    answered: int = 0
    ordered_known: int | None = None
    ordered: int = 0


def results(scope: Scope, *, first: date, last: date, now: datetime, spoke: Spoke) -> list[Line]:
    """What came of the occasions of some days, by kind and channel, those contacted before those who were not."""
    rows = list(_rows(scope, first, last, now)[:MOST])
    moments = {
        row.pk: row.contact.at if row.contact else Window(row.day, row.day, row.day).start(row.day) for row in rows
    }
    own = _identities({row.person for row in rows})
    asked = [(row.pk, own.get(row.person, ()), moments[row.pk], moments[row.pk] + WITHIN) for row in rows]
    answered, as_of = spoke(asked)
    answered |= _wrote(rows, moments)
    bought, orders_until = _ordered(scope, rows, moments)
    lines: dict[tuple[str, str], Line] = {}
    for row in rows:
        key = (row.kind, row.contact.channel if row.contact else "")
        line = lines.setdefault(key, Line(*key, ordered_known=0 if scope.may("orders.view") else None))
        over = local_day(moments[row.pk] + WITHIN)
        line.count += 1
        # An answer is known as soon as there is one; that there was none only when the time is over and the data reach so far.
        line.known += row.pk in answered or (as_of is not None and as_of >= over and bool(own.get(row.person)))
        line.answered += row.pk in answered
        if line.ordered_known is not None:
            line.ordered_known += row.pk in bought or (orders_until is not None and orders_until >= over)
            line.ordered += row.pk in bought
    return [lines[key] for key in sorted(lines, key=lambda each: (each[0], each[1] == "", each[1]))]


def _rows(scope: Scope, first: date, last: date, now: datetime) -> Any:
    """Those contacted, and those whose day has passed without a contact."""
    found = occasions(scope).filter(day__gte=first, day__lte=last).select_related("contact").order_by("-day", "-id")
    contacted = found.filter(state=OccasionState.DONE, contact__isnull=False)
    passed = found.exclude(state=OccasionState.DONE).filter(due__lt=local_day(now) - KEPT)
    return contacted | passed


def _identities(people: Collection[int]) -> dict[int, tuple[int, ...]]:
    found: dict[int, list[int]] = defaultdict(list)
    for person, identity in identities().filter(member__in=people).values_list("member", "pk"):
        found[person].append(identity)
    return {person: tuple(ids) for person, ids in found.items()}


def _wrote(rows: Collection[Any], moments: dict[int, datetime]) -> set[int]:
    """Those after which the person contacted us, as somebody noted."""
    noted = contacts_among({row.person for row in rows}).filter(direction="in")
    when: dict[int, list[datetime]] = defaultdict(list)
    for person, at in noted.values_list("member__own_identity__member", "at"):
        when[person].append(at)
    return {row.pk for row in rows if _any_within(when[row.person], moments[row.pk])}


def _ordered(scope: Scope, rows: Collection[Any], moments: dict[int, datetime]) -> tuple[set[int], date | None]:
    if not scope.may("orders.view"):
        return set(), None
    paid = orders(scope).filter(status="paid").order_by()
    latest = paid.aggregate(at=Max("ordered_at"))["at"]
    when: dict[int, list[datetime]] = defaultdict(list)
    mine = paid.filter(customer__member__in={row.person for row in rows})
    for person, at in mine.values_list("customer__member", "ordered_at"):
        when[person].append(at)
    bought = {row.pk for row in rows if _any_within(when[row.person], moments[row.pk])}
    return bought, local_day(latest) if latest else None


def _any_within(times: Collection[datetime], since: datetime) -> bool:
    return any(since < each < since + WITHIN for each in times)
