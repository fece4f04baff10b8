"""Feedback: what an offer did in a segment, by the lots drawn there, beside what offers of its kind do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from qunyu.insights.odds import Rate
from qunyu.kernel.scope import Scope
from qunyu.offers.models import Giving, Offer
from qunyu.offers.queries import last_order_day, offers
from qunyu.offers.results import Result, results

# What its kind does counts as much as so many people on each side of a lot.
PRIOR = 50


@dataclass(frozen=True)
class Met:
    """Of those who got an offer in a segment, and of those left out by lot, how many ordered within `days`; `times` as many orders as with the
    kind's own effect, once shrunk towards it.
    """

    given: Rate
    held: Rate
    days: int
    times: float


def feedback(scope: Scope, found: Collection[Offer], segment: int | None) -> dict[int, Met]:
    """Offer -> what it did in the segment (primary keys), of givings that `scope` may see, that are over and were held against a lot.

    Offers without such a comparison are missing; without a segment all are.
    """
    if segment is None:
        return {}
    drawn = Giving.objects.filter(held__gt=0, offer__in=offers(scope, archived=None)).select_related("offer__unit")
    here = drawn.filter(segment=segment, offer__in=[each.pk for each in found])
    fair = _fair(scope, list(drawn.filter(kind__in=set(here.values_list("kind", flat=True)))))
    told = {}
    for offer in found:
        kind = [each for each in fair if each.giving.kind == offer.kind]
        mine = [each for each in kind if (each.giving.offer_id, each.giving.segment_id) == (offer.pk, segment)]
        met = met_with(mine, kind)
        if met is not None:
            told[offer.pk] = met
    return told


def _fair(scope: Scope, givings: Sequence[Giving]) -> list[Result]:
    by_unit: dict[int, list[Giving]] = defaultdict(list)
    for each in givings:
        by_unit[each.offer.unit_id].append(each)
    found = [
        told for mine in by_unit.values() for told in results(scope, mine, last_order_day(scope, mine[0].offer.unit))
    ]
    return [each for each in found if each.drawn and each.over and each.given.people and each.others.people]


def met_with(mine: Sequence[Result], kind: Sequence[Result]) -> Met | None:
    """What fair results of one offer (`mine`) tell beside those of its kind, over days of one length: that of most people. None where nothing
    was compared or nobody of the kind ordered.
    """
    people: dict[int, int] = defaultdict(int)
    for each in mine:
        people[each.giving.days] += each.given.people
    if not people:
        return None
    days = max(people, key=lambda each: (people[each], -each))
    here = [each for each in mine if each.giving.days == days]
    beside = [each for each in kind if each.giving.days == days]
    effect, size = _effect(here)
    usual, _ = _effect(beside)
    base = _together([each.others for each in beside]).share or 0.0
    if base + usual <= 0:
        return None
    shrunk = (size * effect + PRIOR * usual) / (size + PRIOR)
    times = max(0.25, min(4.0, (base + shrunk) / (base + usual)))
    return Met(_together([each.given for each in here]), _together([each.others for each in here]), days, times)


def _effect(found: Sequence[Result]) -> tuple[float, float]:
    """By how much the share of those who got it is above that of those left out, over all lots, and as how many people on each side that counts.

    Source: Greenland and Robins (1985), "Estimation of a common effect parameter from sparse follow-up data": Mantel–Haenszel weights.
    """
    weights = [each.given.people * each.others.people / (each.given.people + each.others.people) for each in found]
    apart = [(each.given.share or 0.0) - (each.others.share or 0.0) for each in found]
    whole = sum(weights)
    return sum(weight * value for weight, value in zip(weights, apart, strict=True)) / whole, 2 * whole


def _together(rates: Sequence[Rate]) -> Rate:
    return Rate(sum(each.people for each in rates), sum(each.ordered for each in rates))
