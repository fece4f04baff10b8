"""Jobs of prospects."""

from __future__ import annotations

from django.utils import timezone

from qunyu.jobs.port import job
from qunyu.prospects.renewing import renew_lists


@job("prospects.renew", cron="50 5 * * *")
def renew(unit: int | None = None) -> dict[str, int]:
    """Every night, and for one unit when somebody asks: who can be converted, and who costs more than they bring."""
    return renew_lists(timezone.now(), unit)
