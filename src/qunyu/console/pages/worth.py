"""Worth: who costs more than they bring, and who is worth choosing, part by part."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from django.http import HttpResponseBase
from django.urls import reverse

from qunyu.console.asking import Ask, answer
from qunyu.console.lists import Column, Filter, Listing, chips
from qunyu.console.pages.prospects import around, of_list
from qunyu.console.templatetags.showing import day, whole
from qunyu.kernel.money import exponent
from qunyu.kernel.words import Words
from qunyu.prospects.queries import find_list, open_units
from qunyu.prospects.weighing import find_worth, weighed
from qunyu.reports.show import money

if TYPE_CHECKING:
    from qunyu.prospects.models import WorthRun

SIDES = {"costs": Words("花费多于带来", "Cost more than they bring"), "brings": Words("值得优先服务", "Worth choosing")}
UNKNOWN = Words("未知", "unknown")
NOBODY = Words("没有这样的人", "There is nobody like that")


def _amount(name: str) -> tuple[Callable[[Any], object], Callable[[Any], Any]]:
    def show(row: Any) -> object:
        value = getattr(row, name)
        return UNKNOWN if value is None else money(value, row.run.currency)

    return (
        show,
        lambda row: None if getattr(row, name) is None else getattr(row, name) / 10 ** exponent(row.run.currency),
    )


def _column(name: str, zh: str, en: str, *, optional: bool = False) -> Column[Any]:
    show, plain = _amount(name)
    return Column(name, Words(zh, en), show, plain, name, number=True, optional=optional)


def _count(name: str, zh: str, en: str, *, optional: bool = False) -> Column[Any]:
    value = partial(_value, name)
    return Column(name, Words(zh, en), lambda row: whole(value(row)), value, name, number=True, optional=optional)


def _value(name: str, row: Any) -> Any:
    return getattr(row, name)


COLUMNS = (
    Column[Any]("name", Words("成员", "Member"), lambda row: row.member.name, sort="member__name", fixed=True),
    _column("balance", "结余", "Balance"),
    _count("orders", "订单", "Orders"),
    _column("revenue", "实付减退款", "Paid less refunds"),
    _column("profit", "毛利", "Gross profit"),
    _column("costs", "已知花费", "Known costs"),
    _column("upkeep", "分摊社群费用", "Share of community costs"),
    _column("care", "人工", "Operators’ time", optional=True),
    _column("rewards", "奖品", "Rewards", optional=True),
    _count("contacts", "联系", "Contacts", optional=True),
    _count("complaints", "投诉", "Complaints", optional=True),
    _count("benefits", "使用权益", "Benefits used", optional=True),
    _count("points", "兑换积分", "Points redeemed", optional=True),
    _count("brought", "带来的人", "People brought"),
    _column("brought_revenue", "他们实付", "What these paid"),
    _column("refunds", "退款", "Refunds", optional=True),
    _count("days", "在群天数", "Member-days", optional=True),
    Column[Any]("since", Words("始于", "Since"), lambda row: day(row.since), lambda row: row.since, "since", number=True, optional=True),
    Column[Any]("member_id", Words("成员编号", "Member id"), lambda row: row.member.public_id, optional=True),
)  # fmt: skip


def show_worth(request: Ask) -> HttpResponseBase:
    """One end of a unit's people, its part, or its export."""
    scope, given = request.scope, request.GET
    unit, _ = find_list(scope, given.get("unit", ""))
    run = find_worth(scope, unit)
    side = given.get("side", "") if given.get("side", "") in SIDES else "costs"
    units = [(each.public_id, "　" * each.depth + each.name) for each in open_units(scope)]
    filters = [
        Filter("unit", Words("组织单位", "Unit"), units, unit.public_id),
        Filter(
            "side", Words("哪一端", "Which end"), [("brings", SIDES["brings"])], given.get("side", ""), SIDES["costs"]
        ),
    ]
    filters = [each for each in filters if each.name != "unit" or len(units) > 1]
    order = "balance" if side == "costs" else "-balance"
    listing = Listing[Any](COLUMNS, given, order, lambda row: reverse("console:member", args=[row.member.public_id]))
    listing.chips = chips(given, [each for each in filters if each.name == "side"])
    search = given.get("q", "").strip()
    context = of_list(unit, run, filters, search, listing)
    if run is not None:
        rows = listing.ordered(weighed(scope, run, side, search).select_related("member", "run"))
        file = listing.export(rows, "worth")
        if file is not None:
            return file
        listing.put(rows)
        context["nothing_yet"] = "" if search else NOBODY
        context["told"] = _told(run)
    return answer(request, "worth", context | around(scope, unit, None, "worth"), part="_list")  # fmt: skip


COUNTED = Words(
    "{first} 至 {last}：{people} 人里 {minus} 人的已知花费多于带来；另有 {fresh} 位新客户不评价",
    "{first} to {last}: of {people} people {minus} cost more than they bring as far as is known; {fresh} new ones are not judged",
)
GAPS = {
    "margin": Words("毛利率未设：以实付金额代替毛利，只有花费超过全部实付的人才列出",
                    "the gross margin is not set: what people paid stands for the profit, so only who costs more than all they paid is listed"),
    "hour": Words("运营每小时成本未设：联系与投诉只计次数，不计成本", "an operator’s hour has no price: contacts and complaints are counted, not costed"),
    "point": Words("积分价值未设或不是这种货币：兑换只计积分", "points have no value, or one in another currency: redemptions are counted in points"),
    "costs": Words("没有记录社群费用：无法分摊", "no costs of communities are recorded: nothing can be shared out"),
}  # fmt: skip
ALWAYS = Words(
    "优惠减免：订单里没有记录，未知；权益只计次数",
    "discounts are unknown: orders do not tell them; benefits are counted only",
)
FOREIGN = Words("另有 {n} 笔其他货币的订单未计入", "{n} orders in other currencies are left out")


def _told(run: WorthRun) -> dict[str, Any]:
    """What was counted, and what could not be."""
    figures = run.figures
    gaps = [words for key, words in GAPS.items() if figures.get(key) is None]
    foreign = [FOREIGN.fill(n=whole(figures["foreign"]))] if figures["foreign"] else []
    if run.first is None or run.last is None:
        return {"gaps": gaps}
    told = {name: whole(figures[name]) for name in ("people", "minus", "fresh")}
    return {
        "counted": COUNTED.fill(first=day(run.first), last=day(run.last), **told),
        "gaps": [*gaps, *foreign, ALWAYS],
    }
