"""Ratings and complaints as a table: the file, what each line would note, start; and undo."""

from __future__ import annotations

from collections import Counter

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from qunyu.console import uploads
from qunyu.console.asking import Ask, answer
from qunyu.console.forms import Form
from qunyu.console.given_files import given_table
from qunyu.console.uploads import Upload
from qunyu.flows.opinion_table import FIELDS, TITLES, Telling, check_tellings, take_opinions
from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words
from qunyu.satisfaction.opinions import KINDS, batches, withdraw_all

SHOWN = 50
DONE = Words("已记下 {n} 条评价", "{n} opinions are noted")
DROPPED = Words("已放弃，文件已删除", "Given up; the file is deleted")
UNDONE = Words("已撤回 {n} 条", "{n} opinions are taken back")


def give_table(request: Ask) -> HttpResponse:
    """Step one: the table; beside it those taken over."""
    request.scope.require("members.view")
    request.scope.require("members.edit")
    form = Form.of(request)
    upload = given_table(request, form)
    if upload is not None:
        return redirect("console:opinions_check", upload.id)
    context = {"form": form, "columns": TITLES.values(), "batches": batches(request.scope)}
    return answer(request, "opinions_import", context, status=400 if form.errors else 200)


def check_table(request: Ask, upload_id: str) -> HttpResponse:
    """Step two: what each line would note; `do` says whether to start or to give up."""
    request.scope.require("members.view")
    request.scope.require("members.edit")
    upload, form = uploads.find(upload_id, int(request.user.pk or 0)), Form.of(request)
    if request.POST.get("do") == "drop":
        uploads.discard(upload)
        messages.info(request, str(DROPPED))
        return redirect("console:satisfaction")
    found = _told(request, form, upload)
    if request.POST.get("do") == "start" and _done(request, form, upload, found):
        return redirect("console:satisfaction")
    wrong, good = ([each for each in found if (each.problem is None) == right] for right in (False, True))
    kinds = Counter(each.said.kind for each in good if each.said)
    context = {
        "form": form,
        "file": upload.files[0].name,
        "wrong": [(each, FIELDS.get(each.column, "")) for each in wrong[:SHOWN]],
        "good": [(each, KINDS[each.said.kind]) for each in good[:SHOWN] if each.said],
        "lines": len(found),
        "wrong_lines": len(wrong),
        "counts": [(KINDS[kind], count) for kind, count in kinds.items()],
    }
    return answer(request, "opinions_check", context, status=400 if form.errors else 200)


def _told(request: Ask, form: Form, upload: Upload) -> list[Telling]:
    path = upload.files[0]
    try:
        return check_tellings(by=request.scope, name=path.name, data=path.read_bytes(), now=timezone.now())
    except DomainError as error:
        form.refuse(error)
        return []


def _done(request: Ask, form: Form, upload: Upload, found: list[Telling]) -> bool:
    if form.errors:
        return False
    try:
        # The upload's own id: sent twice, everything is noted once.
        count = take_opinions(by=request.scope, tellings=found, act=upload.id, now=timezone.now())
    except DomainError as error:
        form.refuse(error)
        return False
    messages.success(request, str(DONE.fill(n=count)))
    uploads.discard(upload)
    return True


def undo_table(request: Ask, act: str) -> HttpResponse:
    """Takes back what a table noted."""
    request.scope.require("members.view")
    request.scope.require("members.edit")
    try:
        messages.success(request, str(UNDONE.fill(n=withdraw_all(by=request.scope, act=act, now=timezone.now()))))
    except DomainError as error:
        if error.code != "cannot_undo":
            raise
        messages.error(request, str(error.message))
    return redirect("console:opinions_import")
