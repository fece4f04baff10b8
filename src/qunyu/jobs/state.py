"""State: what became of jobs."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from django.db import connection

from qunyu.jobs.asking import name_of
from qunyu.jobs.engine import client
from qunyu.jobs.failures import restore
from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words

if TYPE_CHECKING:
    from dbos import WorkflowStatus

State = Literal["queued", "running", "succeeded", "failed", "cancelled"]

ENGINE_STATES: dict[State, tuple[str, ...]] = {
    "queued": ("ENQUEUED", "DELAYED"),
    "running": ("PENDING",),
    "succeeded": ("SUCCESS",),
    "failed": ("ERROR", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"),
    "cancelled": ("CANCELLED",),
}
ENDED: tuple[State, ...] = ("succeeded", "failed", "cancelled")
STATES: dict[State, Words] = {
    "queued": Words("排队中", "queued"),
    "running": Words("运行中", "running"),
    "succeeded": Words("已完成", "done"),
    "failed": Words("失败", "failed"),
    "cancelled": Words("已取消", "cancelled"),
}
POLL_SECONDS = 0.1


@dataclass(frozen=True)
class JobStatus:
    """A job as it is now; times are UTC, None = not yet (`started_at` is the last begin).

    `error` says why a failed job failed, `result` what a succeeded one returned.
    """

    id: str
    name: str
    state: State
    queued_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    error: DomainError | None
    result: object


def status(job_id: str) -> JobStatus:
    """What became of the job.

    Raises DomainError unknown_job when there is none of this id.
    """
    found = client().list_workflows(workflow_ids=[job_id], load_input=False)
    if not found:
        message = Words("没有编号为“{id}”的后台任务", "there is no background job with the id “{id}”")
        raise DomainError("unknown_job", message.fill(id=job_id), id=job_id)
    return _status(found[0])


def list_jobs(*, name: str = "", states: Sequence[State] = (), limit: int = 50, offset: int = 0) -> list[JobStatus]:
    """Jobs, newest first; of one name, of some states."""
    wanted = [each for state in states for each in ENGINE_STATES[state]]
    found = client().list_workflows(
        status=wanted or None,
        workflow_id_prefix=f"{name}:" if name else None,
        limit=limit,
        offset=offset,
        sort_desc=True,
        load_input=False,
    )
    return [_status(each) for each in found]


def wait(job_id: str, timeout: float) -> JobStatus:
    """Blocks until the job has ended and returns its status.

    Raises DomainError job_not_ended after `timeout` seconds; RuntimeError inside a transaction, whose job nobody
    can see before it commits.
    """
    if connection.in_atomic_block:
        raise RuntimeError("a job cannot be waited for inside the transaction that may have asked for it")
    deadline = time.monotonic() + timeout
    while (now := status(job_id)).state not in ENDED:
        if time.monotonic() > deadline:
            message = Words("任务在 {seconds} 秒内没有结束", "the job did not end within {seconds} seconds")
            raise DomainError("job_not_ended", message.fill(seconds=timeout), id=job_id, state=now.state)
        time.sleep(POLL_SECONDS)
    return now


def _status(row: WorkflowStatus) -> JobStatus:
    state = next(state for state, names in ENGINE_STATES.items() if row.status in names)
    return JobStatus(
        id=row.workflow_id,
        name=name_of(row.workflow_id),
        state=state,
        queued_at=datetime.fromtimestamp((row.created_at or 0) / 1000, UTC),
        started_at=_time(row.dequeued_at),
        finished_at=_time(row.completed_at),
        error=restore(row.error) if row.error is not None else None,
        result=row.output,
    )


def _time(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else datetime.fromtimestamp(milliseconds / 1000, UTC)
