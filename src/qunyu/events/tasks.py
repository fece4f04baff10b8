"""Jobs of the lake itself."""

from __future__ import annotations

from django.conf import settings

from qunyu.events.actions import publish
from qunyu.events.lake.store import Lake
from qunyu.events.queries import unsettled_imports
from qunyu.jobs.port import job


@job("events.tidy", queue="lake", cron="30 4 * * *")
def tidy() -> None:
    """Every night: few large files instead of many small ones, and none that only the past needs.

    Not while an interrupted import waits to be taken back: tidying would publish what it has written.
    """
    lake = Lake(settings.QUNYU_DATA / "lake")
    with lake.writing():
        if not unsettled_imports():
            lake.tidy()
            publish(lake)
