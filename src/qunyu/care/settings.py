"""Settings: the numbers that units look for occasions by, and the kinds they do not look for; each occasion's own file declares its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from django.db import transaction

from qunyu.care.kind import Kind, Terms, kinds
from qunyu.jobs.port import enqueue, load
from qunyu.people.settings import Changes, Numbers, Settings

if TYPE_CHECKING:
    from qunyu.kernel.scope import Scope
    from qunyu.people.models import Unit


@cache
def care_settings() -> Settings:
    """Of each kind the switch (1: looked for, 0: not), then its numbers."""
    return Settings("occasion_setting", [each for kind in kinds().values() for each in (kind.switch, *kind.settings)])


def change_care(*, by: Scope, unit: Unit, changes: Changes, now: datetime) -> bool:
    """Sets numbers of `unit`, None to inherit again, and has occasions looked for anew; whether anything changed.

    Raises Denied; DomainError unknown_occasion_setting or bad_occasion_setting with the `field`.
    """
    load()
    with transaction.atomic():
        changed = care_settings().change(by=by, unit=unit, changes=changes, now=now)
        if changed:
            enqueue("flows.care", key=f"settings-{unit.pk}-{now.timestamp()}")
    return changed


def terms_of(kind: Kind, in_force: Mapping[int, Numbers]) -> list[Terms]:
    """The units that look for a kind, those with the same numbers together; `in_force` is what holds in every unit.

    The smallest numbers come first: by these goes who belongs to several units.
    """
    groups: dict[tuple[float, ...], set[int]] = defaultdict(set)
    for unit, numbers in in_force.items():
        if numbers[kind.switch.key]:
            groups[tuple(numbers[each.key] or 0 for each in kind.settings)].add(unit)
    found: list[Terms] = []
    taken: frozenset[int] = frozenset()
    for told, units in sorted(groups.items()):
        named: Numbers = dict(zip((each.key for each in kind.settings), told, strict=True))
        found.append(Terms(named, None if len(units) == len(in_force) else frozenset(units), taken))
        taken |= units
    return found
