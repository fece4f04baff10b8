"""The people behind a figure."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Query, Router

from qunyu.api.auth import scope_of_request
from qunyu.api.named import named_communities
from qunyu.api.paging import Turn, page
from qunyu.api.routes.board import figure_out
from qunyu.api.routes.members import members_out
from qunyu.api.schemas.basics import period_out
from qunyu.api.schemas.insights import BehindOut, BehindQuery
from qunyu.flows.place import lake
from qunyu.insights.behind import behind
from qunyu.insights.board import board
from qunyu.insights.metric import find_metric, metrics
from qunyu.insights.question import Question
from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words
from qunyu.members.queries import among

router = Router(tags=["insights"])


@router.get("/board/people", response=BehindOut, operation_id="board_people", summary="The people behind a figure")
def board_people(request: HttpRequest, asked: Query[BehindQuery]) -> BehindOut:
    """Exactly those whom a metric counts in a period, as far as you may see them. Needs members.view, and orders.view for buyers."""
    scope = scope_of_request(request)
    scope.require("communities.view")
    key = find_metric(asked.metric).key
    question = Question(
        asked.grain,
        "none",
        asked.period,
        asked.period,
        named_communities(scope, asked.communities),
        frozenset({key}),
    )
    ids = behind(lake(), scope, question, key, asked.period)
    found = board(lake(), scope, question)
    period = next((each for each in found.periods if each.first == asked.period), None)
    if period is None:
        raise DomainError("unknown_period", _UNKNOWN_PERIOD.fill(day=asked.period), field="period")
    rows, following = page(Turn(request, asked.limit, asked.cursor), among(scope, ids), ("name", "public_id"))
    people = metrics()[key].people
    return BehindOut(
        metric=key,
        period=period_out(period),
        who=str(people.who) if people else "",
        total=len(ids),
        figure=figure_out(metrics()[key], "", period.label, found.figure(key, period)),
        items=members_out(scope, rows),
        next=following,
    )


_UNKNOWN_PERIOD = Words("没有从 {day} 开始的时期的数据", "there are no data of a period that begins on {day}")
