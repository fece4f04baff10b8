"""Jobs about personal data, all in the lake's queue of one: what writes a file of people never runs beside an erasure, which would miss it."""

from __future__ import annotations

import logging

from django.utils import timezone

from qunyu.jobs.port import job
from qunyu.privacy import erasing, exporting, retaining

logger = logging.getLogger("qunyu.privacy")


@job("privacy.erase", queue="lake")
def erase(request: int) -> bool:
    """Does a confirmed erasure, or goes on with it after a crash."""
    return erasing.run(key=request, now=timezone.now())


@job("privacy.export", queue="lake")
def export(request: int) -> bool:
    """Makes the file that somebody asked for."""
    return exporting.run(key=request, now=timezone.now())


@job("privacy.keep", queue="lake", cron="40 4 * * *")
def keep() -> dict[str, int]:
    """Every night: what is older than its period goes, exports of last week too, and erasures that broke off go on."""
    now = timezone.now()
    told = {**retaining.enforce(now=now), "exports": exporting.forget_old(now)}
    for request in erasing.unfinished():
        try:
            erasing.run(key=request, now=now)
        except Exception as error:
            # One that cannot go on keeps no other from it; the message may name the person, its kind does not.
            logger.error("the erasure of request %s broke off: %s", request, type(error).__name__)  # noqa: TRY400
    return told
