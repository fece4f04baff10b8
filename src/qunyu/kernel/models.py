"""The audit trail's table."""

from __future__ import annotations

from typing import NoReturn

from django.db import models


class AuditEntry(models.Model):
    """Who did what to which object, when. Append-only; `data` holds ids and counts, never texts or personal data.

    `at` is when the act says it was, `written` the clock when it was recorded (None: before that was kept).
    """

    at = models.DateTimeField(db_index=True)
    written = models.DateTimeField(null=True)
    actor = models.CharField(max_length=40, db_index=True)
    actor_name = models.CharField(max_length=120)
    action = models.CharField(max_length=60, db_index=True)
    object_kind = models.CharField(max_length=40)
    object_id = models.CharField(max_length=40)
    reason = models.CharField(max_length=200, blank=True)
    data = models.JSONField(default=dict)

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(fields=("object_kind", "object_id")),)

    def save(self, *args: object, **kwargs: object) -> None:
        """Writes a new entry.

        Raises TypeError for an entry that exists: the trail is append-only.
        """
        if self.pk is not None:
            raise TypeError("audit entries are append-only")
        super().save()

    def delete(self, *args: object, **kwargs: object) -> NoReturn:
        """Raises TypeError: the trail is append-only."""
        raise TypeError("audit entries are append-only")


class AuditSeal(models.Model):
    """The seal of one audit entry (kernel.audit_chain): an HMAC over the seal before and the entry. Append-only.

    `number` counts from 1 without a gap, `previous` is the digest of the one before. `entry` is no foreign key: a seal outlives an
    entry that somebody removed. `reason` is the keyed digest of the reason the entry had then.
    """

    number = models.BigIntegerField(primary_key=True)
    entry = models.BigIntegerField(unique=True)
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    reason = models.CharField(max_length=64)
    at = models.DateTimeField()


class AuditMending(models.Model):
    """That erasure took a name out of the reason of an entry: keyed digests of the reason `before` and `after`. Append-only."""

    entry = models.BigIntegerField(db_index=True)
    before = models.CharField(max_length=64)
    after = models.CharField(max_length=64)
    at = models.DateTimeField()
    digest = models.CharField(max_length=64)
