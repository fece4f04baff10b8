"""Renewing: the lists of every unit, one after the other."""

from __future__ import annotations

from datetime import datetime

from qunyu.kernel.scope import system_scope
from qunyu.people.queries import unit_by_key
from qunyu.prospects.measuring import measure, units_worth_asking
from qunyu.prospects.weighing import weigh


def renew_lists(now: datetime, unit: int | None = None) -> dict[str, int]:
    """How many units (of all with communities, or the one with that primary key) got new lists, and of how many people chances are told."""
    units = units_worth_asking() if unit is None else [unit]
    people = 0
    for key in units:
        each = unit_by_key(key)
        people += measure(by=system_scope("prospects"), unit=each, now=now).people
        weigh(unit=each, now=now)
    return {"units": len(units), "people": people}
