"""The metric catalogue: what every number means, where it comes from, and an example worked through."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse

from qunyu.console.asking import Ask, answer
from qunyu.insights.board import Figure
from qunyu.insights.inputs import INPUTS
from qunyu.insights.metric import Metric, find_metric, metrics
from qunyu.insights.views import COLUMNS
from qunyu.kernel.words import Words
from qunyu.reports.show import show

UNITS: dict[str, Words] = {
    "people": Words("人", "people"), "messages": Words("条", "messages"), "orders": Words("单", "orders"),
    "times": Words("次", "times"), "share": Words("比例", "share"), "ratio": Words("比值", "ratio"),
    "money": Words("金额", "money"), "days": Words("天", "days"),
    "minutes": Words("分钟", "minutes"),
}  # fmt: skip


@dataclass(frozen=True)
class Table:
    """A view of the worked example: its columns without their types, and its rows."""

    name: str
    columns: list[str]
    rows: list[list[str]]


def show_metrics(request: Ask) -> HttpResponse:
    """Every metric with its question and definition; `q` searches in them."""
    request.scope.require("communities.view")
    text = request.GET.get("q", "").strip().casefold()
    found = [(each, UNITS[each.unit]) for each in metrics().values() if not text or text in _words(each)]
    found.sort(key=lambda pair: (pair[0].source, pair[0].key))
    return answer(request, "metrics", {"found": found, "search": request.GET.get("q", "")}, part="_metrics")


def _words(metric: Metric) -> str:
    texts = (metric.key, metric.title, metric.question, metric.definition)
    return " ".join(f"{each.zh} {each.en}" if isinstance(each, Words) else each for each in texts).casefold()


def show_metric(request: Ask, key: str) -> HttpResponse:
    """One metric."""
    request.scope.require("communities.view")
    metric = find_metric(key)
    used = [metrics()[name] for name in sorted(metric.uses & metrics().keys())]
    context = {
        "metric": metric,
        "unit": UNITS[metric.unit],
        "needs": [INPUTS[name] for name in metric.needs],
        "uses": used,
        "tables": [_table(view, rows) for view, rows in metric.example.rows.items()],
        "gives": [_given(metric, row) for row in metric.example.gives],
        "sql": _dedented(metric.sql),
    }
    return answer(request, "metric", context)


def _table(view: str, rows: tuple[tuple[object, ...], ...]) -> Table:
    names = [column.split(" ")[0] for column in COLUMNS[view]]
    return Table(view, names, [[str(cell) for cell in row] for row in rows])


def _given(metric: Metric, row: tuple[object, ...]) -> tuple[object, str]:
    _, period, value, *part = row
    figure = Figure(None if value is None else float(str(value)), 0, str(part[0]) if part else "")
    return period, show(metric, figure)


def _dedented(sql: str) -> str:
    from textwrap import dedent

    return dedent(sql).strip()
