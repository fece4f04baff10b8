"""The course of alerts: found over everything there is, and kept for people to read."""

from __future__ import annotations

from datetime import date, datetime

from qunyu.flows.place import lake, place
from qunyu.insights.actions import renew_alerts
from qunyu.insights.alerts import find_alerts
from qunyu.kernel.scope import system_scope


def renew(*, now: datetime) -> dict[str, int]:
    """Finds the alerts anew; how many are new, changed and gone. Again it changes nothing."""
    scope = system_scope("alerts")
    # The lake's pen, as for labels: of two processes that look, the second sees what the first kept.
    with place().lake.writing():
        found = find_alerts(lake(), scope)
        return renew_alerts(by=scope, episodes=found.episodes, since=found.since or date.min, now=now)
