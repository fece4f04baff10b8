"""Labelling: keeps the labels of members right after imports, undos, another day of data and other thresholds."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from qunyu.flows.place import lake, place
from qunyu.insights.label import defaults
from qunyu.insights.labelling import Cause, UnitBars, changes, touched
from qunyu.kernel.scope import system_scope
from qunyu.kernel.tables import take_stock
from qunyu.members.labels import forget_labels_of_nobody, kept, last_run, put_labels
from qunyu.people.queries import settings_in_force, unit_paths


def bars() -> list[UnitBars]:
    """Every unit with the thresholds that hold there."""
    return bars_of(settings_in_force())


def bars_of(in_force: Mapping[int, Mapping[str, float]]) -> list[UnitBars]:
    """The same for settings as they would be: what is no threshold is left out, what nobody set is as usual."""
    usual = defaults()
    known = {unit: {key: value for key, value in found.items() if key in usual} for unit, found in in_force.items()}
    return [UnitBars(unit, path, {**usual, **known[unit]}) for unit, path in unit_paths().items()]


def label(*, now: datetime, imports: Collection[int] | None = None, members: Collection[int] | None = None) -> int:
    """Labels `members`, and whom these finished `imports` and the days since the last run can have changed; how many got another value.

    None of both labels everybody.

    Run again it changes nothing.
    """
    scope = system_scope("labelling")
    # The lake's pen, though nothing is written there: of two processes that label, the second sees what the first kept.
    with place().lake.writing():
        in_force, published, before = bars(), lake(), last_run()
        chosen: Collection[int] | None = None
        if before is not None and (imports is not None or members is not None):
            moved_on = touched(published, scope, in_force, Cause(imports or (), before.as_of))
            chosen = moved_on | frozenset(members or ())
        found = changes(published, scope, in_force, kept(chosen), chosen)
        forget_labels_of_nobody(by=scope)
        moved = put_labels(by=scope, changes=found, people=None if chosen is None else len(chosen), now=now)
    take_stock()
    return moved
