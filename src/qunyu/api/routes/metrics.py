"""The metric catalogue."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Router

from qunyu.api.schemas.insights import Cell, MetricExample, MetricOut, Need, Table
from qunyu.insights.inputs import INPUTS
from qunyu.insights.metric import Metric, find_metric
from qunyu.insights.metric import metrics as known_metrics
from qunyu.insights.views import COLUMNS

router = Router(tags=["insights"])


@router.get("/metrics", response=list[MetricOut], operation_id="metrics", summary="The metric catalogue")
def metrics(request: HttpRequest) -> list[MetricOut]:
    """Every number the product computes: definition, unit, where the method asks for it, what it needs, an example."""
    return [metric_out(metric) for _, metric in sorted(known_metrics().items())]


@router.get("/metrics/{key}", response=MetricOut, operation_id="metric", summary="One metric")
def metric(request: HttpRequest, key: str) -> MetricOut:
    """One number the product computes."""
    return metric_out(find_metric(key))


def metric_out(metric: Metric) -> MetricOut:
    """The metric as the API shows it, in the active language."""
    given = {view: Table(columns=_columns(view), rows=_rows(rows)) for view, rows in metric.example.rows.items()}
    outcome = ["key", "period", "value", *(["currency"] if metric.unit == "money" else [])]
    return MetricOut(
        key=metric.key,
        title=str(metric.title),
        question=str(metric.question),
        definition=str(metric.definition),
        unit=metric.unit,
        good=metric.good,
        source=metric.source,
        needs=[Need(code=need, text=str(INPUTS[need])) for need in metric.needs],
        example=MetricExample(given=given, gives=Table(columns=outcome, rows=_rows(metric.example.gives))),
    )


def _columns(view: str) -> list[str]:
    return [column.split()[0] for column in COLUMNS[view]]


def _rows(rows: Iterable[tuple[Any, ...]]) -> list[list[Cell]]:
    return [[cell.isoformat() if isinstance(cell, date) else cell for cell in row] for row in rows]
