"""The company's own sign-in: at the door, and linking it with one's account."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from qunyu.console.asking import Ask, answer, open_to_all
from qunyu.console.entering import address_of, enter, goal_of, must_wait
from qunyu.console.forms import Form
from qunyu.console.oidc import Claims, Provider, begin, finish, provider
from qunyu.console.sign_in_limits import note_failure
from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words
from qunyu.people.external import link, link_by_email, link_of, staff_linked, unlink

if TYPE_CHECKING:
    from qunyu.people.models import Staff

NONE = Words("这个部署没有设置单位账号登录", "this deployment has no sign-in with a company account")
UNKNOWN = Words(
    "“{name}”认得您，但这个单位账号还没有关联群域账号。已有账号：请先用密码登录，在“我的账号”中关联；没有账号：请总负责新增一个",
    "“{name}” knows you, but this company account is not linked with an account here. If you have one, sign in with its password "
    "and link it under My account; if not, ask a director to add one",
)
CLOSED = Words("您的群域账号已停用；请联系总负责", "your account here is closed; ask a director")
LINKED = Words("已关联，下次可以用“{name}”登录", "Linked; next time you may sign in with “{name}”")
UNLINKED = Words("已解除关联", "Unlinked")
_PENDING = "qunyu_link"


def _provider() -> Provider:
    """Raises DomainError unknown_provider when the deployment has none."""
    found = provider()
    if found is None:
        raise DomainError("unknown_provider", NONE)
    return found


@open_to_all
@never_cache
def go_to_provider(request: HttpRequest) -> HttpResponse:
    """Leads to the provider: to sign in, or for somebody signed in to link their account."""
    chosen, back = _provider(), request.build_absolute_uri(reverse("console:provider_back"))
    try:
        return begin(request, chosen, back, goal_of(request), timezone.now())
    except DomainError as error:
        return _turned_away(request, error.message)


@open_to_all
@never_cache
def come_back(request: HttpRequest) -> HttpResponse:
    """Where the provider sends the browser: signs in whom it vouches for, or asks somebody signed in whether to link it."""
    chosen, now, form = _provider(), timezone.now(), Form({})
    # No name is known yet: only the count of failures from this address holds.
    mark = f"provider {secrets.token_hex(8)}"
    if must_wait(request, form, mark, now):
        return _turned_away(request, form.top)
    try:
        claims = finish(request, chosen, now)
    except DomainError as error:
        note_failure(mark, address_of(request), now)
        return _turned_away(request, error.message)
    if request.user.is_authenticated:
        request.session[_PENDING] = {"issuer": claims.issuer, "subject": claims.subject, "email": claims.email}
        return redirect("console:provider")
    staff = _known(chosen, claims)
    if staff is None or not staff.is_active:
        note_failure(mark, address_of(request), now)
        return _turned_away(request, UNKNOWN.fill(name=chosen.name) if staff is None else CLOSED)
    return enter(request, staff, via="oidc", strong=claims.strong, goal=claims.goal, now=now)


def _known(chosen: Provider, claims: Claims) -> Staff | None:
    linked = staff_linked(claims.issuer, claims.subject)
    if linked is not None or not chosen.link_by_email:
        return linked
    return link_by_email(issuer=claims.issuer, subject=claims.subject, email=claims.email, now=timezone.now())


def _turned_away(request: HttpRequest, why: Words | str) -> HttpResponse:
    messages.error(request, str(why))
    return redirect("console:account" if request.user.is_authenticated else "console:sign_in")


def show_provider(request: Ask) -> HttpResponse:
    """Asks whether the company account that was just signed in to shall open this account."""
    pending = request.session.get(_PENDING)
    if pending is None:
        return redirect("console:account")
    return answer(request, "provider", {"provider": _provider(), "pending": pending})


def link_provider(request: Ask) -> HttpResponse:
    """Links them."""
    pending, chosen = request.session.pop(_PENDING, None), _provider()
    if pending is not None and pending["issuer"] == chosen.issuer:
        try:
            link(staff=_me(request), issuer=chosen.issuer, subject=pending["subject"], now=timezone.now())
        except DomainError as error:
            return _turned_away(request, error.message)
        messages.success(request, str(LINKED.fill(name=chosen.name)))
    return redirect("console:account")


def unlink_provider(request: Ask) -> HttpResponse:
    """Ends the link."""
    unlink(staff=_me(request), issuer=_provider().issuer, now=timezone.now())
    messages.success(request, str(UNLINKED))
    return redirect("console:account")


def linked(staff: Staff) -> tuple[Provider, object] | None:
    """The provider and how `staff` is linked with it (None: not); None when the deployment has no provider."""
    chosen = provider()
    return (chosen, link_of(staff, chosen.issuer)) if chosen else None


def _me(request: Ask) -> Staff:
    return cast("Staff", request.user)
