"""Answers kept so that a request which is sent again is not carried out again."""

from __future__ import annotations

from django.db import models


class KeptAnswer(models.Model):
    """What `actor` (kernel's Actor.key) was answered under an Idempotency-Key; `status` is 0 while it is being worked on.

    `body` is sealed: an answer may hold a secret shown once. `fingerprint` is the SHA-256 of the request that came with the key first.
    """

    actor = models.CharField(max_length=40)
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    body = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("actor", "key"), name="kept_answer_once"),)
