"""Renewing: the lists of every unit, one after the other."""

from __future__ import annotations

import logging
from datetime import datetime

from qunyu.kernel.scope import system_scope
from qunyu.people.queries import unit_by_key
from qunyu.prospects.measuring import measure, units_worth_asking
from qunyu.prospects.weighing import weigh

logger = logging.getLogger(__name__)


def renew_lists(now: datetime, unit: int | None = None) -> dict[str, int]:
    """How many units (of all with communities, or the one with that primary key) got new lists, of how many people chances are told, and how
    many units `failed`: they keep the lists they had and keep no other from its own. The one that is named raises what went wrong.
    """
    if unit is not None:
        return {"units": 1, "people": _renew(unit, now), "failed": 0}
    told = {"units": 0, "people": 0, "failed": 0}
    for key in units_worth_asking():
        try:
            told["people"] += _renew(key, now)
            told["units"] += 1
        except Exception:
            logger.exception("the lists of unit %s were not renewed", key)
            told["failed"] += 1
    return told


def _renew(key: int, now: datetime) -> int:
    unit = unit_by_key(key)
    people = measure(by=system_scope("prospects"), unit=unit, now=now).people
    weigh(unit=unit, now=now)
    return people
