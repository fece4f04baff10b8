"""Jobs of the reports, in the lake's queue of one: a report names chats, and an erasure beside it would miss the name in its files."""

from __future__ import annotations

from django.conf import settings
from django.utils import timezone

from qunyu.flows.place import lake
from qunyu.jobs.port import job
from qunyu.reports.actions import Desk, make_due


@job("reports.make_due", queue="lake", cron="5 * * * *")
def make_reports() -> int:
    """Every hour: the reports that are due; how many were made."""
    return make_due(desk=Desk(lake(), settings.QUNYU_DATA, settings.QUNYU_ZONE), now=timezone.now())
