"""Sets: points and levels as rows that tell of people, for whoever combines them into sets of members.

They show nothing by themselves: who combines them narrows the result to the people a scope may see.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import DecimalField, F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from qunyu.kernel.words import Words
from qunyu.loyalty.models import Account, Level, Lot, Programme, Standing
from qunyu.loyalty.posting import due
from qunyu.loyalty.programmes import programmes

if TYPE_CHECKING:
    from qunyu.kernel.scope import Scope

_PERSON = "member__own_identity__member"
_NUMBER: DecimalField[Any, Any] = DecimalField(max_digits=24, decimal_places=6)


def by_programme(scope: Scope, what: Words) -> dict[str, Words]:
    """Public id -> what is asked of the programme, of those that count for `scope`; its name is added where the deployment has several."""
    several = Programme.objects.count() > 1
    return {
        each.public_id: Words(f"{what.zh} {each.name}", f"{what.en} {each.name}") if several else what
        for each in programmes(scope)
    }


def points_of(programme: str, today: date) -> QuerySet[Any, Any]:
    """The people (member__own_identity__member) with an account in that programme, and `figure`: the points they can spend that day.

    It is the sum over all that they are; what is gone by then and not booked yet counts no more.
    """
    gone = Lot.objects.filter(due(today), account=OuterRef("pk")).order_by().values("account").annotate(n=Sum("left"))
    rows = Account.objects.filter(programme__public_id=programme, member__own_identity__isnull=False).order_by()
    points = rows.annotate(points=F("balance") - Coalesce(Subquery(gone.values("n")), 0)).values(_PERSON)
    found: QuerySet[Any, Any] = points.annotate(figure=Sum("points", output_field=_NUMBER))
    return found


def ladders(scope: Scope) -> dict[str, tuple[tuple[str, Words], ...]]:
    """Public id of a programme that counts for `scope` -> its levels (public id, name) from the lowest up."""
    found: dict[str, tuple[tuple[str, Words], ...]] = {}
    rows = Level.objects.filter(programme__in=programmes(scope).values("pk")).order_by("programme", "position")
    for programme, level, name in rows.values_list("programme__public_id", "public_id", "name"):
        found[programme] = (*found.get(programme, ()), (level, Words(name, name)))
    return found


def standing_in(programme: str, levels: Collection[str] | None = None) -> QuerySet[Any, Any]:
    """The members who stand on one of the levels (public ids; None: on any) of that programme."""
    rows = Standing.objects.filter(programme__public_id=programme).order_by()
    return (rows if levels is None else rows.filter(level__public_id__in=levels)).values("member")
