"""Member fields: the basic ones, and those that units make for their people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from qunyu.console.asking import Ask, answer
from qunyu.console.forms import Form
from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words
from qunyu.members import fields
from qunyu.members.fields import BASIC, KINDS, filled, find_field
from qunyu.people.queries import unit_by_key, unit_in, units_in

if TYPE_CHECKING:
    from qunyu.members.models import Field

SAVED, ADDED = Words("已保存", "Saved"), Words("已添加", "Added")
ARCHIVED, RESTORED = Words("已归档", "Archived"), Words("已恢复", "Brought back")
DELETED = Words("已删除", "Deleted")
_TEXTS = ("name_zh", "name_en", "least", "most", "help")


def show_fields(request: Ask) -> HttpResponse:
    """The basic fields, and those of every unit where settings may be changed."""
    request.scope.require("settings.edit")
    units = [(unit, fields.fields_of_unit(request.scope, unit)) for unit in units_in(request.scope, "settings.edit")]
    shown = [(unit, [(each, KINDS[each.kind]) for each in rows]) for unit, rows in units if rows]
    return answer(request, "fields", {"basic": [(each, KINDS[each.kind]) for each in BASIC], "units": shown})


def new_field(request: Ask) -> HttpResponse:
    """The form of a new field."""
    request.scope.require("settings.edit")
    units = units_in(request.scope, "settings.edit")
    form = Form.of(request, kind="text", unit=units[0].public_id)
    if request.method == "POST":
        try:
            unit = unit_in(request.scope, "settings.edit", form.text("unit"))
            told = {"key": form.text("key"), "kind": form.text("kind"), **_told(form)}
            fields.add_field(by=request.scope, unit=unit, now=timezone.now(), **told)
            messages.success(request, str(ADDED))
            return redirect("console:fields")
        except DomainError as error:
            form.refuse(error, "unit" if error.code == "unknown_unit" else str(error.data.get("field", "")))
    indented = [(unit, "　" * (unit.path.count("/") - 2)) for unit in units]
    context = {"form": form, "field": None, "kinds": KINDS.items(), "units": indented}
    return answer(request, "field", context, status=400 if form.errors else 200)


def _told(form: Form) -> dict[str, Any]:
    options = [each.strip() for each in form.text("options").splitlines()]
    texts: dict[str, Any] = {name: form.text(name) for name in _TEXTS if name in form.given}
    chosen = {"options": options} if "options" in form.given else {}
    return {**texts, **chosen, "sensitive": bool(form.text("sensitive"))}


def edit_field(request: Ask, public_id: str) -> HttpResponse:
    """The form of one field; `do` says whether to save, archive, bring back or delete it."""
    row = find_field(request.scope, public_id)
    first = {**{name: getattr(row, name) for name in _TEXTS}, "options": "\n".join(row.options)}
    form = Form.of(request, **first, sensitive="yes" if row.sensitive else "")
    if request.method == "POST":
        try:
            return _done(request, row, form)
        except DomainError as error:
            form.refuse(error, str(error.data.get("field", "")))
            form.given = {**first, **{name: str(value) for name, value in request.POST.items()}}
    names = {"kind_name": KINDS[row.kind], "unit": unit_by_key(row.unit_id), "filled": filled(row)}
    return answer(request, "field", {"form": form, "field": row, **names}, status=400 if form.errors else 200)


def _done(request: Ask, row: Field, form: Form) -> HttpResponse:
    now, wish = timezone.now(), request.POST.get("do", "")
    if wish in ("archive", "restore"):
        fields.archive_field(by=request.scope, field=row, archived=wish == "archive", now=now)
        messages.success(request, str(ARCHIVED if wish == "archive" else RESTORED))
    elif wish == "delete":
        fields.delete_field(by=request.scope, field=row, typed=form.text("typed"), now=now)
        messages.success(request, str(DELETED))
        return redirect("console:fields")
    else:
        fields.edit_field(by=request.scope, field=row, now=now, **_told(form))
        messages.success(request, str(SAVED))
    return redirect("console:field", row.public_id)


def move_field(request: Ask, public_id: str) -> HttpResponse:
    """Puts a field before its neighbour, or behind it."""
    row = find_field(request.scope, public_id)
    fields.move_field(by=request.scope, field=row, down=request.POST.get("way") == "down", now=timezone.now())
    return redirect("console:fields")
