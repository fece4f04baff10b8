"""Offers: the list, and the form of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from qunyu.console.asking import Ask, answer
from qunyu.console.choosing import open_units
from qunyu.console.forms import Form
from qunyu.console.given_files import taken_over
from qunyu.console.inputs import Input, day, filled, number, several
from qunyu.console.lists import Column, Filter, Listing, chips
from qunyu.console.templatetags.showing import day as day_text
from qunyu.flows.offers_table import TITLES, take_offers
from qunyu.insights.label import find_label
from qunyu.kernel.errors import DomainError
from qunyu.kernel.money import CURRENCIES, exponent
from qunyu.kernel.words import Words
from qunyu.offers.actions import Terms, save_offer
from qunyu.offers.kinds import KINDS
from qunyu.offers.queries import find_offer, offers
from qunyu.people.queries import unit_in
from qunyu.reports.show import money

if TYPE_CHECKING:
    from qunyu.offers.models import Offer

SAVED = Words("方案已保存", "The offer is saved")
NONE_YET = Words(
    "还没有方案；先看看各类成员的偏好，再新建一个",
    "There are no offers yet; see what each kind of member prefers, then make one",
)
BAD_AMOUNT = Words("“{text}”不是金额", "“{text}” is no amount")
ALWAYS = Words("一直", "always")
# These stand first.
USUAL = ("CNY", "EUR", "GBP", "HKD", "JPY", "TWD", "USD")
CHOICES = (*USUAL, *sorted(CURRENCIES - set(USUAL)))


def _price(row: Offer) -> str:
    return "–" if row.price is None else money(row.price, row.currency)


def valid_text(row: Offer) -> object:
    """From when to when an offer holds."""
    if row.valid_from is None and row.valid_to is None:
        return ALWAYS
    return f"{day_text(row.valid_from)} – {day_text(row.valid_to)}"


def types_text(row: Offer) -> str:
    """Whom an offer is meant for."""
    values = {each.code: each.title for each in find_label("user_type").values}
    return "、".join(str(values[each]) for each in (row.user_types or KINDS[row.kind].user_types))


COLUMNS = (
    Column[Any]("name", Words("方案", "Offer"), lambda row: row.name, sort="name", fixed=True),
    Column[Any]("kind", Words("种类", "Kind"), lambda row: KINDS[row.kind].title, lambda row: row.kind, "kind"),
    Column[Any]("types", Words("面向", "Meant for"), types_text),
    Column[Any]("products", Words("商品", "Products"), lambda row: "; ".join(row.products) or "–", lambda row: "; ".join(row.products)),
    Column[Any]("price", Words("价格", "Price"), _price, lambda row: None if row.price is None else row.price / 10 ** exponent(row.currency), "price", number=True),
    Column[Any]("percent", Words("折扣", "Discount"), lambda row: "–" if row.percent is None else f"{row.percent} %", lambda row: row.percent, "percent", number=True),
    Column[Any]("currency", Words("货币", "Currency"), lambda row: row.currency, sort="currency"),
    Column[Any]("cost", Words("每份成本", "Cost of each"), lambda row: "–" if row.cost is None else money(row.cost, row.currency),
                lambda row: None if row.cost is None else row.cost / 10 ** exponent(row.currency), "cost", number=True, optional=True, filed=True),
    Column[Any]("valid_from", Words("从", "From"), lambda row: day_text(row.valid_from), lambda row: row.valid_from, "valid_from", number=True),
    Column[Any]("valid_to", Words("到", "To"), lambda row: day_text(row.valid_to), lambda row: row.valid_to, "valid_to", number=True),
    Column[Any]("note", Words("备注", "Note"), lambda row: row.note or "–", lambda row: row.note, optional=True, filed=True),
    Column[Any]("unit", Words("组织单位", "Unit"), lambda row: row.unit.name, sort="unit__name"),
)  # fmt: skip


def show_offers(request: Ask) -> HttpResponseBase:
    """The list, its part, or its export."""
    return _page(request, Form({}), [])


def import_offers(request: Ask) -> HttpResponseBase:
    """Takes a table of offers over."""
    request.scope.require("settings.edit")
    form = Form.of(request)
    lines = taken_over(request, form, take_offers)
    return _page(request, form, lines) if form.errors else redirect("console:offers")


def _page(request: Ask, form: Form, lines: list[Words]) -> HttpResponseBase:
    given = request.GET
    state, kind = _filters(given)
    search = given.get("q", "").strip()
    found = offers(request.scope, archived=state.chosen == "archived")
    found = found.filter(name__icontains=search) if search else found
    found = found.filter(kind=kind.chosen) if kind.chosen in KINDS else found
    listing = Listing[Any](
        COLUMNS,
        given,
        "name",
        lambda row: reverse("console:offer", args=[row.public_id]),
        chips=chips(given, [kind, state]),
    )
    rows = listing.ordered(found)
    file = listing.export(rows, "offers")
    if file is not None:
        return file
    listing.put(rows)
    context: dict[str, Any] = {
        "listing": listing,
        "filters": [kind, state],
        "search": search,
        "may_make": request.scope.may("settings.edit"),
    }
    context |= {
        "nothing_yet": "" if listing.chips else NONE_YET,
        "form": form,
        "lines": lines,
        "columns": TITLES.values(),
    }
    return answer(request, "offers", context, part="_list", status=400 if form.errors else 200)  # fmt: skip


def _filters(given: QueryDict) -> tuple[Filter, Filter]:
    away = [("archived", Words("已收起", "Put away"))]
    kinds = [(key, each.title) for key, each in KINDS.items()]
    return (
        Filter("state", Words("状态", "State"), away, given.get("state", ""), Words("在用", "In use")),
        Filter("kind", Words("种类", "Kind"), kinds, given.get("kind", "")),
    )


def _inputs(request: Ask, offer: Offer | None) -> list[Input]:
    types = [(each.code, each.title) for each in find_label("user_type").values]
    units = (
        []
        if offer
        else [
            Input(
                "unit",
                Words("组织单位", "Unit"),
                "choice",
                options=[(each.public_id, indent + each.name) for each, indent in open_units(request.scope)],
            )
        ]
    )
    return [
        *units,
        Input("name", Words("名称", "Name"), required=True, longest=60),
        Input("kind", Words("种类", "Kind"), "choice", options=[(key, f"{each.title}：{each.advice}") for key, each in KINDS.items()]),
        Input("user_types", Words("面向的用户类型", "User types it is meant for"), "choices", options=types,
              help=Words("都不选则按种类的建议", "none: as advised for its kind")),
        Input("products", Words("商品", "Products"), "lines", longest=4000,
              help=Words("写订单里的商品名，每行一种；不写也可以", "as orders call them, one a line; may stay empty")),
        Input("price", Words("价格", "Price"), half=True),
        Input("currency", Words("货币", "Currency"), "choice", options=[(each, each) for each in CHOICES], half=True),
        Input("percent", Words("折扣（%）", "Discount (%)"), "number", half=True),
        Input("cost", Words("每份成本", "Cost of each"), half=True, help=Words("不知道就留空", "leave it empty where unknown")),
        Input("valid_from", Words("从", "From"), "date", half=True),
        Input("valid_to", Words("到", "To"), "date", half=True),
        Input("note", Words("备注", "Note"), longest=400),
    ]  # fmt: skip


def _amount(form: Form, name: str, currency: str) -> int | None:
    text = form.text(name).replace(",", "")
    if not text:
        return None
    whole, _, part = text.partition(".")
    if not (
        whole.isdecimal() and (not part or part.isdecimal()) and len(part) <= exponent(currency) and len(text) <= 15
    ):
        raise DomainError("bad_offer", BAD_AMOUNT.fill(text=text), field=name)
    places = exponent(currency)
    return int(whole + part.ljust(places, "0"))


def _terms(form: Form) -> Terms:
    currency = form.text("currency") or "CNY"
    return Terms(
        name=form.text("name"),
        kind=form.text("kind"),
        products=form.text("products").splitlines(),
        currency=currency,
        price=_amount(form, "price", currency),
        cost=_amount(form, "cost", currency),
        percent=number(form, "percent"),
        valid_from=day(form, "valid_from"),
        valid_to=day(form, "valid_to"),
        user_types=[each for each in several(form, "user_types") if each],
        note=form.text("note"),
    )


def new_offer(request: Ask) -> HttpResponse:
    """The form of a new offer."""
    request.scope.require("settings.edit")
    return _form(request, None, Form.of(request))


def edit_offer(request: Ask, public_id: str) -> HttpResponse:
    """The form of one."""
    offer = find_offer(request.scope, public_id)
    request.scope.require("settings.edit", offer.unit_id)
    first = {
        name: str(getattr(offer, name) or "")
        for name in ("name", "kind", "currency", "percent", "valid_from", "valid_to", "note")
    }
    first["products"] = "\n".join(offer.products)
    first |= {name: _plain(getattr(offer, name), offer.currency) for name in ("price", "cost")}
    return _form(request, offer, Form.of(request, user_types="\n".join(offer.user_types), **first))


def _plain(minor: int | None, currency: str) -> str:
    return "" if minor is None else f"{minor / 10 ** exponent(currency):.{exponent(currency)}f}"


def _form(request: Ask, offer: Offer | None, form: Form) -> HttpResponse:
    if request.method == "POST":
        try:
            unit = offer.unit if offer else unit_in(request.scope, "settings.edit", form.text("unit"))
            saved = save_offer(by=request.scope, unit=unit, offer=offer, terms=_terms(form), now=timezone.now())
            messages.success(request, str(SAVED))
            return redirect("console:offer", saved.public_id)
        except DomainError as error:
            form.refuse(error, str(error.data.get("field", "")))
    context = {"offer": offer, "form": form, "inputs": filled(form, _inputs(request, offer))}
    return answer(request, "offer_form", context, status=400 if form.errors else 200)
