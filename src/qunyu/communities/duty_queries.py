"""Duties: who runs a community. Reads."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from qunyu.communities.duties import CARRYING
from qunyu.communities.models import Community, Duty
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.people.operators import accounts
from qunyu.people.queries import acting_account

if TYPE_CHECKING:
    from qunyu.people.models import Staff


def duties(scope: Scope) -> QuerySet[Duty]:
    """The duties, running and ended, in communities that `scope` may see, with community and account."""
    here = Community.objects.visible_to(scope)
    return Duty.objects.filter(community__in=here).select_related("community__unit", "staff")


def running(scope: Scope) -> QuerySet[Duty]:
    """Those of `duties` that have not ended."""
    return duties(scope).filter(until=None)


def held_between(scope: Scope, first: date, last: date) -> QuerySet[Duty]:
    """Those of `duties` that were running on any of these days."""
    return duties(scope).filter(Q(until=None) | Q(until__gte=first), since__lte=last)


def find_duty(scope: Scope, public_id: str) -> Duty:
    """The duty with that public id.

    Raises DomainError unknown_duty when there is none that `scope` may see.
    """
    found = duties(scope).filter(public_id=public_id).first()
    if found is None:
        message = Words("没有编号为“{id}”的职责", "there is no duty with the id “{id}”")
        raise DomainError("unknown_duty", message.fill(id=public_id), id=public_id)
    return found


def unowned(scope: Scope, today: date) -> QuerySet[Community]:
    """The communities `scope` may see that have no running owner and are not closed, by name."""
    owned = Duty.objects.filter(until=None, kind="owner").values("community")
    open_now = Q(closed_on=None) | Q(closed_on__gt=today)
    found = Community.objects.visible_to(scope).filter(open_now).exclude(pk__in=owned)
    return found.select_related("unit").order_by("name", "id")


def carriers(scope: Scope, communities: Collection[int]) -> dict[int, set[int]]:
    """Community -> the accounts that carry it now as owner or admin; where nobody does it is missing."""
    found: dict[int, set[int]] = {}
    rows = running(scope).filter(community__in=communities, kind__in=CARRYING).values_list("community", "staff")
    for community, staff in rows:
        found.setdefault(community, set()).add(staff)
    return found


def operators(scope: Scope) -> QuerySet[Staff]:
    """The accounts whose load and effort `scope` may see: with a role where effort.view holds, or a duty in a community there."""
    narrow = scope.within("effort.view")
    on_duty = duties(narrow).filter(until=None).values_list("staff", flat=True)
    return accounts(at=None if scope.everything else scope.units("effort.view"), besides=set(on_duty))


def find_operator(scope: Scope, public_id: str) -> Staff:
    """The account with that public id, of those whose effort `scope` may see, or one's own.

    Raises DomainError unknown_staff.
    """
    found = accounts(at=None).filter(public_id=public_id).first()
    mine = found is not None and found.pk == acting_account(scope.actor)
    seen = found is not None and scope.may("effort.view") and operators(scope).filter(pk=found.pk).exists()
    if found is None or not (mine or seen):
        message = Words("没有编号为“{id}”的账号", "there is no account with the id “{id}”")
        raise DomainError("unknown_staff", message.fill(id=public_id), id=public_id)
    return found


def effort_scope(scope: Scope, staff: Staff) -> Scope:
    """What `scope` may see of the effort of `staff`: where effort.view holds; of oneself wherever one sees communities."""
    return scope if staff.pk == acting_account(scope.actor) else scope.within("effort.view")
