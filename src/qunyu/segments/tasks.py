"""Jobs of segments."""

from __future__ import annotations

from django.utils import timezone

from qunyu.jobs.port import job
from qunyu.kernel.scope import system_scope
from qunyu.segments.actions import count_all
from qunyu.segments.rules_of_tags import apply_all


@job("segments.renew", cron="40 5 * * *")
def renew() -> dict[str, int]:
    """Every night, after labels are renewed: tags follow their segments, then every segment in use is counted."""
    now = timezone.now()
    return {**apply_all(by=system_scope("tag rules"), now=now), **count_all(now)}
