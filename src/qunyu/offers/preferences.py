"""Preferences: what a segment's people buy, and of which user types they are, beside everybody."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from django.conf import settings

from qunyu.events.queries import published_lake
from qunyu.insights.tastes import Ids, Taste, taste
from qunyu.kernel.scope import Scope, system_scope
from qunyu.members.labels import said
from qunyu.offers.kinds import KINDS
from qunyu.offers.matching import Match, matches
from qunyu.offers.models import Given, Offer
from qunyu.offers.queries import offers
from qunyu.people.queries import unit_paths, units_below
from qunyu.segments.queries import members_in

if TYPE_CHECKING:
    from qunyu.members.models import Member
    from qunyu.people.models import Unit
    from qunyu.segments.models import Segment


def taste_of(scope: Scope, unit: Unit, segment: Segment | str, now: datetime) -> Taste:
    """The taste of a segment's people, or of those of a user type (its code), as far as `scope` may see them, by the orders of the unit and below.

    Raises Denied without members.view and orders.view at the unit; what reading the segment raises.
    """
    for permission in ("members.view", "orders.view"):
        scope.require(permission, unit.pk)
    rows = said(scope, "user_type").values_list("member", "value")
    known = np.array([member for member, _ in rows], np.int64)
    codes = np.array([value for _, value in rows])
    people = members_in(scope, segment, now) if not isinstance(segment, str) else _of_type(known, codes, segment)
    mine = codes[np.isin(known, people)] if len(known) else codes
    types = (dict(Counter(mine.tolist())), dict(Counter(codes.tolist())))
    lake = published_lake(settings.QUNYU_DATA / "lake")
    return taste(lake, system_scope("preferences"), units_below(unit), people, types)


def _of_type(known: Ids, codes: npt.NDArray[np.str_], code: str) -> Ids:
    return known[codes == code] if len(known) else known


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
    found, today = taste_of(scope, unit, segment, now), now.astimezone(settings.QUNYU_ZONE).date()
    key = None if isinstance(segment, str) else segment.pk
    return found, matches(scope, found, valid(scope, unit, today), key)


def best_for(scope: Scope, unit: Unit, member: Member, now: datetime) -> Match | None:
    """The offer that suits people of somebody's user type best, of those they have not had where once is all; None where none is known."""
    kept = said(scope, "user_type").filter(member=member).first()
    if kept is None:
        return None
    _, found = suiting(scope, unit, kept.value, now)
    had = kinds_had(member)
    return next((each for each in found if each.offer.kind not in had), None)


def kinds_had(member: Member) -> set[str]:
    """The kinds of offers given once only that somebody already had."""
    mine = Given.objects.filter(held=False, member__own_identity__member=member)
    return {kind for kind in mine.values_list("giving__kind", flat=True) if KINDS[kind].once}
