"""Preferences: what a segment's people buy, and of which user types they are, beside everybody of the unit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime
from hashlib import sha256
from typing import TYPE_CHECKING

import numpy as np
from django.conf import settings
from django.core.cache import cache
from django.db.models import Count, QuerySet

from qunyu.events.queries import published_lake
from qunyu.insights.tastes import Ids, Taste, taste
from qunyu.kernel.scope import Scope, system_scope
from qunyu.members.labels import said
from qunyu.members.leave import may_contact
from qunyu.offers.against import CHUNK, had
from qunyu.offers.matching import Match, matches
from qunyu.offers.models import Offer
from qunyu.offers.queries import offers
from qunyu.people.queries import unit_paths, units_below
from qunyu.segments.queries import members_in, unit_scope

if TYPE_CHECKING:
    from qunyu.members.models import Label, Member
    from qunyu.people.models import Unit
    from qunyu.segments.models import Segment

# An hour: people may be merged in between, which changes little of a share.
KEPT_SECONDS = 3600


def taste_of(
    scope: Scope, unit: Unit, segment: Segment | str, now: datetime, wanted: Collection[frozenset[str]] = ()
) -> Taste:
    """The taste of a segment's people whom `scope` may see, or of those of a user type (its code): people of the unit, by the orders there.

    It tells of each set of products that is `wanted`.

    Raises Denied without members.view and orders.view at the unit; what reading the segment raises.
    """
    for permission in ("members.view", "orders.view"):
        scope.require(permission, unit.pk)
    whole = unit_scope(unit, "preferences")
    known = said(whole, "user_type").order_by()
    if isinstance(segment, str):
        people = np.array(list(known.filter(value=segment).values_list("member", flat=True)), np.int64)
        mine = {segment: len(people)} if len(people) else {}
    else:
        people = np.intersect1d(members_in(scope, segment, now), members_in(whole, segment, now))
        mine = _types(known, people)
    return replace(_bought(unit, people, wanted), type_counts=(mine, _counts(known)))


def _counts(known: QuerySet[Label]) -> Counter[str]:
    return Counter(dict(known.values_list("value").annotate(n=Count("pk"))))


def _types(known: QuerySet[Label], people: Ids) -> Counter[str]:
    found: Counter[str] = Counter()
    for start in range(0, len(people), CHUNK):
        found += _counts(known.filter(member__in=people[start : start + CHUNK].tolist()))
    return found


def _bought(unit: Unit, people: Ids, wanted: Collection[frozenset[str]]) -> Taste:
    """What the lake tells of them; kept for a while, as long as the lake is the same."""
    lake = published_lake(settings.QUNYU_DATA / "lake")
    products = sorted(sorted(each) for each in wanted)
    named = (str(lake.folder), sorted((lake.versions or {}).items()), unit.pk, np.sort(people).tobytes(), products)
    key = f"offers.taste.{sha256(repr(named).encode()).hexdigest()}"
    found: Taste | None = cache.get(key) if lake.versions else None
    if found is None:
        found = taste(lake, system_scope("preferences"), units_below(unit), people, wanted)
        cache.set(key, found, KEPT_SECONDS)
    return found


def valid(scope: Scope, unit: Unit, today: date) -> list[Offer]:
    """The offers that hold today for people of the unit: its own, and those of the units above it that `scope` may see."""
    above = [int(each) for each in unit_paths()[unit.pk].strip("/").split("/")]
    return [
        each
        for each in offers(scope).filter(unit__in=above)
        if (each.valid_from is None or each.valid_from <= today) and (each.valid_to is None or each.valid_to >= today)
    ]


def suiting(scope: Scope, unit: Unit, segment: Segment | str, now: datetime) -> tuple[Taste, list[Match]]:
    """The taste, and the offers that hold today in the order in which they suit it.

    Raises as `taste_of`.
    """
    offered = valid(scope, unit, now.astimezone(settings.QUNYU_ZONE).date())
    found = taste_of(scope, unit, segment, now, {frozenset(each.products) for each in offered if each.products})
    key = None if isinstance(segment, str) else segment.pk
    return found, matches(scope, found, offered, key)


def best_for(scope: Scope, unit: Unit, member: Member, now: datetime) -> Match | None:
    """The offer that suits people of somebody's user type best, of those that may be given to them; None where none is known or may be."""
    kept = said(scope, "user_type").filter(member=member).first()
    if kept is None:
        return None
    if not may_contact([member.pk], now, selling=True, at_leisure=True)[member.pk].allowed:
        return None
    fitting = suiting(scope, unit, kept.value, now)[1]
    return next((each for each in fitting if not any(had(each.offer, [member.pk], now).values())), None)
