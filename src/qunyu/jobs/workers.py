"""Workers: who is alive, and what becomes of the jobs of those that are not."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from qunyu.jobs.engine import client
from qunyu.jobs.exclusive import try_lock
from qunyu.jobs.models import Heartbeat, JobRun


@contextmanager
def seat() -> Iterator[str]:
    """An executor id nobody else has: this machine's lowest free number, locked while the process lives.

    A worker started after a crash gets the number of the one that crashed, and so its unfinished jobs at once.
    """
    host = socket.gethostname()[:100]
    for number in count(1):
        stream = try_lock(Path(settings.QUNYU_DATA) / "locks" / f"worker-{host}-{number}")
        if stream is not None:
            with stream:
                yield f"{host}-{number}"
            return


def appear(executor_id: str) -> str:
    """Writes the worker's first heartbeat and returns its token."""
    token = uuid4().hex
    Heartbeat.objects.update_or_create(
        executor_id=executor_id, defaults={"token": token, "beat_at": Now(), "started_at": Now()}
    )
    return token


def beat(executor_id: str, token: str) -> bool:
    """Says that the worker lives; False when others took it for dead or replaced it, and it must end at once."""
    mine = Heartbeat.objects.filter(executor_id=executor_id, token=token)
    return mine.update(beat_at=Now()) == 1


def rescue(stale_seconds: float) -> list[str]:
    """Puts the unfinished jobs of workers silent for `stale_seconds` back into their queues; returns the jobs' ids.

    Of several rescuers one wins each dead worker: deleting its heartbeat and queueing its jobs is one transaction.
    """
    rescued: list[str] = []
    for executor_id in list(_silent(stale_seconds).values_list("executor_id", flat=True)):
        with transaction.atomic():
            if _silent(stale_seconds).filter(executor_id=executor_id).delete()[0]:
                rescued += _requeue_all_of(executor_id)
    return rescued


def leave(executor_id: str, token: str) -> list[str]:
    """Withdraws the worker in an orderly way, handing what it did not finish to others; returns those jobs' ids.

    Their begins are forgotten: an orderly end is no fault of theirs.
    """
    with transaction.atomic():
        if not Heartbeat.objects.filter(executor_id=executor_id, token=token).delete()[0]:
            return []
        handed_over = _requeue_all_of(executor_id)
        JobRun.objects.filter(job_id__in=handed_over).update(attempts=0)
        return handed_over


def _silent(seconds: float) -> QuerySet[Heartbeat]:
    return Heartbeat.objects.filter(beat_at__lt=Now() - timedelta(seconds=seconds))


def _requeue_all_of(executor_id: str) -> list[str]:
    queues: dict[str, list[str]] = {}
    begun = client().list_workflows(status="PENDING", executor_id=executor_id, load_input=False, load_output=False)
    for each in begun:
        queues.setdefault(each.queue_name or "default", []).append(each.workflow_id)
    for queue, ids in queues.items():
        client().resume_workflows(ids, queue_name=queue)
    return [job_id for ids in queues.values() for job_id in ids]
