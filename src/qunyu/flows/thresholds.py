"""Thresholds: what a unit's labels go by; changed, and seen before what a change would move."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from qunyu.flows.labelling import bars_of
from qunyu.flows.place import lake
from qunyu.insights.label import check_pairs, check_threshold, find_threshold
from qunyu.insights.labelling import Moves, UnitBars, moves
from qunyu.jobs.port import enqueue, load
from qunyu.kernel.scope import Scope, system_scope
from qunyu.members.labels import kept, members_of_units
from qunyu.people.actions import change_settings
from qunyu.people.queries import own_settings, settings_in_force, unit_names

if TYPE_CHECKING:
    from qunyu.people.models import Unit

Changed = Mapping[str, float | None]


def change_thresholds(*, by: Scope, unit: Unit, changes: Changed, now: datetime) -> bool:
    """Sets thresholds of `unit`, None to inherit again, and has everybody labelled anew; whether anything changed.

    Raises Denied; what `preview` raises of thresholds.
    """
    load()
    by.require("settings.edit", unit.pk)
    _checked(unit, changes)
    with transaction.atomic():
        changed = change_settings(by=by, unit=unit, changes=changes, now=now)
        if changed:
            enqueue("flows.label", key=f"thresholds-{unit.pk}-{now.timestamp()}")
    return changed


def preview(*, by: Scope, unit: Unit, changes: Changed) -> Moves:
    """What the changes would move among the members who go by the thresholds of `unit` or a unit below it.

    Raises Denied; DomainError unknown_threshold, bad_threshold or crossed_thresholds (in this unit or one below).
    """
    by.require("settings.edit", unit.pk)
    bars = _checked(unit, changes)
    members = sorted(set(members_of_units([each.unit for each in bars if each.path.startswith(unit.path)])))
    return moves(lake(), system_scope("preview of thresholds"), bars, kept(members), members)


def _checked(unit: Unit, changes: Changed) -> list[UnitBars]:
    """Every unit as it would be."""
    for key, value in changes.items():
        find_threshold(key)
        if value is not None:
            check_threshold(key, value)
    own = own_settings()
    mine = {**own.get(unit.pk, {}), **changes}
    own[unit.pk] = {key: value for key, value in mine.items() if value is not None}
    names = unit_names()
    found = bars_of(settings_in_force(own))
    for each in found:
        if each.path.startswith(unit.path):
            check_pairs(each.thresholds, names[each.unit])
    return found
