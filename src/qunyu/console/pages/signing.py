"""Signing in and out, and choosing a language."""

from __future__ import annotations

import math
from http import HTTPStatus

from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache

from qunyu.console.asking import open_to_all
from qunyu.console.forms import Form
from qunyu.console.middleware import LANGUAGE_COOKIE
from qunyu.console.sign_in_limits import forget_failures, note_failure, waits_until
from qunyu.kernel.words import LANGUAGES, Words
from qunyu.people.actions import speak_in

WRONG = Words("用户名或密码不正确", "the user name or the password is not right")
WAIT = Words("失败次数过多，请 {n} 分钟后再试", "too many failures, try again in {n} minutes")
YEAR = 365 * 24 * 3600
HOUR = 3600
# What somebody not signed in has just chosen counts more than the account's language.
CHOSEN = "qunyu_language_now"


@open_to_all
@never_cache
def sign_in(request: HttpRequest) -> HttpResponse:
    """The form, and with the right password the page somebody wanted."""
    goal = _goal(request)
    if request.user.is_authenticated:
        return redirect(goal)
    form = Form.of(request)
    status = HTTPStatus.OK
    if request.method == "POST" and form.required("username", "password"):
        status = _try(request, form)
        if status == HTTPStatus.OK:
            return redirect(goal)
    context = {"form": form, "goal": request.GET.get("next", "")}
    return render(
        request,
        "console/sign_in.html",
        context,
        status=HTTPStatus.BAD_REQUEST if "" not in form.errors and form.errors else status,
    )


def _try(request: HttpRequest, form: Form) -> HTTPStatus:
    """OK once signed in; else what is wrong stands in the form."""
    name, address, now = form.text("username"), _address(request), timezone.now()
    until = waits_until(name, address, now)
    if until is not None:
        minutes = math.ceil((until - now).total_seconds() / 60)
        form.errors[""] = str(WAIT.fill(n=minutes))
        return HTTPStatus.TOO_MANY_REQUESTS
    staff = authenticate(request, username=name, password=str(form.given.get("password", "")))
    if staff is None:
        note_failure(name, address, now)
        form.errors[""] = str(WRONG)
        return HTTPStatus.UNAUTHORIZED
    forget_failures(name, address)
    login(request, staff)
    speak_in(staff=staff, language=request.COOKIES.get(CHOSEN, ""))
    return HTTPStatus.OK


def _address(request: HttpRequest) -> str:
    """Where the browser is: behind the proxy that speaks HTTPS, what that says of it (its own entry is the last one)."""
    hops = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.SECURE_PROXY_SSL_HEADER else ""
    return hops.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", "")


def _goal(request: HttpRequest) -> str:
    """Where to after signing in: only to this server itself."""
    wanted = request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if wanted and safe else settings.LOGIN_REDIRECT_URL


@open_to_all
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the session."""
    logout(request)
    return redirect("console:sign_in")


@open_to_all
def choose_language(request: HttpRequest) -> HttpResponse:
    """Remembers the language in this browser, and with whoever is signed in."""
    chosen = request.POST.get("language", "")
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    response = redirect(wanted if wanted and safe else settings.LOGIN_REDIRECT_URL)
    if chosen in LANGUAGES:
        secure = settings.SESSION_COOKIE_SECURE
        response.set_cookie(LANGUAGE_COOKIE, chosen, max_age=YEAR, httponly=True, samesite="Lax", secure=secure)
        if request.user.is_authenticated:
            speak_in(staff=request.user, language=chosen)
        else:
            response.set_cookie(CHOSEN, chosen, max_age=HOUR, httponly=True, samesite="Lax", secure=secure)
    return response
