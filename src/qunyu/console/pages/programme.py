"""The programme of a unit: what points are called, when they expire, what they are worth, and which rules earn them."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from qunyu.communities.duties import local_day
from qunyu.console.asking import Ask, answer
from qunyu.console.choosing import around, chosen, open_units
from qunyu.console.forms import Form
from qunyu.console.inputs import Input, day, filled, needed
from qunyu.kernel.errors import DomainError
from qunyu.kernel.money import currency_of, exponent, to_units
from qunyu.kernel.scope import Denied
from qunyu.kernel.words import Words
from qunyu.loyalty.earning import earning_rules
from qunyu.loyalty.programmes import EXPIRIES, RuleSetting, save_programme, set_rule
from qunyu.people.queries import unit_in

if TYPE_CHECKING:
    from qunyu.loyalty.models import Programme

SAVED = Words("已保存", "Saved")
RULE_SAVED = Words("已保存；今晚（或下次导入后）按规则发放", "Saved; points follow tonight, or after the next import")
BAD_VALUE = Words("请填写金额，例如 1.00", "write an amount, such as 1.00")
FIELDS = (
    Input("name", Words("方案名称", "Name of the programme"), required=True, longest=60, half=True),
    Input("currency", Words("积分叫什么", "What points are called"), required=True, longest=20, half=True,
          help=Words("例如：积分、茶豆", "such as points, beans")),
    Input("starts_on", Words("从哪天开始", "First day"), "date", half=True, required=True,
          help=Words("此前的订单和发言不计", "orders and talk before it earn nothing")),
    Input("expiry", Words("何时过期", "When points expire"), "choice", options=[*EXPIRIES.items()], half=True),
    Input("expiry_months", Words("多少个月后", "After how many months"), "number", half=True,
          help=Words("只用于“获得后若干个月”", "only for “some months after earning”")),
    Input("notice_days", Words("提前几天提醒", "Days of notice"), "number", half=True,
          help=Words("概览列出这些天内将过期的积分", "the overview lists what expires within them")),
    Input("value", Words("每 100 积分值多少", "What 100 points are worth"), half=True,
          help=Words("用来估算未使用积分的成本；留空表示未知", "for the cost of outstanding points; empty: unknown")),
    Input("value_currency", Words("币种", "Currency"), half=True, longest=3, help=Words("例如 CNY", "such as CNY")),
)  # fmt: skip
UNIT = Input("unit", Words("适用单位（含下级）", "Unit, with those below"), "choice", half=True)


def edit_programme(request: Ask) -> HttpResponse:
    """The form of a programme (a new one with `new`), and below it its earning rules."""
    request.scope.require("settings.edit")
    programme = None if request.GET.get("new") else chosen(request) if request.scope.may("members.view") else None
    units = open_units(request.scope)
    form = Form.of(request, **_first(programme, units[0][0].public_id))
    if request.method == "POST" and _saved(request, form, programme):
        messages.success(request, str(SAVED))
        return redirect("console:points_programme")
    unit = Input(UNIT.name, UNIT.title, "choice", options=[(each.public_id, f"{indent}{each.name}") for each, indent in units], half=True)  # fmt: skip
    fields = FIELDS if programme else (unit, *FIELDS)
    context = {
        **around(request, programme, "points_programme"),
        "form": form,
        "inputs": filled(form, fields),
        "rules": _rules(programme) if programme else [],
        "unit": programme.unit if programme else None,
    }
    return answer(request, "points_programme", context, status=400 if form.errors else 200)


def _first(programme: Programme | None, unit: str) -> dict[str, str]:
    if programme is None:
        today = local_day(timezone.now()).isoformat()
        return {"unit": unit, "starts_on": today, "expiry": "never", "expiry_months": "12", "notice_days": "30"}
    value = programme.value_minor
    return {
        "name": programme.name,
        "currency": programme.currency,
        "starts_on": programme.starts_on.isoformat(),
        "expiry": programme.expiry,
        "expiry_months": str(programme.expiry_months),
        "notice_days": str(programme.notice_days),
        "value": "" if value is None else str(to_units(value, programme.value_currency)),
        "value_currency": programme.value_currency,
    }


def _saved(request: Ask, form: Form, programme: Programme | None) -> bool:
    try:
        unit = programme.unit if programme else unit_in(request.scope, "settings.edit", form.text("unit"))
        save_programme(by=request.scope, unit=unit, now=timezone.now(), told=_told(form))
    except DomainError as error:
        form.refuse(error, "unit" if error.code == "unknown_unit" else _field(error))
    return not form.errors


def _field(error: DomainError) -> str:
    name = str(error.data.get("field", ""))
    return "value" if name == "value_minor" else name


def _told(form: Form) -> dict[str, Any]:
    currency = currency_of(form.text("value_currency"))
    return {
        "name": form.text("name"),
        "currency": form.text("currency"),
        "starts_on": day(form, "starts_on") or local_day(timezone.now()),
        "expiry": form.text("expiry"),
        "expiry_months": needed(form, "expiry_months"),
        "notice_days": needed(form, "notice_days"),
        "value_minor": minor(form, "value", currency),
        "value_currency": currency if form.text("value") else "",
    }


def minor(form: Form, name: str, currency: str) -> int | None:
    """The amount in a field in minor units; None when it is empty.

    Raises DomainError bad_amount with the `field`.
    """
    text = form.text(name).replace(",", "")
    if not text:
        return None
    try:
        amount = Decimal(text).scaleb(exponent(currency))
    except InvalidOperation:
        raise DomainError("bad_amount", BAD_VALUE, field=name) from None
    if not amount.is_finite() or amount != amount.to_integral_value() or abs(amount) > 10**12:
        raise DomainError("bad_amount", BAD_VALUE, field=name)
    return int(amount)


def _rules(programme: Programme) -> list[dict[str, Any]]:
    """Each rule with its figures as they are kept, and whether it is on."""
    found = []
    for key, rule in earning_rules().items():
        setting = programme.rules.get(key, {})
        figures = setting.get("figures", {})
        fields = [(each, f"{key}.{each.key}", figures.get(each.key, each.usual)) for each in rule.figures]
        found.append({"rule": rule, "on": setting.get("on", False), "since": setting.get("since"), "fields": fields})
    return found


def edit_rule(request: Ask, key: str) -> HttpResponse:
    """Switches a rule on or off, with its figures."""
    programme = chosen(request)
    if programme is None or not request.scope.may("settings.edit", programme.unit_id):
        raise Denied("settings.edit")
    form = Form.of(request)
    rule = earning_rules().get(key)
    try:
        figures = {each.key: needed(form, f"{key}.{each.key}") for each in (rule.figures if rule else ())}
        setting = RuleSetting(bool(form.text("on")), figures, day(form, "since"))
        set_rule(by=request.scope, programme=programme, rule=key, setting=setting, now=timezone.now())
        messages.success(request, str(RULE_SAVED))
    except DomainError as error:
        form.refuse(error)
        messages.error(request, form.top)
    return redirect("console:points_programme")
