"""Running: the frame around every job's function, in a worker or in the calling process."""

from __future__ import annotations

import logging

from django.db import connections, transaction
from django.db.models import F

from qunyu.jobs.effects import inside, refuse_cancelled
from qunyu.jobs.engine import client
from qunyu.jobs.exclusive import alone
from qunyu.jobs.failures import Cancelled, Failure, worn_out
from qunyu.jobs.models import JobRun
from qunyu.jobs.registry import find

# A job that takes its worker down (out of memory, say) must not do so for ever.
MAX_ATTEMPTS = 8

logger = logging.getLogger("qunyu.jobs")


def run_now(name: str, /, **arguments: object) -> object:
    """Runs the job's function here and returns its result; nothing is queued, recorded or resumed.

    A lake job still waits until it is the lake's only writer. Raises what the function raises, and DomainError
    unknown_job.
    """
    job = find(name)
    with inside(""), alone(job.queue):
        return job.function(**arguments)


def perform(job_id: str, name: str, arguments: dict[str, object]) -> object:
    """Runs a queued job in a worker's thread and returns its result.

    Raises Failure, which the engine stores, when the function raises; Cancelled after somebody asked it to stop.
    """
    try:
        return _attempt(job_id, name, arguments)
    except Cancelled:
        client().cancel_workflow(job_id)
        raise
    except Exception as error:
        logger.exception("job %s failed", job_id)
        raise Failure(error) from error
    finally:
        # The thread is the engine's and lives on; its connection would idle with it.
        connections.close_all()


def _attempt(job_id: str, name: str, arguments: dict[str, object]) -> object:
    _count_attempt(job_id)
    job = find(name)
    with alone(job.queue), inside(job_id):
        refuse_cancelled(job_id)
        return job.function(**arguments)


def _count_attempt(job_id: str) -> None:
    with transaction.atomic():
        JobRun.objects.get_or_create(job_id=job_id)
        JobRun.objects.filter(job_id=job_id).update(attempts=F("attempts") + 1)
        attempts = JobRun.objects.get(job_id=job_id).attempts
    if attempts > MAX_ATTEMPTS:
        raise worn_out(MAX_ATTEMPTS)
