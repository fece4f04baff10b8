"""Planning: who a condition is true of, in few set operations.

What the database can answer alone is one statement, however much of the tree that is; all that the lake counts is one scan. Sets of
members are sorted arrays; a set that is told by who is not in it is kept so, and everybody is asked for at the end alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import reduce
from operator import and_, or_
from typing import TYPE_CHECKING

import numpy as np
from django.conf import settings
from django.db.models import Q

from qunyu.events.lake.store import Lake
from qunyu.events.queries import published_lake
from qunyu.insights.doing import Deed, doers
from qunyu.members.queries import people
from qunyu.members.sets import Ids, everybody, heads, keys, unproven
from qunyu.segments.places import communities_of
from qunyu.segments.rules.tree import And, Condition, Did, Everybody, Field, Leaf, Not, Or, below, changed
from qunyu.segments.source import Figured, at_once

if TYPE_CHECKING:
    from qunyu.segments.catalogue import Catalogue
    from qunyu.segments.source import Asking


def lake() -> Lake:
    """The deployment's lake as it is published."""
    return published_lake(settings.QUNYU_DATA / "lake")


@dataclass(frozen=True)
class Found:
    """The members `ids` (sorted, each once), or (`others`) everybody but those."""

    ids: Ids
    others: bool = False


class Plan:
    """The answer to one condition, checked and with no other segment in it, for one asker."""

    def __init__(self, asking: Asking, known: Catalogue, condition: Condition, where: Lake | None = None) -> None:
        self.asking, self.known, self.lake = asking, known, where
        self.condition = changed(condition, _plainly)
        self._deeds: dict[Deed, int] = {}
        self._did: dict[Did, Deed] = {}
        self._done: list[Ids] = []

    def members(self) -> Ids:
        """The primary keys of the members, sorted."""
        self._count()
        if self.by_database(self.condition) and told_by_others(self.condition):
            return everybody(self.asking.scope, self.rows(self.condition, refused=True))
        found = self.found(self.condition)
        if found.others:
            return np.setdiff1d(everybody(self.asking.scope), found.ids, assume_unique=True)
        return found.ids

    def by_database(self, condition: Condition) -> bool:
        """Whether the database can answer alone."""
        if isinstance(condition, Did):
            return condition.verb not in self.known.sources[condition.verb].deeds
        return all(self.by_database(part) for part in below(condition))

    def found(self, condition: Condition) -> Found:
        """As `members`, of a part."""
        if self.by_database(condition):
            others = told_by_others(condition)
            # Of whom everybody is taken away, it need not be asked whether they may be seen.
            proven = others or self.proves(condition)
            return Found(self.asked(self.rows(condition, refused=others), proven=proven), others)
        if isinstance(condition, Did):
            return Found(self._done[self._deeds[self._did[condition]]])
        if isinstance(condition, Not):
            inner = self.found(condition.part)
            return Found(inner.ids, not inner.others)
        if not isinstance(condition, And | Or):
            raise TypeError("a leaf is answered by the database or by the lake")
        parts = condition.parts
        alone = [part for part in parts if self.by_database(part)]
        sets = [self.found(part) for part in parts if not self.by_database(part)]
        if alone:
            sets.append(self.found(replace(condition, parts=tuple(alone)) if len(alone) > 1 else alone[0]))
        return reduce(_both if isinstance(condition, And) else _either, sets)

    def rows(self, condition: Condition, *, refused: bool = False) -> Q:
        """Of which members the condition is true, or (`refused`) false, as the database asks it."""
        if isinstance(condition, Not):
            return self.rows(condition.part, refused=not refused)
        if isinstance(condition, And) and not refused:
            return reduce(and_, self._all(condition))
        if isinstance(condition, And | Or):
            together = and_ if isinstance(condition, And) is not refused else or_
            return reduce(together, (self.rows(part, refused=refused) for part in condition.parts))
        if isinstance(condition, Everybody):
            return Q(pk__in=()) if refused else ~Q(pk__in=())
        answer = self.leaf(condition)
        found = answer.alone() if isinstance(answer, Figured) else answer
        return ~found if refused else found

    def _all(self, condition: And) -> Iterator[Q]:
        """Each part of an "and"; figures over the same rows are one."""
        figured: dict[str, list[Figured]] = {}
        for part in condition.parts:
            answer = self.leaf(part) if isinstance(part, Field | Did) else self.rows(part)
            if isinstance(answer, Figured):
                figured.setdefault(answer.of, []).append(answer)
            else:
                yield answer
        yield from (at_once(several) for several in figured.values())

    def leaf(self, leaf: Field | Did) -> Q | Figured:
        key = leaf.field if isinstance(leaf, Field) else leaf.verb
        words = self.known.vocabulary
        spec = words.field(key) if isinstance(leaf, Field) else words.verb(key)
        answer = self.known.sources[key].answer
        if answer is None:
            raise TypeError(f"{key} has no answer in the database")
        return answer(self.asking, leaf, spec)

    def proves(self, condition: Condition) -> bool:
        """Whether the asker may see whomever the condition is true of, for that alone."""
        if isinstance(condition, And):
            return any(self.proves(part) for part in condition.parts)
        if isinstance(condition, Or):
            return all(self.proves(part) for part in condition.parts)
        if not isinstance(condition, Field | Did):
            return False
        key = condition.field if isinstance(condition, Field) else condition.verb
        return self.known.sources[key].proves(self.asking.scope)

    def asked(self, rows: Q, *, proven: bool) -> Ids:
        """The members of whom `rows` is true, of those the asker may see (`proven`: these are such, or it does not matter): one statement."""
        some = unproven() if proven else people(self.asking.scope)
        return np.sort(keys(some.filter(rows).order_by().values_list("pk", flat=True)))

    def _count(self) -> None:
        """Everything that the lake counts, at once."""
        for leaf in _leaves_of(self.condition, lambda each: not self.by_database(each)):
            deed = self._deed(leaf)
            self._did[leaf] = deed
            self._deeds.setdefault(deed, len(self._deeds))
        if self._deeds:
            # Where people may be seen: what somebody did elsewhere is nothing that the asker may know.
            scope = self.asking.scope.within("members.view")
            self._done = doers(self.lake or lake(), scope, list(self._deeds), heads)

    def _deed(self, leaf: Did) -> Deed:
        scope = self.asking.scope.within("members.view")
        first, last = self.asking.days(leaf.window)
        narrowed = leaf.places.narrowed
        rows = communities_of(scope, leaf.places, "members.view") if narrowed else None
        where = None if rows is None else frozenset(rows.values_list("pk", flat=True))
        measure = self.known.sources[leaf.verb].deeds[leaf.verb]
        return Deed(measure, leaf.count, first, last, where, leaf.text)


def _leaves_of(condition: Condition, wanted: Callable[[Did], bool]) -> list[Did]:
    if isinstance(condition, Did):
        return [condition] if wanted(condition) else []
    return [leaf for part in below(condition) for leaf in _leaves_of(part, wanted)]


def told_by_others(condition: Condition) -> bool:
    """Whether it is shorter to say who is not in it: of a complement, and of what only complements make up."""
    if isinstance(condition, Not):
        return not told_by_others(condition.part)
    if isinstance(condition, And):
        return all(told_by_others(part) for part in condition.parts)
    if isinstance(condition, Or):
        return any(told_by_others(part) for part in condition.parts)
    return isinstance(condition, Everybody)


def _plainly(leaf: Leaf) -> Condition:
    """At most and exactly told by at least, unknown by known: whoever did nothing of the kind is then among those who did not."""
    if isinstance(leaf, Field) and leaf.op == "unknown":
        return Not(replace(leaf, op="known"))
    if not isinstance(leaf, Did) or leaf.times == "at_least":
        return leaf
    more = Not(replace(leaf, times="at_least", count=leaf.count + 1))
    if leaf.times == "at_most" or leaf.count == 0:
        return more
    return And((replace(leaf, times="at_least"), more))


def _both(one: Found, other: Found) -> Found:
    if one.others and other.others:
        return Found(np.union1d(one.ids, other.ids), True)
    if one.others:
        return Found(np.setdiff1d(other.ids, one.ids, assume_unique=True))
    if other.others:
        return Found(np.setdiff1d(one.ids, other.ids, assume_unique=True))
    return Found(np.intersect1d(one.ids, other.ids, assume_unique=True))


def _either(one: Found, other: Found) -> Found:
    found = _both(Found(one.ids, not one.others), Found(other.ids, not other.others))
    return Found(found.ids, not found.others)
