"""Contact caps: how often anybody may be contacted, for everybody and stricter in units."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from qunyu.console.asking import Ask, answer
from qunyu.console.forms import Form
from qunyu.console.inputs import Input, filled, saved_numbers
from qunyu.kernel.words import Words
from qunyu.members.contact_caps import CAP_SETTINGS, CapSetting, caps_in_force, change_caps
from qunyu.people.queries import own_settings, unit_in, units_in

if TYPE_CHECKING:
    from qunyu.people.models import Unit

SAVED, SAME = Words("已保存", "Saved"), Words("没有改动", "Nothing was changed")
HINT = Words("{unit}；{least} 至 {most}；现在生效 {now}", "{unit}; {least} to {most}; in force now: {now}")


def show_contact_caps(request: Ask) -> HttpResponse:
    """The form of one unit, and what each unit has set for itself."""
    request.scope.require("settings.edit")
    units = units_in(request.scope, "settings.edit")
    asked = request.POST.get("unit") or request.GET.get("unit", "")
    unit = unit_in(request.scope, "settings.edit", asked) if asked else units[0]
    own = own_settings()
    form = Form.of(request, **{key: f"{own.get(unit.pk, {}).get(key, ''):g}" for key in own.get(unit.pk, {})})
    if request.method == "POST" and _saved(request, form, unit):
        return redirect(f"{reverse('console:contact_caps')}?unit={unit.public_id}")
    context = {
        "form": form,
        "unit": unit,
        "units": [(each, "　" * each.depth) for each in units],
        "inputs": filled(form, _fields(unit)),
        "told": [(each, _told(own.get(each.pk, {}))) for each in units if _told(own.get(each.pk, {}))],
    }
    return answer(request, "contact_caps", context, status=400 if form.errors else 200)


def _saved(request: Ask, form: Form, unit: Unit) -> bool:
    now = timezone.now()
    changed = saved_numbers(
        form,
        [each.key for each in _settings(unit)],
        lambda found: change_caps(by=request.scope, unit=unit, changes=found, now=now),
    )
    if changed is None:
        return False
    messages.success(request, str(SAVED if changed else SAME))
    return True


def _settings(unit: Unit) -> list[CapSetting]:
    return [each for each in CAP_SETTINGS.values() if not each.top_only or unit.parent_id is None]


def _fields(unit: Unit) -> list[Input]:
    now = caps_in_force().of([unit.pk]).by_key()
    return [
        Input(each.key, each.title, "number", help=_hint(each, now[each.key]), half=True) for each in _settings(unit)
    ]


def _hint(each: CapSetting, now: int) -> Words:
    zh, en = (getattr(each.unit, name) for name in ("zh", "en"))
    values = {"least": each.least, "most": each.most, "now": now}
    return Words(HINT.zh.format(unit=zh, **values), HINT.en.format(unit=en, **values))


def _told(own: Any) -> list[tuple[Words, str, Words]]:
    return [(each.title, f"{own[key]:g}", each.unit) for key, each in CAP_SETTINGS.items() if key in own]
