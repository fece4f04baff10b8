"""Writes of schedules and reports."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, transaction

from qunyu.events.lake.store import Lake
from qunyu.kernel import audit
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope, system_scope
from qunyu.kernel.words import LANGUAGES, Words
from qunyu.people.queries import scope_of
from qunyu.reports.making import Subject, as_of, content, files, path_of
from qunyu.reports.models import Report, ReportGrain, Schedule
from qunyu.reports.queries import owner_of
from qunyu.reports.rules import is_due, last_whole

if TYPE_CHECKING:
    from qunyu.people.models import Staff

# Of one schedule; older ones are removed when a new one is made.
KEPT = 60
LAST_HOUR = 23
WAITS = Words("数据还没到 {day}，等数据到齐后生成", "there are no data up to {day} yet; made when there are")
DENIED = Words("创建人已无权查看这里的指标", "whoever scheduled it may not see the numbers there any more")


@dataclass(frozen=True)
class Wanted:
    """Reports of every period of `grain`, in `language`, from `hour` o'clock on."""

    grain: str
    language: str
    hour: int

    def check(self) -> None:
        """Raises DomainError bad_grain, bad_language or bad_hour, with the `field`."""
        if self.grain not in ReportGrain.values:
            known = ", ".join(ReportGrain.values)
            message = Words("没有周期“{value}”；可用：{known}", "there is no period “{value}”; there are: {known}")
            raise DomainError("bad_grain", message.fill(value=self.grain, known=known), field="grain")
        if self.language not in LANGUAGES:
            message = Words("语言须为 zh 或 en", "the language is zh or en")
            raise DomainError("bad_language", message, field="language")
        if not 0 <= self.hour <= LAST_HOUR:
            message = Words("时间须在 0 点与 23 点之间", "the hour is between 0 and 23")
            raise DomainError("bad_hour", message, field="hour")


@transaction.atomic
def add_schedule(*, by: Scope, staff: Staff, subject: Subject, wanted: Wanted, now: datetime) -> Schedule:
    """Has reports made from now on, with what `staff` may see.

    Raises Denied; DomainError schedule_there, and what `Wanted.check` raises.
    """
    by.require("communities.view", subject.unit.pk)
    wanted.check()
    schedule = Schedule(
        staff=staff, unit=subject.unit, community=subject.community, grain=wanted.grain, language=wanted.language,
        hour=wanted.hour, created_at=now,
    )  # fmt: skip
    try:
        with transaction.atomic():
            schedule.save()
    except IntegrityError:
        message = Words("您已经有一份这样的定时报告", "you have such a scheduled report already")
        raise DomainError("schedule_there", message) from None
    audit.record(by=by.actor, action="schedule.add", kind="schedule", id=schedule.pk, now=now, unit=subject.unit.pk)
    return schedule


@transaction.atomic
def set_active(*, by: Scope, schedule: Schedule, active: bool, now: datetime) -> None:
    """Stops a schedule or lets it go on; again changes nothing.

    Raises Denied.
    """
    _own(by, schedule)
    if Schedule.objects.filter(pk=schedule.pk).exclude(active=active).update(active=active, problem={}):
        audit.record(by=by.actor, action="schedule.change", kind="schedule", id=schedule.pk, now=now, active=active)


@transaction.atomic
def remove_schedule(*, by: Scope, schedule: Schedule, now: datetime) -> None:
    """Removes a schedule; the reports it made stay.

    Raises Denied.
    """
    _own(by, schedule)
    audit.record(by=by.actor, action="schedule.remove", kind="schedule", id=schedule.pk, now=now)
    schedule.delete()


def _own(by: Scope, schedule: Schedule) -> None:
    """One's own, or somebody's whose accounts one manages there."""
    if owner_of(by) != schedule.staff_id:
        by.require("staff.manage", schedule.unit_id)


def remove_report(*, by: Scope, report: Report, data: Path, now: datetime) -> None:
    """Removes a report and its files.

    Raises Denied unless `by` made it or manages accounts there.
    """
    if report.schedule is None or owner_of(by) != report.schedule.staff_id:
        by.require("staff.manage", report.unit_id)
    with transaction.atomic():
        audit.record(by=by.actor, action="report.remove", kind="report", id=report.pk, now=now)
        public_id = report.public_id
        report.delete()
    _forget(data, public_id)


def forget_reports(old: Iterable[Report]) -> int:
    """Removes reports that were kept long enough, with their files; how many."""
    rows = list(old)
    for row in rows:
        _forget(Path(settings.QUNYU_DATA), row.public_id)
        row.delete()
    return len(rows)


def _forget(data: Path, public_id: str) -> None:
    for kind in ("html", "png"):
        path_of(data, public_id, kind).unlink(missing_ok=True)


@dataclass(frozen=True)
class Desk:
    """What reports are made from and where they are kept: the lake as it is published, the data folder, the calendar's zone."""

    lake: Lake
    data: Path
    zone: ZoneInfo


def make_due(*, desk: Desk, now: datetime) -> int:
    """Makes the reports that are due and whose data are there; how many. Again makes none twice."""
    zone = desk.zone
    made = 0
    found = Schedule.objects.filter(active=True).select_related("staff", "unit", "community__unit")
    for schedule in found:
        period = last_whole(schedule.grain, now.astimezone(zone).date())  # type: ignore[arg-type]
        due = is_due(schedule.hour, now.astimezone(zone), period.last + timedelta(days=1))
        if due and not Report.objects.filter(schedule=schedule, first=period.first).exists():
            made += _make(schedule, desk, now)
    return made


def make(*, by: Scope, schedule: Schedule, desk: Desk, now: datetime) -> Report:
    """The report of the last whole period, made now or made already.

    Raises Denied; DomainError no_report with the reason when it cannot be made.
    """
    _own(by, schedule)
    _make(schedule, desk, now)
    schedule.refresh_from_db()
    first = last_whole(schedule.grain, now.astimezone(desk.zone).date()).first  # type: ignore[arg-type]
    found = Report.objects.filter(schedule=schedule, first=first).first()
    if found is None:
        raise DomainError("no_report", Words(schedule.problem["zh"], schedule.problem["en"]))
    return found


def _make(schedule: Schedule, desk: Desk, now: datetime) -> bool:
    """Whether a report of the last whole period was made; why not is kept with the schedule."""
    period = last_whole(schedule.grain, now.astimezone(desk.zone).date())  # type: ignore[arg-type]
    subject = Subject(schedule.community.unit if schedule.community else schedule.unit, schedule.community)
    scope = scope_of(schedule.staff)
    if not scope.may("communities.view", subject.unit.pk):
        return _told(schedule, DENIED)
    last = as_of(desk.lake, scope, subject)
    if last is None or last < period.last:
        return _told(schedule, WAITS.fill(day=period.last.isoformat()))
    found = files(content(desk.lake, scope, subject, period, now, desk.zone), schedule.language)  # type: ignore[arg-type]
    report = Report(
        schedule=schedule,
        unit=subject.unit,
        community=schedule.community,
        title=subject.title,
        grain=schedule.grain,
        first=period.first,
        language=schedule.language,
        with_orders=scope.may("orders.view", subject.unit.pk),
        made_by=schedule.staff.name,
        made_at=now,
        problem={"zh": found.problem.zh, "en": found.problem.en} if found.problem else {},
    )
    found.keep(desk.data, report.public_id)
    try:
        with transaction.atomic():
            report.save()
            audit.record(by=system_scope("schedule").actor, action="report.make", kind="report", id=report.pk, now=now)
    except IntegrityError:  # somebody else made it meanwhile
        _forget(desk.data, report.public_id)
        return False
    _told(schedule, None)
    _thin_out(schedule, desk.data)
    return True


def _told(schedule: Schedule, problem: Words | None) -> bool:
    kept = {"zh": problem.zh, "en": problem.en} if problem else {}
    Schedule.objects.filter(pk=schedule.pk).update(problem=kept)
    return False


def _thin_out(schedule: Schedule, data: Path) -> None:
    for old in Report.objects.filter(schedule=schedule).order_by("-first")[KEPT:]:
        with suppress(Report.DoesNotExist):
            public_id = old.public_id
            old.delete()
            _forget(data, public_id)
