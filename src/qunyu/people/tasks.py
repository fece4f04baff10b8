"""Jobs of the accounts."""

from __future__ import annotations

from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from qunyu.jobs.port import job
from qunyu.kernel.audit_chain import seal_entries
from qunyu.people.sessions import tidy_sessions


@job("people.seal_audit", cron="*/5 * * * *")
def seal_audit() -> int:
    """Every five minutes: what came into the audit trail is sealed."""
    return seal_entries(timezone.now())


@job("people.forget_sessions", cron="0 5 * * *")
def forget_sessions() -> None:
    """Every night: browser sessions that have ended are removed, and what ran out is noted."""
    SessionStore.clear_expired()
    tidy_sessions(now=timezone.now())
