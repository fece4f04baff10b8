"""The people behind a figure: a list of exactly those whom a metric counts in a period."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.http import HttpResponseBase
from django.urls import reverse

from qunyu.console.asking import Ask, answer
from qunyu.console.lists import Listing, chips
from qunyu.console.narrowing import Narrowing
from qunyu.console.pages.members import COLUMNS, link
from qunyu.flows.place import lake
from qunyu.insights.behind import behind
from qunyu.insights.board import Figure, board
from qunyu.insights.metric import Metric, find_metric
from qunyu.kernel.errors import DomainError
from qunyu.kernel.periods import Period, day_of
from qunyu.kernel.words import Words
from qunyu.members.queries import among
from qunyu.reports.show import show


def show_behind(request: Ask, key: str) -> HttpResponseBase:
    """The list, its part, or its export.

    Raises DomainError unknown_metric, no_people, bad_day or unknown_period, Denied.
    """
    request.scope.require("communities.view")
    metric = find_metric(key)
    asked = Narrowing.of(request.GET, request.scope)
    asked.first = asked.last = start = day_of(request.GET.get("period", ""))
    published, question = lake(), asked.question(metrics=frozenset({key}))
    ids = behind(published, request.scope, question, key, start)
    period, figure, as_of = _figure(request, asked, metric)
    context = {
        "title": metric.title,
        "period": period.label,
        "who": metric.people.who if metric.people else "",
        "metric": metric,
        "figure": figure,
        "said": show(metric, figure),
        "hidden": metric.unit == "people" and figure.value is not None and len(ids) < figure.value,
        "as_of": as_of,
        "named": asked.named(),
        "back": f"{reverse('console:aarrr')}?{asked.query()}",
        "back_title": AARRR,
    }
    return answer_people(request, ids, f"{key}-{period.label}", context)


def answer_people(request: Ask, ids: Collection[int], name: str, around: dict[str, Any]) -> HttpResponseBase:
    """The list of the members `ids`, its part, or its export as `name`, with what stands `around` it."""
    search = request.GET.get("q", "").strip()
    listing = Listing[Any](COLUMNS, request.GET, "-last_at", link, chips=chips(request.GET, []))
    rows = listing.ordered(among(request.scope, ids, search))
    file = listing.export(rows, name)
    if file is not None:
        return file
    kept = [(each, value) for each, value in request.GET.items() if each not in _OWN]
    context = {"listing": listing.put(rows), "search": search, "kept": kept, "people": len(ids), **around}
    return answer(request, "behind", context, part="_list")


# What the toolbar's form has fields for.
_OWN = ("q", "column", "sort", "page", "export")


def _figure(request: Ask, asked: Narrowing, metric: Metric) -> tuple[Period, Figure, object]:
    """The period asked for, the figure it is about, and the last day there are data of."""
    found = board(lake(), request.scope, asked.question(metrics=frozenset({metric.key})))
    period = next((each for each in found.periods if each.first == asked.first), None)
    if period is None:
        raise DomainError("unknown_period", _UNKNOWN_PERIOD.fill(day=asked.first))
    return period, found.figure(metric.key, period), found.as_of


AARRR = Words("增长 AARRR", "Growth: AARRR")
_UNKNOWN_PERIOD = Words("没有从 {day} 开始的时期的数据", "there are no data of a period that begins on {day}")
