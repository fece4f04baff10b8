"""Health: how every community fares, the ones to worry about first; and one community's life, causes and proposal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from qunyu.communities.queries import communities
from qunyu.console.asking import Ask, answer
from qunyu.console.lists import Column, Filter, Listing, chips
from qunyu.console.narrowing import Narrowing
from qunyu.console.templatetags.showing import day, whole
from qunyu.flows.place import lake
from qunyu.insights.cause import causes
from qunyu.insights.health import SURENESS, Checkup, Health, health
from qunyu.insights.proposals import KINDS
from qunyu.insights.states import STATES, State
from qunyu.kernel.words import Words
from qunyu.members.queries import people
from qunyu.reports.cards import SPARK_HEIGHT, SPARK_WIDTH, spark_path
from qunyu.reports.life_chart import life_chart
from qunyu.reports.names import TYPES, named, platform

if TYPE_CHECKING:
    from qunyu.communities.models import Community

# The ones to worry about first.
WORRY: tuple[State, ...] = (
    "fading", "dead", "closing", "unclear", "opening", "steady", "growing", "dissolved",
)  # fmt: skip
# Colour and sign of each state: colour is never the only one.
LOOKS: dict[State, tuple[str, str]] = {
    "fading": ("red", "trending-down"),
    "dead": ("red", "zzz"),
    "closing": ("yellow", "hourglass"),
    "unclear": ("secondary", "help"),
    "opening": ("azure", "seeding"),
    "steady": ("green", "minus"),
    "growing": ("green", "trending-up"),
    "dissolved": ("secondary", "circle-x"),
}
NO_CAUSE = Words("–", "–")


@dataclass(frozen=True)
class Line:
    """One community and its health; `worry` is its place in the order of worries."""

    public_id: str
    name: str
    unit: str
    platform: str
    type: str
    theme: str
    health: Health
    into: str
    worry: int
    level: float | None
    members: int
    people: int
    since: date | None
    cause: str
    proposal: str


def state_badge(state: State) -> SafeString:
    """The state with its sign and colour."""
    colour, sign = LOOKS[state]
    return format_html(
        '<span class="badge bg-{}-lt"><i class="ti ti-{}" aria-hidden="true"></i>{}</span>', colour, sign, STATES[state]
    )


def _sparkline(row: Line) -> SafeString:
    path = spark_path(list(row.health.curve.talk))
    if not path:
        return format_html("{}", "–")
    box = f"0 0 {SPARK_WIDTH} {SPARK_HEIGHT}"
    return format_html(
        '<svg class="spark in-row" viewBox="{}" preserveAspectRatio="none" aria-hidden="true"><path d="{}"/></svg>',
        box,
        path,
    )


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.0%}"


COLUMNS = (
    Column[Line]("name", Words("社群", "Community"), lambda row: row.name, sort="name", fixed=True),
    Column[Line]("state", Words("状态", "State"), lambda row: state_badge(row.health.state),
                 lambda row: STATES[row.health.state], "worry"),
    Column[Line]("level", Words("相对此前", "Beside before"), lambda row: _share(row.level), lambda row: row.level, "level",
                 number=True),
    Column[Line]("curve", Words("每周发言走势", "Talk by week"), _sparkline, lambda row: row.level),
    Column[Line]("cause", Words("可能原因", "Likely cause"), lambda row: row.cause or "–", lambda row: row.cause, "cause"),
    Column[Line]("proposal", Words("建议", "Proposal"), lambda row: row.proposal or "–", lambda row: row.proposal, "proposal"),
    Column[Line]("since", Words("自", "Since"), lambda row: day(row.since), lambda row: row.since, "since", number=True),
    Column[Line]("members", Words("成员数", "Members"), lambda row: whole(row.members), lambda row: row.members, "members",
                 number=True, optional=True),
    Column[Line]("people", Words("此前周活", "Active a week before"), lambda row: whole(row.people), lambda row: row.people,
                 "people", number=True, optional=True),
    Column[Line]("sureness", Words("把握", "How sure"), lambda row: SURENESS[row.health.sureness], optional=True),
    Column[Line]("reason", Words("依据", "Reason"), lambda row: row.health.reason, optional=True),
    Column[Line]("platform", Words("平台", "Platform"), lambda row: platform(row.platform), sort="platform", optional=True),
    Column[Line]("type", Words("类型", "Type"), lambda row: named(TYPES, row.type), sort="type", optional=True),
    Column[Line]("unit", Words("组织单位", "Unit"), lambda row: row.unit, sort="unit", optional=True),
)  # fmt: skip
# A curve is no cell of a table in a file.
EXPORTED = tuple(each for each in COLUMNS if each.key != "curve")


def show_health(request: Ask) -> HttpResponseBase:
    """The board, its part, or its export."""
    request.scope.require("communities.view")
    asked = Narrowing.of(request.GET, request.scope)
    asked.only.pop("community", None)
    state = request.GET.get("state", "")
    filters = [_states(state), *(each for each in asked.filters() if each.name != "community")]
    found = health(lake(), request.scope)
    lines = _lines(request, asked, found)
    columns = EXPORTED if request.GET.get("export") else COLUMNS
    listing = Listing[Line](columns, request.GET, "state", _link, chips=chips(request.GET, filters))
    rows = listing.arranged([each for each in lines if not state or each.health.state == state])
    file = listing.export(rows, "health")
    if file is not None:
        return file
    context = {
        "listing": listing.put(rows),
        "filters": filters,
        "search": request.GET.get("q", "").strip(),
        "none_at_all": not lines and not communities(request.scope).exists(),
        "as_of": found.as_of,
        "counts": _counts(lines),
        "states": [(STATES[each], MEANINGS[each]) for each in WORRY],
        "causes": causes().values(),
    }
    return answer(request, "health", context, part="_health")


def _states(chosen: str) -> Filter:
    return Filter("state", Words("状态", "State"), [(each, STATES[each]) for each in WORRY], chosen)


def _counts(lines: Sequence[Line]) -> list[tuple[State, SafeString, int]]:
    counted = Counter(each.health.state for each in lines)
    return [(each, state_badge(each), counted[each]) for each in WORRY if counted[each]]


def _link(row: Line) -> str:
    return reverse("console:community_health", args=[row.public_id])


def _lines(request: Ask, asked: Narrowing, found: Checkup) -> list[Line]:
    everything = list(communities(request.scope).select_related("unit").order_by("id"))
    names = {each.pk: each.name for each in everything}
    only, text = asked.question().communities, request.GET.get("q", "").strip().lower()
    return [
        _line(each, found.found[each.pk], names)
        for each in everything
        if each.pk in found.found
        and (only is None or each.pk in only)
        and (not text or text in f"{each.name}\n{each.theme}\n{each.key}".lower())
    ]


def _line(community: Community, found: Health, names: dict[int, str]) -> Line:
    proposal = found.proposal
    into = names.get(proposal.into, "") if proposal else ""
    said = str(KINDS[proposal.kind]) if proposal else ""
    return Line(
        community.public_id, community.name, community.unit.name, community.platform, community.type, community.theme,
        found, into, WORRY.index(found.state), found.level, found.members, found.people, found.since,
        str(found.causes[0].cause.title) if found.causes else "", f"{said} → {into}" if into else said,
    )  # fmt: skip


def health_of(request: Ask, community: Community) -> dict[str, Any]:
    """What the health tab of a community shows."""
    found = health(lake(), request.scope)
    mine = found.found.get(community.pk)
    if mine is None or not mine.curve.days:
        return {"health": mine, "as_of": found.as_of, "badge": state_badge(mine.state) if mine else ""}
    chart = life_chart(mine.curve)
    into = (
        communities(request.scope).filter(pk=mine.proposal.into).first()
        if mine.proposal and mine.proposal.into
        else None
    )
    return {
        "health": mine,
        "as_of": found.as_of,
        "badge": state_badge(mine.state),
        "sureness": SURENESS[mine.sureness],
        "meaning": MEANINGS[mine.state],
        "charts": [chart] if chart else [],
        "causes": [(each, _rows(each.finding.lines)) for each in mine.causes],
        "soul": _person(request, community, mine),
        "proposal": mine.proposal,
        "proposed": KINDS[mine.proposal.kind] if mine.proposal else "",
        "into": into,
    }


def _rows(lines: Sequence[Any]) -> list[tuple[Words, str, str, str]]:
    """Title, before, now and the count behind, as people read them."""

    def shown(value: float | None, share: bool) -> str:
        return "–" if value is None else f"{value:.0%}" if share else f"{value:.2f}".rstrip("0").rstrip(".")

    return [(each.title, shown(each.before, each.share), shown(each.now, each.share), whole(each.n)) for each in lines]


def _person(request: Ask, community: Community, found: Health) -> Any:
    """The person whom a cause names, for whoever may see people there."""
    member = next((each.finding.member for each in found.causes if each.finding.member), 0)
    if not member or not request.scope.may("members.view", community.unit_id):
        return None
    return people(request.scope).filter(pk=member).first()


MEANINGS: dict[State, Words] = {
    "unclear": Words(
        "记录不足：聊天少于 34 天、一周里发言的普通成员不到 3 位，或没有聊天",
        "too little is known: less than 34 days of talk, fewer than 3 ordinary members speaking in a week, or no talk at all",
    ),
    "opening": Words("开群未满四周", "opened less than four weeks ago"),
    "growing": Words("比四周前多三成以上，且超出偶然", "three tenths more than four weeks before, beyond chance"),
    "steady": Words("没有超出偶然的涨落", "neither rises nor falls beyond chance"),
    "closing": Words(
        "快闪群开群满两周，或四周内到登记的关群日",
        "a flash group of two weeks, or within four weeks of the closing day on record",
    ),
    "fading": Words(
        "活跃度降到此前最好三周的六成以下，且超出偶然（两倍标准误）；不是节假日，也不是去年同期就有的淡季",
        "activity is below six tenths of its best three weeks before, beyond chance (two standard errors); no holiday and no yearly season explains it",
    ),
    "dead": Words(
        "两周以上没有普通成员说话；平时话少的群按话量放宽到最多 60 天",
        "no ordinary member has spoken for two weeks; up to 60 days where people seldom speak",
    ),
    "dissolved": Words("已过登记的关群日", "past the closing day on record"),
}
