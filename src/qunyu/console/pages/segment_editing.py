"""Building a segment: a form and its text kept in step, with how many people it comes to."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from qunyu.console.asking import Ask, answer
from qunyu.console.forms import Form
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Denied
from qunyu.kernel.words import Words
from qunyu.members.queries import named_people
from qunyu.people.queries import unit_in, units_in
from qunyu.segments.actions import add_segment, duplicate_name
from qunyu.segments.actions import edit_segment as change_segment
from qunyu.segments.conditions import Condition, Speaker
from qunyu.segments.files import from_file
from qunyu.segments.offer import offered
from qunyu.segments.queries import find_segment, preview
from qunyu.segments.shapes import json_of, read_json
from qunyu.segments.starting import STARTS

SAVED, SAME = Words("已保存", "Saved"), Words("没有改动", "Nothing was changed")
MADE = Words("已新建人群", "The segment is made")


def new_segment(request: Ask) -> HttpResponse:
    """The form of a new segment: empty, or begun from a ready one (`from`), a copy (`copy`) or a file."""
    request.scope.require("members.view")
    request.scope.require("members.edit")
    speaker, units = Speaker(request.scope), units_in(request.scope, "members.edit")
    form = Form.of(request, **_first(request, speaker), unit=units[0].public_id)
    if request.method == "POST":
        try:
            if "file" not in request.FILES:
                return _add(request, speaker, form)
            _read(request, speaker, form)
        except DomainError as error:
            _refuse(form, error)
    indented = [(unit, "　" * (unit.path.count("/") - 2)) for unit in units]
    return _page(request, speaker, form, {"units": indented, "segment": None})


def _first(request: Ask, speaker: Speaker) -> dict[str, str]:
    start = next((each for each in STARTS if each.key == request.GET.get("from")), None)
    if start is not None:
        return {"name": str(start.name), "note": str(start.use), "text": speaker.text(speaker.from_text(start.text))}
    if copied := request.GET.get("copy", ""):
        segment = find_segment(request.scope, copied)
        text = speaker.text(speaker.from_json(segment.condition))
        return {"name": duplicate_name(request.scope, copied), "note": segment.note, "text": text}
    return {"name": "", "note": "", "text": request.GET.get("text", "")}


def _read(request: Ask, speaker: Speaker, form: Form) -> None:
    """Puts what a file tells into the form."""
    (file,) = request.FILES.getlist("file")[:1]
    found = from_file(speaker, file.read(300_000))
    given = {name: str(value) for name, value in request.POST.items()}
    told = {"name": found.name, "note": found.note, "text": speaker.text(found.condition)}
    form.given = given | {name: value for name, value in told.items() if value}


def _add(request: Ask, speaker: Speaker, form: Form) -> HttpResponse:
    unit = unit_in(request.scope, "members.edit", form.text("unit"))
    told: dict[str, Any] = {"name": form.text("name"), "note": form.text("note")}
    condition = speaker.from_text(form.text("text"))
    row = add_segment(by=request.scope, unit=unit, condition=condition, now=timezone.now(), **told)
    messages.success(request, str(MADE))
    return redirect("console:segment", row.public_id)


def _refuse(form: Form, error: DomainError) -> None:
    field = str(error.data.get("field", ""))
    form.refuse(
        error, "unit" if error.code == "unknown_unit" else field if field in ("name", "note", "file") else "text"
    )


def edit_segment(request: Ask, public_id: str) -> HttpResponse:
    """The form of one segment."""
    request.scope.require("members.view")
    segment = find_segment(request.scope, public_id)
    if not request.scope.may("members.edit", segment.unit_id):
        raise Denied("members.edit")
    speaker = Speaker(request.scope)
    form = Form.of(request)
    if request.method == "POST":
        try:
            told: dict[str, Any] = {"name": form.text("name"), "note": form.text("note")}
            condition = speaker.from_text(form.text("text"))
            done = change_segment(by=request.scope, segment=segment, now=timezone.now(), condition=condition, **told)
            messages.success(request, str(SAVED if done else SAME))
            return redirect("console:segment", public_id)
        except DomainError as error:
            _refuse(form, error)
    else:
        form.given = {"name": segment.name, "note": segment.note, "text": _kept_text(form, speaker, segment.condition)}
    return _page(request, speaker, form, {"segment": segment})


def _kept_text(form: Form, speaker: Speaker, condition: object) -> str:
    try:
        return speaker.text(speaker.from_json(condition))
    except DomainError as error:
        form.errors["text"] = str(error.message)
        return ""


def _page(request: Ask, speaker: Speaker, form: Form, more: dict[str, Any]) -> HttpResponse:
    text = form.text("text")
    tried = _tried(request, speaker, text, None) if text.strip() else {"tried": {}, "unasked": True}
    context = {"form": form, "vocabulary": offered(speaker.vocabulary), **tried, **more}
    return answer(request, "segment_edit", context, status=400 if form.errors else 200)


def try_condition(request: Ask) -> HttpResponse:
    """What a text, or a condition as JSON, comes to: the other form of it, how many, some of them; or what is wrong with it."""
    request.scope.require("members.view")
    given = request.POST.get("condition", "")
    context = _tried(request, Speaker(request.scope), request.POST.get("text", ""), given or None)
    return answer(request, "_segment_preview", context)


def _tried(request: Ask, speaker: Speaker, text: str, given: str | None) -> dict[str, Any]:
    try:
        condition = speaker.from_text(text) if given is None else read_json(speaker, given)
        found = preview(speaker, condition, timezone.now())
    except DomainError as error:
        if error.code == "denied":
            raise
        place = error.data.get("place")
        return {"tried": {"error": str(error.message), "place": place}, "wrong": error.message}
    names = named_people(request.scope, found.sample)
    sample = [names[each] for each in found.sample if each in names]
    return {"tried": _both_forms(speaker, condition), "found": found, "sample": sample}


def _both_forms(speaker: Speaker, condition: Condition) -> dict[str, Any]:
    return {"text": speaker.text(condition), "condition": json_of(condition)}
