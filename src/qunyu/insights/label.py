"""Label: one thing said of every member, and the registry that finds every one in `insights/labels`.

A label puts each ordinary member into exactly one of its values: its rules are asked in their order, the first that holds decides,
and the last one always holds. Rules and scores are conditions and expressions in DuckDB's dialect over one member's features
(`insights/features.py`) and over the thresholds of the member's unit, all by their names.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from string import Formatter
from typing import Any

import sqlglot
from sqlglot import expressions

from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words


@dataclass(frozen=True)
class Value:
    """One of a label's values; `meaning` says what people of this kind are like or come for."""

    code: str
    title: Words
    meaning: Words


@dataclass(frozen=True)
class Threshold:
    """A number a rule compares with, which a unit may set for itself; `whole` where only whole numbers make sense.

    `unit` names what it counts.
    """

    key: str
    title: Words
    unit: Words
    default: float
    least: float
    most: float
    whole: bool = True


@dataclass(frozen=True)
class Rule:
    """Gives `value` where `when` holds; `because` says why, its {placeholders} being features, scores and thresholds."""

    value: str
    when: str
    because: Words


@dataclass(frozen=True)
class NotAbove:
    """Two thresholds of which `lower` may not be above `higher`; `otherwise` says what would go wrong."""

    lower: str
    higher: str
    otherwise: Words


@dataclass(frozen=True)
class Label:
    """One label. `values` stand in their order from least to most; `source` is the row of the method, or the formula's address.

    `needs` is the permission without which neither value nor reason show. A `reference` comes from elsewhere with a published
    formula: it stands beside ours for comparison and has no thresholds. `examples` are features and what they give.
    """

    key: str
    title: Words
    question: Words
    definition: Words
    source: str
    values: tuple[Value, ...]
    rules: tuple[Rule, ...]
    examples: tuple[tuple[Mapping[str, Any], str], ...]
    thresholds: tuple[Threshold, ...] = ()
    scores: Mapping[str, str] = field(default_factory=dict)
    orders: tuple[NotAbove, ...] = ()
    needs: str = ""
    reference: bool = False

    @property
    def figures(self) -> tuple[str, ...]:
        """The names whose values are kept with a member's value, so that its reason can be told later."""
        told = {name for rule in self.rules for text in (rule.because.zh, rule.because.en) for name in _names(text)}
        return tuple(sorted(told))

    @property
    def uses(self) -> frozenset[str]:
        """Every feature, score and threshold the label names."""
        return frozenset(self.figures).union(
            *(_columns(sql) for sql in (*self.scores.values(), *(rule.when for rule in self.rules)))
        )

    def value(self, code: str) -> Value:
        """The value with that code.

        Raises DomainError unknown_label_value listing those there are.
        """
        found = next((each for each in self.values if each.code == code), None)
        if found is None:
            known = ", ".join(each.code for each in self.values)
            message = Words(
                "“{label}”没有取值“{code}”；可用：{known}", "“{label}” has no value “{code}”; there are: {known}"
            )
            raise DomainError("unknown_label_value", message.fill(label=self.key, code=code, known=known), value=code)
        return found

    def reason(self, rule: int, figures: Mapping[str, Any]) -> Words:
        """Why rule number `rule` gave its value to a member with these figures."""
        return self.rules[rule].because.fill(**figures)


def _names(text: str) -> list[str]:
    return [name for _, name, _, _ in Formatter().parse(text) if name]


def _columns(sql: str) -> set[str]:
    return {column.name for column in sqlglot.parse_one(sql, dialect="duckdb").find_all(expressions.Column)}


@cache
def labels() -> Mapping[str, Label]:
    """Every label by key, ours in the order of the method's rows, then those for reference."""
    package = importlib.import_module("qunyu.insights.labels")
    found: list[Label] = [
        importlib.import_module(f"{package.__name__}.{info.name}").LABEL
        for info in pkgutil.iter_modules(package.__path__)
    ]
    return {each.key: each for each in sorted(found, key=lambda each: (each.reference, each.source, each.key))}


def find_label(key: str) -> Label:
    """The label called `key`.

    Raises DomainError unknown_label listing those there are.
    """
    if key not in labels():
        message = Words("没有标签“{key}”；可用：{known}", "there is no label “{key}”; there are: {known}")
        raise DomainError("unknown_label", message.fill(key=key, known=", ".join(labels())), key=key)
    return labels()[key]


def defaults() -> dict[str, float]:
    """Every threshold's value where no unit says otherwise."""
    return {each.key: each.default for label in labels().values() for each in label.thresholds}


def find_threshold(key: str) -> Threshold:
    """The threshold called `key`.

    Raises DomainError unknown_threshold listing those there are.
    """
    known = {each.key: each for label in labels().values() for each in label.thresholds}
    if key not in known:
        message = Words("没有标准“{key}”；可用：{known}", "there is no threshold “{key}”; there are: {known}")
        raise DomainError("unknown_threshold", message.fill(key=key, known=", ".join(known)), field=key)
    return known[key]


def check_threshold(key: str, value: float) -> None:
    """Raises DomainError unknown_threshold, or bad_threshold for a number outside its range or not whole where it must be."""
    threshold = find_threshold(key)
    # Written so that what is no number at all (NaN) is refused as well.
    if not threshold.least <= value <= threshold.most:
        message = Words("“{title}”须在 {least:g} 与 {most:g} 之间", "“{title}” is between {least:g} and {most:g}")
        filled = _filled(message, title=threshold.title, least=threshold.least, most=threshold.most)
        raise DomainError("bad_threshold", filled, field=key)
    if threshold.whole and value != int(value):
        message = Words("“{title}”须为整数", "“{title}” is a whole number")
        raise DomainError("bad_threshold", _filled(message, title=threshold.title), field=key)


def check_pairs(thresholds: Mapping[str, float], unit: str) -> None:
    """Raises DomainError crossed_thresholds where one is above another it may not exceed, in the unit of that name."""
    for pair in (each for label in labels().values() for each in label.orders):
        low, high = thresholds[pair.lower], thresholds[pair.higher]
        if low > high:
            message = Words(
                "在“{unit}”：“{lower}”（{low:g}）不能高于“{higher}”（{high:g}）：{otherwise}",
                "in “{unit}”: “{lower}” ({low:g}) may not be above “{higher}” ({high:g}): {otherwise}",
            )
            lower, higher = find_threshold(pair.lower).title, find_threshold(pair.higher).title
            filled = _filled(
                message, unit=unit, lower=lower, higher=higher, low=low, high=high, otherwise=pair.otherwise
            )
            raise DomainError("crossed_thresholds", filled, field=pair.lower)


def _filled(message: Words, **values: Words | str | float) -> Words:
    """`message` with each value in its own language."""
    zh = {name: value.zh if isinstance(value, Words) else value for name, value in values.items()}
    en = {name: value.en if isinstance(value, Words) else value for name, value in values.items()}
    return Words(message.zh.format(**zh), message.en.format(**en))
