"""One's own second factor: set up with a QR code, new recovery codes, switched off."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, cast

import segno
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from qunyu.console.asking import Ask, answer, settles
from qunyu.console.entering import address_of, must_wait
from qunyu.console.forms import Form
from qunyu.console.sign_in_limits import note_failure
from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words
from qunyu.people.second_factor import confirm, factor_of, renew_codes, setup_of, start_setup, switch_off
from qunyu.people.signing import duty

if TYPE_CHECKING:
    from collections.abc import Callable

    from qunyu.people.models import Staff

OFF = Words("二次验证已关闭", "The second factor is off")
_PLACES = {"wrong_code": "code", "wrong_password": "password"}
_GUESSES = frozenset(_PLACES)


@settles("second_factor")
def show_second_factor(request: Ask) -> HttpResponse:
    """What it is, or the QR code to scan; a first code switches it on and shows the recovery codes, this once."""
    form = Form.of(request)
    if request.method != "POST":
        return _page(request, form)
    me, here = _me(request), request.staff_session.pk
    codes = _tried(
        request, form, ("code",), lambda: confirm(staff=me, code=form.text("code"), here=here, now=timezone.now())
    )
    return _page(request, form, codes=codes or [])


@settles("second_factor")
def begin_second_factor(request: Ask) -> HttpResponse:
    """Makes the secret for the app."""
    start_setup(staff=_me(request), now=timezone.now())
    return redirect("console:second_factor")


def renew_recovery_codes(request: Ask) -> HttpResponse:
    """New recovery codes, shown this once."""
    me, form = _me(request), Form.of(request)
    codes = _tried(request, form, ("code",), lambda: renew_codes(staff=me, code=form.text("code"), now=timezone.now()))
    return _page(request, form, codes=codes or [], open_form="codes")


def switch_second_factor_off(request: Ask) -> HttpResponse:
    """Off, with password and code."""
    me, form = _me(request), Form.of(request)
    password = str(form.given.get("password", ""))

    def off() -> list[str]:
        switch_off(staff=me, password=password, code=form.text("code"), now=timezone.now())
        return []

    if _tried(request, form, ("password", "code"), off) is None:
        return _page(request, form, open_form="off")
    messages.success(request, str(OFF))
    return redirect("console:account")


def _tried(request: Ask, form: Form, fields: tuple[str, ...], act: Callable[[], list[str]]) -> list[str] | None:
    """What `act` gives; None when it was refused, which the form tells of. Guesses are counted like those at the door."""
    name, now = _me(request).username, timezone.now()
    if not form.required(*fields) or must_wait(request, form, name, now):
        return None
    try:
        return act()
    except DomainError as error:
        if error.code in _GUESSES:
            note_failure(name, address_of(request), now)
        form.refuse(error, _PLACES.get(error.code, ""))
        return None


def _page(request: Ask, form: Form, *, codes: list[str] | None = None, open_form: str = "") -> HttpResponse:
    me = _me(request)
    setup = setup_of(me)
    request.staff_session.refresh_from_db(fields=("strong",))
    owed = duty(request.staff_session, request.scope) == "second_factor"
    context = {
        "form": form,
        "open_form": open_form,
        "factor": factor_of(me),
        "setup": setup,
        "picture": _qr(setup.address) if setup else "",
        "codes": codes or [],
        "owed": owed,
        "frame": "console/door.html" if owed else "console/base.html",
    }
    return answer(request, "second_factor", context, status=400 if form.errors else 200)


def _qr(text: str) -> SafeString:
    """The text as a QR code: an SVG element without styles of its own, black on white in the dark too."""
    out = BytesIO()
    segno.make(text, error="m").save(
        out,
        kind="svg",
        scale=1,
        border=3,
        light="#fff",
        xmldecl=False,
        svgns=True,
        omitsize=True,
        nl=False,
        svgclass="qr",
    )
    return mark_safe(out.getvalue().decode())  # noqa: S308 - made here, of paths and numbers


def _me(request: Ask) -> Staff:
    return cast("Staff", request.user)
