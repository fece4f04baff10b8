"""Given files: a table handed over in a form, taken over by one action, and what came of it."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from django.contrib import messages
from django.utils import timezone

from qunyu.console import uploads
from qunyu.console.asking import Ask
from qunyu.console.forms import Form
from qunyu.console.uploads import Upload
from qunyu.flows.given_tables import MOST_BYTES, Taken, too_large
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words

NO_FILE = Words("请选择一个 CSV 或 XLSX 文件", "choose a CSV or XLSX file")
DONE = Words(
    "已导入：新增 {added}，原有 {already}，关联成员 {linked}",
    "Taken over: {added} new, {already} there already, {linked} people linked",
)


class Take(Protocol):
    """Takes a table over."""

    def __call__(self, *, by: Scope, name: str, data: bytes, now: datetime) -> Taken: ...


def taken_over(request: Ask, form: Form, take: Take) -> list[Words]:
    """Has `take` take the form's `file` over; what is wrong with single lines, with a note at the field in `form`."""
    given = request.FILES.get("file")
    if given is None or isinstance(given, list):
        form.errors["file"] = str(NO_FILE)
        return []
    try:
        if (given.size or 0) > MOST_BYTES:
            raise too_large()
        taken = take(by=request.scope, name=given.name or "table", data=given.read(), now=timezone.now())
    except DomainError as error:
        form.refuse(error, "file")
        lines = error.data.get("lines", ())
        return [each for each in lines if isinstance(each, Words)] if isinstance(lines, list) else []
    messages.success(request, str(DONE.fill(added=taken.added, already=taken.already, linked=taken.linked)))
    return []


def given_table(request: Ask, form: Form) -> Upload | None:
    """The one table posted as `files`, kept until it has been checked; None where none was posted, noted in `form` where it cannot be."""
    if request.method != "POST":
        return None
    try:
        return uploads.keep(request.FILES.getlist("files")[:1], int(request.user.pk or 0), timezone.now())
    except DomainError as error:
        form.refuse(error, "files")
        return None
