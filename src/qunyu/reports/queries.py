"""Reads of schedules and reports."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.people.queries import account_of
from qunyu.reports.models import Report, Schedule


def reports(scope: Scope) -> QuerySet[Report]:
    """The reports of units whose numbers `scope` may see, those that tell of orders where it may see orders; the newest first."""
    found = Report.objects.select_related("unit", "community", "schedule")
    if scope.everything:
        return found
    here = Q(unit__in=scope.units("communities.view"))
    return found.filter(here, Q(with_orders=False) | Q(unit__in=scope.units("orders.view")))


def find_report(scope: Scope, public_id: str) -> Report:
    """The report with that public id.

    Raises DomainError unknown_report when there is none that `scope` may see.
    """
    found = reports(scope).filter(public_id=public_id).first()
    if found is None:
        message = Words("没有编号为“{id}”的报告", "there is no report with the id “{id}”")
        raise DomainError("unknown_report", message.fill(id=public_id), id=public_id)
    return found


def schedules(scope: Scope) -> QuerySet[Schedule]:
    """One's own schedules, and those at units where one manages accounts."""
    found = Schedule.objects.select_related("staff", "unit", "community")
    if scope.everything:
        return found
    return found.filter(Q(staff=owner_of(scope)) | Q(unit__in=scope.units("staff.manage")))


def owner_of(scope: Scope) -> int | None:
    """The primary key of the account that acts, itself or by a token; None for the system."""
    owner, _ = account_of(scope.actor)
    return None if owner is None else owner.pk


def find_schedule(scope: Scope, public_id: str) -> Schedule:
    """The schedule with that public id.

    Raises DomainError unknown_schedule when there is none that `scope` may change.
    """
    found = schedules(scope).filter(public_id=public_id).first()
    if found is None:
        message = Words("没有编号为“{id}”的定时报告", "there is no scheduled report with the id “{id}”")
        raise DomainError("unknown_schedule", message.fill(id=public_id), id=public_id)
    return found
