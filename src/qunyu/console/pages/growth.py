"""The growth formula: revenue as the product of five measured factors, and what it would be with others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from django.http import HttpResponse, QueryDict

from qunyu.console.asking import Ask
from qunyu.console.explaining import Explanation
from qunyu.console.narrowing import Narrowing
from qunyu.console.pages.analysis import show_analysis
from qunyu.console.spans import Span
from qunyu.flows.place import lake
from qunyu.insights.growth import FACTORS, SHARES, Growth, WhatIf, growth, what_if
from qunyu.insights.inputs import INPUTS
from qunyu.kernel.errors import DomainError
from qunyu.kernel.money import exponent
from qunyu.kernel.words import Words
from qunyu.reports.show import UNKNOWN, money, number

TITLE = Words("增长公式", "Growth formula")
INTRO = Words(
    "收入 = 到场人数 × 参与率 × 成交率 × 单均金额 × 人均订单。改一个因子，看看收入会怎样。",
    "Revenue = visitors × trial rate × conversion × order value × orders per buyer. Change one and see what comes of it.",
)
# Nobody types more.
LONGEST = 20


@dataclass(frozen=True)
class Field:
    """One factor in the form: `measured` is the number as it is written, "" where it is unknown; `exact` what it stands for.

    A number that still reads as measured counts exactly. `times` turns what is typed into the factor's own unit.
    """

    key: str
    title: Words
    meaning: Words
    unit: str
    measured: str
    exact: str
    behind: str
    typed: str
    most: str
    step: str
    times: str


def show_growth(request: Ask) -> HttpResponse:
    """The page, or the part below its controls; 400 where a number given makes no sense."""
    return show_analysis(request, "_growth", TITLE, INTRO, _made)


def _made(request: Ask, asked: Narrowing, span: Span) -> dict[str, Any] | None:
    found = growth(lake(), request.scope, span.first, span.last, span.communities)
    if found is None:
        return None
    fields = [_field(found, key, request.GET) for key in FACTORS]
    context = {
        "fields": fields,
        "kept": [(name, value) for name, value in request.GET.items() if name not in FACTORS],
        "why": INPUTS[found.why] if found.why else None,
        "others": found.others,
        "currency": found.currency or "CNY",
        "places": exponent(found.currency or "CNY"),
        "sign": money(0, found.currency or "CNY").split(" ")[0],
        "measured": money(found.revenue, found.currency) if found.revenue is not None else str(UNKNOWN),
        "exact": "" if found.revenue is None else str(found.revenue),
        "explained": _explanation(found),
    }
    wrong, outcome = _outcome(found, fields)
    return context | {"wrong": wrong} | _changed(found, outcome)


def _field(found: Growth, key: str, given: QueryDict) -> Field:
    factor = next((each for each in found.factors if each.key == key), None)
    value = factor.value if factor else None
    unit, times, step = _unit(key, found.currency or "CNY")
    places = len(step.partition(".")[2])
    measured = "" if value is None else f"{float(value / times):.{places}f}"
    most = "100" if key in SHARES else f"{max(float(measured or 0) * 2, 10):.{places}f}"
    title, meaning = FACTORS[key]
    behind = (
        "" if factor is None or key == "visitors" else f"{_count(factor.count, key, found)} ÷ {number(factor.base)}"
    )
    return Field(
        key, title, meaning, unit, measured, "" if value is None else repr(float(value)), behind,
        given.get(key, measured)[:LONGEST].strip(), most, step, str(float(times)),
    )  # fmt: skip


def _count(count: int, key: str, found: Growth) -> str:
    return money(count, found.currency) if key == "order_value" else number(count)


def _unit(key: str, currency: str) -> tuple[str, Fraction, str]:
    """In what a factor is typed, what one of that is in its own unit, and the finest step."""
    if key in SHARES:
        return "%", Fraction(1, 100), "0.1"
    if key == "order_value":
        places = exponent(currency)
        return currency, Fraction(10**places), f"{10**-places:.{places}f}" if places else "1"
    return ("", Fraction(1), "1") if key == "visitors" else ("", Fraction(1), "0.01")


def _outcome(found: Growth, fields: list[Field]) -> tuple[Mapping[str, str], WhatIf]:
    """What is wrong by field, and what comes of the numbers that are right."""
    wrong: dict[str, str] = {}
    given: dict[str, Fraction] = {}
    for field in fields:
        if not field.typed or field.typed == field.measured:
            continue
        try:
            value = _number(field, found)
            what_if(found, {field.key: value})
            given[field.key] = value
        except DomainError as error:
            wrong[field.key] = str(error.message)
    return wrong, what_if(found, given)


def _number(field: Field, found: Growth) -> Fraction:
    """The number typed, in the factor's own unit.

    Raises DomainError bad_number.
    """
    try:
        typed = Decimal(field.typed.replace("，", "").replace(",", "").removesuffix("%").strip())
    except InvalidOperation:
        raise DomainError("bad_number", _BAD_NUMBER.fill(value=field.typed)) from None
    if not typed.is_finite() or abs(typed.adjusted()) > LONGEST:
        raise DomainError("bad_number", _BAD_NUMBER.fill(value=field.typed))
    return Fraction(typed) * _unit(field.key, found.currency or "CNY")[1]


_BAD_NUMBER = Words("“{value}”不是数字；请写成 12.5 这样", "“{value}” is no number; write it like 12.5")


def _changed(found: Growth, outcome: WhatIf) -> dict[str, Any]:
    currency = found.currency or "CNY"
    if outcome.revenue is None:
        return {"result": str(UNKNOWN), "difference": ""}
    difference = outcome.difference
    sign = "" if difference is None else "+" if difference >= 0 else "−"
    text = "" if difference is None else f"{sign}{money(round(abs(difference)), currency)}"
    return {"result": money(round(outcome.revenue), currency), "difference": text}


def _explanation(found: Growth) -> Explanation:
    meanings = tuple(Words(f"{title.zh}：{what.zh}。", f"{title.en}: {what.en}.") for title, what in FACTORS.values())
    return Explanation((*meanings, _OF_MEMBERS), "P6", found.factors[0].count, found.as_of)


_OF_MEMBERS = Words(
    "只算下单时在群的成员；看板上的收入还包括不在群的买家。方法来源写作“复购率”，小于 1 会让收入变小，这里用人均订单。",
    "Only of those who were members when they ordered; the board’s revenue also has buyers in no community. The method’s source writes "
    "“repurchase rate”, which below 1 would shrink revenue; here it is orders per buyer.",
)
