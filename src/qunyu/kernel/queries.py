"""Reads of the audit trail."""

from __future__ import annotations

from django.db.models import QuerySet

from qunyu.kernel.models import AuditEntry


def entries() -> QuerySet[AuditEntry]:
    """Every entry, the newest first; who may see them is for the caller to say (`people.queries.audit_trail`)."""
    return AuditEntry.objects.all()
