"""The audit trail's table."""

from __future__ import annotations

from typing import NoReturn

from django.db import models


class AuditEntry(models.Model):
    """Who did what to which object, when. Append-only; `data` holds ids and counts, never texts or personal data."""

    at = models.DateTimeField(db_index=True)
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
