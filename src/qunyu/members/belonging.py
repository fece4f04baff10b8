"""Belonging: who is where a permission holds."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from qunyu.communities.queries import within
from qunyu.events.queries import shown
from qunyu.kernel.scope import Scope
from qunyu.members.models import Identity, Membership

# Platform of people whom nobody but a unit's own list tells of; the unit's id follows.
CONTACT = "contact"


def belonging(scope: Scope, path: str, needed: str) -> Q:
    """Narrows the members at the end of `path` to those in communities where members.view and `needed` hold, and to buyers `scope` may see."""
    here = within("community", scope, "members.view", needed)
    belongs = Membership.objects.filter(here, identity__member=OuterRef(path))
    bought = buyers(scope).filter(member=OuterRef(path))
    return Q(Exists(belongs)) | Q(Exists(bought))


def buyers(scope: Scope) -> QuerySet[Identity]:
    """The identities with orders in the units where both people and orders may be seen."""
    bought = Q(orders__isnull=False) & shown("orders__supplied_by")
    if scope.everything:
        return Identity.objects.filter(bought)
    units = scope.units("members.view") & scope.units("orders.view")
    return Identity.objects.filter(bought, orders__unit_id__in=units)


def contacts(scope: Scope) -> QuerySet[Identity]:
    """Whom units where people may be seen have noted down themselves: in no community and without orders, perhaps."""
    noted = Identity.objects.filter(platform__startswith=CONTACT)
    if scope.everything:
        return noted
    return noted.filter(platform__in=[contact_platform(unit) for unit in scope.units("members.view")])


def contact_platform(unit: int) -> str:
    """The platform of those whom a unit noted down: two units may know different people under one name."""
    return f"{CONTACT}{unit}"


def contact_units(scope: Scope, member: int) -> set[int]:
    """The units that noted the member down, as far as `scope` may see."""
    found = contacts(scope).filter(member=member).values_list("platform", flat=True)
    return {int(each.removeprefix(CONTACT)) for each in found}
