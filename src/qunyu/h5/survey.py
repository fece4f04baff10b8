"""A survey on a phone: the questions, what is wrong with the answers, and thanks."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import language
from qunyu.satisfaction.replying import AGAIN, Paper, paper, reply

# One telephone answers the link for everybody once; what is kept there says no more than that.
ANSWERED = "qunyu_answered"
REMEMBERED = 60 * 60 * 24 * 90


def show_survey(request: HttpRequest, link: str) -> HttpResponse:
    """The form; posted it keeps the answers and leads to the thanks."""
    try:
        found = paper(link, timezone.now())
    except DomainError as error:
        return _page(request, {"message": error.message, "kind": "warn"}, HTTPStatus.NOT_FOUND)
    if "thanks" in request.GET:
        return _page(request, {"survey": found.survey, "kind": "thanks"})
    if _answered(request, found):
        return _page(request, {"survey": found.survey, "message": AGAIN, "kind": "done"})
    return _given(request, found) if request.method == "POST" else _form(request, found, {}, {})


def _answered(request: HttpRequest, found: Paper) -> bool:
    if found.ask is not None:
        return found.answered
    return found.survey.public_id in request.COOKIES.get(ANSWERED, "").split(".")


def _given(request: HttpRequest, found: Paper) -> HttpResponse:
    given = {number: request.POST.get(f"q{number}", "") for number in range(1, len(found.questions) + 1)}
    try:
        reply(paper=found, given=given, now=timezone.now())
    except DomainError as error:
        if error.code == "answered_already":
            return _page(request, {"survey": found.survey, "message": error.message, "kind": "done"})
        return _form(request, found, given, {**_wrong(error), 0: error.message})
    response = redirect(f"{request.path}?thanks")
    if found.ask is None:
        before = request.COOKIES.get(ANSWERED, "").split(".")[-19:]
        kept = ".".join([*filter(None, before), found.survey.public_id])
        response.set_cookie(ANSWERED, kept, REMEMBERED, httponly=True, samesite="Lax", secure=request.is_secure())
    return response


def _wrong(error: DomainError) -> dict[int, object]:
    found = error.data.get("wrong")
    return dict(found) if isinstance(found, dict) else {}


def _form(request: HttpRequest, found: Paper, given: Mapping[int, str], wrong: Mapping[int, object]) -> HttpResponse:
    questions = [
        {"number": number, "asked": each, "given": given.get(number, ""), "wrong": wrong.get(number)}
        for number, each in enumerate(found.questions, 1)
    ]
    context = {
        "survey": found.survey,
        "kind": "form",
        "questions": questions,
        "wrong": wrong.get(0),
        "own": found.ask is not None,
    }
    return _page(request, context, HTTPStatus.BAD_REQUEST if wrong else HTTPStatus.OK)


def _page(request: HttpRequest, context: dict[str, object], status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    said = "zh-Hans" if language() == "zh" else "en"
    response = render(
        request, "h5/survey.html", {**context, "language": language(), "html_language": said}, status=status
    )
    # The address is the key: it should stand in no search.
    response["X-Robots-Tag"] = "noindex"
    response["Cache-Control"] = "no-store"
    return response
