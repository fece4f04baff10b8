"""Prospects: the list of who can be converted now, with reasons, and how well such a list would have done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from qunyu.communities.queries import communities_where
from qunyu.console.asking import Ask, answer
from qunyu.console.lists import Column, Filter, Listing, chips
from qunyu.console.templatetags.showing import day, percent, whole
from qunyu.insights.odds import Rate, lift
from qunyu.insights.signal import signals
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.people.queries import unit_in
from qunyu.prospects.actions import ask_anew, first_reasons
from qunyu.prospects.listing import Listed
from qunyu.prospects.openings import NAME, openings
from qunyu.prospects.queries import BANDS, STATES, Wanted, came_of, candidates, find_list, open_units, reason
from qunyu.segments.queries import find_segment, members_in, segments

if TYPE_CHECKING:
    from qunyu.people.models import Unit
    from qunyu.prospects.models import Prospect, ProspectRun, WorthRun

ASKED = Words("正在重新计算，稍后刷新本页", "The lists are being computed anew; look again in a moment")
UNKNOWN = Words("未知", "unknown")
NONE_YET = Words(
    "还没有名单；每晚自动计算，也可以现在点“重新计算”",
    "There is no list yet; it is computed every night, or now with “Compute anew”",
)
NOBODY = Words("没有符合条件的人", "Nobody matches")
OF = Words("{share}（{ordered}/{people}）", "{share} ({ordered} of {people})")
BETWEEN = Words("{share}（{low}–{high}）", "{share} ({low}–{high})")


def rate_text(rate: Rate) -> Words:
    """A share with the counts behind it: 12.3%（12/98）; unknown of nobody."""
    if rate.share is None:
        return UNKNOWN
    return OF.fill(share=percent(rate.share), ordered=whole(rate.ordered), people=whole(rate.people))


def chance_text(row: Prospect) -> Words:
    """The chance with its interval."""
    if row.chance is None or row.low is None or row.high is None:
        return UNKNOWN
    return BETWEEN.fill(share=percent(row.chance), low=percent(row.low), high=percent(row.high))


def signal_titles(row: Prospect) -> str:
    """Everything known of somebody, the leading reason left out."""
    known = signals()
    keys = [each for each in row.signals.strip(",").split(",") if each in known and each != row.reason]
    return " · ".join(str(known[each].title) for each in keys)


def _reason(row: Prospect) -> object:
    return signals()[row.reason].title if row.reason in signals() else "–"


COLUMNS = (
    Column[Any]("name", Words("成员", "Member"), lambda row: row.member.name, sort="member__name", fixed=True),
    Column[Any]("rank", Words("名次", "Rank"), lambda row: whole(row.rank), lambda row: row.rank, "rank", number=True),
    Column[Any]("chance", Words("下单可能性", "Chance of an order"), chance_text, lambda row: row.chance, "chance", number=True),
    Column[Any]("reason", Words("主要理由", "Main reason"), _reason, sort="reason"),
    Column[Any]("signals", Words("其他信号", "Also"), lambda row: signal_titles(row) or "–"),
    Column[Any]("last_active", Words("最后活跃", "Last active"), lambda row: day(row.last_active) if row.last_active else "–",
                lambda row: row.last_active, "last_active", number=True),
    Column[Any]("words", Words("开场白", "Words to open with"), lambda row: row.words or "–", lambda row: row.words, optional=True),
    Column[Any]("member_id", Words("成员编号", "Member id"), lambda row: row.member.public_id, optional=True),
)  # fmt: skip


def show_prospects(request: Ask) -> HttpResponseBase:
    """The list of a unit, its part, or its export."""
    scope, given = request.scope, request.GET
    unit, run = find_list(scope, given.get("unit", ""))
    filters = _filters(scope, given, unit)
    listing = Listing[Any](
        COLUMNS, given, "rank", lambda row: reverse("console:prospect", args=[unit.public_id, row.member.public_id])
    )
    listing.chips = chips(given, [each for each in filters if each.name != "unit"])
    listing.dress = lambda rows: _dress(unit, rows)
    search = given.get("q", "").strip()
    context = of_list(unit, run, filters, search, listing)
    if run is not None:
        wanted = _wanted(scope, given, search)
        rows = Listed(listing.ordered(candidates(scope, run, wanted)), run, wanted.state, timezone.now())
        file = listing.export(rows, "prospects")
        if file is not None:
            return file
        listing.put(rows)
        context["nothing_yet"] = "" if listing.chips else NOBODY
    if not request.htmx:
        context |= around(scope, unit, run, "prospects")
        context |= _told(scope, run) if run else {}
    return answer(request, "prospects", context, part="_list")  # fmt: skip


def of_list(
    unit: Unit, run: ProspectRun | WorthRun | None, filters: list[Filter], search: str, listing: Listing[Any]
) -> dict[str, Any]:
    """What the page of a list of a unit begins with, while nothing is in it."""
    told = {"unit": unit, "run": run, "filters": filters, "search": search, "listing": listing}
    return {**told, "nothing_yet": NONE_YET}


def around(scope: Scope, unit: Unit, run: ProspectRun | None, tab: str) -> dict[str, Any]:
    """What stands around the lists of a unit: the tabs, and what may be done."""
    query = f"?unit={unit.public_id}"
    tabs = (
        ("prospects", Words("可转化名单", "Who can be converted")),
        ("worth", Words("带来与花费", "Who brings, who costs")),
    )
    return {
        "tabs": [(reverse(f"console:{name}") + query, title, name == tab) for name, title in tabs],
        "may_renew": scope.may("members.edit", unit.pk),
        "may_set": scope.may("settings.edit", unit.pk),
    }  # fmt: skip


def _dress(unit: Unit, rows: Sequence[Any]) -> None:
    words = openings(unit)
    for row in rows:
        text, usual, _ = words.get(row.reason, ("", None, False))
        row.words = (text or str(usual or "")).replace(NAME, row.member.name)


def _filters(scope: Scope, given: QueryDict, unit: Unit) -> list[Filter]:
    here = communities_where(scope, "members.view").order_by("name", "id").values_list("public_id", "name")
    units = [(each.public_id, "　" * each.depth + each.name) for each in open_units(scope)]
    found = (
        Filter("unit", Words("组织单位", "Unit"), units, unit.public_id),
        Filter("state", Words("状态", "State"), [(key, words) for key, words in STATES.items() if key != "ready"], given.get("state", ""), STATES["ready"]),
        Filter("reason", Words("理由", "Reason"), list(first_reasons().items()), given.get("reason", "")),
        Filter("band", Words("可能性", "Chance"), [(key, words) for key, (words, _) in BANDS.items()], given.get("band", "")),
        Filter("community", Words("社群", "Community"), list(here), given.get("community", "")),
        Filter("segment", Words("人群", "Segment"), [(each.public_id, each.name) for each in segments(scope)], given.get("segment", "")),
    )  # fmt: skip
    return [each for each in found if each.options and (each.name != "unit" or len(each.options) > 1)]


def _wanted(scope: Scope, given: QueryDict, search: str) -> Wanted:
    chosen = given.get("segment", "")
    members = members_in(scope, find_segment(scope, chosen), timezone.now()).tolist() if chosen else None
    state = given.get("state", "") if given.get("state", "") in STATES else "ready"
    return Wanted(search, given.get("reason", ""), given.get("band", ""), given.get("community", ""), members, state)


TOP = Words("名单前 {n} 名", "first {n} of the list")
ROWS = (
    ("first", Words("名单前 50 名", "The first 50 of the list")),
    ("tenth", Words("名单前十分之一", "The first tenth of the list")),
    ("latest", Words("对照：按最后活跃排的前十分之一", "For comparison: the first tenth by last activity")),
    ("others", Words("名单其余的人", "Everybody else")),
)
TIMES = Words("{n:.1f} 倍（{low:.1f}–{high:.1f}）", "{n:.1f} times ({low:.1f}–{high:.1f})")
MEASURED = Words(
    "可能性由过去 {spans} 段各 {days} 天得出：{people} 人次中 {ordered} 人下单（{share}）",
    "Chances are measured from {spans} past spans of {days} days: of {people} people and spans {ordered} ordered ({share})",
)
NOT_ENOUGH = Words(
    "数据不足，算不出可能性：过去 {spans} 段各 {days} 天里 {people} 人次中 {ordered} 人下单。名单按信号的固定次序排列，不代表可能性",
    "Too little is known to tell chances: in {spans} past spans of {days} days {ordered} of {people} people ordered. The list stands in the fixed "
    "order of its signals, which says nothing of chances",
)
UNTIL = Words(
    "订单数据只到 {day}：之后谁下了单还不知道，不算作没有下单",
    "Orders are known to {day} alone: who ordered later is not known, and is not counted as not having ordered",
)
NO_ORDERS = Words("还没有订单数据", "No orders are known yet")
NOBODY_YET = Words("还没有按名单联系过谁", "Nobody was spoken with from the list yet")
OUTCOME = Words(
    "按名单联系后，{days} 天已过的 {people} 人里 {ordered} 人下单；另有 {early} 人时间未到",
    "Of {people} people spoken with from the list, whose {days} days are over, {ordered} ordered; for {early} more it is too early",
)


def _told(scope: Scope, run: ProspectRun) -> dict[str, Any]:
    """How the list was measured, and what came of it."""
    figures = run.figures
    past = Rate(*figures["past"])
    told = {"spans": figures["spans"], "days": run.horizon, "people": whole(past.people), "ordered": whole(past.ordered),
            "share": percent(past.share) if past.share is not None else "–"}  # fmt: skip
    outcome, early = came_of(scope, run)
    return {
        "measured": (MEASURED if figures["measured"] else NOT_ENOUGH).fill(**told),
        "until": _until(run),
        "judged": _judged(figures["judged"]) if figures["judged"] else [],
        "judged_on": figures["judged"]["day"] if figures["judged"] else "",
        "reasons": [_reason_line(reason(run, key)) for key in signals()],
        "contacted": [rate_text(Rate(*pair)) for pair in figures["contacted"]] if figures["contacted"] else [],
        "outcome": OUTCOME.fill(days=run.horizon, people=outcome.people, ordered=outcome.ordered, early=early)
        if outcome.people or early
        else NOBODY_YET,
    }


def _until(run: ProspectRun) -> Words | str:
    """Up to when orders are known, where the chat goes further."""
    until, as_of = run.figures.get("ordered_until"), run.as_of
    if as_of is None or until == as_of.isoformat():
        return ""
    return UNTIL.fill(day=until) if until else NO_ORDERS


def _judged(told: dict[str, Any]) -> list[tuple[Words, Words, object]]:
    """Only who stands in neither the first 50 nor the first tenth is compared with; those active last may be among them."""
    others = Rate(*told["others"])
    return [
        (title, rate_text(Rate(*told[key])), _times(Rate(*told[key]), others) if key in ("first", "tenth") else "")
        for key, title in ROWS
    ]


def _times(one: Rate, other: Rate) -> Words | str:
    found = lift(one, other)
    return TIMES.fill(n=found[0], low=found[1], high=found[2]) if found else "–"


def _reason_line(each: Any) -> tuple[Words, Words, Words, Words, object]:
    return each.title, each.text, rate_text(each.having), rate_text(each.others), _times(each.having, each.others)


def renew_prospects(request: Ask) -> HttpResponse:
    """Has the lists of a unit computed anew."""
    unit = unit_in(request.scope, "members.edit", request.POST.get("unit", ""))
    try:
        ask_anew(by=request.scope, unit=unit, now=timezone.now())
        messages.success(request, str(ASKED))
    except DomainError as error:
        if error.code == "denied":
            raise
        messages.error(request, str(error.message))
    return redirect(f"{reverse('console:prospects')}?unit={unit.public_id}")
