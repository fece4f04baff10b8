"""The organisation from a file: give it, look at what it would do, then do it and hand out the invitations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple

from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, HttpResponseBase
from django.utils import timezone

from qunyu.console.asking import Ask, answer
from qunyu.console.exports import exported
from qunyu.console.forms import REQUIRED, Form
from qunyu.console.pages.inviting import address_of
from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words
from qunyu.people.roster import COLUMNS, Line, Outcome, read_roster, roster_of, take_roster, try_roster

IN_ORDER = Words("共 {n} 行，均无问题。将会新建：", "{n} lines, all of them in order. This would be made:")
NOT_IN_ORDER = Words(
    "有 {n} 行无法采用。没有做任何更改：请在文件中改正后重新提交。",
    "{n} lines cannot be taken. Nothing was changed: mend them in the file and give it again.",
)
_SALT = "qunyu.console.roster"


def import_organisation(request: Ask) -> HttpResponseBase:
    """The form; what a given file would do; and, once that is confirmed, what it did. With ?export= the roster as it is."""
    request.scope.require("staff.manage")
    if (kind := request.GET.get("export", "")) in ("csv", "xlsx"):
        lines = ((each.unit, each.username, each.name, each.role) for each in roster_of(request.scope))
        return exported(kind, "roster", [str(each.title) for each in COLUMNS], lines)
    if request.method == "POST":
        return _take(request) if "lines" in request.POST else _look(request)
    return _page(request, Form({}))


def _page(request: Ask, form: Form, **more: object) -> HttpResponse:
    context = {"columns": COLUMNS, "form": form, **more}
    return answer(request, "organisation_import", context, status=400 if form.errors else 200)


def _look(request: Ask) -> HttpResponse:
    form = Form({})
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        form.errors["file"] = str(REQUIRED)
        return _page(request, form)
    try:
        lines = read_roster(file.name or "", file.read())
    except DomainError as error:
        form.refuse(error, "file")
        return _page(request, form)
    return _outcome(request, lines, try_roster(by=request.scope, lines=lines, now=timezone.now()))


def _outcome(request: Ask, lines: Sequence[Line], outcome: Outcome) -> HttpResponse:
    kept = signing.dumps([astuple(each) for each in lines], salt=_SALT, compress=True)
    said = NOT_IN_ORDER.fill(n=len(outcome.wrong)) if outcome.wrong else IN_ORDER.fill(n=len(lines))
    return _page(request, Form({}), outcome=outcome, lines=kept, said=said)


def _take(request: Ask) -> HttpResponse:
    form = Form({})
    try:
        lines = [Line(*each) for each in signing.loads(request.POST["lines"], salt=_SALT)]
    except signing.BadSignature:
        form.errors["file"] = str(REQUIRED)
        return _page(request, form)
    outcome = take_roster(by=request.scope, lines=lines, now=timezone.now())
    if outcome.wrong:  # somebody changed the organisation meanwhile
        return _outcome(request, lines, outcome)
    links = [(each, address_of(request, each, token)) for each, token in outcome.accounts]
    return _page(request, form, outcome=outcome, links=links, done=True)
