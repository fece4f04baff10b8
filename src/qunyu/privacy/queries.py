"""Reads for whoever protects personal data, and what people agreed to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, QuerySet

from qunyu.kernel.personal import Holder, Overview, holders
from qunyu.kernel.queries import entries
from qunyu.kernel.scope import Scope, system_scope
from qunyu.members.own import PERSON
from qunyu.members.personal import own_members
from qunyu.privacy.consents import all_consents, in_force
from qunyu.privacy.models import Consent, PeriodRun, Receipt
from qunyu.privacy.requests import require_officer

REVEAL_DAYS = 30
REVEALS = ("member.reveal", "profiles.export", "privacy.download")


@dataclass(frozen=True)
class Inventory:
    """What one holder keeps of everybody; None where only a look at single people can tell."""

    holder: Holder
    overview: Overview | None


def inventory(scope: Scope) -> list[Inventory]:
    """What is kept of people, holder by holder.

    Raises Denied.
    """
    require_officer(scope)
    return [Inventory(each, each.overview() if each.overview else None) for each in holders().values()]


def reveals(scope: Scope, now: datetime) -> list[tuple[str, str, int]]:
    """(who, action, how often) of every look at sensitive values and every file with them in the last REVEAL_DAYS, the most first.

    Raises Denied.
    """
    require_officer(scope)
    found = entries().filter(action__in=REVEALS, at__gt=now - timedelta(days=REVEAL_DAYS)).order_by()
    rows = found.values_list("actor_name", "action").annotate(times=Count("id"))
    return sorted(((who, action, times) for who, action, times in rows), key=lambda row: (-row[2], row[0], row[1]))


def receipts(scope: Scope) -> QuerySet[Receipt]:
    """Every receipt of an erasure, the newest first.

    Raises Denied.
    """
    require_officer(scope)
    return Receipt.objects.select_related("request")


def runs(scope: Scope) -> QuerySet[PeriodRun]:
    """Every time a period was enforced, the newest first.

    Raises Denied.
    """
    require_officer(scope)
    return PeriodRun.objects.all()


def may(members: Collection[int], purpose: str) -> set[int]:
    """Those of the members (primary keys of people as they are now) who agreed to the purpose; who never said anything did not.

    Of what all identities of a person said the latest counts; where a withdrawal and a consent are equally late, the withdrawal.
    """
    return {member for member, state in standing(members, purpose).items() if state == "granted"}


def standing(members: Collection[int], purpose: str) -> dict[int, str]:
    """What each of the members last said to the purpose: granted, refused or withdrawn; who said nothing is missing."""
    listed, latest = sorted(members), dict[int, tuple[datetime, bool, str]]()
    for start in range(0, len(listed), _CHUNK):
        own = own_members(listed[start : start + _CHUNK])
        said = Consent.objects.filter(member__in=own, purpose=purpose).values_list("member", "at", "state")
        for member, at, state in said:
            told = (at, state != "granted", state)
            latest[own[member]] = max(told, latest.get(own[member], told))
    return {member: state for member, (_, _, state) in latest.items()}


def last_said(purpose: str, states: Collection[str]) -> QuerySet[Any, Any]:
    """The primary keys of the people whose last word on the purpose was one of the states; for whoever narrows what is asked with it by a scope."""
    said = in_force(all_consents(system_scope("consents"))).filter(purpose=purpose, state__in=tuple(states))
    found: QuerySet[Any, Any] = (
        said.filter(member__own_identity__isnull=False).order_by().values_list(PERSON, flat=True)
    )
    return found


def consent_counts(scope: Scope) -> dict[str, Counter[str]]:
    """Purpose -> state -> people, by what each person said last.

    Raises Denied.
    """
    require_officer(scope)
    rows = Consent.objects.filter(member__erased=False).order_by("at", "id")
    latest: dict[tuple[str, int], tuple[datetime, bool, str]] = {}
    for purpose, member, at, state in rows.values_list("purpose", PERSON, "at", "state"):
        told, place = (at, state != "granted", state), (purpose, member)
        latest[place] = max(told, latest.get(place, told))
    found: dict[str, Counter[str]] = {}
    for (purpose, _), (_, _, state) in latest.items():
        found.setdefault(purpose, Counter())[state] += 1
    return found


_CHUNK = 1_000
