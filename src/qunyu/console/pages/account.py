"""Settings of one's own: account, language, password, API tokens."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from qunyu.console.asking import Ask, answer, settles
from qunyu.console.entering import address_of, must_wait
from qunyu.console.forms import Form
from qunyu.console.pages.provider import linked
from qunyu.console.pages.sessions import rows_of
from qunyu.console.sign_in_limits import note_failure
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import PERMISSIONS
from qunyu.kernel.words import Words
from qunyu.people import actions
from qunyu.people.passwords import change_password
from qunyu.people.queries import grants_of, token_of, tokens_of, unit_seen, units_seen
from qunyu.people.second_factor import factor_of
from qunyu.people.sessions import sessions_of
from qunyu.people.sign_in_rules import password_words

if TYPE_CHECKING:
    from qunyu.people.models import Staff

DAYS = (7, 30, 90, 365)
CHANGED = Words(
    "密码已更改，其他地方的登录已结束", "The password is changed; wherever else you were signed in, you are signed out"
)
REVOKED = Words("令牌已撤销", "The token is revoked")
_PLACES = {"wrong_password": "old", "weak_password": "new", "same_password": "new", "used_password": "new"}


def show_account(request: Ask) -> HttpResponse:
    """Who I am, what I may do where, my password and second factor, and where I am signed in."""
    me, form = _me(request), Form.of(request)
    if request.method == "POST" and _changed(request, form):
        return redirect("console:account")
    context = {
        "me": me,
        "grants": grants_of(me),
        "form": form,
        "password_rules": password_words(request.staff_session.rules),
        "factor": factor_of(me),
        "sessions": rows_of(sessions_of(me, timezone.now()), request.staff_session.pk),
        "linked": linked(me),
    }
    return answer(request, "account", context, status=400 if form.errors else 200)


@settles("password")
def choose_password(request: Ask) -> HttpResponse:
    """A new password, before anything else may be opened."""
    form = Form.of(request)
    if request.method == "POST" and _changed(request, form):
        return redirect("console:home")
    given = _me(request).must_change_password
    context = {"form": form, "given": given, "password_rules": password_words(request.staff_session.rules)}
    return answer(request, "new_password", context, status=400 if form.errors else 200)


def _changed(request: Ask, form: Form) -> bool:
    """Whether the password was changed; else what is wrong stands in the form."""
    me, now = _me(request), timezone.now()
    if not form.required("old", "new") or must_wait(request, form, me.username, now):
        return False
    old, new = str(form.given.get("old", "")), str(form.given.get("new", ""))
    try:
        change_password(staff=me, old=old, new=new, here=request.staff_session.pk, now=now)
    except DomainError as error:
        if error.code == "wrong_password":
            note_failure(me.username, address_of(request), now)
        form.refuse(error, _PLACES.get(error.code, ""))
        return False
    # Django would end this session too: it goes by the hash of the password.
    update_session_auth_hash(request, me)
    messages.success(request, str(CHANGED))
    return True


def show_tokens(request: Ask, secret: str = "") -> HttpResponse:
    """My tokens; after issuing one its secret, this once."""
    me, form, now = _me(request), Form.of(request), timezone.now()
    ticked = request.POST.getlist("permission")
    if request.method == "POST" and form.required("name"):
        secret = _issue(request, me, form, ticked)
    context = {
        "tokens": tokens_of(me),
        "form": form,
        "secret": secret,
        "days": DAYS,
        "now": now,
        "units": units_seen(request.scope),
        "limited": bool(form.errors and ticked),
        "permissions": [
            (code, words, bool(form.errors) and code in ticked)
            for code, words in PERMISSIONS.items()
            if request.scope.may(code)
        ],
    }
    return answer(request, "tokens", context, status=400 if form.errors else 200)


def _issue(request: Ask, me: Staff, form: Form, ticked: list[str]) -> str:
    """The secret of the new token; "" when what is wrong stands in the form."""
    days, now = form.text("days"), timezone.now()
    lasting = timedelta(days=int(days)) if days in {str(each) for each in DAYS} else timedelta(days=DAYS[1])
    try:
        limits = actions.Limits(
            ticked or None, unit_seen(request.scope, form.text("unit")) if form.text("unit") else None
        )
        _, secret = actions.issue_token(
            by=request.scope, staff=me, name=form.text("name"), expires_at=now + lasting, now=now, limits=limits
        )
    except DomainError as error:
        form.refuse(error, "unit" if error.code == "unknown_unit" else str(error.data.get("field", "")))
        return ""
    return secret


def revoke_token(request: Ask, public_id: str) -> HttpResponse:
    """Ends a token of mine at once."""
    token = token_of(_me(request), public_id)
    actions.revoke_token(by=request.scope, token=token, now=timezone.now())
    messages.success(request, str(REVOKED))
    return redirect("console:tokens")


def _me(request: Ask) -> Staff:
    return cast("Staff", request.user)
