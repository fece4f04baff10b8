"""Offers table: offers out of a CSV or XLSX; those a unit has already stay as they are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from qunyu.events.columns import Kind
from qunyu.flows.given_tables import Line, Taken, day_of, each_line, lines_of
from qunyu.insights.label import find_label
from qunyu.kernel.errors import DomainError
from qunyu.kernel.money import exponent
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.offers.actions import Terms, save_offer
from qunyu.offers.kinds import KINDS
from qunyu.offers.queries import has_offer
from qunyu.people.queries import units_in

if TYPE_CHECKING:
    from qunyu.offers.models import Offer
    from qunyu.people.models import Unit

TITLES = {
    "name": "方案 offer", "kind": "种类 kind", "unit": "组织单位 unit", "types": "面向 meant for", "products": "商品 products", "price": "价格 price",
    "currency": "货币 currency", "percent": "折扣 discount", "cost": "每份成本 cost", "valid_from": "从 from", "valid_to": "到 to", "note": "备注 note",
}  # fmt: skip
KIND = Kind(
    fields={
        "name": tuple("方案 offer 名称 name 方案名称".split()),
        "kind": tuple("种类 kind 类型 type".split()),
        "unit": tuple("组织单位 unit 单位".split()),
        "types": tuple("面向 meantfor usertypes 用户类型".split()),
        "products": tuple("商品 products product 规格 sku".split()),
        "price": tuple("价格 price".split()),
        "currency": tuple("货币 currency 币种".split()),
        "percent": tuple("折扣 discount percent".split()),
        "cost": tuple("每份成本 cost 成本 costofeach".split()),
        "valid_from": tuple("从 from 开始 validfrom".split()),
        "valid_to": tuple("到 to 结束 validto until".split()),
        "note": tuple("备注 note".split()),
    },
    needs=(("name",), ("kind",)),
    tells=("kind",),
)
NO_UNIT = Words("没有您可以设置的组织单位“{name}”", "there is no unit “{name}” whose settings you may change")
SEVERAL = Words("有几个组织单位可选；请加“组织单位”列", "there are several units; add a unit column")
NO_KIND = Words("种类“{name}”不认识；可用：{known}", "the kind “{name}” is unknown; there are: {known}")
NO_TYPE = Words("面向“{name}”不认识；可用：{known}", "“{name}” is no user type; there are: {known}")
BAD_NUMBER = Words("{column}“{text}”不是数字", "{column} “{text}” is no number")


@transaction.atomic
def take_offers(*, by: Scope, name: str, data: bytes, now: datetime) -> Taken:
    """Makes the offers of the table that are not there yet.

    Raises Denied; DomainError bad_table or bad_lines (nothing has then changed).
    """
    by.require("settings.edit")
    units = units_in(by, "settings.edit")
    return each_line(lines_of(name, data, KIND, TITLES), lambda line: _take(by, units, line, now))


def _take(by: Scope, units: list[Unit], line: Line, now: datetime) -> str:
    unit = _unit(units, line.text("unit"))
    currency = line.text("currency").upper() or "CNY"
    terms = Terms(
        name=line.text("name"),
        kind=_kind(line.text("kind")),
        # A comma may be part of what a product is called.
        products=re.split("[;；\n]", line.text("products")),
        currency=currency,
        price=_number(line, "price", 10 ** exponent(currency)),
        cost=_number(line, "cost", 10 ** exponent(currency)),
        percent=_number(line, "percent", 1),
        valid_from=day_of(line.text("valid_from")),
        valid_to=day_of(line.text("valid_to")),
        user_types=_types(line.text("types")),
        note=line.text("note"),
    )
    if has_offer(unit, terms.name):
        return "already"
    save_offer(by=by, unit=unit, offer=None, terms=terms, now=now)
    return "added"


def offer_rows(found: Iterable[Offer]) -> Iterator[tuple[str, ...]]:
    """The columns of such a table, then a row for each offer, as `take_offers` reads them."""
    yield tuple(names[0] for names in KIND.fields.values())
    types = {each.code: each.title.zh for each in find_label("user_type").values}
    for each in found:
        given: dict[str, object] = {name: getattr(each, name) for name in KIND.fields if hasattr(each, name)}
        given |= {name: _major(getattr(each, name), each.currency) for name in ("price", "cost")}
        given |= {
            "unit": each.unit.name,
            "kind": each.kind,
            "types": "、".join(types[code] for code in each.user_types),
        }
        given["products"] = "；".join(each.products)
        yield tuple("" if given[name] is None else str(given[name]) for name in KIND.fields)


def _major(minor: int | None, currency: str) -> str:
    places = exponent(currency)
    return "" if minor is None else f"{minor / 10**places:.{places}f}"


def _unit(units: list[Unit], name: str) -> Unit:
    found = [each for each in units if each.name == name] if name else units[:1]
    if len(found) > 1:
        raise DomainError("several_units", SEVERAL)
    if not found:
        raise DomainError("unknown_unit", NO_UNIT.fill(name=name))
    return found[0]


def _kind(text: str) -> str:
    for key, each in KINDS.items():
        if text.casefold() in (key, each.title.zh, each.title.en.casefold()):
            return key
    raise DomainError(
        "unknown_offer_kind", NO_KIND.fill(name=text, known=", ".join(each.title.zh for each in KINDS.values()))
    )


def _types(text: str) -> list[str]:
    known = {
        name: each.code
        for each in find_label("user_type").values
        for name in (each.code, each.title.zh, each.title.en.casefold())
    }
    given = [
        each.strip().casefold()
        for each in text.replace("、", ",").replace("，", ",").replace(";", ",").split(",")
        if each.strip()
    ]
    wrong = [each for each in given if each not in known]
    if wrong:
        raise DomainError("unknown_label_value", NO_TYPE.fill(name=wrong[0], known=", ".join(sorted(known))))
    return list(dict.fromkeys(known[each] for each in given))


def _number(line: Line, field: str, scale: int) -> int | None:
    text = line.text(field).replace(",", "").removesuffix("%").strip()
    if not text:
        return None
    try:
        value = float(text) * scale
        return round(value)
    except (ValueError, OverflowError):
        raise DomainError("bad_number", BAD_NUMBER.fill(column=TITLES[field], text=text)) from None
