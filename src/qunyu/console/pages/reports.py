"""Reports: those that were made, and the schedules that have them made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from qunyu.communities.queries import communities, find_community
from qunyu.console.asking import Ask, answer
from qunyu.console.forms import Form
from qunyu.console.lists import Column, Filter, Listing, chips
from qunyu.console.narrowing import GRAIN_NAMES
from qunyu.console.templatetags.showing import ago
from qunyu.flows.place import lake
from qunyu.kernel.errors import DomainError
from qunyu.kernel.periods import Period, next_start
from qunyu.kernel.words import Words, language
from qunyu.people.queries import unit_in, units_in
from qunyu.reports import actions
from qunyu.reports.making import Subject, path_of
from qunyu.reports.queries import find_report, find_schedule, reports, schedules

if TYPE_CHECKING:
    from qunyu.people.models import Staff
    from qunyu.reports.models import Report, Schedule

LANGUAGE_NAMES = {"zh": Words("中文", "Chinese"), "en": Words("英文", "English")}
TYPES = {"html": "text/html; charset=utf-8", "png": "image/png"}
ADDED = Words("已安排；数据到齐后自动生成", "Scheduled; made by itself as soon as the data are there")
CHANGED, REMOVED = Words("已更改", "Changed"), Words("已删除", "Removed")
NOTHING_YET = Words("还没有报告；在上方安排一份", "No report yet; schedule one above")
BAD_HOUR = Words("请填 0 到 23 的整数", "a whole number from 0 to 23")
# A community's field in the form; empty for the whole unit.
FIELDS = {"unknown_unit": "unit", "unknown_community": "community"}


def _period(report: Report) -> Period:
    grain: Any = report.grain
    last = next_start(report.first, grain).toordinal() - 1
    return Period(report.first, report.first.fromordinal(last), grain)


COLUMNS = (
    Column[Any]("title", Words("报告", "Report"), lambda row: row.title, sort="title", fixed=True),
    Column[Any]("first", Words("时期", "Period"), lambda row: _period(row).label, sort="first"),
    Column[Any]("unit", Words("组织单位", "Unit"), lambda row: row.unit.name),
    Column[Any]("language", Words("语言", "Language"), lambda row: LANGUAGE_NAMES[row.language]),
    Column[Any]("made_by", Words("按谁的权限", "With whose rights"), lambda row: row.made_by, optional=True),
    Column[Any]("made_at", Words("生成时间", "Made"), lambda row: ago(row.made_at), lambda row: row.made_at, "made_at",
                number=True),
)  # fmt: skip


def show_reports(request: Ask) -> HttpResponseBase:
    """The list of made reports, its part or its export, with the schedules above."""
    request.scope.require("communities.view")
    return _page(request, Form({"language": language(), "hour": "9", "grain": "week"}))


def _page(request: Ask, form: Form) -> HttpResponseBase:
    grain, search = request.GET.get("grain", ""), request.GET.get("q", "").strip()
    filters = [
        Filter("grain", Words("周期", "Period"), list(GRAIN_NAMES.items()), grain if grain in GRAIN_NAMES else "")
    ]
    listing = Listing[Any](COLUMNS, request.GET, "-made_at", _link, chips=chips(request.GET, filters))
    found = reports(request.scope).filter(title__icontains=search)
    rows = listing.ordered(found.filter(grain=grain) if grain in GRAIN_NAMES else found)
    file = listing.export(rows, "reports")
    if file is not None:
        return file
    context: dict[str, Any] = {"listing": listing.put(rows), "filters": filters, "search": search}
    if not listing.chips and not listing.rows:
        context["nothing_yet"] = NOTHING_YET
    if not request.htmx:
        context |= _around(request, form)
    return answer(request, "reports", context, part="_list", status=400 if form.errors else 200)


def _around(request: Ask, form: Form) -> dict[str, Any]:
    return {
        "form": form,
        "schedules": [_shown(each) for each in schedules(request.scope)],
        "units": [(unit, "　" * (unit.path.count("/") - 2)) for unit in units_in(request.scope, "communities.view")],
        "communities": communities(request.scope).order_by("name", "id"),
        "grains": GRAIN_NAMES.items(),
        "languages": LANGUAGE_NAMES.items(),
    }


@dataclass(frozen=True)
class Planned:
    """A schedule as the page shows it."""

    schedule: Schedule
    title: str
    grain: Words
    language: Words
    problem: Words | None


def _shown(schedule: Schedule) -> Planned:
    title = schedule.community.name if schedule.community else schedule.unit.name
    problem = Words(schedule.problem["zh"], schedule.problem["en"]) if schedule.problem else None
    return Planned(schedule, title, GRAIN_NAMES[schedule.grain], LANGUAGE_NAMES[schedule.language], problem)


def add_schedule(request: Ask) -> HttpResponseBase:
    """Has reports made from now on."""
    request.scope.require("communities.view")
    form = Form.of(request)
    if form.required("grain", "language", "hour"):
        try:
            wanted = actions.Wanted(form.text("grain"), form.text("language"), _hour(form))
            actions.add_schedule(
                by=request.scope,
                staff=cast("Staff", request.user),
                subject=_subject(request, form),
                wanted=wanted,
                now=timezone.now(),
            )
        except DomainError as error:
            form.refuse(error, FIELDS.get(error.code, str(error.data.get("field", ""))))
        else:
            messages.success(request, str(ADDED))
            return redirect("console:reports")
    return _page(request, form)


def _hour(form: Form) -> int:
    try:
        return int(form.text("hour"))
    except ValueError:
        raise DomainError("bad_hour", BAD_HOUR, field="hour") from None


def _subject(request: Ask, form: Form) -> Subject:
    """One community where one is named, else a unit."""
    if public_id := form.text("community"):
        community = find_community(request.scope, public_id)
        return Subject(community.unit, community)
    return Subject(unit_in(request.scope, "communities.view", form.text("unit")), None)


def change_schedule(request: Ask, public_id: str) -> HttpResponse:
    """Stops a schedule, lets it go on, removes it, or makes its report now, as the button says."""
    schedule, wanted, now = find_schedule(request.scope, public_id), request.POST.get("do", ""), timezone.now()
    try:
        if wanted == "make":
            desk = actions.Desk(lake(), settings.QUNYU_DATA, settings.QUNYU_ZONE)
            made = actions.make(by=request.scope, schedule=schedule, desk=desk, now=now)
            return redirect("console:report", made.public_id)
        if wanted == "remove":
            actions.remove_schedule(by=request.scope, schedule=schedule, now=now)
        else:
            actions.set_active(by=request.scope, schedule=schedule, active=wanted == "resume", now=now)
    except DomainError as error:
        Form({}).refuse(error)
        messages.error(request, str(error.message))
    else:
        messages.success(request, str(REMOVED if wanted == "remove" else CHANGED))
    return redirect("console:reports")


def show_report(request: Ask, public_id: str) -> HttpResponse:
    """One report: its picture, its files, and the live board of the same days."""
    report = find_report(request.scope, public_id)
    period = _period(report)
    problem = Words(report.problem["zh"], report.problem["en"]) if report.problem else None
    context = {"report": report, "period": period, "problem": problem, "live": _live(report, period)}
    return answer(request, "report", {**context, "language_name": LANGUAGE_NAMES[report.language]})


def _live(report: Report, period: Period) -> str:
    only = {"community": report.community.public_id} if report.community else {"unit": report.unit.public_id}
    query = {"grain": report.grain, "last": period.last.isoformat(), **only}
    return f"{reverse('console:board')}?{urlencode(query)}"


def send_report(request: Ask, public_id: str, kind: str) -> HttpResponseBase:
    """A file of a report: to keep, or with `show` within the page."""
    report = find_report(request.scope, public_id)
    path = path_of(settings.QUNYU_DATA, report.public_id, kind)
    if not path.exists():
        raise Http404(str(Words("没有这个文件", "there is no such file")))
    name = f"{report.title} {_period(report).label}.{kind}"
    # Only a picture may be shown in the page: the HTML file brings a program of its own.
    keep = kind != "png" or "show" not in request.GET
    response = FileResponse(path.open("rb"), as_attachment=keep, filename=name, content_type=TYPES[kind])
    response["Cache-Control"] = "private, no-store"
    return response


def remove_report(request: Ask, public_id: str) -> HttpResponse:
    """Removes a report and its files."""
    report = find_report(request.scope, public_id)
    actions.remove_report(by=request.scope, report=report, data=settings.QUNYU_DATA, now=timezone.now())
    messages.success(request, str(REMOVED))
    return redirect("console:reports")


def _link(row: Any) -> str:
    return reverse("console:report", args=[row.public_id])
