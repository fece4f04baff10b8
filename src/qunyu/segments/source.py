"""Source: where the fields and verbs of one kind come from; each file of `fields` holds one, and the registry finds it."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Max, Min, Q, QuerySet

from qunyu.segments.rules.tree import Did, Field, Leaf, Window
from qunyu.segments.rules.vocabulary import FieldSpec, VerbSpec

if TYPE_CHECKING:
    from qunyu.kernel.scope import Scope


@dataclass(frozen=True)
class Asking:
    """Who asks, and when: `today` is the day of the deployment's zone."""

    scope: Scope
    now: datetime

    @property
    def zone(self) -> ZoneInfo:
        zone: ZoneInfo = settings.QUNYU_ZONE
        return zone

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    def start(self, day: date | None) -> datetime | None:
        """The first moment of the day; None of none."""
        return None if day is None else datetime.combine(day, time(), self.zone)

    def days(self, window: Window) -> tuple[date | None, date | None]:
        """The first and the last day of the window; None where it is open."""
        if window.days is not None:
            return self.today - timedelta(days=window.days - 1), self.today
        return window.first, window.last

    def moments(self, window: Window) -> tuple[datetime | None, datetime | None]:
        """From when, and until when (not included)."""
        first, last = self.days(window)
        return self.start(first), self.start(last + timedelta(days=1) if last else None)

    def span(self, leaf: Field) -> tuple[date | None, date | None]:
        """The days that a condition about a day allows."""
        if leaf.op == "within":
            return self.today - timedelta(days=int(leaf.values[0]) - 1), self.today
        if leaf.op == "older":
            return None, self.today - timedelta(days=int(leaf.values[0]))
        first, last = (date.fromisoformat(each) for each in (leaf.values[0], leaf.values[-1]))
        return {"from": (first, None), "until": (None, last)}.get(leaf.op, (first, last))


@dataclass(frozen=True)
class Figured:
    """The members of whom a figure over those of their `rows` that `narrow` leaves compares so ("gte" and the like -> value).

    Figures over the same rows, which `of` names, can be asked for at once.
    """

    of: str
    rows: QuerySet[Any, Any]
    person: str
    figure: Callable[[Q | None], Any]
    compared: Mapping[str, object]
    narrow: Q = field(default_factory=Q)

    def alone(self) -> Q:
        """These members."""
        rows = self.rows.filter(self.narrow).order_by().values(self.person).annotate(figure=self.figure(None))
        return those(rows.filter(**_named("figure", self.compared)).values(self.person))


def at_once(several: Sequence[Figured]) -> Q:
    """The members of whom all of several figures over the same rows compare as they should: read once."""
    if len(several) == 1:
        return several[0].alone()
    one = several[0]
    figures = {f"figure{place}": each.figure(each.narrow or None) for place, each in enumerate(several)}
    compared = {
        name: value
        for place, each in enumerate(several)
        for name, value in _named(f"figure{place}", each.compared).items()
    }
    rows = one.rows.order_by().values(one.person).annotate(**figures)
    return those(rows.filter(**compared).values(one.person))


def _named(figure: str, compared: Mapping[str, object]) -> dict[str, object]:
    return {f"{figure}__{lookup}": value for lookup, value in compared.items()}


Answer = Callable[[Asking, Any, Any], Q | Figured]


def no_fields(scope: Scope) -> list[FieldSpec]:
    """None."""
    return []


def no_verbs(scope: Scope) -> list[VerbSpec]:
    """None."""
    return []


def nobody(scope: Scope) -> bool:
    """That it is true of somebody proves nothing about who may see them."""
    return False


def no_needs(key: str) -> str:
    """None."""
    return ""


@dataclass(frozen=True)
class Source:
    """`fields` and `verbs` are what it offers to a scope (all there are, whatever they need); `answer` says which members a leaf is true of.

    `deeds` are the verbs that the lake answers, with what of a day is counted (insights.doing); these have no `answer`. `needs` tells of any
    key which permission it takes here, "" for none and for keys of others. `proves` says whether a scope may see whomever an answer
    is true of, for that alone.
    """

    place: int
    fields: Callable[[Scope], list[FieldSpec]] = no_fields
    verbs: Callable[[Scope], list[VerbSpec]] = no_verbs
    answer: Answer | None = None
    deeds: Mapping[str, str] = field(default_factory=dict)
    needs: Callable[[str], str] = no_needs
    proves: Callable[[Scope], bool] = nobody


@cache
def sources() -> tuple[Source, ...]:
    """Every source in the order of their places."""
    package = importlib.import_module("qunyu.segments.fields")
    names = sorted(info.name for info in pkgutil.iter_modules(package.__path__))
    found: list[Source] = [importlib.import_module(f"{package.__name__}.{name}").SOURCE for name in names]
    return tuple(sorted(found, key=lambda each: each.place))


def those(rows: QuerySet[Any, Any]) -> Q:
    """The members whose primary keys `rows` gives."""
    return Q(pk__in=rows)


def at_least(rows: QuerySet[Any, Any], person: str, counted: Any, leaf: Did) -> Q:
    """The members with so many rows (`counted` says how they are counted), the key of the member being at `person`."""
    if leaf.count == 1:
        return those(rows.order_by().values(person))
    return those(rows.order_by().values(person).annotate(times=counted).filter(times__gte=leaf.count).values(person))


def ranged(rows: QuerySet[Any, Any], column: str, span: tuple[Any, Any], person: str) -> Q:
    """The members with a row whose `column` lies from the first to before the second moment (None: open)."""
    first, last = span
    bounds = {f"{column}__gte": first, f"{column}__lt": last}
    narrowed = rows.filter(**{name: value for name, value in bounds.items() if value is not None})
    return those(narrowed.order_by().values(person))


def latest(rows: QuerySet[Any, Any], column: str, span: tuple[Any, Any], person: str) -> Q:
    """The members whose greatest `column` lies in the span."""
    first, last = span
    if last is None:
        return ranged(rows, column, (first, None), person)
    bounds = {"figure__lt": last} | ({"figure__gte": first} if first else {})
    return those(rows.order_by().values(person).annotate(figure=Max(column)).filter(**bounds).values(person))


def earliest(rows: QuerySet[Any, Any], column: str, span: tuple[Any, Any], person: str) -> Q:
    """The members whose least `column` lies in the span."""
    first, last = span
    if first is None:
        return ranged(rows, column, (None, last), person)
    bounds = {"figure__gte": first} | ({"figure__lt": last} if last else {})
    return those(rows.order_by().values(person).annotate(figure=Min(column)).filter(**bounds).values(person))


def number_between(column: str, leaf: Field) -> Q:
    """The rows whose `column` compares so with the condition's numbers."""
    if leaf.op == "between":
        return Q(**{f"{column}__gte": leaf.values[0], f"{column}__lte": leaf.values[1]})
    name = column if leaf.op == "eq" else f"{column}__{leaf.op}"
    return Q(**{name: leaf.values[0]})


def moments_of(asking: Asking, leaf: Leaf) -> tuple[datetime | None, datetime | None]:
    """The span of a condition about a day as moments, the second not included."""
    first, last = asking.span(leaf) if isinstance(leaf, Field) else (None, None)
    return asking.start(first), asking.start(last + timedelta(days=1) if last else None)
