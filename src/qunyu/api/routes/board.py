"""The board and cohorts: the numbers themselves."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from qunyu.api.auth import scope_of_request
from qunyu.api.named import named_communities
from qunyu.api.schemas.basics import Text, period_out
from qunyu.api.schemas.insights import BoardOut, BoardQuery, CohortOut, CohortsOut, FigureOut, KeyOut, Reason
from qunyu.communities.queries import communities
from qunyu.flows.place import lake
from qunyu.insights.board import Board, Figure
from qunyu.insights.board import board as answer
from qunyu.insights.cohorts import cohorts as answer_cohorts
from qunyu.insights.metric import Metric, find_metric, metrics
from qunyu.insights.question import Breakdown, Question
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.people.queries import units_seen

router = Router(tags=["insights"])
# Some 20 MB of JSON; beyond it nobody reads what they asked for.
MAX_FIGURES = 100_000
_EVERYTHING = Words("全部", "Everything")
_NOT_SET = Words("未设定", "Not set")
_WHOLE = ("people", "messages", "orders", "times")


@router.get("/board", response=BoardOut, operation_id="board", summary="Figures by metric and period")
def board(request: HttpRequest, asked: Query[BoardQuery]) -> BoardOut:
    """The figures of the metrics asked for, in every period there are data of, broken down by what is asked."""
    scope = scope_of_request(request)
    scope.require("communities.view")
    only = named_communities(scope, asked.communities)
    keys = frozenset(known_metric(key) for key in asked.metrics)
    found = answer(lake(), scope, Question(asked.grain, asked.by, asked.first, asked.last, only, keys))
    if len(found.figures) > MAX_FIGURES:
        raise _too_many(len(found.figures))
    names = _names(found, asked.by, scope)
    return BoardOut(
        grain=asked.grain,
        by=asked.by,
        as_of=found.as_of,
        currencies=list(found.currencies),
        periods=[period_out(period) for period in found.periods],
        keys=list(names.values()),
        figures=_figures(found, names),
    )


def known_metric(key: str) -> str:
    """`key`, where there is such a metric.

    Raises DomainError no_such_metric, at the field `metrics`.
    """
    try:
        return find_metric(key).key
    except DomainError as error:
        raise DomainError("no_such_metric", error.message, field="metrics") from None


def _too_many(count: int) -> DomainError:
    message = Words(
        "结果有 {n} 个数，超过 {most} 个；请缩短时间、减少指标或指定社群",
        "the answer has {n} figures, more than {most}; ask for fewer days, metrics or communities",
    )
    return DomainError("too_many_figures", message.fill(n=count, most=MAX_FIGURES))


def _names(found: Board, by: Breakdown, scope: Scope) -> dict[int, KeyOut]:
    """What stands in the answer for each key of the board: public ids in place of ours."""
    if by == "none":
        return {key: KeyOut(key="", title=str(_EVERYTHING)) for key in found.keys}
    if by == "community":
        rows = communities(scope).filter(id__in=found.keys).values_list("id", "public_id", "name")
        return {id: KeyOut(key=public_id, title=name) for id, public_id, name in rows.order_by("name", "public_id")}
    if by == "unit":
        units = {str(unit.pk): unit for unit in units_seen(scope)}
        return {key: KeyOut(key=units[name].public_id, title=units[name].name) for key, name in found.keys.items()}
    return {key: KeyOut(key=name, title=name or str(_NOT_SET)) for key, name in found.keys.items()}


def _figures(found: Board, names: dict[int, KeyOut]) -> list[FigureOut]:
    labels = {period.first: period.label for period in found.periods}
    return [
        figure_out(metrics()[metric], names[key].key, labels[start], figure)
        for (metric, key, start, _part), figure in found.figures.items()
        if key in names
    ]


def figure_out(metric: Metric, key: str, period: str, figure: Figure) -> FigureOut:
    """The figure as the API shows it."""
    return FigureOut(
        metric=metric.key,
        key=key,
        period=period,
        value=_value(metric, figure.value),
        currency=figure.part or None,
        n=figure.n,
        reason=Reason(code=figure.why, text=str(figure.reason)) if figure.reason else None,
    )


def _value(metric: Metric, value: float | None) -> int | float | None:
    """Money is whole minor units, halves up; counts are whole numbers unless they are averages."""
    if value is None:
        return None
    if metric.unit == "money":
        return int(Decimal(str(value)).quantize(Decimal(1), ROUND_HALF_UP))
    return int(value) if metric.unit in _WHOLE and value == int(value) else value


class CohortQuery(Schema):
    """Whose cohorts are asked for, and how many of the latest."""

    grain: Literal["day", "week", "month"] = "month"
    communities: list[Text] = Field([], description="ids of communities; all you may see when absent")
    latest: Annotated[int, Field(ge=1, le=120)] = 24


@router.get("/cohorts", response=CohortsOut, operation_id="cohorts", summary="Who stays")
def cohorts(request: HttpRequest, asked: Query[CohortQuery]) -> CohortsOut:
    """Of the members first seen in a period, the share active in each period after."""
    scope = scope_of_request(request)
    scope.require("communities.view")
    question = Question(asked.grain, communities=named_communities(scope, asked.communities))
    found = answer_cohorts(lake(), scope, question, asked.latest)
    rows = [CohortOut(period=period_out(row.period), size=row.size, shares=list(row.shares)) for row in found.rows]
    return CohortsOut(grain=asked.grain, ages=found.ages, cohorts=rows)
