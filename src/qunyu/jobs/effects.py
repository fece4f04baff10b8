"""Effects: what a job does to the world, each exactly once however often the job is begun."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import transaction

from qunyu.jobs.failures import Cancelled
from qunyu.jobs.models import JobRun, StepDone

_job_id: ContextVar[str] = ContextVar("qunyu_job_id", default="")


@contextmanager
def inside(job_id: str) -> Iterator[None]:
    """The block runs as the job `job_id`."""
    token = _job_id.set(job_id)
    try:
        yield
    finally:
        _job_id.reset(token)


@contextmanager
def once(step: str) -> Iterator[bool]:
    """A transaction around the effect called `step`; True the first time in this job's life, False ever after.

    The guard and the effect commit together, so only effects in the same database are safe. Outside of a job (see
    run_now) nothing can be begun twice and it is always True. Raises Cancelled when somebody asked the job to stop.
    """
    job_id = _job_id.get()
    with transaction.atomic():
        if not job_id:
            yield True
            return
        refuse_cancelled(job_id)
        _, first = StepDone.objects.get_or_create(job_id=job_id, step=step)
        yield first


def refuse_cancelled(job_id: str) -> None:
    """Raises Cancelled when somebody asked the job to stop."""
    if JobRun.objects.filter(job_id=job_id, cancel_asked_at__isnull=False).exists():
        raise Cancelled
