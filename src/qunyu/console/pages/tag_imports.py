"""Importing tags: give a table, look at what it would put on whom, start; and everything that is carried as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone

from qunyu.console import uploads
from qunyu.console.asking import Ask, answer
from qunyu.console.exports import exported
from qunyu.console.forms import Form
from qunyu.console.given_files import given_table
from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words, language
from qunyu.members import tag_importing
from qunyu.members.profile_table import NAMING
from qunyu.members.tag_queries import everything_carried, groups_in
from qunyu.members.tag_table import TagPlan, plan_tags
from qunyu.people.queries import units_in

if TYPE_CHECKING:
    from qunyu.console.uploads import Upload

SHOWN = 50
DONE = Words("已导入标签：{n} 人", "Tags imported: {n} people")
STARTED = Words("已开始导入标签，正在后台进行", "The import of tags goes on in the background")
DROPPED = Words("已放弃，文件已删除", "Given up; the file is deleted")
# As a table of tags is read; what it does not read is passed over.
HEADS = (
    Words("成员编号", "member_id"),
    Words("名称", "name"),
    Words("标签组", "group"),
    Words("标签", "tag"),
    Words("原因", "reason"),
    Words("来源", "source"),
    Words("打标签的人", "by"),
    Words("时间", "at"),
)
SOURCES: dict[str, Words] = {
    "hand": Words("手工", "by hand"),
    "import": Words("导入", "import"),
    "rule": Words("规则", "rule"),
}


def give_tags(request: Ask) -> HttpResponse:
    """Step one: the table."""
    request.scope.require("members.edit")
    form = Form.of(request)
    upload = given_table(request, form)
    if upload is not None:
        return redirect("console:tags_check", upload.id)
    naming = [aliases[language() == "zh"] for aliases in NAMING.values()]
    context = {"form": form, "naming": naming, "groups": groups_in(request.scope)}
    return answer(request, "tags_import", context, status=400 if form.errors else 200)


def check_tags(request: Ask, upload_id: str) -> HttpResponse:
    """Step two: what the table would put on whom; `do` says whether to look again, start or give up."""
    request.scope.require("members.edit")
    upload = uploads.find(upload_id, int(request.user.pk or 0))
    form, wish = Form.of(request), request.POST.get("do", "")
    if wish == "drop":
        uploads.discard(upload)
        messages.info(request, str(DROPPED))
        return redirect("console:tags_import")
    found: TagPlan | None = None
    try:
        found = plan_tags(request.scope, upload.files[0])
        if wish == "start":
            return _start(request, form, upload, found)
    except DomainError as error:
        form.refuse(error)
    context = {
        "form": form,
        "file": upload.files[0].name,
        "plan": found,
        "counts": found.counts if found else {},
        "wrong": found.wrong[:SHOWN] if found else [],
        "good": found.good[:SHOWN] if found else [],
    }
    return answer(request, "tags_check", context, status=400 if form.errors else 200)


def _start(request: Ask, form: Form, upload: Upload, found: TagPlan) -> HttpResponse:
    unit = units_in(request.scope, "members.edit")[0]
    told = {"title": upload.files[0].name, "skip": bool(form.text("skip"))}
    act = tag_importing.ask(by=request.scope, unit=unit, plan=found, now=timezone.now(), **told)  # type: ignore[arg-type]
    uploads.discard(upload)
    messages.success(request, str(STARTED if act.people is None else DONE.fill(n=act.people)))
    return redirect("console:tag_acts")


def export_tags(request: Ask) -> HttpResponseBase:
    """Every tag on everybody, as a file that can be imported again."""
    request.scope.require("members.view")
    rows = (
        [each.public_id, each.name, told.tag.group.name, told.tag.name, told.reason, str(SOURCES[told.source]),
         told.by_name, told.at]
        for each, told in everything_carried(request.scope)
    )  # fmt: skip
    kind = "xlsx" if request.GET.get("kind") == "xlsx" else "csv"
    return exported(kind, "tags", [str(each) for each in HEADS], rows)
