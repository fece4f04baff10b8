"""Giving points to many at once: a table, what it would give, start; and undo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from qunyu.console import uploads
from qunyu.console.asking import Ask, answer
from qunyu.console.choosing import around, chosen, none_yet
from qunyu.console.forms import Form
from qunyu.flows.points_table import TITLES, Giving, check_gifts, give_all, undo_all
from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words

if TYPE_CHECKING:
    from qunyu.console.uploads import Upload
    from qunyu.loyalty.models import Programme

SHOWN = 50
DONE = Words("已给 {n} 行记账", "{n} lines are done")
LEFT = Words("第 {line} 行未扣减：{why}", "line {line} was not done: {why}")
DROPPED = Words("已放弃，文件已删除", "Given up; the file is deleted")
UNDONE = Words("已冲正 {n} 笔", "{n} movements are reversed")


def give_table(request: Ask) -> HttpResponse:
    """Step one: the table."""
    request.scope.require("members.view")
    request.scope.require("points.edit")
    programme = chosen(request)
    if programme is None:
        return none_yet(request, "points")
    form = Form.of(request)
    if request.method == "POST":
        try:
            upload = uploads.keep(request.FILES.getlist("files")[:1], int(request.user.pk or 0), timezone.now())
        except DomainError as error:
            form.refuse(error, "files")
        else:
            address = redirect("console:points_give_check", upload.id)
            address["Location"] += f"?programme={programme.public_id}"
            return address
    context = {**around(request, programme, "points"), "form": form, "columns": TITLES.values()}
    return answer(request, "points_give", context, status=400 if form.errors else 200)


def check_table(request: Ask, upload_id: str) -> HttpResponse:
    """Step two: what each line would give; `do` says whether to start or to give up."""
    request.scope.require("members.view")
    request.scope.require("points.edit")
    upload, programme = uploads.find(upload_id, int(request.user.pk or 0)), chosen(request)
    if programme is None:
        return none_yet(request, "points")
    form = Form.of(request)
    if request.POST.get("do") == "drop":
        uploads.discard(upload)
        messages.info(request, str(DROPPED))
        return redirect("console:points")
    gifts = _gifts(request, form, upload)
    if request.POST.get("do") == "start" and _done(request, form, programme, upload, gifts):
        return redirect("console:points")
    wrong = [each for each in gifts if each.problem is not None]
    context = {
        **around(request, programme, "points"),
        "form": form,
        "file": upload.files[0].name,
        "wrong": wrong[:SHOWN],
        "good": [each for each in gifts if each.problem is None][:SHOWN],
        "lines": len(gifts),
        "wrong_lines": len(wrong),
        "given": sum(each.points for each in gifts if each.points > 0),
        "taken": -sum(each.points for each in gifts if each.points < 0),
    }
    return answer(request, "points_check", context, status=400 if form.errors else 200)


def _gifts(request: Ask, form: Form, upload: Upload) -> list[Giving]:
    path = upload.files[0]
    try:
        return check_gifts(by=request.scope, name=path.name, data=path.read_bytes())
    except DomainError as error:
        form.refuse(error)
        return []


def _done(request: Ask, form: Form, programme: Programme, upload: Upload, gifts: list[Giving]) -> bool:
    if form.errors:
        return False
    try:
        # The upload's own id: sent twice, every line is done once.
        refused = give_all(by=request.scope, programme=programme, act=upload.id, gifts=gifts, now=timezone.now())
    except DomainError as error:
        form.refuse(error)
        return False
    messages.success(request, str(DONE.fill(n=len(gifts) - len(refused))))
    for line, reason in refused[:SHOWN]:
        messages.warning(request, str(LEFT.fill(line=line.number, why=reason)))
    uploads.discard(upload)
    return True


def undo_table(request: Ask, act: str) -> HttpResponse:
    """Reverses what a table gave."""
    request.scope.require("members.view")
    request.scope.require("points.edit")
    try:
        count = undo_all(by=request.scope, act=act, now=timezone.now())
        messages.success(request, str(UNDONE.fill(n=count)))
    except DomainError as error:
        if error.code != "cannot_undo":
            raise
        messages.error(request, str(error.message))
    return redirect("console:points")
