"""Surveys: the list, and the form of a new one or a draft."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from qunyu.console.asking import Ask, answer
from qunyu.console.forms import Form
from qunyu.console.lists import Column, Filter, Listing, chips
from qunyu.console.templatetags.showing import ago, whole
from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words
from qunyu.people.queries import unit_in, units_in
from qunyu.satisfaction.surveys import (
    KINDS,
    MOST_QUESTIONS,
    STATES,
    Wording,
    change_survey,
    find_survey,
    make_survey,
    surveys,
)

if TYPE_CHECKING:
    from qunyu.satisfaction.models import Survey

NONE_YET = Words("还没有问卷；新建一份，两三题就够", "There is no survey yet; make one: two or three questions will do")
COLUMNS = (
    Column[Any]("title", Words("问卷", "Survey"), lambda row: row.title, sort="title", fixed=True),
    Column[Any]("unit", Words("组织单位", "Unit"), lambda row: row.unit.name, sort="unit__name"),
    Column[Any]("state", Words("状态", "State"), lambda row: STATES[row.state], sort="state"),
    Column[Any]("asked", Words("已发送", "Asked"), lambda row: whole(row.asked), lambda row: row.asked, "asked", number=True),
    Column[Any]("replied", Words("已回答", "Replies"), lambda row: whole(row.replied), lambda row: row.replied, "replied", number=True),
    Column[Any]("created_at", Words("建立时间", "Made"), lambda row: ago(row.created_at), lambda row: row.created_at, "created_at"),
)  # fmt: skip
# What most will want: how content, would they recommend, and why.
FIRST = (
    ("stars", Words("您对我们的服务满意吗？", "How content are you with us?"), True),
    ("likely", Words("您有多愿意把我们推荐给朋友？", "How likely would you recommend us to a friend?"), True),
    ("text", Words("有什么想对我们说的？", "Is there anything you want to tell us?"), False),
)


def show_surveys(request: Ask) -> HttpResponseBase:
    """The list."""
    request.scope.require("members.view")
    state = Filter("state", Words("状态", "State"), [*STATES.items()], request.GET.get("state", ""))
    search = request.GET.get("q", "").strip()
    listing = Listing[Any](COLUMNS, request.GET, "-created_at", _link, chips=chips(request.GET, [state]))
    rows = surveys(request.scope).filter(title__icontains=search)
    rows = listing.ordered(rows.filter(state=state.chosen) if state.chosen in STATES else rows)
    file = listing.export(rows, "surveys")
    if file is not None:
        return file
    listing.put(rows)
    empty = not listing.chips and not (listing.page and listing.page.object_list)
    context = {"listing": listing, "filters": [state], "search": search, "nothing_yet": NONE_YET if empty else ""}
    return answer(request, "surveys", {**context, "may_edit": request.scope.may("members.edit")}, part="_list")


def _link(row: Survey) -> str:
    return reverse("console:survey", args=[row.public_id])


def new_survey(request: Ask) -> HttpResponse:
    """The form of a new survey, with three questions to begin with, or as a copy of another."""
    request.scope.require("members.edit")
    form = Form.of(request, **_first(request))
    if request.method == "POST" and form.required("title", "unit"):
        try:
            unit = unit_in(request.scope, "members.edit", form.text("unit"))
            made = make_survey(by=request.scope, unit=unit, wording=_wording(form), now=timezone.now())
            return redirect("console:survey", made.public_id)
        except DomainError as error:
            form.refuse(error, str(error.data.get("field", "")))
    return _form(request, form, None)


def edit_survey(request: Ask, public_id: str) -> HttpResponse:
    """The form of a draft."""
    survey = find_survey(request.scope, public_id)
    request.scope.require("members.edit", survey.unit_id)
    form = Form.of(request, **_typed(survey))
    if request.method == "POST" and form.required("title"):
        try:
            change_survey(by=request.scope, survey=survey, wording=_wording(form), now=timezone.now())
            return redirect("console:survey", public_id)
        except DomainError as error:
            form.refuse(error, str(error.data.get("field", "")))
    return _form(request, form, survey)


def _first(request: Ask) -> dict[str, str]:
    copied = request.GET.get("copy", "")
    if copied:
        return _typed(find_survey(request.scope, copied))
    found: dict[str, str] = {}
    for number, (kind, title, required) in enumerate(FIRST, 1):
        found |= {
            f"kind-{number}": kind,
            f"title-{number}": str(title),
            f"required-{number}": "yes" if required else "",
        }
    return found


def _typed(survey: Survey) -> dict[str, str]:
    found = {"title": survey.title, "intro": survey.intro, "thanks": survey.thanks}
    for number, each in enumerate(survey.questions, 1):
        found[f"kind-{number}"], found[f"title-{number}"] = each["kind"], each["title"]
        found[f"options-{number}"] = "\n".join(each["options"])
        found[f"required-{number}"] = "yes" if each["required"] else ""
    return found


def _wording(form: Form) -> Wording:
    asked = [
        {
            "kind": form.text(f"kind-{number}"),
            "title": form.text(f"title-{number}"),
            "options": form.text(f"options-{number}").splitlines(),
            "required": bool(form.text(f"required-{number}")),
        }
        for number in range(1, MOST_QUESTIONS + 1)
    ]
    # What has no text was left empty, and the rest close up.
    return Wording(
        form.text("title"), [each for each in asked if each["title"]], form.text("intro"), form.text("thanks")
    )


def _form(request: Ask, form: Form, survey: Survey | None) -> HttpResponse:
    rows = [
        {
            "number": n,
            **{name: form.text(f"{name}-{n}") for name in ("kind", "title", "options", "required")},
            "wrong": form.errors.get(f"question-{n}"),
        }
        for n in range(1, MOST_QUESTIONS + 1)
    ]
    context = {
        "form": form,
        "survey": survey,
        "rows": rows,
        "kinds": KINDS.items(),
        "units": [] if survey else units_in(request.scope, "members.edit"),
    }
    return answer(request, "survey_form", context, status=400 if form.errors else 200)
