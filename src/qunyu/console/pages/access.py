"""Access: how somebody else signs in, for who manages their account: sessions, second factor, password."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from qunyu.console.asking import Ask, answer
from qunyu.console.forms import Form
from qunyu.console.pages.sessions import ALL_ENDED, ENDED, rows_of
from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words
from qunyu.people.passwords import set_password
from qunyu.people.queries import find_staff
from qunyu.people.second_factor import factor_of, reset_factor
from qunyu.people.sessions import end_session, end_sessions, find_session, managed_sessions
from qunyu.people.sign_in_rules import password_words, rules_now

if TYPE_CHECKING:
    from qunyu.people.models import Staff

GIVEN = Words(
    "已设置新密码，请当面或电话告诉本人；登录后须自己换一个",
    "The new password is set; tell them in person or by phone. They choose their own when they sign in",
)
RESET = Words("二次验证已重置，所有登录已结束", "The second factor is reset and every session ended")


def show_access(request: Ask, public_id: str) -> HttpResponse:
    """Where somebody is signed in and how; posted, a new password for them."""
    staff = find_staff(request.scope, public_id)
    form = Form.of(request)
    if request.method == "POST" and form.required("password"):
        password = str(form.given.get("password", ""))
        try:
            set_password(by=request.scope, staff=staff, password=password, now=timezone.now())
        except DomainError as error:
            form.refuse(error, "" if error.code == "own_access" else "password")
        else:
            messages.success(request, str(GIVEN))
            return redirect("console:access", public_id)
    return _page(request, staff, form)


def end_theirs(request: Ask, public_id: str, session_id: str) -> HttpResponse:
    """Ends a session of theirs at once."""
    staff, now = find_staff(request.scope, public_id), timezone.now()
    end_session(by=request.scope, session=find_session(staff, session_id, now), now=now)
    messages.success(request, str(ENDED))
    return redirect("console:access", public_id)


def end_all_theirs(request: Ask, public_id: str) -> HttpResponse:
    """Ends every session of theirs."""
    ended = end_sessions(by=request.scope, staff=find_staff(request.scope, public_id), now=timezone.now())
    messages.success(request, str(ALL_ENDED.fill(n=ended)))
    return redirect("console:access", public_id)


def reset_theirs(request: Ask, public_id: str) -> HttpResponse:
    """Takes away the second factor of somebody who lost it."""
    staff, form = find_staff(request.scope, public_id), Form({})
    try:
        reset_factor(by=request.scope, staff=staff, now=timezone.now())
    except DomainError as error:
        form.refuse(error)
        return _page(request, staff, form)
    messages.success(request, str(RESET))
    return redirect("console:access", public_id)


def _page(request: Ask, staff: Staff, form: Form) -> HttpResponse:
    context = {
        "person": staff,
        "form": form,
        "factor": factor_of(staff),
        "sessions": rows_of(managed_sessions(request.scope, staff, timezone.now())),
        "password_rules": password_words(rules_now()),
    }
    return answer(request, "access", context, status=400 if form.errors else 200)
