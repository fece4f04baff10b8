"""Jobs of the flows; they write the lake, so they share its queue of one."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict
from datetime import timedelta

from django.utils import timezone

from qunyu.events import actions as events
from qunyu.events.queries import given_files, import_by_key
from qunyu.flows import alerting, caring, importing, labelling, rewarding, suggesting, undoing
from qunyu.flows.place import forget_given, place
from qunyu.flows.request import ImportRequest
from qunyu.jobs.port import enqueue, job
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import system_scope

# A worker that goes on with an import after a crash does so within the hour.
FORGOTTEN = timedelta(days=1)


@job("flows.import", queue="lake")
def do_import(import_id: int) -> None:
    """Does a waiting import; why it came to nothing is kept with it."""

    def keep(step: str, done: int) -> None:
        events.report_progress(import_id, **{step: done})

    # A person's mistake is kept with the import; trying again would not help.
    with suppress(DomainError):
        importing.run(import_id, place=place(), now=timezone.now(), progress=keep)
    enqueue("flows.label", key=f"import-{import_id}", import_id=import_id)
    enqueue("flows.alerts", key=f"import-{import_id}")
    enqueue("flows.suggest", key=f"import-{import_id}")
    enqueue("flows.points", key=f"import-{import_id}")
    enqueue("flows.care", key=f"import-{import_id}")
    # Not in a `finally`: a worker that dies leaves the files to the one that goes on.
    forget_given(place().data, ImportRequest.from_json(import_by_key(import_id).request))


@job("flows.undo", queue="lake")
def do_undo(import_id: int) -> None:
    """Removes what an import brought."""
    undoing.run(import_id, place=place(), now=timezone.now())
    now = timezone.now().timestamp()
    enqueue("flows.label", key=f"undo-{import_id}-{now}")
    enqueue("flows.alerts", key=f"undo-{import_id}-{now}")
    enqueue("flows.suggest", key=f"undo-{import_id}-{now}")
    enqueue("flows.points", key=f"undo-{import_id}-{now}")


@job("flows.label", queue="lake", cron="10 5 * * *")
def do_label(import_id: int | None = None, members: list[int] | None = None) -> int:
    """Labels whom an import touched, these members (who were merged or came apart), or everybody; how many got another value.

    Every night everybody: what no import tells of, such as a community moved to another unit, reaches the labels then.
    """
    imports = None if import_id is None else [import_id]
    return labelling.label(now=timezone.now(), imports=imports, members=members)


@job("flows.suggest", queue="lake", cron="20 5 * * *")
def suggest() -> int:
    """Every night, after each import, and when somebody asks: who may be the same person; how many questions there are."""
    return suggesting.suggest(now=timezone.now())


@job("flows.points", queue="lake", cron="40 5 * * *")
def give_points() -> dict[str, int]:
    """Every night, after each import and undo: points earned, taken back and expired, and how many people changed their level."""
    return asdict(rewarding.reward(now=timezone.now()))


@job("flows.care", queue="lake", cron="50 5 * * *")
def do_care() -> dict[str, int]:
    """Every night, after each import, and when somebody asks: which occasions come, and who came by a recommendation."""
    return caring.care(now=timezone.now())


@job("flows.alerts", queue="lake", cron="10 5 * * *")
def watch() -> dict[str, int]:
    """Every night, and after each import and undo: which numbers left their normal range; how many alerts are new, changed and gone."""
    return alerting.renew(now=timezone.now())


@job("flows.tidy", queue="lake", cron="30 4 * * *")
def tidy() -> None:
    """Every night: what crashes left is taken back, the lake gets few large files instead of many small ones and keeps none of the past."""
    here, now = place(), timezone.now()
    events.interrupt_forgotten(by=system_scope("tidying"), asked_before=now - FORGOTTEN, now=now)
    with here.lake.writing():
        undoing.settle(place=here, now=now)
        here.lake.compact()
        events.publish(here.lake)
        here.lake.vacuum()
    for request in given_files(ended_before=now - FORGOTTEN):
        forget_given(here.data, ImportRequest.from_json(request))
