"""Jobs of the lake itself."""

from __future__ import annotations

from django.conf import settings

from qunyu.events.lake.store import Lake
from qunyu.jobs.port import job


@job("events.tidy", queue="lake", cron="30 4 * * *")
def tidy() -> None:
    """Every night: few large files instead of many small ones, and none that only the past needs."""
    lake = Lake(settings.QUNYU_DATA / "lake")
    with lake.writing():
        lake.tidy()
