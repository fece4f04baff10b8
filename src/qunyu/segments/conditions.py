"""Conditions: as text, as JSON and as trees, for somebody; which segments they read, and that none reads itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Language, Words, language
from qunyu.segments.catalogue import Catalogue, catalogue
from qunyu.segments.models import Segment, TagRule
from qunyu.segments.rules.checking import checked
from qunyu.segments.rules.parsing import parsed
from qunyu.segments.rules.printing import printed
from qunyu.segments.rules.shape import Json, from_json
from qunyu.segments.rules.tree import Condition, Did, Everybody, Field, Leaf, Or, changed, leaves, named
from qunyu.segments.rules.vocabulary import Vocabulary
from qunyu.segments.source import sources

if TYPE_CHECKING:
    from qunyu.kernel.scope import Scope

__all__ = ["Condition", "Everybody", "Json", "Speaker", "Vocabulary", "needs_behind", "needs_of", "reads_itself"]

SEGMENT, TAG = "segment", "tag"
# So many conditions may be asked at once when every segment that is named is opened: databases refuse deeper statements.
MOST_OPENED = 400


class Speaker:
    """Somebody who speaks of members: reads and writes conditions with what `scope` may use."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    @cached_property
    def known(self) -> Catalogue:
        """What may be used."""
        return catalogue(self.scope)

    @property
    def vocabulary(self) -> Vocabulary:
        """The fields, verbs and communities that may be used."""
        return self.known.vocabulary

    def from_text(self, text: str) -> Condition:
        """The condition that a text writes.

        Raises DomainError, see rules.parsing.parsed and rules.checking.checked.
        """
        return checked(parsed(text, self.vocabulary), self.vocabulary)

    def from_json(self, given: object) -> Condition:
        """The condition of its JSON form.

        Raises DomainError, see rules.shape.from_json and rules.checking.checked.
        """
        return checked(from_json(given), self.vocabulary)

    def text(self, condition: Condition, chosen: Language | None = None) -> str:
        """The condition as text, in the active language unless one is chosen.

        Raises DomainError unknown_segment_field or denied_segment_field.
        """
        return printed(condition, self.vocabulary, chosen or language())

    def whole(self, condition: Condition) -> Condition:
        """The condition with that of every segment it names in the place of the name.

        Raises DomainError, as checking does: whoever may not use what a segment asks may not use the segment either; and
        too_many_conditions where more than MOST_OPENED come together.
        """
        return self._whole(condition, ())

    def _whole(self, condition: Condition, path: tuple[str, ...]) -> Condition:
        if not named(condition, SEGMENT):
            return condition
        kept = {each.public_id: each for each in Segment.objects.filter(public_id__in=named(condition, SEGMENT))}
        size = 0

        def counted(found: Condition) -> Condition:
            nonlocal size
            size += sum(1 for _ in leaves(found))
            if size > MOST_OPENED:
                raise _too_many()
            return found

        def opened(leaf: Leaf) -> Condition:
            if not isinstance(leaf, Field) or leaf.field != SEGMENT:
                return leaf
            again = next((each for each in leaf.values if each in path), None)
            if again:
                raise _cycle([kept[again].name, kept[again].name])
            within = ((each, self.from_json(kept[each].condition)) for each in leaf.values)
            parts = [counted(self._whole(part, (*path, each))) for each, part in within]
            return parts[0] if len(parts) == 1 else Or(tuple(parts))

        return changed(condition, opened)


def _too_many() -> DomainError:
    message = Words(
        "连同引用的人群，条件超过 {n} 项；请减少引用",
        "with the segments that are named there are more than {n} conditions; name fewer",
    )
    return DomainError("too_many_conditions", message.fill(n=MOST_OPENED), field="text")


def needs_of(condition: Condition) -> frozenset[str]:
    """The permissions it takes, besides members.view, to know who a condition is true of; of the segments it names nothing is said."""
    keys = {
        leaf.field if isinstance(leaf, Field) else leaf.verb
        for leaf in leaves(condition)
        if isinstance(leaf, Field | Did)
    }
    return frozenset(needed for key in keys for source in sources() if (needed := source.needs(key)))


def needs_behind(rows: Iterable[Segment], fresh: Mapping[str, Condition] | None = None) -> dict[int, frozenset[str]]:
    """The permissions it takes to know who is in each of the segments (by primary key), with what the segments they name take.

    `fresh` are the conditions that segments (public ids) are about to get.
    """
    conditions = {each.public_id: from_json(each.condition) for each in Segment.objects.all()} | dict(fresh or {})
    return {
        row.pk: frozenset().union(*(needs_of(conditions[each]) for each in _behind(row, conditions))) for row in rows
    }


def ruled_by(segment: Segment) -> list[Segment]:
    """The segments that tags follow and that are this one or read it, themselves or through segments they name."""
    conditions = {each.public_id: from_json(each.condition) for each in Segment.objects.all()}
    ruled = Segment.objects.filter(rules__isnull=False).select_related("unit").distinct()
    return [each for each in ruled if segment.public_id in _behind(each, conditions)]


def _behind(segment: Segment, conditions: Mapping[str, Condition]) -> set[str]:
    """The segment and those it names, those which these name, and so on."""
    rest, seen = [segment.public_id], set[str]()
    while rest:
        here = rest.pop()
        if here not in seen and here in conditions:
            seen.add(here)
            rest += named(conditions[here], SEGMENT)
    return seen


@dataclass(frozen=True)
class _Reading:
    """What is read by what: the condition of each segment, and the segment that decides each tag."""

    conditions: Mapping[str, Condition]
    names: Mapping[str, str]
    rules: Mapping[str, str]
    tags: Mapping[str, str]

    def path(self, start: str) -> list[str] | None:
        """The names on the way from the segment `start` back to itself; None when it never comes back."""
        return self._back(start, start, set())

    def _back(self, here: str, start: str, seen: set[str]) -> list[str] | None:
        seen.add(here)
        for kind, key in self.reads(here):
            target = self.rules.get(key, "") if kind == TAG else key
            step = [self.names[here], *([self.tags[key]] if kind == TAG else [])]
            if target == start:
                return [*step, self.names[start]]
            rest = None if target in seen or not target else self._back(target, start, seen)
            if rest is not None:
                return [*step, *rest]
        return None

    def reads(self, segment: str) -> Iterable[tuple[str, str]]:
        condition = self.conditions.get(segment, Everybody())
        for kind in (SEGMENT, TAG):
            yield from ((kind, each) for each in sorted(named(condition, kind)))


def tags_behind(segment: Segment) -> frozenset[str]:
    """The tags (public ids) that a segment reads, itself or through the segments it names."""
    conditions = {each.public_id: from_json(each.condition) for each in Segment.objects.all()}
    return frozenset().union(*(named(conditions[each], TAG) for each in _behind(segment, conditions)))


def reads_itself(segment: Segment, condition: Condition | None = None, *, rule: str = "", rule_name: str = "") -> None:
    """Refuses a segment that would read itself, through other segments or through tags that rules put on.

    `condition` is the one it is about to get, `rule` the public id (and `rule_name` the name) of the tag it is about to decide.
    Raises DomainError segment_cycle naming the path.
    """
    rows = list(Segment.objects.all())
    conditions = {each.public_id: from_json(each.condition) for each in rows}
    names = {each.public_id: each.name for each in rows} | {segment.public_id: segment.name}
    if condition is not None:
        conditions[segment.public_id] = condition
    kept = TagRule.objects.values_list("tag__public_id", "segment__public_id", "tag__name", "tag__group__name")
    rules = {tag: target for tag, target, _, _ in kept} | ({rule: segment.public_id} if rule else {})
    tags = {tag: f"{group}/{name}" for tag, _, name, group in kept} | ({rule: rule_name} if rule else {})
    path = _Reading(conditions, names, rules, tags).path(segment.public_id)
    if path is not None:
        raise _cycle(path)


def _cycle(path: list[str]) -> DomainError:
    message = Words("人群会引用到自己：{path}", "the segment would read itself: {path}")
    return DomainError("segment_cycle", message.fill(path=" → ".join(path)), path=path, field="text")
