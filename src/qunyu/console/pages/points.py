"""Points: what was issued and what is outstanding, and every movement."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from qunyu.communities.duties import local_day
from qunyu.console.asking import Ask, answer
from qunyu.console.choosing import around, chosen, none_yet
from qunyu.console.lists import Column, Endless, Filter, Listing, Walked, chips
from qunyu.console.point_lists import Told, put_out
from qunyu.console.templatetags.showing import day, exact, whole
from qunyu.kernel.words import Words
from qunyu.loyalty.accounts import (
    HIDDEN,
    MOVES,
    batches,
    entries,
    expiring,
    expiring_totals,
    latest,
    monthly,
    people_behind,
    search,
    shows_amount,
    shows_amounts,
    totals,
)
from qunyu.loyalty.earning import earning_rules
from qunyu.members.queries import named_people
from qunyu.reports.points_chart import points_chart
from qunyu.reports.show import money

if TYPE_CHECKING:
    from qunyu.loyalty.models import Programme

SHOWN, DRAWN = 20, timedelta(days=365)
NOTHING = Words("还没有积分变动", "No points have moved yet")
ISSUED = ("earn", "give", "refund", "reverse", "settle")
NO_VALUE = Words(
    "未知：方案里还没有设定每 100 积分的价值", "unknown: the programme does not say what 100 points are worth"
)

MEMBER, MEMBER_ID = Words("成员", "Member"), Words("成员编号", "Member id")
NOBODY_LOSES = Words("这段时间没有人的积分过期", "Nobody loses points in these days")
SYSTEM = Words("系统", "System")


def who(row: Any) -> object:
    """Who wrote a movement."""
    return SYSTEM if row.movement.by == "system:0" else row.movement.by_name


def counted(name: str, told: Callable[[int], object]) -> Callable[[Any], object]:
    """What a cell says of a number of a row: nothing of points that an order earned, where orders may not be seen."""
    return lambda row: told(getattr(row, name)) if row.shown else str(HIDDEN)


# A row is an entry, on which `dress` puts the person, and whether its numbers may be seen.
COLUMNS = (
    Column[Any]("at", Words("时间", "When"), lambda row: exact(row.movement.at), lambda row: row.movement.at, "movement__at", fixed=True),
    Column[Any]("member", MEMBER, lambda row: row.person[1]),
    Column[Any]("member_id", MEMBER_ID, lambda row: row.person[0], optional=True),
    Column[Any]("kind", Words("类型", "Kind"), lambda row: MOVES[row.movement.kind], sort="movement__kind"),
    Column[Any]("amount", Words("积分", "Points"), counted("amount", "{:+,}".format), counted("amount", int), "amount", number=True),
    Column[Any]("owed", Words("记欠", "Owed"), counted("owed", lambda n: f"{n:+,}" if n else "–"), counted("owed", int), "owed", number=True, optional=True),
    Column[Any]("reason", Words("原因", "Reason"), lambda row: why(row) or "–"),
    Column[Any]("by", Words("操作人", "By"), who, sort="movement__by_name"),
    Column[Any]("movement", Words("编号", "Id"), lambda row: row.movement.public_id, optional=True),
)  # fmt: skip


def why(row: Any) -> str:
    """The reason of a movement; of the rule that led to it where nobody wrote one."""
    rule = earning_rules().get(row.movement.rule)
    return row.movement.reason or (str(rule.title) if rule else "")


def show_points(request: Ask) -> HttpResponse:
    """The overview: figures, chart, who loses points soon, and the latest tables."""
    programme = chosen(request)
    if programme is None:
        return none_yet(request, "points")
    now, today = timezone.now(), local_day(timezone.now())
    told = (request.scope, programme, today, programme.notice_days)
    losing, lost = expiring_totals(*told)
    lost_by = losses(request, programme)
    chart = points_chart(monthly(request.scope, programme, now - DRAWN))
    context = {
        **around(request, programme, "points"),
        "figures": _figures(request, programme),
        "charts": [chart] if chart else [],
        "soon": [(each, _told(lost_by(each))) for each in expiring(*told)[:SHOWN]],
        "soon_people": losing,
        "soon_points": lost,
        "days": Words("{n} 天内", "Within {n} days").fill(n=programme.notice_days),
        "batches": batches(request.scope, programme),
    }
    return answer(request, "points", context)


def losses(request: Ask, programme: Programme) -> Callable[[Any], object]:
    """How many points a row of `expiring` loses, a number; nothing of points that an order earned, where orders may not be seen."""
    seen = shows_amounts(request.scope, programme)
    return lambda row: row.lost if seen or not row.of_orders else str(HIDDEN)


def _told(lost: object) -> object:
    return whole(lost) if isinstance(lost, int) else lost


def show_expiring(request: Ask) -> HttpResponseBase:
    """Who loses points within the days of notice, its part, or its export."""
    programme = chosen(request)
    if programme is None:
        return none_yet(request, "points")
    lost, seen = losses(request, programme), shows_amounts(request.scope, programme)
    columns = (
        Column[Any]("member", MEMBER, lambda row: row.name, sort="name", fixed=True),
        Column[Any]("member_id", MEMBER_ID, lambda row: row.public_id, optional=True),
        Column[Any]("day", Words("过期日", "Gone on"), lambda row: day(row.day), lambda row: row.day, "day"),
        Column[Any](
            "lost", Words("积分", "Points"), lambda row: _told(lost(row)), lost, "lost" if seen else "", number=True
        ),
    )
    text, today = request.GET.get("q", "").strip(), local_day(timezone.now())
    found = expiring(request.scope, programme, today, programme.notice_days, text)
    listing = Listing[Any](columns, request.GET, "day", lambda row: _page_of(row.public_id), chips=chips(request.GET, []))  # fmt: skip
    told = Told("points", [], NOBODY_LOSES, name="points-expiring", tie="public_id")
    return put_out(request, programme, listing, found, told)


def _page_of(public_id: str) -> str:
    return reverse("console:member_points", args=[public_id]) if public_id else ""


def _figures(request: Ask, programme: Programme) -> list[tuple[Words, str, str]]:
    """What stands on the cards: title, figure, and what is behind it."""
    found = totals(request.scope, programme)
    issued = sum(found.kinds.get(kind, 0) for kind in ISSUED)
    spent = -sum(found.kinds.get(kind, 0) for kind in ("redeem", "cancel", "take"))
    gone = -sum(found.kinds.get(kind, 0) for kind in ("expire", "close"))
    value = str(NO_VALUE)
    if programme.value_minor is not None:
        value = money(found.outstanding * programme.value_minor / 100, programme.value_currency)
    accounts = str(Words("{n} 个账户", "{n} accounts").fill(n=f"{found.accounts:,}"))
    return [
        (Words("累计发放", "Issued"), whole(issued), accounts),
        (Words("已兑换与扣减", "Redeemed and taken"), whole(spent), ""),
        (Words("已过期", "Expired"), whole(gone), ""),
        (Words("未使用", "Outstanding"), whole(found.outstanding), accounts),
        (Words("未使用积分的成本", "What they would cost"), value, ""),
        (Words("记欠", "Owed"), whole(found.owed), str(Words("退款时已花掉，从下次获得中扣", "spent before a refund; netted from what is earned next"))),
    ]  # fmt: skip


def show_ledger(request: Ask) -> HttpResponseBase:
    """Every movement, its part, or its export."""
    programme = chosen(request)
    if programme is None:
        return none_yet(request, "points_ledger")
    given, text = request.GET, request.GET.get("q", "").strip()
    kind = Filter("kind", Words("类型", "Kind"), list(MOVES.items()), given.get("kind", ""))
    # An order by what is withheld would tell it.
    seen = shows_amounts(request.scope, programme)
    columns = COLUMNS if seen else [replace(each, sort="") if each.number else each for each in COLUMNS]
    listing = Listing[Any](columns, given, "-at", link, chips=chips(given, [kind]))
    listing.dress = lambda rows: dress(request, rows)
    found = search(entries(request.scope, programme), text=text, kind=kind.chosen if kind.chosen in MOVES else "")
    rows = listing.ordered(found, "movement_id", "pk")
    file = listing.export(rows, "points")
    if file is not None:
        return file
    context = {
        **around(request, programme, "points_ledger"),
        "listing": listing.put(
            Walked(rows, "movement", [latest(found, programme)]) if listing.sort == "-at" else Endless(rows)
        ),
        "filters": [kind],
        "search": text,
        "kept": [("programme", programme.public_id)],
        "nothing_yet": "" if listing.chips else NOTHING,
    }
    return answer(request, "points_list", context, part="_list")


def dress(request: Ask, rows: Sequence[Any]) -> None:
    """Puts on entries who the person is (public id and name, empty for somebody who is gone), and whether their numbers may be seen."""
    heads = people_behind(rows)
    named = named_people(request.scope, set(heads.values()))
    for row in rows:
        row.person = named.get(heads.get(row.account.member_id or 0, 0), ("", "–"))
        row.shown = shows_amount(request.scope, row.movement)


def link(row: Any) -> str:
    """The points of the person."""
    return _page_of(row.person[0])
