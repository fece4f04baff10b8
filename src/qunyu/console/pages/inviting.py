"""Inviting: a link for somebody to choose their password, and the page behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from qunyu.console.asking import open_to_all
from qunyu.console.forms import Form
from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words
from qunyu.people import actions
from qunyu.people.sign_in_rules import password_words, rules_now

if TYPE_CHECKING:
    from qunyu.people.models import Staff

CHOSEN = Words("密码已设置，请登录", "Your password is set; sign in with it")


def address_of(request: HttpRequest, staff: Staff, token: str) -> str:
    """The whole address of an invitation."""
    return request.build_absolute_uri(reverse("console:invitation", args=[staff.public_id, token]))


@open_to_all
@never_cache
def accept_invitation(request: HttpRequest, public_id: str, token: str) -> HttpResponse:
    """Whom the invitation is for, and the form to choose a password."""
    try:
        staff = actions.invited(public_id, token)
    except DomainError as error:
        return render(request, "console/invitation.html", {"refused": error}, status=404)
    form = Form.of(request)
    if request.method == "POST" and form.required("password"):
        password = str(form.given.get("password", ""))
        try:
            actions.accept(public_id=public_id, token=token, password=password, now=timezone.now())
        except DomainError as error:
            form.refuse(error, str(error.data.get("field", "")))
        else:
            messages.success(request, str(CHOSEN))
            return redirect("console:sign_in")
    context = {"staff": staff, "form": form, "password_rules": password_words(rules_now())}
    return render(request, "console/invitation.html", context, status=400 if form.errors else 200)
