"""Recurring facts: who first joined when, and who has gone silent, as sets for whoever looks for occasions.

They show nothing by themselves: who shows what was found narrows it to the people a scope may see.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Sum

from qunyu.events.queries import shown
from qunyu.members.models import Membership
from qunyu.members.queries import last_active

PERSON = "identity__member"


def _seen() -> QuerySet[Membership]:
    return Membership.objects.filter(
        shown("identity__supplied_by"), identity__member__erased=False, identity__member__role="member"
    )


def first_joins(when: Q) -> Iterator[tuple[int, int, datetime]]:
    """Person, community, when, of everybody still in the community they were first seen joining; `when` narrows `joined_at`."""
    earlier = Membership.objects.filter(
        Q(joined_at__lt=OuterRef("joined_at")) | Q(joined_at=OuterRef("joined_at"), pk__lt=OuterRef("pk")),
        identity__member=OuterRef(PERSON),
    )
    rows = _seen().filter(when, ~Exists(earlier), left_at=None)
    yield from rows.order_by().values_list(PERSON, "community", "joined_at").iterator()


def gone_silent(when: Q, spoken: int, fresh_since: datetime, there: Q) -> Iterator[tuple[int, int, datetime, int]]:
    """Person, community, when they were seen there last and what they had said there, of whoever said `spoken` things; `when` narrows `last`, `there` the memberships.

    Only communities in which something happened after `fresh_since` can tell, of people who did not leave; when they were last seen in any
    community of the same unit lies within `when`, too.
    """
    communities = list(Membership.objects.filter(there).order_by().values_list("community", flat=True).distinct())
    fresh = [each for each, at in last_active(communities).items() if at >= fresh_since]
    # Two groupings, one pass each: a subquery for every membership would look at all the others of the unit.
    units: Any = (
        _seen().filter(there).order_by().values(PERSON, "community__unit").annotate(last=Max("last_at")).filter(when)
    )
    silent = set(units.values_list(PERSON, "community__unit").iterator())
    rows = (
        _seen()
        .filter(there, left_at=None, community__in=fresh)
        .order_by()
        .values(PERSON, "community", "community__unit")
    )
    told: Any = rows.annotate(last=Max("last_at"), said=Sum("messages")).filter(when, said__gte=spoken)
    for person, unit, *found in told.values_list(PERSON, "community__unit", "community", "last", "said").iterator():
        if (person, unit) in silent:
            yield person, *found
