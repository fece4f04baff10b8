"""One survey: what came of it, the links to it, and opening, ending and putting it to people."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from qunyu.console.asking import Ask, answer
from qunyu.console.exports import exported
from qunyu.console.forms import Form
from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words
from qunyu.members.queries import search_people
from qunyu.satisfaction.surveys import (
    GOOD_FOR,
    KINDS,
    MOST_AT_ONCE,
    STATES,
    ask,
    asks_of,
    close_survey,
    find_survey,
    hand_out,
    link_of,
    may_send,
    open_survey,
    outcome,
)

OPENED, ENDED = Words("问卷已开始", "The survey is open"), Words("问卷已结束", "The survey has ended")
ASKED = Words("新增 {n} 个专属链接", "{n} new links")
ASKED_SOME = Words(
    "新增 {n} 个专属链接；另 {rest} 人已有链接、不归您管理，或现在不能联系（见成员页的联系上限）",
    "{n} new links; the other {rest} have one, are not yours to edit, or may not be contacted now (see the contact cap on their page)",
)
SHARE = Words("{count} 人（{share:.0f}%）", "{count} ({share:.0f} %)")
FOUND = Words(
    "按姓名找到 {n} 人，请写得更准确，或勾选“全部”", "{n} people are called that; write it more exactly, or choose all"
)
NOBODY = Words("没有叫这个名字的成员", "nobody is called that")
LINK_COLUMNS = (Words("成员", "Member"), Words("链接", "Link"), Words("回答时间", "Answered"))
SHOWN = 50


def show_survey(request: Ask, public_id: str) -> HttpResponseBase:
    """The page; posted it opens or ends the survey; with `export` the people's links as a file."""
    request.scope.require("members.view")
    survey = find_survey(request.scope, public_id)
    if request.method == "POST":
        return _moved(request, survey)
    if request.GET.get("export") in ("csv", "xlsx"):
        found = hand_out(by=request.scope, survey=survey, now=timezone.now())
        rows = ([each.head, _address(request, link_of(each)), _at(each)] for each in found.iterator())  # type: ignore[attr-defined]
        return exported(request.GET["export"], "survey-links", [str(each) for each in LINK_COLUMNS], rows)
    return _page(request, survey, Form({}))


def _moved(request: Ask, survey: Any) -> HttpResponse:
    now, does = timezone.now(), request.POST.get("do")
    if does == "close":
        if close_survey(by=request.scope, survey=survey, now=now):
            messages.success(request, str(ENDED))
    elif open_survey(by=request.scope, survey=survey, to_all=does == "open_to_all", now=now):
        messages.success(request, str(OPENED))
    return redirect("console:survey", survey.public_id)


def ask_people(request: Ask, public_id: str) -> HttpResponse:
    """Makes links for those whose name was typed."""
    survey = find_survey(request.scope, public_id)
    request.scope.require("members.edit", survey.unit_id)
    form = Form.of(request)
    if form.required("name"):
        found = search_people(request.scope, text=form.text("name"), role="member")
        ids = list(found.values_list("pk", flat=True)[: MOST_AT_ONCE + 1])
        if not ids or (len(ids) > 1 and not form.text("all")):
            form.errors["name"] = str(FOUND.fill(n=len(ids)) if ids else NOBODY)
        else:
            try:
                made = ask(by=request.scope, survey=survey, members=ids, now=timezone.now())
                messages.success(
                    request, str((ASKED if made == len(ids) else ASKED_SOME).fill(n=made, rest=len(ids) - made))
                )
                return redirect("console:survey", public_id)
            except DomainError as error:
                form.refuse(error, "name")
    return _page(request, survey, form)


def _page(request: Ask, survey: Any, form: Form) -> HttpResponse:
    found = outcome(survey)
    asks, may_send_links = list(asks_of(request.scope, survey)[: SHOWN + 1]), may_send(request.scope, survey)
    context = {
        "survey": survey,
        "state": STATES[survey.state],
        "outcome": found,
        "told": [_told(each) for each in found.told],
        "rate": SHARE.fill(count=found.by_asked, share=100 * found.by_asked / found.asked) if found.asked else "",
        "open_link": _address(request, survey.token) if survey.token and survey.state == "open" else "",
        "asks": [
            (each, _address(request, link_of(each)) if may_send_links else "", getattr(each, "reply", None))
            for each in asks[:SHOWN]
        ],
        "more": len(asks) > SHOWN,
        "days": GOOD_FOR.days,
        "form": form,
        "may_edit": request.scope.may("members.edit", survey.unit_id),
    }
    return answer(request, "survey", context, status=400 if form.errors else 200)


def _told(each: Any) -> dict[str, Any]:
    most = max((count for _, count in each.counts), default=0)
    bars = [(choice, count, round(100 * count / most) if most else 0) for choice, count in each.counts]
    return {"told": each, "kind": KINDS[each.question.kind], "bars": bars}


def _address(request: Ask, link: str) -> str:
    return request.build_absolute_uri(reverse("h5:survey", args=[link]))


def _at(each: Any) -> Any:
    found = getattr(each, "reply", None)
    return found.at if found else ""
