"""Alerts: numbers that left their normal range, the newest first; one alert with its drivers; acknowledging and muting."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from qunyu.communities.queries import communities
from qunyu.console.asking import Ask, answer
from qunyu.console.lists import Column, Filter, Listing, chips
from qunyu.console.templatetags.showing import day
from qunyu.flows.place import lake
from qunyu.insights.actions import acknowledge, mute, reopen, unmute
from qunyu.insights.alerts import MATRIX, WATCHED, history
from qunyu.insights.drivers import KINDS
from qunyu.insights.queries import alerts, find_alert, mutes, units_of_communities
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words, language
from qunyu.members.queries import named_people
from qunyu.reports.range_chart import range_chart
from qunyu.reports.show import money, number

if TYPE_CHECKING:
    from qunyu.insights.models import Alert

STATES: dict[str, Words] = {
    "open": Words("未读", "Open"),
    "seen": Words("已读", "Seen"),
    "muted": Words("已静音", "Muted"),
    "withdrawn": Words("已撤回", "Withdrawn"),
}
WHOLE = Words("全部社群", "All communities")
UP, DOWN = Words("偏高", "above"), Words("偏低", "below")
SPANS = {7: Words("7 天", "7 days"), 28: Words("28 天", "28 days"), 90: Words("90 天", "90 days")}
HOUR = Words("{n}–{m} 点", "{n}:00–{m}:00")
MANY = Words("{n} 人共同造成", "{n} people together")
_COMMA = {"zh": "、", "en": ", "}
SOMEBODY = Words("某人（{kind}）", "somebody ({kind})")
ELSEWHERE = Words("别处的社群", "a community elsewhere")
SEEN, REOPENED = Words("已标为已读", "Marked as seen"), Words("已恢复为未读", "Open again")
MUTED, UNMUTED = Words("静音至 {day}", "Muted until {day}"), Words("已取消静音", "No longer muted")


@dataclass(frozen=True)
class Line:
    """One alert as the list shows it; `times` is how many times the expected it was, None where that reads as nothing."""

    public_id: str
    name: str
    metric: Words
    state: str
    up: bool
    first: date
    last: date
    observed: str
    expected: str
    normal: str
    times: float | None
    far: float
    drivers: str


def _sign_of(row: Line) -> SafeString:
    name = "arrow-up" if row.up else "arrow-down"
    return format_html(
        '<i class="ti ti-{}" title="{}" aria-hidden="true"></i> {}', name, UP if row.up else DOWN, row.observed
    )


COLUMNS = (
    Column[Line]("name", Words("社群与数字", "Community and number"), lambda row: f"{row.name} · {row.metric}", sort="name", fixed=True),
    Column[Line]("state", Words("状态", "State"), lambda row: STATES[row.state], sort="state"),
    Column[Line]("last", Words("日期", "Days"), lambda row: days_of(row.first, row.last), lambda row: row.last, "last"),
    Column[Line]("observed", Words("实际", "Observed"), _sign_of, lambda row: row.observed, number=True),
    Column[Line]("expected", Words("预期", "Expected"), lambda row: row.expected, number=True),
    Column[Line]("normal", Words("正常范围", "Normal range"), lambda row: row.normal, number=True),
    Column[Line]("times", Words("倍数", "Times"), lambda row: "–" if row.times is None else f"{row.times:.1f} ×",
                 lambda row: row.times, "times", number=True),
    Column[Line]("far", Words("离预期（标准差）", "Off by (deviations)"), lambda row: f"{row.far:.1f}", lambda row: row.far, "far",
                 number=True, optional=True),
    Column[Line]("drivers", Words("主要来自", "Mostly from"), lambda row: row.drivers or "–", lambda row: row.drivers),
)  # fmt: skip


def days_of(first: date, last: date) -> str:
    """One day, or from the first to the last."""
    return day(last) if first == last else f"{day(first)} – {day(last)}"


def show_alerts(request: Ask) -> HttpResponseBase:
    """The list, its part, or its export: the last four weeks' unless other days are asked."""
    request.scope.require("communities.view")
    today = timezone.localdate()
    chosen = request.GET.get("days", "")
    span = int(chosen) if chosen in map(str, SPANS) else 28
    state, metric = request.GET.get("state", ""), request.GET.get("metric", "")
    rows = list(alerts(request.scope).filter(last__gt=_newest(request.scope, today) - timedelta(days=span)))
    lines = _lines(request.scope, rows, today)
    filters = [
        Filter("state", Words("状态", "State"), list(STATES.items()), state),
        Filter("metric", Words("数字", "Number"), [(key, each.title) for key, each in WATCHED.items()], metric),
        Filter("days", Words("期间", "Days"), [(str(key), SPANS[key]) for key in (7, 90)], chosen, SPANS[28]),
    ]
    text = request.GET.get("q", "").strip()
    listing = Listing[Line](COLUMNS, request.GET, "-last", _link, chips=chips(request.GET, filters[:2]))
    by_metric = {each.public_id for each in rows if not metric or each.metric == metric}
    chosen_lines = [
        each
        for each in lines
        if each.public_id in by_metric and (not state or each.state == state) and text.lower() in each.name.lower()
    ]
    arranged = listing.arranged(chosen_lines)
    file = listing.export(arranged, "alerts")
    if file is not None:
        return file
    context = {
        "listing": listing.put(arranged),
        "filters": filters,
        "search": text,
        "quiet": not rows and not alerts(request.scope).exists(),
    }
    return answer(request, "alerts", context, part="_list")


def _newest(scope: Scope, today: date) -> date:
    """The last days there are alerts of: records may end long before today."""
    last = alerts(scope).values_list("last", flat=True).order_by("-last").first()
    return min(last, today) if last else today


def _link(row: Line) -> str:
    return reverse("console:alert", args=[row.public_id])


def state_of(alert: Alert, muted: Iterable[tuple[int, str]]) -> str:
    """Which of STATES an alert is in."""
    if alert.withdrawn_at:
        return "withdrawn"
    if alert.seen_at:
        return "seen"
    return "muted" if (alert.community_id, alert.metric) in muted else "open"


def _lines(scope: Scope, rows: list[Alert], today: date) -> list[Line]:
    names, muted = _names(scope), mutes(scope, today)
    people = _people(scope, rows)
    return [
        Line(
            each.public_id, names.get(each.community_id, ""), WATCHED[each.metric].title, state_of(each, muted), each.up,
            each.first, each.last, shown(each, each.observed), shown(each, each.expected),
            f"{shown(each, each.low)} – {shown(each, each.high)}",
            _times(each), each.far,
            _COMMA[language()].join(title for _, title, _, _ in driver_rows(each, names, people)[:2]),
        )
        for each in rows
    ]  # fmt: skip


def _times(alert: Alert) -> float | None:
    # Beside an expected 0.03 that the page writes as 0, thirty messages would be a thousand times as many.
    return alert.observed / alert.expected if shown(alert, alert.expected) != shown(alert, 0) else None


def _names(scope: Scope) -> dict[int, str]:
    return {MATRIX: str(WHOLE), **dict(communities(scope).values_list("id", "name"))}


def _people(scope: Scope, rows: Iterable[Alert]) -> dict[int, tuple[str, str]]:
    """Public id and name of the drivers' people that `scope` may see where the alert is."""
    units = units_of_communities(scope)
    wanted = {
        driver["key"]
        for each in rows
        if scope.may("members.view", units.get(each.community_id, 0))
        for driver in each.drivers
        if driver["kind"] in ("member", "staff", "inviter")
    }
    return named_people(scope, wanted)


def shown(alert: Alert, value: float) -> str:
    """A number of the alert as people read it."""
    return money(value, alert.currency) if alert.currency else number(round(value))


def driver_rows(
    alert: Alert, names: Mapping[int, str], people: Mapping[int, tuple[str, str]]
) -> list[tuple[Words, str, str, str]]:
    """Kind, who or what, observed and usual of each driver."""
    return [
        (KINDS[each["kind"]], _driver(each, names, people), number(each["observed"], 0), number(each["usual"], 1))
        for each in alert.drivers
    ]


def _driver(driver: Mapping[str, Any], names: Mapping[int, str], people: Mapping[int, tuple[str, str]]) -> str:
    kind, key = driver["kind"], driver["key"]
    if kind == "many":
        return str(MANY.fill(n=key))
    if kind == "hour":
        return str(HOUR.fill(n=key, m=key + 1))
    if kind == "community":
        return names.get(key, str(ELSEWHERE))
    return people[key][1] if key in people else str(SOMEBODY.fill(kind=KINDS[kind]))


def show_alert(request: Ask, public_id: str) -> HttpResponse:
    """One alert: how large, beside what, what made it, and what can be done."""
    request.scope.require("communities.view")
    found = find_alert(request.scope, public_id)
    today = timezone.localdate()
    muted = mutes(request.scope, today)
    line = _lines(request.scope, [found], today)[0]
    past = history(lake(), request.scope, found.community_id, found.metric, last=found.last)
    title = WATCHED[found.metric].title
    units = units_of_communities(request.scope)
    context = {
        "alert": found,
        "line": line,
        "state": STATES[line.state],
        "days": days_of(found.first, found.last),
        "worst": found.worst,
        "community": communities(request.scope).filter(pk=found.community_id).first(),
        "drivers": driver_rows(found, _names(request.scope), _people(request.scope, [found])),
        "charts": [range_chart(past, title, f"{found.first}", f"{found.last}", found.currency)] if past else [],
        "mute": muted.get((found.community_id, found.metric)),
        "may_edit": request.scope.may("communities.edit", units[found.community_id]),
        "spans": SPANS.items(),
    }
    return answer(request, "alert", context)


def see(request: Ask, public_id: str) -> HttpResponse:
    """Marks as seen, or takes that back."""
    found = find_alert(request.scope, public_id)
    now = timezone.now()
    if request.POST.get("undo"):
        if reopen(by=request.scope, alert=found, now=now):
            messages.success(request, str(REOPENED))
    elif acknowledge(by=request.scope, alert=found, now=now):
        messages.success(request, str(SEEN))
    return redirect("console:alert", public_id)


def mute_alert(request: Ask, public_id: str) -> HttpResponse:
    """Mutes the alert's number of its community for some days, or ends that."""
    found = find_alert(request.scope, public_id)
    now, today = timezone.now(), timezone.localdate()
    about: dict[str, Any] = {"community": found.community_id, "metric": found.metric}
    if request.POST.get("undo"):
        if unmute(by=request.scope, **about, now=now):
            messages.success(request, str(UNMUTED))
        return redirect("console:alert", public_id)
    asked = request.POST.get("days", "")
    until = today + timedelta(days=int(asked) if asked.isdecimal() and len(asked) < 5 else 0)
    try:
        mute(by=request.scope, **about, until=until, now=now, today=today)
    except DomainError as error:
        if error.code != "bad_mute":
            raise
        messages.error(request, str(error.message))
    else:
        messages.success(request, str(MUTED.fill(day=day(until))))
    return redirect("console:alert", public_id)
