"""Jobs of the flows; both write the lake, so they share its queue of one."""

from __future__ import annotations

from django.utils import timezone

from qunyu.events import actions as events
from qunyu.flows import importing, undoing
from qunyu.flows.place import place
from qunyu.jobs.port import job
from qunyu.kernel.errors import DomainError


@job("flows.import", queue="lake")
def do_import(import_id: int) -> None:
    """Does a waiting import; why it came to nothing is kept with it."""

    def keep(step: str, done: int) -> None:
        events.report_progress(import_id, **{step: done})

    try:
        importing.run(import_id, place=place(), now=timezone.now(), progress=keep)
    except DomainError:
        # A person's mistake, kept with the import; trying again would not help.
        return


@job("flows.undo", queue="lake")
def do_undo(import_id: int) -> None:
    """Removes what an import brought."""
    undoing.run(import_id, place=place(), now=timezone.now())
