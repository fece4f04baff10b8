"""Quarrels: two conditions demanded together of which no member can fulfil both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import combinations

from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words
from qunyu.segments.rules.tree import And, Condition, Did, Everybody, Field, Not, below
from qunyu.segments.rules.vocabulary import Vocabulary


def quarrel_in(condition: Condition, vocabulary: Vocabulary) -> None:
    """Raises DomainError contradiction naming the first two that nobody can fulfil together."""
    parts = list(_together(condition))
    for one, other in combinations(parts, 2):
        if _quarrel(one, other, vocabulary):
            from qunyu.segments.rules.printing import printed

            texts = {
                language: tuple(printed(each, vocabulary, language) for each in (one, other))
                for language in ("zh", "en")
            }
            words = Words("没有人能同时满足“{0}”与“{1}”", "nobody can fulfil both “{0}” and “{1}”")
            message = Words(words.zh.format(*texts["zh"]), words.en.format(*texts["en"]))
            raise DomainError("contradiction", message, conditions=list(texts["en"]))
    for part in below(condition):
        quarrel_in(part, vocabulary)


def _together(condition: Condition) -> Iterator[Condition]:
    if isinstance(condition, And):
        for part in condition.parts:
            yield from _together(part)
    elif isinstance(condition, Not) and isinstance(condition.part, Not):
        yield from _together(condition.part.part)
    else:
        yield condition


def _quarrel(one: Condition, other: Condition, vocabulary: Vocabulary) -> bool:
    if one == Not(other) or other == Not(one):
        return True
    if isinstance(one, Field) and isinstance(other, Field) and one.field == other.field:
        return _fields(one, other, vocabulary)
    mine, theirs = _range(one), _range(other)
    if mine is None or theirs is None or mine[0] != theirs[0]:
        return _refused(one, other) or _refused(other, one)
    (_, low, high), (_, least, most) = mine, theirs
    return max(low, least) > min(high, most)


def _refused(one: Condition, other: Condition) -> bool:
    """Whether `other` refuses everything that `one` demands: one of A or B, and none of A, B and C."""
    if not (isinstance(other, Not) and isinstance(other.part, Field) and isinstance(one, Field)):
        return isinstance(one, Everybody) and isinstance(other, Not) and isinstance(other.part, Everybody)
    inner = other.part
    if inner.field != one.field:
        return False
    known = inner.op == "known" and one.op != "unknown"
    return known or (one.op == inner.op == "is" and set(one.values) <= set(inner.values))


_EVER = 10**9


def _range(condition: Condition) -> tuple[Did, int, int] | None:
    """What is counted, and from how many to how many times it may be."""
    refused = isinstance(condition, Not)
    leaf = condition.part if isinstance(condition, Not) else condition
    if not isinstance(leaf, Did) or (refused and leaf.times == "exactly"):
        return None
    what = replace(leaf, times="at_least", count=1)
    if leaf.times == "exactly":
        return what, leaf.count, leaf.count
    if (leaf.times == "at_least") is not refused:
        return what, leaf.count + refused, _EVER
    return what, 0, leaf.count - refused


def _fields(one: Field, other: Field, vocabulary: Vocabulary) -> bool:
    kind = vocabulary.field(one.field).kind
    if "unknown" in (one.op, other.op):
        return one.op != other.op
    if one.op == other.op == "is" and kind in ("choice", "text"):
        return not set(one.values) & set(other.values)
    if kind not in ("number", "money", "date"):
        return False
    if (one.op in RELATIVE) != (other.op in RELATIVE):
        return False
    mine, theirs = _bounds(one, kind), _bounds(other, kind)
    if mine is None or theirs is None:
        return False
    (low, low_in, high, high_in), (least, least_in, most, most_in) = mine, theirs
    return _empty(low, low_in, most, most_in) or _empty(least, least_in, high, high_in)


def _empty(low: Decimal, low_in: bool, high: Decimal, high_in: bool) -> bool:
    return low > high or (low == high and not (low_in and high_in))


# Told from today on: with days of the calendar they cannot be compared once and for all.
RELATIVE = ("within", "older")
_OPEN = Decimal(10) ** 30


def _bounds(leaf: Field, kind: str) -> tuple[Decimal, bool, Decimal, bool] | None:
    """From where to where, and whether the ends count; days as numbers, those told from today as days before it."""
    if leaf.op == "known":
        return None
    if leaf.op in RELATIVE:
        days = Decimal(leaf.values[0])
        return (1 - days, True, Decimal(0), True) if leaf.op == "within" else (-_OPEN, True, -days, True)
    values = [
        Decimal(date.fromisoformat(each).toordinal()) if kind == "date" else Decimal(each) for each in leaf.values
    ]
    first, last = values[0], values[-1]
    return {
        "eq": (first, True, last, True),
        "on": (first, True, last, True),
        "between": (first, True, last, True),
        "gte": (first, True, _OPEN, True),
        "from": (first, True, _OPEN, True),
        "gt": (first, False, _OPEN, True),
        "lte": (-_OPEN, True, last, True),
        "until": (-_OPEN, True, last, True),
        "lt": (-_OPEN, True, last, False),
    }[leaf.op]
