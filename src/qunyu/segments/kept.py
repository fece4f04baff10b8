"""Kept: the segments that somebody may see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from qunyu.people.queries import unit_paths
from qunyu.segments.models import Segment

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from qunyu.kernel.scope import Scope


def seen(scope: Scope) -> QuerySet[Segment]:
    """The segments of units where members.view holds, or above such: those are for the people of the units below, too."""
    rows = Segment.objects.select_related("unit").order_by("unit__path", "name", "id")
    if scope.everything:
        return rows
    paths = unit_paths()
    held = scope.units("members.view")
    above = {int(each) for unit in held if unit in paths for each in paths[unit].strip("/").split("/")}
    return rows.filter(Q(unit__in=above | held))
