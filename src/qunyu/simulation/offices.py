"""Offices: the made-up brand's crew as accounts that nobody signs in with, with their roles, duties and persons of the chats."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from qunyu.communities.duties import give_duty
from qunyu.kernel.scope import Scope
from qunyu.members.queries import memberships
from qunyu.members.staff_links import link
from qunyu.people.actions import grant
from qunyu.people.operators import add_account_without_password

if TYPE_CHECKING:
    from qunyu.members.models import Member, Membership
    from qunyu.people.models import Staff


@transaction.atomic
def appoint(described: Iterable[dict[str, Any]], *, by: Scope, now: datetime) -> int:
    """Gives the staff and the atmosphere team of the communities their offices; how many accounts there are of them.

    `described` are the cards of communities.json: who owns which. Communities that were dissolved need nobody any more.
    """
    owners = {(each["platform"], each["key"]): each["owner_id"] for each in described}
    there = memberships(by).filter(identity__member__role__in=("staff", "atmosphere"), community__closed_on=None)
    crew = there.select_related("identity__member", "community__unit").order_by("identity__member", "community")
    return _appoint(crew, owners, by, now)


def _appoint(crew: Iterable[Membership], owners: dict[tuple[str, str], str], by: Scope, now: datetime) -> int:
    accounts: dict[int, Staff] = {}
    taken: set[str] = set()
    for each in crew:
        member, place = each.identity.member, each.community
        kind = "atmosphere" if member.role == "atmosphere" else "admin"
        if owners.get((place.platform, place.key)) == each.identity.clear_key:
            kind = "owner"
        if member.pk not in accounts:
            accounts[member.pk] = _account(member, taken, by, now)
        staff = accounts[member.pk]
        grant(by=by, staff=staff, role=kind, unit=place.unit, now=now)
        give_duty(by=by, community=place, staff=staff, kind=kind, now=now)
    return len(accounts)


def _account(member: Member, taken: set[str], by: Scope, now: datetime) -> Staff:
    username, number = member.name, 2
    while username in taken:
        username, number = f"{member.name}-{number}", number + 1
    taken.add(username)
    staff = add_account_without_password(by=by, username=username, name=member.name, now=now)
    link(by=by, member=member, staff=staff, now=now)
    return staff
