"""Consents: what people agreed to, as a list; noting one down, and a table of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from qunyu.console.asking import Ask, answer
from qunyu.console.forms import Form
from qunyu.console.given_files import taken_over
from qunyu.console.lists import Column, Endless, Filter, Listing, chips
from qunyu.console.pages.member import refused
from qunyu.console.templatetags.showing import ago
from qunyu.flows.consent_table import TITLES, take_consents
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Denied, Scope
from qunyu.kernel.words import Words
from qunyu.members.merging import editable
from qunyu.members.queries import find_member
from qunyu.privacy.consents import SOURCES, STATES, Said, Wanted, note, purposes, wanted_consents
from qunyu.reports.names import named

NOTED = Words("已记录", "Noted")
BAD_DAY = Words("日期不对；请写 2026-03-01 这样的日期", "this is no day; write one like 2026-03-01")
NONE_YET = Words(
    "还没有同意记录；在成员页面记录，或在这里导入表格",
    "No consents on record yet; note one on a person’s page, or import a table here",
)
WHICH = [("now", Words("现行有效", "In force now"))]


def _columns(scope: Scope) -> tuple[Column[Any], ...]:
    known = purposes(scope)

    def person(row: Any) -> str:
        return str(row.member.own_identity.member.name)

    return (
        Column[Any]("member", Words("成员", "Member"), person, sort="member__own_identity__member__name", fixed=True),
        Column[Any](
            "member_id",
            Words("成员编号", "member_id"),
            lambda row: row.member.own_identity.member.public_id,
            optional=True,
            filed=True,
        ),
        Column[Any]("purpose", Words("目的", "Purpose"), lambda row: named(known, row.purpose), sort="purpose"),
        Column[Any]("state", Words("表态", "State"), lambda row: STATES[row.state], sort="state"),
        Column[Any]("at", Words("日期", "Date"), lambda row: ago(row.at), lambda row: row.at, "at"),
        Column[Any]("source", Words("来源", "Source"), lambda row: SOURCES[row.source], sort="source"),
        Column[Any](
            "wording",
            Words("文本版本", "Wording"),
            lambda row: row.wording or "–",
            lambda row: row.wording,
            optional=True,
            filed=True,
        ),
        Column[Any](
            "evidence",
            Words("依据", "Evidence"),
            lambda row: row.evidence or "–",
            lambda row: row.evidence,
            optional=True,
            filed=True,
        ),
        Column[Any]("by", Words("记录人", "Noted by"), lambda row: row.by_name, sort="by_name"),
    )


def show_consents(request: Ask) -> HttpResponseBase:
    """The list."""
    return _page(request, Form({}), [])


def _page(request: Ask, form: Form, lines: list[Words]) -> HttpResponseBase:
    request.scope.require("members.view")
    filters = [
        Filter(
            "purpose", Words("目的", "Purpose"), list(purposes(request.scope).items()), request.GET.get("purpose", "")
        ),
        Filter("state", Words("表态", "State"), list(STATES.items()), request.GET.get("state", "")),
        Filter("which", Words("范围", "Which"), WHICH, request.GET.get("which", "")),
    ]
    listing = Listing[Any](_columns(request.scope), request.GET, "-at", _link, chips=chips(request.GET, filters))
    rows = listing.ordered(_narrowed(request))
    file = listing.export(rows, "consents")
    if file is not None:
        return file
    context = {
        "listing": listing.put(Endless(rows)),
        "filters": filters,
        "search": request.GET.get("q", "").strip(),
        "form": form,
        "lines": lines,
        "columns": TITLES.values(),
        "may_edit": request.scope.may("members.edit"),
        "nothing_yet": "" if listing.chips else NONE_YET,
    }
    return answer(request, "consents", context, part="_list", status=400 if form.errors else 200)


def _narrowed(request: Ask) -> Any:
    given = request.GET
    search, purpose, state = (given.get(name, "").strip() for name in ("q", "purpose", "state"))
    return wanted_consents(request.scope, Wanted(search, purpose, state, given.get("which") == "now"))


def _link(row: Any) -> str:
    return reverse("console:member", args=[row.member.own_identity.member.public_id])


def import_consents(request: Ask) -> HttpResponseBase:
    """Notes what a table says, or names the lines that are wrong."""
    request.scope.require("members.edit")
    form = Form.of(request)
    lines = taken_over(request, form, take_consents)
    return _page(request, form, lines) if form.errors else redirect("console:consents")


def note_consent(request: Ask, public_id: str) -> HttpResponse:
    """Notes what a person said."""
    request.scope.require("members.view")
    member, now = find_member(request.scope, public_id), timezone.now()
    if not editable(request.scope).filter(member=member).exists():
        raise Denied("members.edit")
    form = Form.of(request)
    try:
        said = Said(*(form.text(name) for name in ("purpose", "state", "source", "wording", "evidence")))
        note(by=request.scope, members=[member], said=said, at=_moment(form.text("at"), now), now=now)
    except DomainError as error:
        form.refuse(error, str(error.data.get("field", "")))
        return refused(request, member, form, open_form="consent")
    messages.success(request, str(NOTED))
    return redirect("console:member", public_id)


def _moment(text: str, now: datetime) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=settings.QUNYU_ZONE) if text else now
    except ValueError:
        raise DomainError("bad_consent", BAD_DAY, field="at") from None
