"""Control: stop a job, or begin one again."""

from __future__ import annotations

from django.db import connection, transaction
from django.utils import timezone

from qunyu.jobs.asking import name_of
from qunyu.jobs.engine import client
from qunyu.jobs.models import JobRun
from qunyu.jobs.registry import find
from qunyu.jobs.state import ENDED, JobStatus, status
from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words

NOT_STOPPED = Words(
    "任务的状态是“{state}”，只有失败或已取消的任务可以重试",
    "the job is {state}; only one that failed or was cancelled can be retried",
)


def cancel(job_id: str) -> JobStatus:
    """Takes a queued job out of its queue; asks a running one to stop, which it does at its next `once`.

    What the job has done stays done. A job that has ended is left as it is. Raises DomainError unknown_job.
    """
    with transaction.atomic():
        _hold(job_id)
        now = status(job_id)
        if now.state in ENDED:
            return now
        JobRun.objects.update_or_create(job_id=job_id, defaults={"cancel_asked_at": timezone.now()})
        if now.state == "queued":
            client().cancel_workflow(job_id)
    return status(job_id)


def retry(job_id: str) -> JobStatus:
    """Puts a failed or cancelled job back into its queue; effects under `once` that happened are not repeated.

    Raises DomainError job_not_stopped when it is in any other state; unknown_job.
    """
    with transaction.atomic():
        _hold(job_id)
        now = status(job_id)
        if now.state not in ("failed", "cancelled"):
            raise DomainError("job_not_stopped", NOT_STOPPED.fill(state=now.state), state=now.state)
        JobRun.objects.filter(job_id=job_id).update(attempts=0, cancel_asked_at=None)
        client().rewind_workflow(job_id, queue_name=find(name_of(job_id)).queue)
    return status(job_id)


def _hold(job_id: str) -> None:
    """Keeps workers from taking the job until this transaction ends; in SQLite the transaction alone does."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM dbos.workflow_status WHERE workflow_uuid = %s FOR UPDATE", (job_id,))
