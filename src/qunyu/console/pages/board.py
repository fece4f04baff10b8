"""The board: every metric of the communities in scope, as cards, charts and a table by whatever is asked."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from qunyu.communities.queries import communities
from qunyu.console.asking import Ask, answer
from qunyu.console.downloads import asked_kind, board_file
from qunyu.console.drilling import people_of
from qunyu.console.figures import ON_BOARD, groups
from qunyu.console.narrowing import BREAKDOWN_NAMES, GRAIN_NAMES, Narrowing
from qunyu.console.pages.breakdown import breakdown
from qunyu.flows.place import lake
from qunyu.insights.board import board
from qunyu.insights.cohorts import cohorts
from qunyu.insights.queries import open_alerts
from qunyu.reports.cards import focus_of, is_whole
from qunyu.reports.charts import board_charts, cohort_chart


def show_board(request: Ask) -> HttpResponse:
    """The page, or the part below its controls."""
    request.scope.require("communities.view")
    asked = Narrowing.of(request.GET, request.scope)
    if kind := asked_kind(request):
        return board_file(request, asked, asked.shown(board(lake(), request.scope, asked.question())), kind)
    context: dict[str, Any] = {
        "asked": asked,
        "grains": GRAIN_NAMES.items(),
        "breakdowns": BREAKDOWN_NAMES.items(),
        "filters": asked.filters(),
        "open_alerts": open_alerts(request.scope, timezone.localdate()).count(),
        **_figures(request, asked),
    }
    return answer(request, "board", context, part="_board")


def _figures(request: Ask, asked: Narrowing) -> dict[str, Any]:
    if not communities(request.scope).exists():
        return {"empty": "none"}
    published, question = lake(), asked.question(metrics=ON_BOARD)
    found = asked.shown(board(published, request.scope, question))
    if not found.periods:
        return {"empty": "narrow"}
    focus = focus_of(found)
    charts = [*board_charts(found), cohort_chart(cohorts(published, request.scope, question))]
    return {
        "groups": groups(found, focus, people_of(request.scope, asked)),
        "focus": focus,
        "is_whole": is_whole(focus, found.as_of),
        "as_of": found.as_of,
        "widened": asked.widened(found),
        "charts": [chart for chart in charts if chart is not None],
        "breakdown": breakdown(request, asked),
    }


def home(request: HttpRequest) -> HttpResponse:
    """The first page after signing in: the board, or the account for whoever may not see it."""
    from django.shortcuts import redirect

    may = request.scope.may("communities.view")  # type: ignore[attr-defined]
    return redirect("console:board" if may else "console:account")
