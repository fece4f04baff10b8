"""Thresholds: what each unit's labels go by, and what a change would move before it is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from qunyu.console.asking import Ask, answer
from qunyu.console.forms import Form
from qunyu.console.inputs import decimal, numbers
from qunyu.flows.thresholds import change_thresholds, preview
from qunyu.insights.label import Label, Threshold, Value, defaults, labels
from qunyu.insights.labelling import Moves
from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words
from qunyu.people.queries import own_settings, settings_in_force, unit_in, unit_names, units_in

if TYPE_CHECKING:
    from qunyu.people.models import Unit

SAVED = Words("已保存；成员标签正在更新", "Saved; the members are being labelled anew")
SAME = Words("没有改动", "Nothing was changed")


@dataclass(frozen=True)
class Field:
    """One threshold in the form: what was typed, and what holds when that is empty, and from where."""

    threshold: Threshold
    given: str
    inherited: str
    source: str | Words


@dataclass(frozen=True)
class Shift:
    """People whom a change would take from one value to another."""

    before: Value | None
    after: Value
    count: int


@dataclass(frozen=True)
class Effect:
    """What a change would do to one label: who moves, values nobody would have, and whom only the rules' order decides."""

    label: Label
    shifts: tuple[Shift, ...]
    same: int
    empty: tuple[Value, ...]
    overlaps: tuple[tuple[Value, Value, int], ...]


def show_units(request: Ask) -> HttpResponse:
    """The units whose thresholds may be changed, and what each has set for itself."""
    request.scope.require("settings.edit")
    own, every = own_settings(), _every()
    rows = [
        (unit, unit.path.count("/") - 2, [(every[key], value) for key, value in sorted(own.get(unit.pk, {}).items()) if key in every])
        for unit in units_in(request.scope, "settings.edit")
    ]  # fmt: skip
    return answer(request, "thresholds", {"rows": rows})


def edit_thresholds(request: Ask, public_id: str) -> HttpResponse:
    """The form of one unit; posted with `preview` it shows what would move, else it saves."""
    unit = unit_in(request.scope, "settings.edit", public_id)
    own = own_settings().get(unit.pk, {})
    form = Form.of(request, **{key: f"{value:g}" for key, value in own.items()})
    effects: list[Effect] | None = None
    people = 0
    if request.method == "POST":
        changes = numbers(form, _every(), decimal)
        try:
            if not form.errors and "preview" in request.POST:
                moved = preview(by=request.scope, unit=unit, changes=changes)
                effects, people = _effects(moved), moved.people
            elif not form.errors:
                changed = change_thresholds(by=request.scope, unit=unit, changes=changes, now=timezone.now())
                messages.success(request, str(SAVED if changed else SAME))
                return redirect("console:unit_thresholds", public_id)
        except DomainError as error:
            form.refuse(error, str(error.data.get("field", "")))
    context: dict[str, Any] = {
        "unit": unit,
        "form": form,
        "groups": _groups(unit, form),
        "effects": effects,
        "people": people,
    }
    return answer(request, "unit_thresholds", context, status=400 if form.errors else 200)


def _every() -> dict[str, Threshold]:
    return {each.key: each for label in labels().values() for each in label.thresholds}


def _groups(unit: Unit, form: Form) -> list[tuple[Label, list[Field]]]:
    above = [int(each) for each in unit.path.strip("/").split("/")][:-1]
    own, names, usual = own_settings(), unit_names(), defaults()
    inherited = {**usual, **(settings_in_force().get(above[-1], {}) if above else {})}

    def source(key: str) -> str | Words:
        setter = next((each for each in reversed(above) if key in own.get(each, {})), None)
        return Words("默认", "default") if setter is None else names[setter]

    return [
        (label, [Field(each, form.text(each.key), f"{inherited[each.key]:g}", source(each.key)) for each in label.thresholds])
        for label in labels().values()
        if label.thresholds
    ]  # fmt: skip


def _effects(moved: Moves) -> list[Effect]:
    return [_effect(label, moved) for key, label in labels().items() if label.thresholds]


def _effect(label: Label, moved: Moves) -> Effect:
    shifts = [
        Shift(label.value(before) if before else None, label.value(after), count)
        for (before, after), count in moved.moves[label.key].items()
        if before != after
    ]
    after = moved.after(label.key)
    overlaps = [
        (label.value(given), label.value(other), count) for (given, other), count in moved.overlaps[label.key].items()
    ]
    return Effect(
        label,
        tuple(sorted(shifts, key=lambda each: -each.count)),
        sum(count for (before, then), count in moved.moves[label.key].items() if before == then),
        tuple(each for each in label.values if not after[each.code] and each.code != "unknown"),
        tuple(sorted(overlaps, key=lambda each: -each[2])),
    )
