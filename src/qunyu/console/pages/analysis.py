"""Analysis: what the pages of funnel, growth and leaving have alike: controls, days, and the part that the AARRR board takes in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse

from qunyu.communities.queries import communities
from qunyu.console.asking import Ask, answer
from qunyu.console.narrowing import GRAIN_NAMES, Narrowing
from qunyu.console.spans import Span, span_of
from qunyu.flows.place import lake
from qunyu.kernel.words import Words

# What an analysis says of some days; None when there is nothing in scope.
Make = Callable[[Ask, Narrowing, Span], dict[str, Any] | None]


def show_analysis(request: Ask, part: str, title: Words, intro: Words, make: Make) -> HttpResponse:
    """The page called `title`, or the part below its controls, from what `make` says of the days asked."""
    request.scope.require("communities.view")
    asked = Narrowing.of(request.GET, request.scope)
    context: dict[str, Any] = {
        "title": title,
        "intro": intro,
        "part": f"console/{part}.html",
        "asked": asked,
        "grains": GRAIN_NAMES.items(),
        "filters": asked.filters(),
    }
    if not communities(request.scope).exists():
        return answer(request, "analysis", context | {"empty": "none"}, part="_analysis")
    return analysed(request, asked, context, "analysis", make)


def analysed(request: Ask, asked: Narrowing, context: dict[str, Any], page: str, make: Make) -> HttpResponse:
    """The answer with what `make` says; an empty state where it says nothing, 400 where something given is wrong."""
    span = span_of(lake(), request.scope, asked)
    found = make(request, asked, span) if span else None
    context |= found | {"span": span} if found else {"empty": "narrow"}
    status = 400 if context.get("wrong") else 200
    return answer(request, page, context, part="_analysis", status=status)
