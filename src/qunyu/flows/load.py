"""Load: what every operator carries, beside the limits that hold where their communities are; and communities that nobody runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, TypeVar

from django.db.models import Q

from qunyu.communities.duties import CARRYING, local_day
from qunyu.communities.duty_queries import operators, running, unowned
from qunyu.flows.load_limits import LOAD_LIMITS
from qunyu.flows.place import lake
from qunyu.insights.load import Demand, Demands, demands
from qunyu.kernel.scope import Scope
from qunyu.people.operators import grant_units
from qunyu.people.queries import settings_in_force

if TYPE_CHECKING:
    from qunyu.communities.models import Community, Duty
    from qunyu.people.models import Staff

Settings = Mapping[int, Mapping[str, float]]
Number = TypeVar("Number", int, float)


@dataclass(frozen=True)
class Load:
    """What `staff` carries in sight. `kinds` counts the running duties; owner and admin duties carry, a community counts once, closed
    ones ask for nothing.

    `members` are people, each once; `newcomers` of 28 days, `messages` and `questions` a day are sums over the communities carried.
    None is unknown: nothing is recorded of any of them; `silent` is how many of them there are no records of the last 28 days. `limits`
    are those that hold, the strictest where units differ; one that nobody set is missing. `over` names those that are exceeded.
    """

    staff: Staff
    kinds: Mapping[str, int]
    units: frozenset[int]
    communities: int
    members: int | None
    newcomers: int | None
    messages: float | None
    questions: float | None
    silent: int
    limits: Mapping[str, int]
    over: tuple[str, ...]


@dataclass(frozen=True)
class Loads:
    """`unowned` are the communities without an owner, with what they ask for (None: nothing recorded); `as_of` the last day of data."""

    rows: tuple[Load, ...]
    unowned: tuple[tuple[Community, Demand | None], ...]
    as_of: date | None


def loads(scope: Scope, now: datetime, settings: Settings | None = None) -> Loads:
    """The load of every operator whose effort `scope` may see; `settings` in the place of what holds, to see what they would do.

    Raises Denied.
    """
    scope.require("effort.view")
    narrow, today = scope.within("effort.view"), local_day(now)
    held: dict[int, list[Duty]] = {}
    for duty in running(narrow).filter(Q(community__closed_on=None) | Q(community__closed_on__gt=today)):
        held.setdefault(duty.staff_id, []).append(duty)
    carried = frozenset((d.staff_id, d.community_id) for each in held.values() for d in each if d.kind in CARRYING)
    told = demands(lake(), narrow, carried)
    people = list(operators(scope).filter(is_active=True))
    inactive = [each for each in operators(scope).filter(is_active=False) if each.pk in held]
    rows = _rows([*people, *inactive], held, told, settings_in_force() if settings is None else settings)
    free = [(each, told.communities.get(each.pk) if told else None) for each in unowned(narrow, today)]
    return Loads(tuple(rows), tuple(free), told.as_of if told else None)


def _rows(
    people: Iterable[Staff], held: Mapping[int, list[Duty]], told: Demands | None, settings: Settings
) -> list[Load]:
    everybody = list(people)
    granted = grant_units([each.pk for each in everybody])
    return [_load(each, held.get(each.pk, []), granted.get(each.pk, set()), told, settings) for each in everybody]


def _load(staff: Staff, duties: list[Duty], granted: Collection[int], told: Demands | None, settings: Settings) -> Load:
    carried = {each.community_id: each.community for each in duties if each.kind in CARRYING}
    limits = _limits(carried.values(), settings)
    asked = [told.communities[id] for id in carried if id in told.communities] if told else []
    lively = [each for each in asked if each.days]
    members = _known(carried, asked, told.people.get(staff.pk, 0) if told else 0)
    found = {"load.communities": len(carried), "load.members": members}
    return Load(
        staff,
        Counter(each.kind for each in duties),
        frozenset({each.community.unit_id for each in duties}) or frozenset(granted),
        len(carried),
        members,
        _known(carried, lively, sum(each.newcomers for each in lively)),
        _known(carried, lively, sum(each.messages / each.days for each in lively)),
        _known(carried, lively, sum(each.questions / each.days for each in lively)),
        len(carried) - len(lively),
        limits,
        tuple(key for key, most in limits.items() if (found[key] or 0) > most),
    )


def _known(carried: Collection[int], told: Collection[Demand], value: Number) -> Number | None:
    """The value where something is known, or there is nothing to be known."""
    return value if told or not carried else None


def _limits(carried: Iterable[Community], settings: Settings) -> dict[str, int]:
    units = {each.unit_id for each in carried}
    found = {
        key: [settings.get(unit, {})[key] for unit in units if key in settings.get(unit, {})] for key in LOAD_LIMITS
    }
    return {key: int(min(values)) for key, values in found.items() if values}
