"""Favours and recommendations: what people were asked for, whom to ask now, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from qunyu.care import asks, brought
from qunyu.care.asks import KINDS, OUTCOMES, THANKS, Result, Wish
from qunyu.communities.duties import local_day
from qunyu.console.asking import Ask, answer
from qunyu.console.forms import Form
from qunyu.console.inputs import day as typed_day
from qunyu.console.lists import Column, Filter, Listing, chips
from qunyu.console.templatetags.showing import ago, day
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Denied
from qunyu.kernel.words import Words
from qunyu.members.contacting import CHANNELS, may_pass
from qunyu.members.leave import may_contact
from qunyu.members.merging import editable
from qunyu.members.queries import find_person, search_people

if TYPE_CHECKING:
    from datetime import datetime

    from qunyu.care.models import FavourAsk

ASKED, SAVED, SAME = Words("已记下", "Kept"), Words("已保存", "Saved"), Words("没有改动", "Nothing was changed")
FOUND = Words("按姓名找到 {n} 人，请写得更准确", "{n} people are called that; write it more exactly")
NONE_YET = Words(
    "还没有请谁帮过忙；从下面合适的人里选一位", "Nobody was asked for anything yet; begin with somebody below"
)
HIDDEN = Words("无查看权限", "not yours to see")
SHOWN = 10


def _on(at: datetime | None) -> object:
    return day(local_day(at)) if at else "–"


COLUMNS = (
    Column[Any]("at", Words("时间", "When"), lambda row: ago(row.asked_at), lambda row: row.asked_at, "asked_at", fixed=True),
    Column[Any]("head", Words("成员", "Member"), lambda row: row.head, sort="head"),
    Column[Any]("kind", Words("请求", "Ask"), lambda row: KINDS[row.kind], sort="kind"),
    Column[Any]("what", Words("内容", "What"), lambda row: row.what[:60], lambda row: row.what),
    Column[Any]("outcome", Words("结果", "Outcome"), lambda row: OUTCOMES[row.outcome], sort="outcome"),
    Column[Any]("outcome_at", Words("结果时间", "Since"), lambda row: _on(row.outcome_at), lambda row: row.outcome_at, "outcome_at"),
    Column[Any]("note", Words("说明", "Note"), lambda row: row.note or "–", lambda row: row.note, optional=True),
    Column[Any]("thanks", Words("谢意", "Thanks"), lambda row: THANKS.get(row.thanks, "–"), sort="thanks"),
    Column[Any]("by_name", Words("谁请的", "By"), lambda row: row.by_name, sort="by_name"),
)  # fmt: skip


def show_favours(request: Ask) -> HttpResponseBase:
    """The figures by kind, the list, and whom to ask now."""
    request.scope.require("members.view")
    scope, given = request.scope, request.GET
    filters = [
        Filter("kind", Words("请求", "Ask"), [*KINDS.items()], given.get("kind", "")),
        Filter("outcome", Words("结果", "Outcome"), [*OUTCOMES.items()], given.get("outcome", "")),
    ]
    search = given.get("q", "").strip()
    listing = Listing[Any](COLUMNS, given, "-at", _link, chips=chips(given, filters))
    rows = _narrowed(asks.asks(scope), search, filters)
    file = listing.export(listing.ordered(rows), "favours")
    if file is not None:
        return file
    listing.put(listing.ordered(rows))
    now = timezone.now()
    first = list(asks.candidates(scope, now=now)[: SHOWN + 1])
    candidates = asks.reasons_for(scope, first[:SHOWN], now)
    leaves = may_contact([each.member.pk for each in candidates], now)
    empty = not listing.chips and not (listing.page and listing.page.object_list)
    context = {
        "listing": listing,
        "filters": filters,
        "search": search,
        "tallies": [(KINDS[each.kind], each, HIDDEN if each.bought is None else each.bought) for each in brought.tallies(scope, rows)],
        "candidates": [(each, leaves[each.member.pk]) for each in candidates],
        "more": len(first) > SHOWN,
        "nothing_yet": NONE_YET if empty else "",
    }  # fmt: skip
    return answer(request, "favours", context, part="_list")


def _narrowed(rows: Any, search: str, filters: list[Filter]) -> Any:
    if search:
        rows = rows.filter(member__own_identity__member__name__icontains=search)
    for each in filters:
        if each.chosen in dict(each.options):
            rows = rows.filter(**{each.name: each.chosen})
    return rows


def _link(row: Any) -> str:
    return reverse("console:favour", args=[row.public_id])


def show_favour(request: Ask, public_id: str) -> HttpResponse:
    """One ask: its result, whom it brought, how they were thanked."""
    request.scope.require("members.view")
    row = asks.find_ask(request.scope, public_id)
    told = ("outcome", "note", "thanks", "thanks_note")
    form = Form.of(request, **{name: str(getattr(row, name)) for name in told})
    if request.method == "POST":
        try:
            changed = _act(request, form, row)
            messages.success(request, str(SAVED if changed else SAME))
            return redirect("console:favour", public_id)
        except DomainError as error:
            form.refuse(
                error, {"member": "name"}.get(str(error.data.get("field", "")), str(error.data.get("field", "")))
            )
    came = brought.brought_by(request.scope, asks.asks(request.scope).filter(pk=row.pk))
    bought = brought.buyers_among(request.scope, came)
    context = {
        "ask": row,
        "kind": KINDS[row.kind],
        "outcome": OUTCOMES[row.outcome],
        "outcomes": [*OUTCOMES.items()],
        "thanks": [*THANKS.items()],
        "brought": list(came),
        "bought": None if bought is None else set(bought.values_list("pk", flat=True)),
        "form": form,
        "may_edit": editable(request.scope).filter(own_member=row.member_id).exists(),
    }
    return answer(request, "favour", context, status=400 if form.errors else 200)


def _act(request: Ask, form: Form, row: FavourAsk) -> bool:
    by, now = request.scope, timezone.now()
    does = form.text("do")
    if does == "brought_away":
        return brought.take_brought_away(by=by, ask=row, member=find_person(by, form.text("member")), now=now)
    if does == "brought":
        found = list(search_people(by, text=form.text("name"), role="member")[:2]) if form.text("name") else []
        exact = [
            each
            for each in search_people(by, text=form.text("name"), role="member")[:50]
            if each.name == form.text("name")
        ]
        chosen = exact if len(exact) == 1 else found
        if len(chosen) != 1:
            raise DomainError("bad_ask", FOUND.fill(n=len(chosen)), field="name")
        return brought.note_brought(by=by, ask=row, member=chosen[0], came=typed_day(form, "came"), now=now)
    told = {name: form.text(name) for name in ("outcome", "note", "thanks", "thanks_note")}
    return asks.note_result(by=by, ask=row, result=Result(**told), now=now)


def ask_favour(request: Ask, public_id: str) -> HttpResponse:
    """The form that asks somebody for something."""
    request.scope.require("members.view")
    member = find_person(request.scope, public_id)
    form = Form.of(request, kind=request.GET.get("kind", "feedback"))
    if not editable(request.scope).filter(member=member).exists():
        raise Denied("members.edit")
    if request.method == "POST":
        try:
            wish = Wish(form.text("kind"), form.text("what"), form.text("channel"), form.text("passing"))
            made = asks.ask_favour(by=request.scope, member=member, wish=wish, now=timezone.now())
            messages.success(request, str(ASKED))
            return redirect("console:favour", made.public_id)
        except DomainError as error:
            form.refuse(
                error, {"summary": "what"}.get(str(error.data.get("field", "")), str(error.data.get("field", "")))
            )
    leave = may_contact([member.pk], timezone.now())[member.pk]
    context = {
        "member": member,
        "form": form,
        "kinds": [*KINDS.items()],
        "channels": [*CHANNELS.items()],
        "leave": leave,
    }
    context["may_pass"] = request.scope.may("settings.edit") and may_pass(request.scope, member)
    return answer(request, "favour_new", context, status=400 if form.errors else 200)
