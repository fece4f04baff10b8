"""Audit: one entry for every change, in the change's own transaction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from qunyu.kernel.actor import Actor


def record(*, by: Actor, action: str, kind: str, id: object, now: datetime, **data: object) -> None:
    """Keeps that `by` did `action` (noun.verb) to the object `kind` `id` at `now`; `data` holds ids and counts only."""
    from qunyu.kernel.models import AuditEntry  # models load only after Django is set up

    AuditEntry(
        at=now,
        actor=by.key,
        actor_name=by.name,
        action=action,
        object_kind=kind,
        object_id=str(id),
        reason=by.reason,
        data=data,
    ).save()


def mend_reasons(mend: Callable[[str], str]) -> int:
    """Takes a name out of every reason somebody gave: the one thing of an entry that may change; how many did."""
    from qunyu.kernel.models import AuditEntry

    changed = 0
    for key, reason in AuditEntry.objects.exclude(reason="").values_list("pk", "reason").iterator():
        if mend(reason) != reason:
            changed += AuditEntry.objects.filter(pk=key).update(reason=mend(reason)[:200])
    return changed
