"""Normal: a condition with every "not" at a leaf, and every leaf either known to be true of somebody or not.

"Not" stays the complement: that a leaf is not true of somebody holds for those, too, of whom nothing is known.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from qunyu.segments.rules.tree import And, Condition, Did, Field, Leaf, Not, Or


@dataclass(frozen=True)
class Literal:
    """`leaf` is true of somebody, or (`holds` is False) is not; a deed is told by at least, a missing value by known. `said` is how it was put."""

    leaf: Leaf
    holds: bool
    said: Condition


@dataclass(frozen=True)
class Group:
    """All of `parts`, or (`every` is False) any of them; `said` is how it was put."""

    parts: tuple[Normal, ...]
    every: bool
    said: Condition


Normal = Literal | Group


def normal(condition: Condition, *, holds: bool = True) -> Normal:
    """The condition, or (`holds` is False) its complement, as groups of literals."""
    if isinstance(condition, Not):
        return normal(condition.part, holds=not holds)
    said = condition if holds else Not(condition)
    if isinstance(condition, And | Or):
        parts = tuple(normal(part, holds=holds) for part in condition.parts)
        return Group(parts, isinstance(condition, And) is holds, said)
    if isinstance(condition, Field) and condition.op == "unknown":
        return Literal(replace(condition, op="known"), not holds, said)
    return _deed(condition, holds, said) if isinstance(condition, Did) else Literal(condition, holds, said)


def _deed(leaf: Did, holds: bool, said: Condition) -> Normal:
    """At most and exactly told by at least, as the planner does."""
    least = Literal(replace(leaf, times="at_least"), holds, said)
    if leaf.times == "at_least":
        return least
    more = Literal(replace(leaf, times="at_least", count=leaf.count + 1), not holds, said)
    return more if leaf.times == "at_most" or leaf.count == 0 else Group((least, more), holds, said)
