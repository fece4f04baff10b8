"""Writes of imports: asked, moved from state to state, finished or failed; and of what is published of the lake."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from qunyu.events.lake.store import Lake
from qunyu.events.models import Import, ImportProblem, PublishedTable
from qunyu.events.problems import Problem
from qunyu.kernel import audit
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words

INTERRUPTED = "interrupted"
_INTERRUPTED = Words(
    "导入中途被打断，没有留下任何内容；请重新导入",
    "the import was interrupted and nothing of it was kept; import again",
)


@transaction.atomic
def open_import(*, by: Scope, unit_id: int, title: str, request: Mapping[str, Any], now: datetime) -> Import:
    """A waiting import into the unit.

    Raises Denied.
    """
    by.require("imports.run", unit_id)
    opened = Import.objects.create(
        unit_id=unit_id, title=title[:200], request=dict(request), asked_by=by.actor.name, created_at=now
    )
    audit.record(by=by.actor, action="import.ask", kind="import", id=opened.pk, now=now, unit=unit_id)
    return opened


@transaction.atomic
def move(import_id: int, *, to: str, only_from: Iterable[str]) -> bool:
    """Puts the import into state `to` if it is in one of `only_from`; whether it was."""
    return bool(Import.objects.filter(pk=import_id, state__in=list(only_from)).update(state=to))


@transaction.atomic
def begin(import_id: int) -> bool:
    """Puts the import into state reading; False when it has ended. One that was interrupted may begin again."""
    at_work = Q(state__in=(Import.State.WAITING, Import.State.READING, Import.State.SAVING))
    interrupted = Q(state=Import.State.FAILED, error__code=INTERRUPTED)
    found = Import.objects.filter(at_work | interrupted, pk=import_id)
    return bool(found.update(state=Import.State.READING, error={}, finished_at=None))


@transaction.atomic
def report_progress(import_id: int, **progress: int) -> None:
    """Keeps how far an import at work is, for whoever watches."""
    at_work = (Import.State.READING, Import.State.SAVING)
    Import.objects.filter(pk=import_id, state__in=at_work).update(progress=progress)


@transaction.atomic
def keep_problems(import_id: int, problems: Iterable[Problem]) -> None:
    """Replaces the import's problem list."""
    ImportProblem.objects.filter(owner=import_id).delete()
    ImportProblem.objects.bulk_create(
        [
            ImportProblem(owner_id=import_id, code=each.code, file=each.file[:500], line=each.line, data=each.data)
            for each in problems
        ],
        batch_size=500,
    )


@transaction.atomic
def publish(lake: Lake) -> None:
    """Readers see the newest state of `lake` from now on."""
    for name, version in lake.newest().items():
        PublishedTable.objects.update_or_create(name=name, defaults={"version": version})


@transaction.atomic
def publish_first(lake: Lake) -> None:
    """Readers go on seeing what there is now, where nothing was ever published."""
    if not PublishedTable.objects.exists():
        publish(lake)


@transaction.atomic
def finish(import_id: int, *, by: Scope, lake: Lake, summary: Mapping[str, Any], now: datetime) -> bool:
    """The import is done and what it brought shows from now on; False for one whose undo was asked meanwhile, which stays hidden."""
    saving = Import.objects.filter(pk=import_id, state=Import.State.SAVING)
    if not saving.update(state=Import.State.DONE, summary=dict(summary), progress={}, finished_at=now):
        return False
    publish(lake)
    audit.record(by=by.actor, action="import.finish", kind="import", id=import_id, now=now)
    return True


@transaction.atomic
def fail(import_id: int, *, by: Scope, error: DomainError, now: datetime) -> None:
    """The import came to nothing, for the reason of `error`."""
    kept = {"code": error.code, "zh": error.message.zh, "en": error.message.en}
    working = (Import.State.WAITING, Import.State.READING, Import.State.SAVING)
    failed = Import.objects.filter(pk=import_id, state__in=working)
    if not failed.update(state=Import.State.FAILED, error=kept, progress={}, finished_at=now):
        return
    audit.record(by=by.actor, action="import.fail", kind="import", id=import_id, now=now, code=error.code)


@transaction.atomic
def interrupt(import_id: int, *, by: Scope, now: datetime) -> None:
    """An import that came to no end before it wrote anything, or whose writing was taken back, fails and may begin again."""
    fail(import_id, by=by, error=DomainError(INTERRUPTED, _INTERRUPTED), now=now)


@transaction.atomic
def interrupt_forgotten(*, by: Scope, asked_before: datetime, now: datetime) -> None:
    """The same for those still reading that were asked for before that moment: their process is gone."""
    for owner in Import.objects.filter(state=Import.State.READING, created_at__lt=asked_before):
        interrupt(owner.pk, by=by, now=now)


@transaction.atomic
def begin_undo(*, by: Scope, owner: Import, now: datetime) -> None:
    """Puts the import into state undoing; what it brought shows until the undo is done.

    One that waits never begins, one at work is undone as soon as it lets go of the lake. Raises Denied; DomainError
    cannot_undo when it is undone already.
    """
    by.require("imports.run", owner.unit_id)
    states = set(Import.State) - {Import.State.UNDONE}
    if not move(owner.pk, to=Import.State.UNDOING, only_from=states):
        message = Words("这次导入目前不能撤销（状态：{state}）", "this import cannot be undone now (state: {state})")
        raise DomainError("cannot_undo", message.fill(state=owner.state), state=owner.state)
    audit.record(by=by.actor, action="import.undo", kind="import", id=owner.pk, now=now)


@transaction.atomic
def end_undo(import_id: int, *, removed: Mapping[str, int], now: datetime) -> None:
    """The import is undone; `removed` counts what went."""
    Import.objects.filter(pk=import_id).update(
        state=Import.State.UNDONE, progress={"removed": dict(removed)}, finished_at=now
    )
