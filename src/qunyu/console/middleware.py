"""Middleware: safe headers, the reader's language, who may come in, and errors as pages."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation

from qunyu.console.entering import still_signed_in
from qunyu.kernel.errors import DomainError
from qunyu.kernel.once import asking_once
from qunyu.kernel.scope import Denied
from qunyu.kernel.words import LANGUAGES, Language, Words, speaking
from qunyu.people.queries import scope_of
from qunyu.people.signing import duty
from qunyu.privacy.viewing import Look, asked_for, note, tells_of_people
from qunyu.reports.fonts import NoPicture

Next = Callable[[HttpRequest], HttpResponseBase]

LANGUAGE_COOKIE = "qunyu_language"
DJANGO_LANGUAGES: dict[Language, str] = {"zh": "zh-hans", "en": "en"}

# The page where each is settled.
DUTIES = {"password": "new_password", "second_factor": "second_factor"}

# Whoever is not signed in sends a name and a password, and no files.
ANONYMOUS_LIMIT = 64 * 1024

# Everything comes from this server. Tabler's style sheet draws some of its signs from data: addresses.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)


def headers(get_response: Next) -> Next:
    """Adds the headers that keep other sites out; a view that sets its own policy keeps it."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("X-Frame-Options", "DENY")
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        return response

    return answer


def ask_once(get_response: Next) -> Next:
    """Whoever only looks at something finds the organisation and the imports as they were at one moment; they are asked for once."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        if request.method not in ("GET", "HEAD"):
            return get_response(request)
        with asking_once():
            return get_response(request)

    return answer


def speak(get_response: Next) -> Next:
    """Answers in the language the person chose (Chinese until somebody did), and in the deployment's time zone."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        chosen = language_of(request)
        with speaking(chosen), translation.override(DJANGO_LANGUAGES[chosen]), timezone.override(settings.QUNYU_ZONE):
            response = get_response(request)
        response.headers.setdefault("Content-Language", "zh-Hans" if chosen == "zh" else "en")
        return response

    return answer


def language_of(request: HttpRequest) -> Language:
    """The language kept with whoever is signed in, else the one chosen in this browser, else Chinese."""
    kept = getattr(request.user, "language", "") or request.COOKIES.get(LANGUAGE_COOKIE, "")
    return next((each for each in LANGUAGES if each == kept), "zh")


def keep_sessions(get_response: Next) -> Next:
    """Lets a session go on that is neither over nor ended from elsewhere, for pages and the API alike; else nobody is signed in."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        request.staff_session = still_signed_in(request, timezone.now())  # type: ignore[attr-defined]
        return get_response(request)

    return answer


def limit_uploads(get_response: Next) -> Next:
    """Refuses a request that says it is too large, before anything of it is read; the API says so in its own way."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if request.path.startswith("/api/") or not length.isdecimal():
            return get_response(request)
        limit = settings.QUNYU_UPLOAD_LIMIT
        if int(length) > ANONYMOUS_LIMIT and not request.user.is_authenticated:
            return _to_sign_in(request)
        if int(length) > limit:
            message = Words(
                "上传内容有 {size} MB，超过了 {limit} MB 的上限；请分批上传，或由管理员调整 QUNYU_UPLOAD_LIMIT",
                "the upload is {size} MB, above the limit of {limit} MB; upload it in parts, or have QUNYU_UPLOAD_LIMIT raised",
            )
            words = message.fill(size=f"{int(length) / 1024**2:,.0f}", limit=f"{limit / 1024**2:,.0f}")
            return error_page(request, DomainError("upload_too_large", words), HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        return get_response(request)

    return answer


class Doorkeeper:
    """Lets only signed-in people at the console's views and gives them their scope; errors of theirs become pages.

    Whoever owes something first (a new password, a second factor) is led there and nowhere else.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if _is_ours(request) and hasattr(request, "scope") and response.status_code == HTTPStatus.OK:
            _note(request, response)
        return response

    def process_view(self, request: HttpRequest, view: Any, *_: object) -> HttpResponseBase | None:
        if not _is_ours(request) or getattr(view, "open_to_all", False):
            return None
        if not request.user.is_authenticated:
            return _to_sign_in(request)
        scope = request.scope = scope_of(request.user)  # type: ignore[attr-defined]
        owed = duty(request.staff_session, scope)  # type: ignore[attr-defined]
        if owed and getattr(view, "settles", "") != owed:
            return _to_duty(request, f"console:{DUTIES[owed]}")
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase | None:
        if not _is_ours(request) or not isinstance(error, DomainError):
            return None
        return error_page(request, error, _status(error))


def _is_ours(request: HttpRequest) -> bool:
    return request.resolver_match is not None and request.resolver_match.app_name == "console"


def _note(request: HttpRequest, response: HttpResponseBase) -> None:
    """Who looked at people is kept before they see them."""
    match = request.resolver_match
    page = match.url_name or "" if match else ""
    if match is None or not tells_of_people(page, request.method or ""):
        return
    key = str(next(iter(match.kwargs.values()), ""))
    given = request.GET if request.method in ("GET", "HEAD") else request.POST
    look = Look(page, "console", key, asked_for(given.dict()), getattr(response, "rows_shown", None))
    note(request.scope, look, timezone.now())  # type: ignore[attr-defined]


def _to_sign_in(request: HttpRequest) -> HttpResponseBase:
    if getattr(request, "htmx", False):
        # A part of a page cannot hold the sign-in form: the whole page goes there.
        response = HttpResponse(status=HTTPStatus.NO_CONTENT)
        response["HX-Refresh"] = "true"
        return response
    return redirect_to_login(request.get_full_path())


def _to_duty(request: HttpRequest, address: str) -> HttpResponseBase:
    if not getattr(request, "htmx", False):
        return redirect(address)
    response = HttpResponse(status=HTTPStatus.NO_CONTENT)
    response["HX-Redirect"] = reverse(address)
    return response


def _status(error: DomainError) -> HTTPStatus:
    if isinstance(error, Denied):
        return HTTPStatus.FORBIDDEN
    if isinstance(error, NoPicture):
        return HTTPStatus.SERVICE_UNAVAILABLE
    return HTTPStatus.NOT_FOUND if error.code.startswith("unknown_") else HTTPStatus.BAD_REQUEST


def error_page(request: HttpRequest, error: DomainError, status: HTTPStatus) -> HttpResponse:
    """What went wrong as a page, with the way back."""
    if not hasattr(request, "scope") and request.user.is_authenticated:
        request.scope = scope_of(request.user)  # type: ignore[attr-defined]
    return render(request, "console/error.html", {"error": error, "status": int(status)}, status=status)
