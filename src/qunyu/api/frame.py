"""Frame: what every answer of the API has around it: the caller's language, and problem documents for Django's own refusals."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.csrf import csrf_exempt

from qunyu.api.errors import UNKNOWN_ADDRESS, problem
from qunyu.api.uploads import onto_disk
from qunyu.kernel.words import LANGUAGES, Language, Words, speaking

View = Callable[..., HttpResponse]
NOT_THIS_METHOD = Words(
    "这个地址不支持 {method}；可用：{known}", "{method} is not for this address; there are: {known}"
)


def asked_language(header: str) -> Language:
    """The language of an Accept-Language header (RFC 9110, 12.5.4); Chinese where it asks for neither or nothing."""
    for tag, _quality in parse_accept_lang_header(header[:500]):
        for known in LANGUAGES:
            if tag.split("-")[0] == known:
                return known
    return "zh"


def framed(view: View) -> View:
    """The view in the caller's language, with uploads going to disk and a refused method answered as a problem."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        chosen = asked_language(request.headers.get("Accept-Language", ""))
        with speaking(chosen):
            onto_disk(request)
            response = _found(request, view, *args, **kwargs)
            if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
                response = _refused(request, response["Allow"])
            response["Content-Language"] = chosen
            response.headers.setdefault("Cache-Control", "private, no-store")
            patch_vary_headers(response, ("Accept-Language", "Authorization", "Cookie"))
            return response

    return csrf_exempt(login_not_required(answer))  # the API's own authentication and CSRF check stand inside


def _found(request: HttpRequest, view: View, *args: Any, **kwargs: Any) -> HttpResponse:
    """What the view answers. PostgreSQL refuses a NUL in any text, so no address can hold one."""
    if "\0" in request.path:
        return unknown_address(request)
    try:
        return view(request, *args, **kwargs)
    except Http404:
        return unknown_address(request)


def _refused(request: HttpRequest, allowed: str) -> HttpResponse:
    detail = NOT_THIS_METHOD.fill(method=request.method, known=allowed)
    response = problem(405, "method_not_allowed", detail)
    response["Allow"] = allowed
    return response


def unknown_address(request: HttpRequest, **_: str) -> HttpResponse:
    """The answer to an address below /api/v1/ that there is not."""
    return problem(404, "unknown_address", UNKNOWN_ADDRESS)


def framed_pattern(pattern: URLPattern) -> URLPattern:
    """The pattern with its view framed."""
    return URLPattern(pattern.pattern, framed(pattern.callback), pattern.default_args, pattern.name)
