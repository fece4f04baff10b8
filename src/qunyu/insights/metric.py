"""Metric: one number the product computes, and the registry that finds every one in `insights/metrics`.

A metric's SQL is one SELECT in DuckDB's dialect over the views of `insights/views.py` and over other metrics by their keys. It gives
(key, period, value, n) and, for money, `part` = the currency; n is the count behind the value. A metric about people also says who
they are: a second SELECT gives (key, period, member).
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

import sqlglot
from sqlglot import expressions

from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words

UnitOfValue = Literal["people", "messages", "orders", "times", "share", "ratio", "money", "days", "minutes"]
Row = tuple[Any, ...]


@dataclass(frozen=True)
class Example:
    """Rows per view (in the column order of views.COLUMNS) and what comes out: (key, period, value) or with a currency as 4th."""

    rows: Mapping[str, tuple[Row, ...]]
    gives: tuple[Row, ...]


@dataclass(frozen=True)
class People:
    """Who stands behind a metric: `who` says which of them, `sql` is one SELECT over the views giving (key, period, member)."""

    who: Words
    sql: str
    uses: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "uses", _tables(self.sql))


@dataclass(frozen=True)
class Metric:
    """One number.

    `needs` names the inputs (insights.inputs) without which it is unknown. `empty` is its value in a period without any row:
    0 for counts, None (unknown) where there is nothing to divide by. `source` is the row of the method. `people` are those the
    number counts, or of a share those it counts above the line; None where it is about no people.
    """

    key: str
    title: Words
    question: Words
    definition: Words
    unit: UnitOfValue
    source: str
    sql: str
    example: Example
    needs: tuple[str, ...] = ()
    empty: float | None = 0
    good: Literal["up", "down", ""] = "up"
    people: People | None = None
    uses: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "uses", _tables(self.sql))


def _tables(sql: str) -> frozenset[str]:
    tree = sqlglot.parse_one(sql, dialect="duckdb")
    named = {table.name for table in tree.find_all(expressions.Table)}
    return frozenset(named - {common.alias for common in tree.find_all(expressions.CTE)})


@cache
def metrics() -> Mapping[str, Metric]:
    """Every metric by key, each after those it uses."""
    package = importlib.import_module("qunyu.insights.metrics")
    found: dict[str, Metric] = {}
    for info in pkgutil.iter_modules(package.__path__):
        metric: Metric = importlib.import_module(f"{package.__name__}.{info.name}").METRIC
        found[metric.key] = metric
    ordered: dict[str, Metric] = {}
    for key in sorted(found):
        _place(key, found, ordered, ())
    return ordered


def _place(key: str, found: Mapping[str, Metric], ordered: dict[str, Metric], above: tuple[str, ...]) -> None:
    if key in above:
        raise ValueError(f"metrics use one another in a circle: {' > '.join((*above, key))}")
    if key in ordered:
        return
    for used in sorted(found[key].uses & found.keys()):
        _place(used, found, ordered, (*above, key))
    ordered[key] = found[key]


def catalogue() -> list[Metric]:
    """Every metric in the order people read them: by the method's rows."""
    return sorted(metrics().values(), key=lambda metric: (metric.source, metric.key))


def find_metric(key: str) -> Metric:
    """The metric called `key`.

    Raises DomainError unknown_metric listing those there are.
    """
    if key not in metrics():
        message = Words("没有指标“{key}”；可用：{known}", "there is no metric “{key}”; there are: {known}")
        raise DomainError("unknown_metric", message.fill(key=key, known=", ".join(sorted(metrics()))), key=key)
    return metrics()[key]


def with_uses(keys: frozenset[str]) -> list[Metric]:
    """The metrics called `keys` and all they use, each after those it uses."""
    wanted = set(keys)
    for metric in reversed(list(metrics().values())):
        if metric.key in wanted:
            wanted |= metric.uses
    return [metric for metric in metrics().values() if metric.key in wanted]
