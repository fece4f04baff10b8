"""Signing in (password, then a code where a second factor is on) and out, and choosing a language."""

from __future__ import annotations

from http import HTTPStatus

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache

from qunyu.console.asking import open_to_all
from qunyu.console.entering import CHOSEN, Half, address_of, complete, enter, goal_of, halfway, must_wait
from qunyu.console.forms import Form
from qunyu.console.middleware import LANGUAGE_COOKIE
from qunyu.console.oidc import provider
from qunyu.console.sign_in_limits import note_failure
from qunyu.kernel.words import LANGUAGES, Words
from qunyu.people.actions import speak_in
from qunyu.people.second_factor import WRONG_CODE, accept, factor_of
from qunyu.people.sessions import sign_out as end_own

WRONG = Words("用户名或密码不正确", "the user name or the password is not right")
TOO_LATE = Words("验证超时，请重新登录", "that took too long, sign in again")
FEW_CODES = Words(
    "已用掉一个恢复码，还剩 {n} 个；可在“我的账号”中更换",
    "a recovery code is used up, {n} are left; My account gives you new ones",
)
YEAR = 365 * 24 * 3600
HOUR = 3600


@open_to_all
@never_cache
def sign_in(request: HttpRequest) -> HttpResponse:
    """The form; the right password leads to the page somebody wanted, or to the second step."""
    goal = goal_of(request)
    if request.user.is_authenticated:
        return redirect(goal)
    form = Form.of(request)
    status = HTTPStatus.OK
    if request.method == "POST" and form.required("username", "password"):
        tried = _try(request, form, goal)
        if isinstance(tried, HttpResponse):
            return tried
        status = tried
    context = {"form": form, "goal": request.GET.get("next", ""), "provider": provider()}
    incomplete = bool(form.errors) and "" not in form.errors
    return render(request, "console/sign_in.html", context, status=HTTPStatus.BAD_REQUEST if incomplete else status)


def _try(request: HttpRequest, form: Form, goal: str) -> HttpResponse | HTTPStatus:
    """Where to with the right password; else what is wrong stands in the form."""
    name, now = form.text("username"), timezone.now()
    if must_wait(request, form, name, now):
        return HTTPStatus.TOO_MANY_REQUESTS
    staff = authenticate(request, username=name, password=str(form.given.get("password", "")))
    if staff is None:
        note_failure(name, address_of(request), now)
        form.errors[""] = str(WRONG)
        return HTTPStatus.UNAUTHORIZED
    return enter(request, staff, via="password", strong=False, goal=goal, now=now)


@open_to_all
@never_cache
def second_step(request: HttpRequest) -> HttpResponse:
    """Asks whoever gave the password for a code."""
    now = timezone.now()
    half = halfway(request, now)
    if request.user.is_authenticated or half is None:
        if not request.user.is_authenticated:
            messages.warning(request, str(TOO_LATE))
        return redirect("console:home" if request.user.is_authenticated else "console:sign_in")
    form = Form.of(request)
    status = HTTPStatus.OK
    if request.method == "POST":
        status = _try_code(request, form, half) if form.required("code") else HTTPStatus.BAD_REQUEST
        if status == HTTPStatus.OK:
            return redirect(half.goal)
    return render(request, "console/second_step.html", {"form": form, "name": half.staff.username}, status=status)


def _try_code(request: HttpRequest, form: Form, half: Half) -> HTTPStatus:
    """OK once signed in; else what is wrong stands in the form."""
    name, now = half.staff.username, timezone.now()
    if must_wait(request, form, name, now):
        return HTTPStatus.TOO_MANY_REQUESTS
    how = accept(staff=half.staff, code=form.text("code"), now=now)
    if not how:
        note_failure(name, address_of(request), now)
        form.errors["code"] = str(WRONG_CODE)
        return HTTPStatus.UNAUTHORIZED
    complete(request, half.staff, via=half.via, strong=True, now=now)
    if how == "recovery":
        messages.warning(request, str(FEW_CODES.fill(n=factor_of(half.staff).codes_left)))
    return HTTPStatus.OK


@open_to_all
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the session."""
    kept = getattr(request, "staff_session", None)
    if kept is not None:
        end_own(session=kept, now=timezone.now())
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
