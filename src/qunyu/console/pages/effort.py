"""Effort: what each operator did in each community, with the community's results beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpResponseBase, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from qunyu.communities.duties import DUTY_KINDS
from qunyu.console.asking import Ask, answer
from qunyu.console.lists import Column, Filter, Listing, chips
from qunyu.console.templatetags.showing import whole
from qunyu.flows.effort import Row, days_asked, efforts
from qunyu.insights import busywork, sittings
from qunyu.insights.effort import GREETED_WITHIN, Doing
from qunyu.insights.metric import metrics
from qunyu.kernel.errors import DomainError
from qunyu.kernel.money import to_units
from qunyu.kernel.periods import day_of
from qunyu.kernel.words import Words
from qunyu.people.queries import units_in
from qunyu.reports.show import UNKNOWN, number, show

NO_COMMUNITY = Words("不属于某个群", "no community")
UNLINKED = Words("没有关联群里的人，或没有记录", "linked with nobody in the chats, or nothing is recorded")
NOT_SEEN = Words("这些天没有入群记录", "nobody was seen coming in these days")

EXPLAINED = (
    sittings.DEFINITION,
    Words(
        f"回答：有人提问后一小时内第一个答上的；迎新：有人入群后 {GREETED_WITHIN} 分钟内说了欢迎的话，后面的数是入群人次。只统计关联到账号的群成员。",
        "Answered: the first to answer a question within the hour. Greeted: words of welcome within "
        f"{GREETED_WITHIN} minutes after somebody came in, beside how many came. Only people of the chats that are linked with the account are measured.",
    ),
    busywork.DEFINITION,
    Words(
        "结果（入群、退群、互动率、订单、收入）是整个社群的，不按人拆分；“共同负责”是现在一起负责这个群的人数，多人负责的群不能把结果算到某一个人头上。",
        "Results (joined, left, interaction rate, orders, revenue) are the community’s and are not divided among people; “shared by” says how many carry it "
        "now: what several brought about cannot be put down to one of them.",
    ),
)


@dataclass(frozen=True)
class Line:
    """A row as the list shows it; sorted by its own attributes, of which None is unknown."""

    row: Row
    operator: str
    community: str
    noted: int
    shared: int
    messages: int | None = None
    days: int | None = None
    answers: int | None = None
    greeted: int | None = None
    promotions: int | None = None
    minutes: float | None = None
    repeats: int | None = None
    unheard: int | None = None
    joins: float | None = None
    leaves: float | None = None
    interaction_rate: float | None = None
    orders: float | None = None
    revenue: float | None = None


MEASURES = ("messages", "days", "answers", "greeted", "promotions", "minutes")


def line_of(row: Row) -> Line:
    """The row for a list."""
    doing = row.doing
    values: dict[str, Any] = {name: told[0].value for name, told in row.results.items() if told}
    if doing is not None:
        values |= {name: getattr(doing, name) for name in MEASURES} | {"repeats": row.repeats, "unheard": row.unheard}
    name = row.community.name if row.community else str(NO_COMMUNITY)
    return Line(row, row.staff.name, name, row.noted.minutes, row.shared, **values)


def unknown(why: Words) -> SafeString:
    """The word for unknown, with the reason as title."""
    return format_html('<span class="unknown" title="{}">{}</span>', why, UNKNOWN)


def _count(name: str) -> Callable[[Line], object]:
    def shown(line: Line) -> object:
        value = getattr(line, name)
        return unknown(UNLINKED) if value is None else whole(value)

    return shown


def _minutes(line: Line) -> object:
    if line.row.doing is None or line.minutes is None:
        return unknown(UNLINKED)
    return format_html('<span title="n = {}">{}</span>', line.row.doing.sittings, number(line.minutes))


def _greeted(line: Line) -> object:
    doing: Doing | None = line.row.doing
    if doing is None or doing.greeted is None:
        return unknown(UNLINKED if doing is None else NOT_SEEN)
    return f"{number(doing.greeted)} / {number(doing.came)}"


def _result(name: str) -> Callable[[Line], object]:
    def shown(line: Line) -> object:
        told = line.row.results.get(name)
        if told is None:
            return "–"
        parts = ((each.reason or f"n = {each.n}", show(metrics()[name], each)) for each in told)
        return format_html_join(" + ", '<span title="{}">{}</span>', parts)

    return shown


def _plain(name: str) -> Callable[[Line], object]:
    def plain(line: Line) -> object:
        told = line.row.results.get(name, ())
        if name != "revenue":
            return told[0].value if told else None
        return " + ".join(
            f"{to_units(int(each.value), each.part)} {each.part}" for each in told if each.value is not None
        )

    return plain


def _result_column(name: str, title: Words, optional: bool = False) -> Column[Line]:
    return Column(name, title, _result(name), _plain(name), name, number=True, optional=optional)


def _counted(name: str, title: Words, optional: bool = False) -> Column[Line]:
    return Column(name, title, _count(name), lambda line: getattr(line, name), name, number=True, optional=optional)


DONE = (
    _counted("messages", Words("发言", "Messages")),
    _counted("days", Words("活跃天数", "Days active"), optional=True),
    _counted("answers", Words("回答", "Answered")),
    Column[Line]("greeted", Words("迎新", "Greeted"), _greeted, lambda line: line.greeted, "greeted", number=True, optional=True),
    _counted("promotions", Words("推销", "Offers"), optional=True),
    Column[Line]("minutes", Words("估计在群分钟", "Minutes in chat (est.)"), _minutes,
                 lambda line: None if line.minutes is None else round(line.minutes, 1), "minutes", number=True),
    Column[Line]("noted", Words("手工记录分钟", "Minutes noted"), lambda line: whole(line.noted), lambda line: line.noted, "noted", number=True),
    _counted("repeats", Words("重复消息", "Repeats")),
    _counted("unheard", Words("其中没人理", "Of these unheard")),
)  # fmt: skip
RESULTS = (
    _result_column("joins", Words("入群（全群）", "Joined (community)"), optional=True),
    _result_column("leaves", Words("退群（全群）", "Left (community)"), optional=True),
    _result_column("interaction_rate", Words("互动率（全群）", "Interaction rate (community)")),
    _result_column("orders", Words("订单（全群）", "Orders (community)"), optional=True),
    _result_column("revenue", Words("收入（全群）", "Revenue (community)")),
    Column[Line]("shared", Words("共同负责", "Shared by"), lambda line: whole(line.shared), lambda line: line.shared, "shared", number=True),
)  # fmt: skip
COMMUNITY = Column[Line]("community", Words("社群", "Community"), lambda line: line.community, sort="community")
DUTY = Column[Line]("duties", Words("职责", "Duty"), lambda line: kinds_text(line.row), optional=True)
COLUMNS = (
    Column[Line]("operator", Words("运营人员", "Operator"), lambda line: line.operator, sort="operator", fixed=True),
    COMMUNITY,
    DUTY,
    *DONE,
    *RESULTS,
)


def kinds_text(row: Row) -> str:
    """What somebody was there by office on these days; a dash for nothing."""
    return " · ".join(str(DUTY_KINDS[kind]) for kind in row.kinds) or "–"


@dataclass(frozen=True)
class Days:
    """The days asked for in an address, and what was wrong with them."""

    first: date
    last: date
    wrong: str = ""


def days_of(given: QueryDict) -> Days:
    """The days asked for; the last four weeks where they make no sense."""
    now = timezone.now()
    try:
        first, last = (day_of(given.get(name, "")) if given.get(name) else None for name in ("first", "last"))
        return Days(*days_asked(first, last, now))
    except DomainError as error:
        return Days(*days_asked(None, None, now), str(error.message))


def show_effort(request: Ask) -> HttpResponseBase:
    """The list, its part, or its export."""
    request.scope.require("effort.view")
    days = days_of(request.GET)
    found = efforts(request.scope, days.first, days.last)
    lines = [line_of(row) for row in found.rows]
    filters, path = _filters(request), _path(request)
    listing = Listing[Line](COLUMNS, request.GET, "-minutes", _link, chips=chips(request.GET, filters))
    rows = listing.arranged([each for each in lines if _wanted(request.GET, each, path)])
    file = listing.export(rows, f"effort-{days.first}-{days.last}")
    if file is not None:
        return file
    context = {
        "listing": listing.put(rows),
        "filters": filters,
        "search": request.GET.get("q", "").strip(),
        "days": days,
        "sentences": EXPLAINED,
        "as_of": found.as_of,
        "unlinked": not found.linked,
        "above": "console/_effort_above.html",
        "nothing_yet": ""
        if found.rows
        else Words("这些天没有人有职责或记录", "Nobody had a duty or a record on these days"),
    }
    return answer(request, "effort", context, part="_list")


def _link(line: Line) -> str:
    return reverse("console:operator", args=[line.row.staff.public_id])


def _filters(request: Ask) -> list[Filter]:
    given = request.GET
    units = [
        (unit.public_id, f"{'　' * (unit.path.count('/') - 2)}{unit.name}")
        for unit in units_in(request.scope, "effort.view")
    ]
    linked = [("yes", Words("已关联群成员", "Linked")), ("no", Words("未关联群成员", "Not linked"))]
    filters = (
        Filter("unit", Words("组织单位", "Unit"), units, given.get("unit", "")),
        Filter("linked", Words("群内身份", "In the chats"), linked, given.get("linked", "")),
    )
    return [each for each in filters if len(each.options) > 1 or each.chosen]


def _path(request: Ask) -> str | None:
    """The path of the unit asked for: it stands for all below it; None when none is asked for, "" for one out of sight."""
    public_id = request.GET.get("unit", "")
    units = units_in(request.scope, "effort.view") if public_id else []
    return next((each.path for each in units if each.public_id == public_id), "") if public_id else None


def _wanted(given: QueryDict, line: Line, path: str | None) -> bool:
    text, linked, place = given.get("q", "").strip().casefold(), given.get("linked", ""), line.row.community
    return (
        (not text or text in line.operator.casefold() or text in line.community.casefold())
        and (path is None or bool(path and place and place.unit.path.startswith(path)))
        and (not linked or (line.row.doing is not None) == (linked == "yes"))
    )
