"""Quarrels: conditions demanded together that no member can fulfil.

Not every condition that nobody can fulfil is found, but nobody can fulfil what is.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import LANGUAGES, Words
from qunyu.segments.rules.normal import Group, Literal, Normal, normal
from qunyu.segments.rules.spans import EVER, Span, span_of_field, span_of_window
from qunyu.segments.rules.tree import And, Condition, Did, Everybody, Field, Places
from qunyu.segments.rules.vocabulary import Vocabulary

# What nobody can fulfil together, each as it was put.
Pair = tuple[Condition, Condition]


def quarrel_in(condition: Condition, vocabulary: Vocabulary) -> None:
    """Raises DomainError contradiction where nobody can fulfil the condition, naming the first two that cannot be together."""
    found = _Quarrels(vocabulary).among(normal(condition), ())
    if found is None:
        return
    from qunyu.segments.rules.printing import printed

    texts = {language: [printed(each, vocabulary, language) for each in found] for language in LANGUAGES}
    words = Words("没有人能同时满足“{0}”与“{1}”", "nobody can fulfil both “{0}” and “{1}”")
    message = Words(words.zh.format(*texts["zh"]), words.en.format(*texts["en"]))
    raise DomainError("contradiction", message, conditions=texts["en"])


class _Quarrels:
    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary

    def among(self, here: Normal, demanded: tuple[Literal, ...]) -> Pair | None:
        """What keeps everybody from fulfilling `here` and all that is `demanded` beside it; None where somebody may."""
        if isinstance(here, Literal):
            return next((_pair(each, here) for each in demanded if self.quarrel(each, here)), None)
        return self.all_of(here, demanded) if here.every else self.any_of(here, demanded)

    def all_of(self, here: Group, demanded: tuple[Literal, ...]) -> Pair | None:
        parts = list(_together(here))
        for part in (each for each in parts if isinstance(each, Literal)):
            if found := self.among(part, demanded):
                return found
            demanded = (*demanded, part)
        choices = (each for each in parts if isinstance(each, Group))
        return next((found for each in choices if (found := self.among(each, demanded))), None)

    def any_of(self, here: Group, demanded: tuple[Literal, ...]) -> Pair | None:
        """Each alternative must be impossible; named are the group, and whatever beside it is in the way of one of them."""
        pairs = [self.among(part, demanded) for part in here.parts]
        found = [pair for pair in pairs if pair is not None]
        if len(found) < len(pairs):
            return None
        beside = {each.said for each in demanded}
        named = tuple(dict.fromkeys(one for one, _ in found if one in beside))
        if not named:
            return found[0]
        return (named[0] if len(named) == 1 else And(named), here.said)

    def quarrel(self, one: Literal, other: Literal) -> bool:
        """Whether nobody can fulfil both."""
        return any(self.apart(mine, theirs) for mine, theirs in product(self.told_by(one), self.told_by(other)))

    def told_by(self, literal: Literal) -> list[tuple[Literal, Span | None]]:
        """The literal, and what follows from it: whose last order was then has ordered then; each with its span."""
        leaf = literal.leaf
        if isinstance(leaf, Did):
            return [(literal, span_of_window(leaf.window))]
        if not isinstance(leaf, Field):
            return [(literal, None)]
        spec = self.vocabulary.field(leaf.field)
        span = span_of_field(leaf, spec.kind)
        if not literal.holds or not spec.deed:
            return [(literal, span)]
        follows = Literal(Did(spec.deed), True, literal.said)
        return [(literal, span), (follows, span if spec.kind == "date" else EVER)]

    def apart(self, mine: tuple[Literal, Span | None], theirs: tuple[Literal, Span | None]) -> bool:
        (one, span), (other, beside) = mine, theirs
        if any(isinstance(each.leaf, Everybody) and not each.holds for each in (one, other)):
            return True
        if one.holds != other.holds:
            yes, no = (mine, theirs) if one.holds else (theirs, mine)
            return _refused(yes[0].leaf, yes[1], no[0].leaf, no[1])
        if not one.holds or not isinstance(one.leaf, Field) or not isinstance(other.leaf, Field):
            return False
        return one.leaf.field == other.leaf.field and self.excluded(one.leaf, span, other.leaf, beside)

    def excluded(self, one: Field, span: Span | None, other: Field, beside: Span | None) -> bool:
        """Whether one value cannot compare both ways."""
        if span is not None and beside is not None:
            return span.apart(beside)
        single = self.vocabulary.field(one.field).kind in ("choice", "text")
        return single and one.op == other.op == "is" and not set(one.values) & set(other.values)


def _pair(one: Literal, other: Literal) -> Pair:
    return one.said, other.said


def _together(group: Group) -> Iterator[Normal]:
    """The parts, with those of groups of all in the place of these."""
    for part in group.parts:
        if isinstance(part, Group) and part.every:
            yield from _together(part)
        else:
            yield part


def _refused(yes: Condition, span: Span | None, no: Condition, beside: Span | None) -> bool:
    """Whether `no` is true of everybody of whom `yes` is: then nobody is in the one and not in the other."""
    if yes == no:
        return True
    if isinstance(yes, Did) and isinstance(no, Did):
        same = yes.verb == no.verb and yes.text == no.text and yes.count >= no.count
        return same and span is not None and beside is not None and span.inside(beside) and _in(yes.places, no.places)
    if not isinstance(yes, Field) or not isinstance(no, Field) or yes.field != no.field:
        return False
    if span is not None and beside is not None:
        return span.inside(beside)
    return no.op == "known" or (yes.op == no.op == "is" and set(yes.values) <= set(no.values))


def _in(places: Places, others: Places) -> bool:
    """Whether every community of the one is one of the other."""
    narrowed = dict(places.narrowed)
    return all(aspect in narrowed and set(narrowed[aspect]) <= set(values) for aspect, values in others.narrowed)
