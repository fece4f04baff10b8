"""Importing profiles: give a table, look at what it would change, start; and what became of it, with its undo."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from qunyu.console import uploads
from qunyu.console.asking import Ask, answer
from qunyu.console.forms import Form
from qunyu.console.given_files import given_table
from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words, language
from qunyu.members import profile_importing
from qunyu.members.fields import fields_in
from qunyu.members.profile_table import NAMING, Line, Plan, plan, shown
from qunyu.people.queries import unit_in, units_in

if TYPE_CHECKING:
    from qunyu.console.uploads import Upload

SHOWN, LATEST = 50, 20
STATES: dict[str, Words] = {
    "waiting": Words("进行中", "Under way"),
    "done": Words("已完成", "Done"),
    "failed": Words("失败", "Failed"),
    "undone": Words("已撤销", "Undone"),
}
STARTED = Words("已开始导入资料", "The import of profiles has begun")
DROPPED = Words("已放弃，文件已删除", "Given up; the file is deleted")
UNDONE = Words("已撤销：{n} 项内容撤回", "Undone: {n} values taken back")


def give_profiles(request: Ask) -> HttpResponse:
    """Step one: the table; below it the imports there were."""
    request.scope.require("members.edit")
    form = Form.of(request)
    upload = given_table(request, form)
    if upload is not None:
        return redirect("console:profiles_check", upload.id)
    context = {
        "form": form,
        "naming": [aliases[language() == "zh"] for aliases in NAMING.values()],
        "fields": fields_in(request.scope),
        "latest": [(each, STATES[each.state]) for each in profile_importing.imports(request.scope)[:LATEST]],
    }
    return answer(request, "profiles_new", context, status=400 if form.errors else 200)


def check_profiles(request: Ask, upload_id: str) -> HttpResponse:
    """Step two: what the table would change, line by line; `do` says whether to look again, start or give up."""
    request.scope.require("members.edit")
    upload = uploads.find(upload_id, int(request.user.pk or 0))
    units = units_in(request.scope, "members.edit")
    form = Form.of(request, unit=units[0].public_id)
    wish = request.POST.get("do", "")
    if wish == "drop":
        uploads.discard(upload)
        messages.info(request, str(DROPPED))
        return redirect("console:profiles_new")
    found = _planned(request, form, upload)
    if wish == "start" and found is not None and _start(request, form, upload, found):
        return redirect("console:profiles_new")
    context: dict[str, Any] = {
        "form": form,
        "file": upload.files[0].name,
        "plan": found,
        "counts": found.counts if found else {},
        "wrong": found.wrong[:SHOWN] if found else [],
        "good": [(each, _shown(each)) for each in (found.good[:SHOWN] if found else [])],
        "units": [(unit, "　" * (unit.path.count("/") - 2)) for unit in units],
    }
    return answer(request, "profiles_check", context, status=400 if form.errors else 200)


def _planned(request: Ask, form: Form, upload: Upload) -> Plan | None:
    try:
        return plan(request.scope, upload.files[0], create=bool(form.text("create")), today=timezone.localdate())
    except DomainError as error:
        form.refuse(error)
        return None


def _shown(line: Line) -> list[tuple[Words, str, str]]:
    return [(field.title, str(shown(field, before)), str(shown(field, after))) for field, before, after in line.changes]


def _start(request: Ask, form: Form, upload: Upload, found: Plan) -> bool:
    try:
        unit = unit_in(request.scope, "members.edit", form.text("unit"))
        skip, title = bool(form.text("skip")), upload.files[0].name
        profile_importing.ask(by=request.scope, unit=unit, title=title, plan=found, skip=skip, now=timezone.now())
    except DomainError as error:
        form.refuse(error, "unit" if error.code == "unknown_unit" else "")
        return False
    uploads.discard(upload)
    messages.success(request, str(STARTED))
    return True


def undo_profiles(request: Ask, public_id: str) -> HttpResponse:
    """Takes back what an import of profiles wrote."""
    request.scope.require("members.edit")
    owner = profile_importing.find_import(request.scope, public_id)
    try:
        count = profile_importing.undo(by=request.scope, owner=owner, now=timezone.now())
        messages.success(request, str(UNDONE.fill(n=count)))
    except DomainError as error:
        if error.code != "cannot_undo":
            raise
        messages.error(request, str(error.message))
    return redirect("console:profiles_new")
