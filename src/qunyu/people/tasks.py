"""Jobs of the accounts."""

from __future__ import annotations

from django.contrib.sessions.backends.db import SessionStore

from qunyu.jobs.port import job


@job("people.forget_sessions", cron="0 5 * * *")
def forget_sessions() -> None:
    """Every night: sessions that have ended are removed."""
    SessionStore.clear_expired()
