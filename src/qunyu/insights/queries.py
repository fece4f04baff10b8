"""Reads of alerts, always under a scope."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db.models import Q, QuerySet

from qunyu.insights.alerts import MATRIX, WATCHED
from qunyu.insights.models import Alert, Mute
from qunyu.insights.providers import dimension
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.people.queries import root_unit

SALES = tuple(each.key for each in WATCHED.values() if each.sales)


def units_of_communities(scope: Scope) -> dict[int, int]:
    """The unit of each community that `scope` may see; the matrix's is the root, for whoever may see all of it."""
    rows = dimension("communities", scope).to_pylist()
    found = {int(row["community"]): int(row["unit"]) for row in rows}
    root = root_unit().pk
    return {MATRIX: root, **found} if scope.may("communities.view", root) else found


def alerts(scope: Scope) -> QuerySet[Alert]:
    """The alerts of communities that `scope` may see, the latest first; those about orders only where orders may be seen."""
    return _alerts(scope, units_of_communities(scope))


def _alerts(scope: Scope, units: Mapping[int, int]) -> QuerySet[Alert]:
    selling = [id for id, unit in units.items() if scope.may("orders.view", unit)]
    return Alert.objects.filter(
        Q(community_id__in=list(units)) & ~Q(metric__in=SALES) | Q(community_id__in=selling, metric__in=SALES)
    )


def find_alert(scope: Scope, public_id: str) -> Alert:
    """The alert with that public id.

    Raises DomainError unknown_alert when there is none that `scope` may see.
    """
    found = alerts(scope).filter(public_id=public_id).first()
    if found is None:
        message = Words("没有编号为“{id}”的预警", "there is no alert with the id “{id}”")
        raise DomainError("unknown_alert", message.fill(id=public_id), id=public_id)
    return found


def mutes(scope: Scope, today: date) -> dict[tuple[int, str], Mute]:
    """The mutes of communities that `scope` may see which hold on `today`, by community and metric."""
    return _mutes(units_of_communities(scope), today)


def _mutes(units: Mapping[int, int], today: date) -> dict[tuple[int, str], Mute]:
    found = Mute.objects.filter(community_id__in=list(units), until__gte=today)
    return {(each.community_id, each.metric): each for each in found}


def open_alerts(scope: Scope, today: date) -> QuerySet[Alert]:
    """The alerts that wait for somebody: neither seen, withdrawn nor muted."""
    units = units_of_communities(scope)
    found = _alerts(scope, units).filter(seen_at=None, withdrawn_at=None)
    for id, metric in _mutes(units, today):
        found = found.exclude(community_id=id, metric=metric)
    return found
