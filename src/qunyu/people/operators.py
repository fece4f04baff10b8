"""Operators: accounts by where their roles reach, and accounts that nobody signs in with."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from qunyu.kernel.scope import Scope
from qunyu.people.actions import add_staff
from qunyu.people.models import Grant, Staff, Unit


def accounts(*, at: Collection[int] | None, besides: Collection[int] = ()) -> QuerySet[Staff]:
    """The accounts with a role at one of the units `at` (None: every account) and those of `besides`, each once, by name."""
    everybody = Staff.objects.order_by("name", "id")
    if at is None:
        return everybody
    here = Grant.objects.filter(unit_id__in=at).values("staff")
    return everybody.filter(Q(pk__in=here) | Q(pk__in=besides))


def reaching(unit: Unit) -> list[Staff]:
    """The open accounts with a role that reaches `unit`: at it or at a unit above; by name."""
    above = [int(each) for each in unit.path.strip("/").split("/")]
    held = Grant.objects.filter(unit_id__in=above).values("staff")
    return list(Staff.objects.filter(pk__in=held, is_active=True).order_by("name", "id"))


def able(permission: str, units: Collection[int] | None) -> list[Staff]:
    """The open accounts that `permission` is held by in one of `units` (None: anywhere), by name."""
    grants = Grant.objects.filter(staff__is_active=True).select_related("role", "unit", "staff")
    paths = None if units is None else list(Unit.objects.filter(pk__in=units).values_list("path", flat=True))
    found = {
        grant.staff
        for grant in grants
        if permission in grant.role.held and (paths is None or any(each.startswith(grant.unit.path) for each in paths))
    }
    return sorted(found, key=lambda each: (each.name, each.pk))


def grant_units(staff: Collection[int]) -> dict[int, set[int]]:
    """The units at which each of the accounts holds a role; who holds none is missing."""
    found: dict[int, set[int]] = {}
    for owner, unit in Grant.objects.filter(staff__in=staff).values_list("staff", "unit"):
        found.setdefault(owner, set()).add(unit)
    return found


def reaches(staff: Staff, unit_path: str) -> bool:
    """Whether a role of `staff` holds in the unit with that path."""
    held = Grant.objects.filter(staff=staff).values_list("unit__path", flat=True)
    return any(unit_path.startswith(path) for path in held)


def manages(scope: Scope, staff: Staff) -> bool:
    """Whether `scope` manages accounts at a unit where `staff` holds a role."""
    if scope.everything:
        return True
    return bool(grant_units([staff.pk]).get(staff.pk, set()) & scope.units("staff.manage"))


@transaction.atomic
def add_account_without_password(*, by: Scope, username: str, name: str, now: datetime) -> Staff:
    """An account that nobody can sign in with until it is given a password: made, or the one that is there.

    Raises Denied; DomainError bad_name.
    """
    by.require("staff.manage")
    found = Staff.objects.filter(username=username).first()
    if found:
        return found
    return add_staff(by=by, username=username, name=name, password=None, now=now)
