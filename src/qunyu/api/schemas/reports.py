"""Reports that were made, and the schedules that have them made."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Literal

from ninja import Field, Schema

from qunyu.api.paging import Cursor, Limit
from qunyu.api.schemas.basics import Ref, Text, ref_of
from qunyu.kernel.words import Words

if TYPE_CHECKING:
    from qunyu.reports.models import Report, Schedule


class ReportQuery(Schema):
    """Which reports."""

    grain: Literal["", "day", "week", "month"] = ""
    limit: Limit = 50
    cursor: Cursor = ""


class ReportOut(Schema):
    """A made report of the period that begins on `first`. `community` is null for a whole unit; `problem` says why there is no picture."""

    id: str
    title: str
    unit: Ref
    community: Ref | None
    grain: str
    first: date
    language: str
    made_by: str
    made_at: datetime
    problem: str | None


class ScheduleIn(Schema):
    """A report to be made of every period: of a unit and all below it, or of one community."""

    unit: Text = Field("", description="public id; not needed where a community is named")
    community: Text = Field("", description="public id; empty for the whole unit")
    grain: Text = "week"
    language: Text = "zh"
    hour: int = Field(9, description="from which hour of the deployment’s day on, 0 to 23")


class ScheduleOut(Schema):
    """A schedule. `problem` says why the last try made nothing."""

    id: str
    unit: Ref
    community: Ref | None
    grain: str
    language: str
    hour: int
    active: bool
    owner: str
    problem: str | None


def report_out(report: Report) -> ReportOut:
    """The report as the API shows it; its unit and community must be loaded."""
    return ReportOut(
        id=report.public_id,
        title=report.title,
        unit=ref_of(report.unit),
        community=ref_of(report.community) if report.community else None,
        grain=report.grain,
        first=report.first,
        language=report.language,
        made_by=report.made_by,
        made_at=report.made_at,
        problem=_words(report.problem),
    )


def schedule_out(schedule: Schedule) -> ScheduleOut:
    """The schedule as the API shows it; its unit, community and staff must be loaded."""
    return ScheduleOut(
        id=schedule.public_id,
        unit=ref_of(schedule.unit),
        community=ref_of(schedule.community) if schedule.community else None,
        grain=schedule.grain,
        language=schedule.language,
        hour=schedule.hour,
        active=schedule.active,
        owner=schedule.staff.name,
        problem=_words(schedule.problem),
    )


def _words(problem: dict[str, str]) -> str | None:
    return str(Words(problem["zh"], problem["en"])) if problem else None
