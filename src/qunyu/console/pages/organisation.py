"""The organisation: the tree of units, who works there, and what they may do where."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from qunyu.console.asking import Ask, answer
from qunyu.console.forms import Form
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import PERMISSIONS
from qunyu.kernel.words import Words
from qunyu.people import actions
from qunyu.people.queries import find_grant, find_staff, roles, staff_under, unit_in, units_in
from qunyu.people.sign_in_rules import password_words, rules_now

_PLACES = {"username_taken": "username", "weak_password": "password", "unknown_role": "role", "unknown_unit": "unit"}
ADDED = Words("已添加", "Added")
CHANGED = Words("已更改", "Changed")


def show_organisation(request: Ask) -> HttpResponse:
    """The tree, the accounts and the roles."""
    request.scope.require("staff.manage")
    return _page(request, Form({}), "")


def _page(request: Ask, form: Form, open_form: str) -> HttpResponse:
    units = units_in(request.scope, "staff.manage")
    managed = {unit.pk for unit in units}
    people = [
        (each, [grant for grant in each.grants.all() if grant.unit_id in managed])
        for each in staff_under(request.scope)
    ]
    context = {
        "units": [(unit, depth, "　" * depth) for unit in units for depth in [unit.path.count("/") - 2]],
        "people": people,
        "roles": [(role, [PERMISSIONS[code] for code in role.held]) for role in roles()],
        "form": form,
        "open_form": open_form,
        "me": request.user.pk,
        "password_rules": password_words(rules_now()),
    }
    return answer(request, "organisation", context, status=400 if form.errors else 200)


def add_unit(request: Ask) -> HttpResponse:
    """Adds a unit below another."""
    request.scope.require("staff.manage")
    form = Form.of(request)
    if form.required("name", "parent"):
        try:
            parent = unit_in(request.scope, "staff.manage", form.text("parent"))
            actions.add_unit(by=request.scope, parent=parent, name=form.text("name")[:80], now=timezone.now())
        except DomainError as error:
            form.refuse(error, "name" if error.code == "bad_name" else "parent")
    return _done(request, form, "unit", ADDED)


def add_staff(request: Ask) -> HttpResponse:
    """Adds an account with its first grant."""
    from django.db import transaction

    request.scope.require("staff.manage")
    form = Form.of(request)
    if form.required("username", "name", "password", "role", "unit"):
        password = str(form.given.get("password", ""))
        try:
            with transaction.atomic():
                unit = unit_in(request.scope, "staff.manage", form.text("unit"))
                username, name = form.text("username"), form.text("name")
                staff = actions.add_staff(
                    by=request.scope, username=username, name=name, password=password, now=timezone.now()
                )
                actions.grant(by=request.scope, staff=staff, role=form.text("role"), unit=unit, now=timezone.now())
        except DomainError as error:
            form.refuse(error, _PLACES.get(error.code, ""))
    return _done(request, form, "staff", ADDED)


def give_role(request: Ask, public_id: str) -> HttpResponse:
    """Grants somebody a role at a unit."""
    staff = find_staff(request.scope, public_id)
    form = Form.of(request)
    if form.required("role", "unit"):
        try:
            unit = unit_in(request.scope, "staff.manage", form.text("unit"))
            actions.grant(by=request.scope, staff=staff, role=form.text("role"), unit=unit, now=timezone.now())
        except DomainError as error:
            form.refuse(error, _PLACES.get(error.code, ""))
    return _done(request, form, f"grant-{public_id}", CHANGED)


def take_role(request: Ask, public_id: str, key: int) -> HttpResponse:
    """Takes a grant back."""
    staff = find_staff(request.scope, public_id)
    grant = find_grant(request.scope, staff, key)
    return _tried(request, actions.revoke, by=request.scope, grant=grant, now=timezone.now())


def set_active(request: Ask, public_id: str) -> HttpResponse:
    """Closes an account or opens it again."""
    staff = find_staff(request.scope, public_id)
    active = request.POST.get("active") == "yes"
    return _tried(request, actions.set_active, by=request.scope, staff=staff, active=active, now=timezone.now())


def _tried(request: Ask, action: Any, **values: Any) -> HttpResponse:
    form = Form({})
    try:
        action(**values)
    except DomainError as error:
        form.refuse(error)
    return _done(request, form, "", CHANGED)


def _done(request: Ask, form: Form, open_form: str, words: Words) -> HttpResponse:
    if form.errors:
        return _page(request, form, open_form)
    messages.success(request, str(words))
    return redirect("console:organisation")
