"""Entering: what lies between the right password and being signed in, whichever way somebody came."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth import SESSION_KEY, login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme

from qunyu.console.forms import Form
from qunyu.console.sign_in_limits import forget_failures, waits_until
from qunyu.kernel.words import Words
from qunyu.people.actions import speak_in
from qunyu.people.second_factor import has_factor
from qunyu.people.sessions import Via, begin_session, live_session
from qunyu.people.signing import staff_by_key

if TYPE_CHECKING:
    from qunyu.people.models import Staff, StaffSession

WAIT = Words("失败次数过多，请 {n} 分钟后再试", "too many failures, try again in {n} minutes")
# Between the password and the code.
PATIENCE = timedelta(minutes=5)
# What somebody not signed in has just chosen counts more than the account's language.
CHOSEN = "qunyu_language_now"
# What a browser's session holds: who is halfway, and the key of the session that we keep.
_HALF, KEPT = "qunyu_half", "qunyu_session"
_BACKEND = "django.contrib.auth.backends.ModelBackend"


@dataclass(frozen=True)
class Half:
    """Somebody who gave the password and owes the code: not signed in."""

    staff: Staff
    via: Via
    goal: str


def enter(request: HttpRequest, staff: Staff, *, via: Via, strong: bool, goal: str, now: datetime) -> HttpResponse:
    """Signs in and leads to `goal`, or first to the second step; `strong` when a second factor was given elsewhere."""
    if strong or not has_factor(staff):
        complete(request, staff, via=via, strong=strong, now=now)
        return redirect(goal)
    kept = {"staff": staff.pk, "hash": staff.get_session_auth_hash(), "via": via, "goal": goal, "at": now.timestamp()}
    request.session[_HALF] = kept
    request.session.cycle_key()
    return redirect("console:second_step")


def halfway(request: HttpRequest, now: datetime) -> Half | None:
    """Who gave the password less than five minutes ago, and has changed nothing about it since; None when nobody did."""
    kept = request.session.get(_HALF)
    if kept is None or not 0 <= now.timestamp() - kept["at"] < PATIENCE.total_seconds():
        return None
    staff = staff_by_key(kept["staff"])
    if staff is None or not constant_time_compare(staff.get_session_auth_hash(), kept["hash"]):
        return None
    return Half(staff, kept["via"], kept["goal"])


def complete(request: HttpRequest, staff: Staff, *, via: Via, strong: bool, now: datetime) -> None:
    """Signs in: a new session in the browser and with us."""
    address = address_of(request)
    forget_failures(staff.username, address)
    request.session.pop(_HALF, None)
    login(request, staff, backend=_BACKEND)
    agent = request.headers.get("User-Agent", "")
    kept = begin_session(staff=staff, via=via, strong=strong, address=address, agent=agent, now=now)
    request.session[KEPT] = kept.pk
    request.session.set_expiry(kept.rules.lifetime_hours * 3600)
    speak_in(staff=staff, language=request.COOKIES.get(CHOSEN, ""))


def still_signed_in(request: HttpRequest, now: datetime) -> StaffSession | None:
    """The session of whoever is signed in; one that has ended, here or elsewhere, is forgotten and gives None."""
    if SESSION_KEY not in request.session:
        return None
    kept = live_session(request.session.get(KEPT), now)
    if kept is not None and request.user.pk == kept.staff_id:
        return kept
    logout(request)
    return None


def address_of(request: HttpRequest) -> str:
    """Where the browser is: behind the proxy that speaks HTTPS, what that says of it (its own entry is the last one)."""
    hops = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.SECURE_PROXY_SSL_HEADER else ""
    # As long as the longest address (IPv6 with an embedded IPv4), and the columns that keep one.
    return (hops.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", ""))[:45]


def goal_of(request: HttpRequest) -> str:
    """Where to after signing in: only to this server itself."""
    wanted = request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if wanted and safe else settings.LOGIN_REDIRECT_URL


def must_wait(request: HttpRequest, form: Form, name: str, now: datetime) -> bool:
    """Whether `name` failed too often from here; the form then says how long to wait."""
    until = waits_until(name, address_of(request), now)
    if until is None:
        return False
    form.errors[""] = str(WAIT.fill(n=math.ceil((until - now).total_seconds() / 60)))
    return True
