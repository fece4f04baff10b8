"""The jobs' own job: forgetting those that ended long ago."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from qunyu.jobs.engine import client
from qunyu.jobs.models import JobRun, StepDone
from qunyu.jobs.registry import job

KEPT_DAYS = 90
BATCH = 500


@job("jobs.forget", cron="17 4 * * *")
def forget() -> int:
    """Deletes what is known of jobs that ended over KEPT_DAYS ago and returns how many; their keys are free again."""
    before = (timezone.now() - timedelta(days=KEPT_DAYS)).isoformat()
    forgotten = 0
    while ended := client().list_workflows(completed_before=before, limit=BATCH, load_input=False, load_output=False):
        _delete([each.workflow_id for each in ended])
        forgotten += len(ended)
    return forgotten


@transaction.atomic
def _delete(job_ids: list[str]) -> None:
    client().delete_workflows(job_ids)
    StepDone.objects.filter(job_id__in=job_ids).delete()
    JobRun.objects.filter(job_id__in=job_ids).delete()
