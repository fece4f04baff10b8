"""Looks: reads of people through the API leave an entry as pages of the console do."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache, wraps
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from qunyu.api.auth import scope_of_request
from qunyu.privacy.viewing import Look, asked_for, note, tells_of_people

Operation = Callable[..., Any]
_PART = re.compile(r"<(?:\w+:)?(\w+)>")


def noted(operation: Operation) -> Operation:
    """The operation; where it tells of people and was not refused, that somebody looked is kept before they are told."""

    @wraps(operation)
    def answer(request: HttpRequest, **values: Any) -> Any:
        told = operation(request, **values)
        match, method = request.resolver_match, request.method or ""
        name = _names().get((method, _PART.sub(r"{\1}", match.route))) if match else None
        if match is not None and name is not None and tells_of_people(name, method):
            key, shown = str(next(iter(match.kwargs.values()), "")), _shown(request, told)
            look = Look(name, "api", key, asked_for(request.GET.dict()), shown)
            note(scope_of_request(request), look, timezone.now())
        return told

    return answer


def _shown(request: HttpRequest, told: object) -> int | None:
    rows: int | None = len(told) if isinstance(told, list) else getattr(request, "rows_shown", None)
    return rows


@cache
def _names() -> Mapping[tuple[str, str], str]:
    """What each operation is called, by method and path."""
    from qunyu.api.urls import api  # the addresses are made with this decorator

    paths = api.get_openapi_schema()["paths"]
    return {
        (method.upper(), path.strip("/")): operation["operationId"]
        for path, operations in paths.items()
        for method, operation in operations.items()
    }
