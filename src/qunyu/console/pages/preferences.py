"""Preferences: what a kind of member buys beside everybody, and which offers suit them."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils import timezone

from qunyu.console.asking import Ask, answer
from qunyu.console.lists import Filter
from qunyu.console.pages.prospects import TIMES, rate_text
from qunyu.console.templatetags.showing import whole
from qunyu.insights.label import find_label
from qunyu.insights.tastes import ASPECTS, LEAST_BUYERS, MOST_PRODUCTS, Share, Taste
from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words
from qunyu.offers.kinds import KINDS
from qunyu.offers.matching import Match
from qunyu.offers.preferences import suiting
from qunyu.offers.queries import open_units
from qunyu.reports.names import TYPES, named
from qunyu.reports.taste_chart import taste_chart
from qunyu.segments.queries import find_segment, segments

KNOWN = Words("{orders} 笔付款订单，{buyers} 位买家", "{orders} paid orders by {buyers} buyers")
TOO_FEW = Words(
    "偏好未知：只有 {buyers} 位买家（{orders} 笔付款订单），至少要 {least} 位",
    "their preferences are unknown: {buyers} buyers ({orders} paid orders), it takes {least}",
)
PRODUCTS = Words(
    "商品：{tellers} 位买家的订单写明商品；列出全体订单里最常见的 {most} 种，另有 {unlisted} 种没有列出",
    "products: the orders of {tellers} buyers name them; the {most} commonest of all orders are listed, {unlisted} more are not",
)
NO_PRODUCTS = Words(
    "商品未知：只有 {tellers} 位买家的订单写明商品，至少要 {least} 位",
    "products are unknown: the orders of {tellers} buyers name any, it takes {least}",
)
NO_UNIT = Words("没有可以看成员和订单的组织单位", "there is no unit where you may see members and orders")
FIT = Words("{n:.2f} 倍", "{n:.2f} times")


def show_preferences(request: Ask) -> HttpResponse:
    """The page of one kind: a segment, or a user type."""
    scope, given = request.scope, request.GET
    scope.require("members.view")
    scope.require("orders.view")
    units = open_units(scope)
    asked = given.get("unit", "")
    unit = next((each for each in units if not asked or each.public_id == asked), None)
    if unit is None:
        raise DomainError("unknown_unit", NO_UNIT, field="unit")
    types = {each.code: each.title for each in find_label("user_type").values}
    kept = [(each.public_id, each.name) for each in segments(scope)]
    whose = given.get("segment", "")
    kind = given.get("type", "") if given.get("type", "") in types else "loyal"
    filters = [
        Filter(
            "unit",
            Words("组织单位", "Unit"),
            [(each.public_id, "　" * each.depth + each.name) for each in units],
            unit.public_id,
        ),
        Filter("type", Words("用户类型", "User type"), list(types.items()), kind),
        Filter("segment", Words("或者一个人群", "Or a segment"), kept, whose, Words("不选", "None")),
    ]
    segment = find_segment(scope, whose) if whose else None
    taste, found = suiting(scope, unit, segment or kind, timezone.now())
    chart = taste_chart(taste, str(segment or types[kind])) if taste.known else None
    context: dict[str, Any] = {
        "unit": unit,
        "filters": filters,
        "title": segment.name if segment else types[kind],
        "segment": segment,
        "told": (KNOWN if taste.known else TOO_FEW).fill(
            orders=whole(taste.orders), buyers=whole(taste.buyers), least=LEAST_BUYERS
        ),
        "told_products": _told_products(taste),
        "aspects": _aspects(taste),
        "charts": [chart] if chart else [],
        "matches": [_match(each) for each in found],
    }
    return answer(request, "preferences", context)


def _told_products(taste: Taste) -> Words:
    if not taste.known_products:
        return NO_PRODUCTS.fill(tellers=whole(taste.tellers), least=LEAST_BUYERS)
    return PRODUCTS.fill(tellers=whole(taste.tellers), most=MOST_PRODUCTS, unlisted=whole(taste.unlisted))


def _aspects(taste: Taste) -> list[tuple[Words, list[tuple[object, Words, Words, object]]]]:
    found = []
    for aspect, (title, codes) in ASPECTS.items():
        told = taste.told(aspect)
        ordered = [code for code in codes if code in told] if codes else list(told)
        found.append((title, [_share(told[code], called(aspect, code)) for code in ordered]))
    return found


def _share(share: Share, name: object) -> tuple[object, Words, Words, object]:
    times = share.lift
    shown = TIMES.fill(n=times[0], low=times[1], high=times[2]) if times else "–"
    return name, rate_text(share.mine), rate_text(share.base), shown


def called(aspect: str, code: str) -> object:
    """What stands for a code of an aspect: a kind of community by its name, a product by the name that orders give it."""
    if aspect == "place":
        return named(TYPES, code)
    return ASPECTS[aspect][1].get(code, code)


def _match(each: Match) -> dict[str, Any]:
    return {
        "offer": each.offer,
        "kind": KINDS[each.offer.kind],
        "fit": Words(FIT.zh.format(n=each.fit), FIT.en.format(n=each.fit)),
        "reasons": [words for words, _ in each.reasons],
    }
