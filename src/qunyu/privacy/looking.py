"""Looking: who saw whom, for whoever may see the audit trail."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from qunyu.kernel.scope import Scope
from qunyu.members.own import identities
from qunyu.members.queries import people, search_people
from qunyu.people.queries import roles_held, token_owners
from qunyu.people.trail import require_trail
from qunyu.privacy.models import AccessEntry
from qunyu.privacy.viewing import TITLES, searched_as

# People of one name, as many as a search takes.
MOST_PEOPLE = 200


@dataclass(frozen=True)
class Wanted:
    """Which looks: at the person with the public id `person`, over the console or the API (`via`), at one `page`, younger than so many `days`.

    `text` is the name of the account or of a person, or what was searched for, the whole of it.
    """

    person: str = ""
    via: str = ""
    page: str = ""
    text: str = ""
    days: int | None = None


def looks(scope: Scope, wanted: Wanted, now: datetime) -> QuerySet[AccessEntry]:
    """The looks at people, the newest first. A person is found by name only where `scope` may see them.

    Raises Denied.
    """
    require_trail(scope)
    rows = AccessEntry.objects.all()
    if wanted.person:
        rows = rows.filter(person__in=_own_ids(scope, wanted.person))
    if wanted.via:
        rows = rows.filter(via=wanted.via)
    if wanted.page:
        # A page and the operation that gives the same are called alike.
        rows = rows.filter(page__in=[key for key, words in TITLES.items() if words == TITLES.get(wanted.page)])
    if wanted.days is not None:
        rows = rows.filter(at__gt=now - timedelta(days=wanted.days))
    return rows.filter(_about(scope, wanted.text.strip())) if wanted.text.strip() else rows


def _own_ids(scope: Scope, public_id: str) -> set[str]:
    """Of a person whom `scope` may see, the ids they had before they were merged too."""
    if not _sees(scope):
        return {public_id}
    seen = people(scope).filter(identities__own_member__public_id=public_id)
    return {public_id, *identities().filter(member__in=seen).values_list("own_member__public_id", flat=True)}


def _about(scope: Scope, text: str) -> Q:
    said = Q(actor_name__icontains=text) | Q(person=text) | Q(object=text) | Q(searched=searched_as(text))
    if _sees(scope):
        called = search_people(scope, text=text).values_list("pk", flat=True)[:MOST_PEOPLE]
        own = identities().filter(member__in=list(called)).values("own_member__public_id")
        said |= Q(person__in=own)
    return said


def _sees(scope: Scope) -> bool:
    return scope.everything or scope.may("members.view")


def names(scope: Scope, public_ids: Collection[str]) -> dict[str, str]:
    """What those of the people are called whom `scope` may see; the others are missing."""
    wanted = set(public_ids) - {""}
    if not wanted or not _sees(scope):
        return {}
    seen = people(scope).filter(pk=OuterRef("member"))
    rows = identities().filter(Exists(seen), own_member__public_id__in=wanted)
    return dict(rows.values_list("own_member__public_id", "member__name"))


def by_role(public_ids: Collection[str]) -> list[dict[str, object]]:
    """How often people in which roles saw somebody, for the copy of their data: counts, and no account's name."""
    found = Counter(AccessEntry.objects.filter(person__in=public_ids).order_by().values_list("actor", "page"))
    roles, owners = roles_held(), token_owners()
    counts: Counter[tuple[str, str]] = Counter()
    for (actor, page), times in found.items():
        kind, _, key = actor.partition(":")
        staff = (owners.get(int(key)) if kind == "token" else int(key)) if key.isdecimal() else None
        counts[" ".join(roles.get(staff or 0, [])) or kind, page] += times
    return [{"role": role, "page": page, "times": times} for (role, page), times in sorted(counts.items())]
