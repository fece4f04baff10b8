"""Results: what came of giving an offer, beside those left out by lot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q

from qunyu.commerce.queries import orders
from qunyu.insights.odds import Rate, difference
from qunyu.kernel.scope import Scope
from qunyu.members.own import PERSON
from qunyu.offers.models import Given, Giving
from qunyu.people.queries import units_below

if TYPE_CHECKING:
    from qunyu.people.models import Unit

# So many people on each side, and orders on both together, before a difference is told.
LEAST_PEOPLE, LEAST_ORDERS = 20, 5


@dataclass(frozen=True)
class Result:
    """Of those who got an offer, and of those left out by lot, how many ordered within its days. `over` says whether the orders of these days
    are known. Without a lot (not `drawn`) `others` are the same people in as many days before: that is no experiment, nor is it one where
    somebody left out got the offer by another giving in these days (`overlapped`).

    `told` is the difference of the shares with its 95 % interval, None where it is too early, too few, or no lot was drawn.
    """

    giving: Giving
    given: Rate
    others: Rate
    drawn: bool
    overlapped: bool
    over: bool
    told: tuple[float, float, float] | None


def result(scope: Scope, giving: Giving, as_of: date | None) -> Result:
    """What came of a giving, orders being known to the day `as_of`."""
    return results(scope, [giving], as_of)[0]


def results(scope: Scope, givings: Sequence[Giving], as_of: date | None) -> list[Result]:
    """What came of givings of one unit's offers, orders being known to the day `as_of`: one statement for each length of their days."""
    counted: dict[tuple[int, bool], dict[str, int]] = {}
    for days in {each.days for each in givings}:
        mine = [each for each in givings if each.days == days]
        counted |= _counted(scope, mine[0].offer.unit, mine, timedelta(days=days))
    return [_result(each, counted, as_of) for each in givings]


def _counted(
    scope: Scope, unit: Unit, givings: Sequence[Giving], span: timedelta
) -> dict[tuple[int, bool], dict[str, int]]:
    """By giving and whether they were held back: the people, and how many ordered after and before, or got the offer all the same."""
    at = OuterRef("giving__at")
    again = Given.objects.filter(
        held=False, giving__offer=OuterRef("giving__offer"), giving__at__gte=at, giving__at__lt=at + span
    )
    people = Given.objects.filter(giving__in=[each.pk for each in givings], **{f"{PERSON}__isnull": False}).annotate(
        after=_ordered(scope, unit, at, at + span), before=_ordered(scope, unit, at - span, at),
        again=Exists(again.filter(**{PERSON: OuterRef(PERSON)}).exclude(giving=OuterRef("giving"))),
    )  # fmt: skip
    told = {name: Count(PERSON, distinct=True, filter=Q(**{name: True})) for name in ("after", "before", "again")}
    renamed = {f"n_{name}": each for name, each in told.items()}
    rows: Any = people.order_by().values("giving", "held").annotate(n=Count(PERSON, distinct=True), **renamed)
    return {(row["giving"], row["held"]): row for row in rows}


def _ordered(scope: Scope, unit: Unit, start: Any, end: Any) -> Exists:
    return Exists(
        orders(scope).filter(
            unit__in=units_below(unit), status="paid", ordered_at__gte=start, ordered_at__lt=end,
            customer__member__identities__own_member=OuterRef("member"),
        )
    )  # fmt: skip


def _result(giving: Giving, counted: dict[tuple[int, bool], dict[str, int]], as_of: date | None) -> Result:
    nobody = dict.fromkeys(("n", "n_after", "n_before", "n_again"), 0)
    got, held = counted.get((giving.pk, False), nobody), counted.get((giving.pk, True), nobody)
    drawn, overlapped = giving.held > 0 and not held["n_again"], held["n_again"] > 0
    given = Rate(got["n"], got["n_after"])
    others = Rate(held["n"], held["n_after"]) if drawn else Rate(got["n"], got["n_before"])
    ends = (giving.at + timedelta(days=giving.days)).astimezone(settings.QUNYU_ZONE).date()
    over = as_of is not None and as_of > ends
    few = min(given.people, others.people) < LEAST_PEOPLE or given.ordered + others.ordered < LEAST_ORDERS
    told = difference(given, others) if drawn and over and not few else None
    return Result(giving, given, others, drawn, overlapped, over, told)
