"""Belonging: who is where a permission holds."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from qunyu.communities.queries import communities_where
from qunyu.events.queries import shown
from qunyu.kernel.scope import Scope
from qunyu.members.models import Identity, Membership


def belonging(scope: Scope, path: str, needed: str) -> Q:
    """Narrows the members at the end of `path` to those in communities where members.view and `needed` hold, and to buyers `scope` may see."""
    here = communities_where(scope, "members.view").visible_to(scope, needed)
    belongs = Membership.objects.filter(identity__member=OuterRef(path), community__in=here)
    bought = buyers(scope).filter(member=OuterRef(path))
    return Q(Exists(belongs)) | Q(Exists(bought))


def buyers(scope: Scope) -> QuerySet[Identity]:
    """The identities with orders in the units where both people and orders may be seen."""
    bought = Q(orders__isnull=False) & shown("orders__supplied_by")
    if scope.everything:
        return Identity.objects.filter(bought)
    units = scope.units("members.view") & scope.units("orders.view")
    return Identity.objects.filter(bought, orders__unit_id__in=units)
