"""Roles: what each allows, and roles of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
from qunyu.people.queries import holders, role_called, roles, root_unit

if TYPE_CHECKING:
    from qunyu.people.models import Role

ADDED = Words("已添加角色", "The role is added")
SAVED = Words("已保存", "Saved")
REMOVED = Words("已删除角色", "The role is removed")
EFFECT = Words("已授予 {n} 次：修改对所有人立即生效", "Granted {n} times: a change counts for all of them at once")
COPY = Words("{name}（副本）", "{name} (copy)")


def show_roles(request: Ask) -> HttpResponse:
    """Every role beside every permission; with POST adds one, with ?copy= the form begins with that role's permissions."""
    request.scope.require("staff.manage")
    form = Form.of(request)
    ticked = set(request.POST.getlist("permission"))
    if request.method == "POST":
        if form.required("name_zh") and _try(request, form, None):
            messages.success(request, str(ADDED))
            return redirect("console:roles")
    elif code := request.GET.get("copy", ""):
        form, ticked = _copy(role_called(code))
    every, counts = roles(), holders()
    context = {
        "roles": [(each, counts.get(each.code, 0)) for each in every],
        "rows": [(words, [(each, code in each.held) for each in every]) for code, words in PERMISSIONS.items()],
        "permissions": [(code, words, code in ticked) for code, words in PERMISSIONS.items()],
        "may_edit": request.scope.may("staff.manage", root_unit().pk),
        "form": form,
        "open_form": bool(form.errors or ticked),
    }
    return answer(request, "roles", context, status=400 if form.errors else 200)


def _copy(role: Role) -> tuple[Form, set[str]]:
    return Form({"name_zh": COPY.zh.format(name=role.name_zh), "name_en": COPY.en.format(name=role.name_en)}), set(
        role.held
    )


def edit_role(request: Ask, code: str) -> HttpResponse:
    """One role: who may change it changes it here."""
    request.scope.require("staff.manage", root_unit().pk)
    role = role_called(code)
    form = Form.of(request, name_zh=role.name_zh, name_en=role.name_en)
    ticked = set(request.POST.getlist("permission")) if request.method == "POST" else set(role.held)
    if request.method == "POST" and form.required("name_zh") and _try(request, form, role):
        messages.success(request, str(SAVED))
        return redirect("console:roles")
    count = holders().get(role.code, 0)
    context = {
        "role": role,
        "count": count,
        "effect": EFFECT.fill(n=count),
        "permissions": [(code, words, code in ticked) for code, words in PERMISSIONS.items()],
        "form": form,
    }
    return answer(request, "role", context, status=400 if form.errors else 200)


def remove_role(request: Ask, code: str) -> HttpResponse:
    """Removes a role that nobody holds."""
    request.scope.require("staff.manage", root_unit().pk)
    try:
        actions.remove_role(by=request.scope, role=role_called(code), now=timezone.now())
    except DomainError as error:
        form = Form({})
        form.refuse(error)
        messages.error(request, form.top)
        return redirect("console:roles")
    messages.success(request, str(REMOVED))
    return redirect("console:roles")


def _try(request: Ask, form: Form, role: Role | None) -> bool:
    """Adds a role (None) or changes `role` as the form says; else what is wrong stands in the form."""
    names = {name: form.text(name) for name in ("name_zh", "name_en")}
    permissions = request.POST.getlist("permission")
    try:
        if role is None:
            actions.add_role(
                by=request.scope, permissions=permissions, now=timezone.now(), code=form.text("code"), **names
            )
        else:
            actions.change_role(by=request.scope, role=role, permissions=permissions, now=timezone.now(), **names)
    except DomainError as error:
        form.refuse(error, str(error.data.get("field", "")))
    return not form.errors
