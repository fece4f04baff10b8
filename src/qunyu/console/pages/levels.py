"""Levels: the ladder, and the form of one step with what it would move."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from qunyu.communities.duties import local_day
from qunyu.console.asking import Ask, answer
from qunyu.console.choosing import around, chosen, found_in, none_yet
from qunyu.console.forms import Form
from qunyu.console.inputs import Input, Typed, filled, needed
from qunyu.console.pages.programme import minor
from qunyu.insights.label import labels
from qunyu.kernel.errors import DomainError
from qunyu.kernel.money import currency_of, to_units
from qunyu.kernel.scope import Denied
from qunyu.kernel.words import Words
from qunyu.loyalty import levels
from qunyu.loyalty.levels import KINDS, Rung, bars_of, find_level, said

if TYPE_CHECKING:
    from qunyu.loyalty.models import Level, Programme
    from qunyu.loyalty.rules.levels import Bar

SAVED = Words("已保存；今晚重新计算，也可以现在就算", "Saved; everybody is looked at tonight")
REMOVED = Words("已删除", "Removed")
MONEY = ("spent_year", "spent_ever")
HEADINGS = {"bars": Words("升级门槛", "To come in"), "keep": Words("保级标准", "To stay")}
ANY, ALL = Words("满足任意一条", "any of them"), Words("全部满足", "all of them")
EVERY = Input("every", Words("门槛之间", "Of the bars"), "choice", options=[("", ANY), ("yes", ALL)], half=True)
HINTS = {
    "points_year": Words("只算按规则获得的，退款收回的已减", "by rules only, less what refunds took back"),
    "months": Words("从第一次出现或第一笔订单算起", "since first seen, or the first order"),
}


def show_levels(request: Ask) -> HttpResponse:
    """The ladder from the top down, with who stands where."""
    programme = chosen(request)
    if programme is None:
        return none_yet(request, "levels")
    rows = [(each, *(said(bars) for bars in bars_of(each))) for each in reversed(levels.levels(programme))]
    return answer(request, "points_levels", {**around(request, programme, "levels"), "rows": rows})


def move_level(request: Ask, public_id: str) -> HttpResponse:
    """Puts a level one step higher, or (`way` down) lower."""
    request.scope.require("settings.edit")
    level = found_in(request.scope, find_level, public_id)
    order = levels.moved_by(level.programme, level, -1 if request.POST.get("way") == "down" else 1)
    levels.order_levels(by=request.scope, programme=level.programme, order=order, now=timezone.now())
    messages.success(request, str(SAVED))
    return redirect(f"{reverse('console:levels')}?programme={level.programme.public_id}")


def edit_level(request: Ask, public_id: str = "") -> HttpResponse:
    """The form of a level; `do` says whether to save it, to see what it would move, or to remove it."""
    request.scope.require("settings.edit")
    level = found_in(request.scope, find_level, public_id) if public_id else None
    programme = level.programme if level else chosen(request)
    if programme is None:
        return none_yet(request, "levels")
    if not request.scope.may("settings.edit", programme.unit_id):
        raise Denied("settings.edit")
    form, effects = Form.of(request, **_first(level)), None
    if request.method == "POST":
        try:
            effects = _done(request, form, programme, level)
            if effects is None:
                return redirect("console:levels")
        except DomainError as error:
            form.refuse(error, str(error.data.get("field", "")))
    context = {
        **around(request, programme, "levels"),
        "form": form,
        "level": level,
        "head": filled(form, _head()),
        "groups": [(HEADINGS[part], bar_inputs(form, part), form.errors.get(part, "")) for part in HEADINGS],
        "effects": effects,
    }
    return answer(request, "points_level", context, status=400 if form.errors else 200)


def _done(request: Ask, form: Form, programme: Programme, level: Level | None) -> dict[str, Any] | None:
    """What it would move where that was asked; None once it is done."""
    wish, now = request.POST.get("do", "save"), timezone.now()
    if wish == "remove" and level is not None:
        levels.remove_level(by=request.scope, level=level, now=now)
        messages.success(request, str(REMOVED))
        return None
    rung = _rung(form)
    if wish == "preview":
        return _effects(programme, levels.try_level(programme, level, rung, local_day(now)), rung)
    levels.save_level(by=request.scope, programme=programme, level=level, rung=rung, now=now)
    messages.success(request, str(SAVED))
    return None


def _effects(programme: Programme, found: Any, rung: Rung) -> dict[str, Any]:
    ladder = levels.levels(programme)
    places: dict[int | None, int] = {**{each.pk: each.position for each in ladder}, 0: len(ladder)}
    names: dict[int | None, str] = {**{each.pk: each.name for each in ladder}, 0: rung.name}
    return {
        "people": found.people,
        "up": found.count(places, 1),
        "down": found.count(places, -1),
        "same": found.count(places, 0),
        "moves": levels.moved(found, names),
    }


def _head() -> tuple[Input, ...]:
    return (
        Input("name", Words("等级名称", "Name"), required=True, longest=40, half=True),
        Input("months", Words("有效几个月", "Holds for (months)"), "number", half=True,
              help=Words("到期时按保级标准决定去留；0 表示随时按门槛升降", "then the bars to stay decide; 0: whenever the bars are no longer met")),
        EVERY,
    )  # fmt: skip


def bar_inputs(form: Form, part: str) -> list[Typed]:
    """A field for each kind of bar; sums have their currency beside them."""
    fields: list[Input] = []
    for kind, title in KINDS.items():
        if kind == "tier":
            tiers = [("", Words("不要求", "not asked"))] + [
                (str(place), each.title) for place, each in enumerate(tier_values())
            ]
            fields.append(Input(f"{part}.tier", title, "choice", options=tiers, half=True))
        else:
            fields.append(Input(f"{part}.{kind}", title, half=True, help=HINTS.get(kind), longest=15))
    fields.append(Input(f"{part}.currency", Words("金额的币种", "Currency of the sums"), half=True, longest=3))
    return filled(form, fields)


def tier_values() -> list[Any]:
    """The tiers from the lowest up."""
    return [each for each in labels()["tier"].values if each.code != "unknown"]


def _rung(form: Form) -> Rung:
    """What the form says.

    Raises DomainError with the `field`.
    """
    bars, keep = (typed_bars(form, part) for part in HEADINGS)
    return Rung(form.text("name"), bars, keep, bool(form.text("every")), needed(form, "months"))


def typed_bars(form: Form, part: str) -> list[Bar]:
    """The bars that the fields of `bar_inputs` hold.

    Raises DomainError with the `field`.
    """
    found, currency = [], currency_of(form.text(f"{part}.currency")) or "CNY"
    for kind in KINDS:
        name = f"{part}.{kind}"
        if not form.text(name):
            continue
        least = minor(form, name, currency) if kind in MONEY else needed(form, name)
        found.append(levels.bar(kind, least or 0, currency if kind in MONEY else ""))
    return found


def _first(level: Level | None) -> dict[str, str]:
    if level is None:
        return {"months": "12", "bars.currency": "CNY", "keep.currency": "CNY"}
    found = {"name": level.name, "months": str(level.months), "every": "yes" if level.every else ""}
    for part, bars in zip(HEADINGS, bars_of(level), strict=True):
        found |= first_bars(part, bars)
    return found


def first_bars(part: str, bars: Sequence[Bar]) -> dict[str, str]:
    """What the fields of `bar_inputs` hold for these bars."""
    found = {f"{part}.currency": next((each.currency for each in bars if each.currency), "CNY")}
    for each in bars:
        found[f"{part}.{each.kind}"] = str(to_units(each.least, each.currency)) if each.currency else str(each.least)
    return found
