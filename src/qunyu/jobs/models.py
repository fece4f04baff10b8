"""What the engine does not keep: which effects happened, who is alive, how often a job was begun."""

from __future__ import annotations

from django.db import models


class StepDone(models.Model):
    """The effect `step` of a job happened: written in the effect's own transaction, so it happens once."""

    job_id = models.CharField(max_length=300)
    step = models.CharField(max_length=200)
    done_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("job_id", "step"), name="jobs_step_once"),)


class JobRun(models.Model):
    """How often a job was begun since it was last asked for, and whether somebody wants it stopped."""

    job_id = models.CharField(max_length=300, primary_key=True)
    attempts = models.PositiveIntegerField(default=0)
    cancel_asked_at = models.DateTimeField(null=True)


class Heartbeat(models.Model):
    """A worker that lives, or died without a word if `beat_at` (the database's clock) is old.

    `token` is drawn anew at every start: a worker that finds another's token has been replaced and must end.
    """

    executor_id = models.CharField(max_length=120, primary_key=True)
    token = models.CharField(max_length=32)
    beat_at = models.DateTimeField(db_index=True)
    started_at = models.DateTimeField()
