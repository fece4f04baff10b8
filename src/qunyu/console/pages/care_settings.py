"""What came of contacts by occasion, what units look for, and the words that they open with."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from qunyu.care.actions import set_opening
from qunyu.care.kind import Kind, kinds
from qunyu.care.queries import openings_of
from qunyu.care.results import DROPPED, MOST, NOBODY, WITHIN, Line
from qunyu.care.settings import care_settings, change_care
from qunyu.communities.duties import local_day
from qunyu.console.asking import Ask, answer
from qunyu.console.exports import exported
from qunyu.console.forms import Form
from qunyu.console.inputs import Input, Typed, day, filled, saved_numbers
from qunyu.flows.caring import results_of
from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words
from qunyu.members.contacting import CHANNELS
from qunyu.people.queries import unit_in, units_in

if TYPE_CHECKING:
    from qunyu.people.models import Unit
    from qunyu.people.settings import Numbers, Setting

SAVED, SAME = Words("已保存", "Saved"), Words("没有改动", "Nothing was changed")
FOUND_ANEW = Words("已保存；正在重新查找日子", "Saved; occasions are being looked for anew")
UNKNOWN = Words("未知", "unknown")
WAYS = {**CHANNELS, NOBODY: Words("没有联系", "not contacted"), DROPPED: Words("决定不联系", "left out")}
OF = Words("{n}/{known}（{share:.0f}%）", "{n}/{known} ({share:.0f}%)")
HEADS = (
    Words("日子", "Occasion"), Words("渠道", "Channel"), Words("人次", "Occasions"), Words("未满七天", "Still open"),
    Words("说话或来信", "Spoke or wrote"), Words("已知是否说话或来信", "Known whether"), Words("有下单", "Ordered"), Words("已知是否下单", "Known whether"),
)  # fmt: skip
HINT = Words(
    "{name} 处写对方的名字；留空则沿用上级或默认", "{name} stands for their name; empty: the unit above or the default"
)
LOOKED_FOR = Words("是否查找", "Looked for")
SWITCH = (("", Words("沿用上级", "as above")), ("1", Words("查找", "yes")), ("0", Words("不查找", "no")))
NOT_NOW = Words("现在不查找", "not looked for now")
BOUNDS = Words("{unit}；{least:g} 至 {most:g}；留空则沿用上级", "{unit}; {least:g} to {most:g}; empty inherits")
LONGEST, DEFAULT = timedelta(days=366), timedelta(days=89)
BAD_DAYS = Words("首日须在末日之前，且不超过一年", "the first day lies before the last, within a year")


def show_results(request: Ask) -> HttpResponseBase:
    """By occasion and channel who spoke, wrote or ordered within seven days, and its export."""
    request.scope.require("members.view")
    now = timezone.now()
    today = local_day(now)
    form = Form(request.GET.dict())
    try:
        first, last = _days(form, today)
    except DomainError as error:
        form.refuse(error, str(error.data.get("field", "")))
        first, last = today - DEFAULT, today
    lines = results_of(request.scope, first=first, last=last, now=now)
    if request.GET.get("export") in ("csv", "xlsx"):
        return exported(request.GET["export"], "care-results", [str(each) for each in HEADS], map(_cells, lines))
    context = {
        "form": form,
        "first": first.isoformat(),
        "last": last.isoformat(),
        "lines": [_told(each) for each in lines],
        "days": WITHIN.days,
        "capped": sum(each.count for each in lines) >= MOST,
    }
    return answer(request, "care_results", context, status=400 if form.errors else 200)


def _days(form: Form, today: date) -> tuple[date, date]:
    first, last = day(form, "first") or today - DEFAULT, day(form, "last") or today
    if first > last or last - first > LONGEST:
        raise DomainError("bad_days", BAD_DAYS, field="first")
    return first, last


def _cells(line: Line) -> list[object]:
    orders = ["", ""] if line.ordered_known is None else [line.ordered, line.ordered_known]
    return [
        str(kinds()[line.kind].title),
        str(WAYS[line.channel]),
        line.count,
        line.open,
        line.answered,
        line.known,
        *orders,
    ]


def _told(line: Line) -> dict[str, Any]:
    return {
        "title": kinds()[line.kind].title,
        "channel": WAYS[line.channel],
        "count": line.count,
        "open": line.open,
        "answered": _share(line.answered, line.known),
        "ordered": _share(line.ordered, line.ordered_known or 0),
    }


def _share(n: int, known: int) -> Words:
    return OF.fill(n=n, known=known, share=100 * n / known) if known else UNKNOWN


def show_openings(request: Ask) -> HttpResponse:
    """The words that units set, and the form that sets some."""
    request.scope.require("settings.edit")
    units = units_in(request.scope, "settings.edit")
    given = request.GET
    first = {
        "unit": given.get("unit", ""),
        "kind": given.get("kind", "birthday"),
        "channel": given.get("channel", "direct"),
    }
    form = Form.of(request, **first)
    if request.method == "POST":
        try:
            unit = unit_in(request.scope, "settings.edit", form.text("unit"))
            told = {name: form.text(name) for name in ("kind", "channel", "text")}
            changed = set_opening(by=request.scope, unit=unit, now=timezone.now(), **told)
            messages.success(request, str(SAVED if changed else SAME))
            return redirect(reverse("console:openings"))
        except DomainError as error:
            form.refuse(error, str(error.data.get("field", "")))
    fields = (
        Input("unit", Words("组织单位", "Unit"), "choice", options=[(each.public_id, f"{'　' * each.depth}{each.name}") for each in units], half=True),
        Input("kind", Words("日子", "Occasion"), "choice", options=[(each.key, each.title) for each in kinds().values()], half=True),
        Input("channel", Words("渠道", "Channel"), "choice", options=[*CHANNELS.items()], half=True),
        Input("text", Words("开场白", "Words"), longest=400, help=HINT),
    )  # fmt: skip
    context = {
        "form": form,
        "inputs": filled(form, fields),
        "kept": [
            (each.unit.name, kinds()[each.kind].title, CHANNELS[each.channel], each.text)
            for each in openings_of(request.scope)
        ],
        "defaults": [(each.title, each.opening("direct")) for each in kinds().values()],
    }
    return answer(request, "openings", context, status=400 if form.errors else 200)


def show_settings(request: Ask) -> HttpResponse:
    """What one unit looks for and by which numbers, with what holds there; posted, everything in the form is saved."""
    request.scope.require("settings.edit")
    units = units_in(request.scope, "settings.edit")
    asked = request.POST.get("unit") or request.GET.get("unit", "")
    unit = unit_in(request.scope, "settings.edit", asked) if asked else units[0]
    form = Form.of(request, **{key: f"{value:g}" for key, value in care_settings().own(unit.pk).items()})
    if request.method == "POST" and _saved(request, form, unit):
        return redirect(f"{reverse('console:care_settings')}?unit={unit.public_id}")
    held = care_settings().of(unit.pk)
    context = {
        "form": form,
        "unit": unit,
        "units": [(each, "　" * each.depth) for each in units],
        "kinds": [(kind, _in_force(kind, held), _inputs(form, kind)) for kind in kinds().values()],
    }
    return answer(request, "care_settings", context, status=400 if form.errors else 200)


def _saved(request: Ask, form: Form, unit: Unit) -> bool:
    now = timezone.now()
    changed = saved_numbers(
        form, care_settings(), lambda found: change_care(by=request.scope, unit=unit, changes=found, now=now)
    )
    if changed is None:
        return False
    messages.success(request, str(FOUND_ANEW if changed else SAME))
    return True


def _in_force(kind: Kind, held: Numbers) -> Words:
    return kind.help_with(held) if held[kind.switch.key] else NOT_NOW


def _inputs(form: Form, kind: Kind) -> list[Typed]:
    numbers = [Input(each.key, each.title, "number", help=_bounds(each), half=True) for each in kind.settings]
    return filled(form, [Input(kind.switch.key, LOOKED_FOR, "choice", options=SWITCH, half=True), *numbers])


def _bounds(each: Setting) -> Words:
    bounds = {"least": each.least, "most": each.most}
    return Words(BOUNDS.zh.format(unit=each.unit.zh, **bounds), BOUNDS.en.format(unit=each.unit.en, **bounds))
