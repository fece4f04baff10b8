"""Settings of prospects: the numbers that lists and worth go by, and the words to open with."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from qunyu.console.asking import Ask, answer
from qunyu.console.forms import Form
from qunyu.console.inputs import decimal, numbers
from qunyu.insights.signal import signals
from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words
from qunyu.people.queries import unit_in
from qunyu.prospects.openings import openings, set_opening
from qunyu.prospects.settings import SETTINGS

SAVED = Words("已保存；下次计算名单时生效", "Saved; the next lists go by it")
HOLDS, UNSET = (
    Words("现在：{value:g} {unit}", "now: {value:g} {unit}"),
    Words("现在：未设，算作未知", "now: not set, counted as unknown"),
)


def edit_settings(request: Ask, unit_id: str) -> HttpResponse:
    """The form of one unit; posted, everything in it is saved."""
    unit = unit_in(request.scope, "settings.edit", unit_id)
    own, words = SETTINGS.own(unit.pk), openings(unit)
    first = {key: f"{value:g}" for key, value in own.items()}
    first |= {key: text for key, (text, _, mine) in words.items() if mine}
    form = Form.of(request, **first)
    if request.method == "POST":
        changes = numbers(form, SETTINGS, decimal)
        try:
            if not form.errors:
                with transaction.atomic():
                    SETTINGS.change(by=request.scope, unit=unit, changes=changes, now=timezone.now())
                    for key in words:
                        if form.text(key) != first.get(key, ""):
                            set_opening(by=request.scope, unit=unit, key=key, text=form.text(key), now=timezone.now())
                messages.success(request, str(SAVED))
                return redirect("console:prospect_settings", unit_id)
        except DomainError as error:
            form.refuse(error, str(error.data.get("field", "")))
    held = SETTINGS.of(unit.pk)
    context: dict[str, Any] = {
        "unit": unit,
        "form": form,
        "numbers": [(each, form.text(key), _holds(held[key], each.unit)) for key, each in SETTINGS.items()],
        "words": [
            (key, signals()[key].title, form.text(key), text or usual) for key, (text, usual, _) in words.items()
        ],
    }
    return answer(request, "prospect_settings", context, status=400 if form.errors else 200)


def _holds(value: float | None, unit: Words) -> Words:
    if value is None:
        return UNSET
    return Words(HOLDS.zh.format(value=value, unit=unit.zh), HOLDS.en.format(value=value, unit=unit.en))
