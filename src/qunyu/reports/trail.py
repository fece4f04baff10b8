"""The audit trail as people search it: by who, what, the names that entries show, and how long ago."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Q

from qunyu.people.queries import audit_trail
from qunyu.reports.names import ACTIONS

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from qunyu.kernel.models import AuditEntry
    from qunyu.reports.audit_names import AuditNames


@dataclass(frozen=True)
class Wanted:
    """Which entries: what `search` finds in what they show, of one `action`, of the last `days`; "" and None for all."""

    search: str = ""
    action: str = ""
    days: int | None = None


def audit_entries(names: AuditNames, wanted: Wanted, now: datetime) -> QuerySet[AuditEntry]:
    """The entries wanted, the newest first; `names` says for whom, and what they call things.

    Raises Denied.
    """
    rows = audit_trail(names.scope)
    if wanted.search:
        rows = rows.filter(_about(wanted.search, names))
    if wanted.action:
        rows = rows.filter(action=wanted.action)
    return rows if wanted.days is None else rows.filter(at__gt=now - timedelta(days=wanted.days))


def _about(search: str, names: AuditNames) -> Q:
    """Who did it, what was done, to what, and why, each by what is shown of it."""
    said = Q(actor_name__icontains=search) | Q(object_kind=search) | Q(object_id=search) | Q(reason__icontains=search)
    done = [key for key, words in ACTIONS.items() if search.casefold() in f"{words.zh} {words.en}".casefold()]
    said |= Q(action__in=done)
    for kind, keys in names.matching(search).items():
        said |= Q(object_kind=kind, object_id__in=keys)
    return said
