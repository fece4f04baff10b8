"""Upgrading: what an earlier release kept is brought to today's form."""

from __future__ import annotations

from datetime import datetime

from qunyu.events import actions as events
from qunyu.events.lake import rollup
from qunyu.events.queries import published_lake
from qunyu.flows.place import Place
from qunyu.flows.undoing import settle


def bring_up_to_date(*, place: Place, now: datetime) -> bool:
    """Computes the activity rollup anew where readers see one with other columns; whether it had to. Again changes nothing."""
    lake = place.lake
    if not published_lake(lake.folder).outdated("activity"):
        return False
    with lake.writing():
        # Not settled first: that refreshes days of a table that has no room for them yet.
        if lake.outdated("activity"):
            rollup.rebuild(lake)
        settle(place=place, now=now)
        events.publish(lake)
    return True
