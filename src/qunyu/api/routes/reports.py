"""Reports and their schedules."""

from __future__ import annotations

from typing import Literal

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest
from django.utils import timezone
from ninja import Query, Router, Status

from qunyu.api.auth import scope_of_request
from qunyu.api.paging import Page, Turn, page
from qunyu.api.schemas.reports import ReportOut, ReportQuery, ScheduleIn, ScheduleOut, report_out, schedule_out
from qunyu.communities.queries import find_community
from qunyu.kernel.scope import Scope
from qunyu.people.queries import account_of, unit_seen
from qunyu.reports import actions
from qunyu.reports.making import Subject, path_of
from qunyu.reports.queries import find_report, find_schedule
from qunyu.reports.queries import reports as visible_reports
from qunyu.reports.queries import schedules as visible_schedules

router = Router(tags=["reports"])
TYPES = {"html": "text/html; charset=utf-8", "png": "image/png"}


@router.get("/reports", response=Page[ReportOut], operation_id="reports", summary="Reports that were made")
def reports(request: HttpRequest, asked: Query[ReportQuery]) -> Page[ReportOut]:
    """The reports the caller may see, the newest first; those that tell of orders need orders.view."""
    scope = scope_of_request(request)
    scope.require("communities.view")
    found = visible_reports(scope)
    found = found.filter(grain=asked.grain) if asked.grain else found
    rows, following = page(Turn(request, asked.limit, asked.cursor), found, ("-made_at", "public_id"))
    return Page[ReportOut](items=[report_out(each) for each in rows], next=following)


@router.get("/reports/{id}", response=ReportOut, operation_id="report", summary="One report")
def report(request: HttpRequest, id: str) -> ReportOut:
    """One report."""
    return report_out(find_report(scope_of_request(request), id))


@router.get("/reports/{id}/files/{kind}", operation_id="report_file", summary="A report’s file")
def report_file(request: HttpRequest, id: str, kind: Literal["html", "png"]) -> FileResponse:
    """The HTML page or the PNG picture."""
    found = find_report(scope_of_request(request), id)
    path = path_of(settings.QUNYU_DATA, found.public_id, kind)
    if not path.exists():
        raise Http404
    name = f"{found.title} {found.first}.{kind}"
    return FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type=TYPES[kind])


@router.get("/schedules", response=list[ScheduleOut], operation_id="schedules", summary="Scheduled reports")
def schedules(request: HttpRequest) -> list[ScheduleOut]:
    """The caller's own schedules, and those at units whose accounts the caller manages."""
    return [schedule_out(each) for each in visible_schedules(scope_of_request(request))]


@router.post("/schedules", response={201: ScheduleOut}, operation_id="add_schedule", summary="Schedule a report")
def add_schedule(request: HttpRequest, wanted: ScheduleIn) -> Status[ScheduleOut]:
    """Has reports made from now on, with what the caller may see by then."""
    scope = scope_of_request(request)
    owner, _ = account_of(scope.actor)
    assert owner is not None  # noqa: S101 - only staff and their tokens get past the authentication
    made = actions.add_schedule(
        by=scope,
        staff=owner,
        subject=_subject(scope, wanted),
        wanted=actions.Wanted(wanted.grain, wanted.language, wanted.hour),
        now=timezone.now(),
    )
    return Status(201, schedule_out(made))


@router.delete("/schedules/{id}", response={204: None}, operation_id="remove_schedule", summary="Remove a schedule")
def remove_schedule(request: HttpRequest, id: str) -> Status[None]:
    """Removes a schedule; the reports it made stay."""
    scope = scope_of_request(request)
    actions.remove_schedule(by=scope, schedule=find_schedule(scope, id), now=timezone.now())
    return Status(204, None)


def _subject(scope: Scope, wanted: ScheduleIn) -> Subject:
    if wanted.community:
        community = find_community(scope, wanted.community)
        return Subject(community.unit, community)
    return Subject(unit_seen(scope, wanted.unit), None)
