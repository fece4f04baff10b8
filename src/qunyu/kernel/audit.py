"""Audit: one entry for every change, in the change's own transaction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from qunyu.kernel.actor import Actor


def clock() -> datetime:
    """The time of writing, whatever an act that took long says of when it was."""
    return timezone.now()


def record(*, by: Actor, action: str, kind: str, id: object, now: datetime, **data: object) -> None:
    """Keeps that `by` did `action` (noun.verb) to the object `kind` `id` at `now`; `data` holds ids and counts only."""
    from qunyu.kernel.models import AuditEntry  # models load only after Django is set up

    AuditEntry(
        at=now,
        written=clock(),
        actor=by.key,
        actor_name=by.name,
        action=action,
        object_kind=kind,
        object_id=str(id),
        reason=by.reason,
        data=data,
    ).save()


def mend_reasons(mend: Callable[[str], str]) -> int:
    """Takes a name out of every reason somebody gave: the one thing of an entry that may change; how many did.

    The audit chain is told of each, so that it tells a name erased from a reason forged.
    """
    from qunyu.kernel.audit_chain import mending
    from qunyu.kernel.models import AuditEntry

    changed = 0
    for key, reason in AuditEntry.objects.exclude(reason="").values_list("pk", "reason").iterator():
        clean = mend(reason)[:200]
        if clean != reason:
            with transaction.atomic():
                mending(key, reason, clean, timezone.now()).save()
                changed += AuditEntry.objects.filter(pk=key).update(reason=clean)
    return changed
