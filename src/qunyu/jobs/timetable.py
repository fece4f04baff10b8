"""Timetable: jobs that are asked for by the clock."""

from __future__ import annotations

from datetime import datetime

from croniter import croniter  # type: ignore[import-untyped]
from django.conf import settings
from django.utils import timezone

from qunyu.jobs.asking import enqueue
from qunyu.jobs.registry import Job, declared


def last_due(cron: str, now: datetime) -> datetime:
    """The latest time at or before `now` that the five fields name, in `now`'s zone."""
    found: datetime = croniter(cron, now).get_prev(datetime)
    return now.replace(second=0, microsecond=0) if croniter.match(cron, now) else found


class Timetable:
    """Asks for every job with a `cron` at its times, and after a standstill for the last time missed, once.

    The time is the job's key, so any number of workers ask for it once.
    """

    def __init__(self) -> None:
        self._asked: dict[str, str] = {}

    def ask(self, now: datetime | None = None) -> list[str]:
        """Asks for what is due at `now` (default: the clock's) and was not asked for here; returns the jobs' ids."""
        local = timezone.localtime(now, settings.QUNYU_ZONE)
        return [job_id for job in declared().values() if job.cron for job_id in self._ask_for(job, local)]

    def _ask_for(self, job: Job, now: datetime) -> list[str]:
        due = last_due(job.cron, now).strftime("%Y-%m-%dT%H:%M%z")
        if self._asked.get(job.name) == due:
            return []
        job_id = enqueue(job.name, key=f"at {due}")
        self._asked[job.name] = due
        return [job_id]
