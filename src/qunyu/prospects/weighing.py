"""Weighing: what the people of a unit brought and cost, computed anew and kept: both ends of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

import pyarrow as pa
from django.conf import settings
from django.db import transaction
from django.db.models import Count, QuerySet, Sum

from qunyu.insights.worth import COUNTS, POINTS, Asked, Prices, Worths, worths
from qunyu.kernel.scope import Scope, system_scope
from qunyu.loyalty.benefits import uses_between
from qunyu.loyalty.programmes import programmes, reach
from qunyu.loyalty.rewards import redemptions
from qunyu.members.own import PERSON
from qunyu.members.queries import is_seen
from qunyu.members.sets import alive, contacts_noted
from qunyu.people.queries import units_below
from qunyu.prospects.measuring import CHUNK, lake
from qunyu.prospects.models import Worth, WorthRun
from qunyu.prospects.settings import SETTINGS
from qunyu.satisfaction.complaints import complaints

if TYPE_CHECKING:
    from qunyu.events.lake.store import Lake
    from qunyu.loyalty.models import Programme
    from qunyu.people.models import Unit

KEPT = 5_000
_WHOLE = system_scope("worth")
_COLUMNS = (
    "since", "orders", "revenue", "refunds", "profit", "brought", "brought_revenue", "contacts", "complaints", "care", "points", "rewards",
    "benefits", "days", "upkeep", "costs", "balance",
)  # fmt: skip


def weigh(*, unit: Unit, now: datetime, source: Lake | None = None) -> WorthRun:
    """Both ends of the unit, over all that is known of it and of the units below it; those before are gone when these are there."""
    numbers = SETTINGS.of(unit.pk)
    below = units_below(unit)
    here = {programme for place, programme in reach().items() if place in below}
    counting = list(programmes(_WHOLE).filter(pk__in=here))
    asked = Asked(below, int(numbers["worth.days"] or 1), int(numbers["worth.new_days"] or 0), KEPT)

    def spent(first: date, last: date, currency: str) -> Mapping[str, pa.Table]:
        return _spent(_points(counting, currency), first, last)

    found = worths(source or lake(), _WHOLE, asked, spent, _prices(numbers))
    # None where what points are worth is not said everywhere, in this currency.
    priced = _points(counting, found.currency)
    point = len(priced) if priced and None not in priced.values() else None
    run = WorthRun.objects.create(
        unit=unit,
        at=now,
        first=found.first,
        last=found.last,
        currency=found.currency,
        figures=figures(found, numbers, point),
    )
    known = alive([each["member"] for each in found.rows])
    rows = [
        Worth(run=run, member_id=each["member"], side=each["side"], place=each["n"], **{name: each[name] for name in _COLUMNS})
        for each in found.rows
        if each["member"] in known
    ]  # fmt: skip
    Worth.objects.bulk_create(rows, batch_size=CHUNK)
    with transaction.atomic():
        WorthRun.objects.filter(pk=run.pk).update(finished=True)
        Worth.objects.filter(run__unit=unit, run__lt=run.pk).delete()
    run.refresh_from_db()
    return run


def _points(counting: Sequence[Programme], currency: str) -> dict[int, float | None]:
    """Programme -> what a point of it is worth in minor units of the currency, None where nobody has said."""
    return {
        each.pk: each.value_minor / 100 if each.value_minor is not None and each.value_currency == currency else None
        for each in counting
    }


def _prices(numbers: Mapping[str, float | None]) -> Prices:
    margin, hour = numbers["worth.margin"], numbers["worth.hour"]
    return Prices(
        None if margin is None else margin / 100,
        hour,
        numbers["worth.contact"] or 0.0,
        numbers["worth.complaint"] or 0.0,
    )


def figures(found: Worths, numbers: Mapping[str, float | None], point: int | None) -> dict[str, object]:
    """What it was counted from, with the prices that held; `point` is how many points programmes say what theirs are worth."""
    told = {name: getattr(found, name) for name in ("foreign", "costs", "people", "fresh", "minus")}
    return {**told, "point": point, **{key.removeprefix("worth."): value for key, value in numbers.items()}}


def _spent(priced: Mapping[int, float | None], first: date, last: date) -> dict[str, pa.Table]:
    zone = settings.QUNYU_ZONE
    start, end = datetime.combine(first, time(), zone), datetime.combine(last + timedelta(days=1), time(), zone)
    between = {"at__gte": start, "at__lt": end}
    somebody = {f"{PERSON}__isnull": False}
    redeemed = (
        redemptions(_WHOLE).filter(reward__programme__in=priced, **between, **somebody).exclude(state="cancelled")
    )
    return {
        "contacts": _counts(contacts_noted().filter(**between).values_list(PERSON).annotate(n=Count("id"))),
        "complaints": _counts(complaints(_WHOLE).filter(**between, **somebody).order_by().values_list(PERSON).annotate(n=Count("id"))),
        "points": _redeemed(priced, redeemed.order_by().values_list(PERSON, "reward__programme").annotate(n=Sum("points"))),
        "benefits": _counts(uses_between(priced.keys(), start, end).values_list(PERSON).annotate(n=Count("id"))),
    }  # fmt: skip


def _redeemed(priced: Mapping[int, float | None], rows: Iterable[tuple[int, int, int]]) -> pa.Table:
    told = [
        (member, count, None if (price := priced[programme]) is None else count * price)
        for member, programme, count in rows
    ]
    columns = list(zip(*told, strict=True)) or [(), (), ()]
    return pa.table([pa.array(each, field.type) for each, field in zip(columns, POINTS, strict=True)], schema=POINTS)


def _counts(rows: Iterable[tuple[int, int]]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [(), ()]
    return pa.table([pa.array(each, field.type) for each, field in zip(columns, COUNTS, strict=True)], schema=COUNTS)


def find_worth(scope: Scope, unit: Unit) -> WorthRun | None:
    """What the people of a unit, found by queries.find_list, brought and cost; None before the first computation."""
    scope.require("orders.view", unit.pk)
    scope.require("members.view", unit.pk)
    return WorthRun.objects.filter(unit=unit, finished=True).order_by("-id").first()


def weighed(scope: Scope, run: WorthRun, side: str, text: str = "") -> QuerySet[Worth]:
    """The people at one end, of those `scope` may see, called `text`, by their place."""
    found = Worth.objects.filter(is_seen(scope), run=run, side=side).select_related("member")
    found = found.filter(member__name__icontains=text) if text else found
    return found.order_by("place")
