"""Scheduled reports: which period is due, what is made, when, with whose rights, and what is kept."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from qunyu.communities.models import Community
from qunyu.flows.place import lake
from qunyu.jobs.port import load
from qunyu.kernel.errors import DomainError
from qunyu.kernel.models import AuditEntry
from qunyu.kernel.periods import Grain
from qunyu.kernel.personal import ERASED, holders
from qunyu.kernel.scope import Denied, Scope
from qunyu.kernel.words import Words
from qunyu.members.models import Member
from qunyu.members.personal import person_of
from qunyu.people.actions import set_active as close_account
from qunyu.people.models import Staff, Unit
from qunyu.people.queries import root_unit, scope_of
from qunyu.privacy.erasing import whole
from qunyu.reports import actions, making
from qunyu.reports.actions import KEPT, Desk, Wanted, add_schedule, make, make_due, remove_report, remove_schedule
from qunyu.reports.fonts import NoPicture
from qunyu.reports.making import Subject, narrowed, path_of
from qunyu.reports.models import Report, Schedule
from qunyu.reports.queries import find_report, reports, schedules
from qunyu.reports.rules import is_due, last_whole
from tests.deployment_fixtures import AddStaff, ImportFile

PNG = b"\x89PNG and so on"
# The tea lovers' data end on Saturday 14 March 2026: their week 2026-W10 is whole, 2026-W11 is not.
MONDAY = datetime(2026, 3, 9, 2, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures have tests of their own; they take a second each."""
    monkeypatch.setattr(making, "picture", lambda content: PNG)


@pytest.fixture
def desk(tea: Community) -> Desk:
    return Desk(lake(), settings.QUNYU_DATA, settings.QUNYU_ZONE)


@pytest.fixture
def mei(staff: AddStaff, unit: Unit) -> Staff:
    """The owner of the tea lovers' unit."""
    return staff("mei", "owner", unit)


def planned(who: Staff, unit: Unit, community: Community | None = None, **wanted: object) -> Schedule:
    given = {"grain": "week", "language": "zh", "hour": 9} | wanted
    scope = scope_of(who)
    return add_schedule(by=scope, staff=who, subject=Subject(unit, community), wanted=Wanted(**given), now=MONDAY)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("grain", "today", "first", "last"),
    [
        ("day", "2026-03-01", "2026-02-28", "2026-02-28"),
        ("week", "2026-03-09", "2026-03-02", "2026-03-08"),
        ("week", "2026-03-15", "2026-03-02", "2026-03-08"),
        ("month", "2026-03-01", "2026-02-01", "2026-02-28"),
        ("month", "2026-03-31", "2026-02-01", "2026-02-28"),
    ],
)
def test_the_last_whole_period(grain: Grain, today: str, first: str, last: str) -> None:
    found = last_whole(grain, date.fromisoformat(today))
    assert (found.first.isoformat(), found.last.isoformat()) == (first, last)


def test_due_from_its_hour_on() -> None:
    after = date(2026, 3, 9)
    assert not is_due(9, datetime(2026, 3, 9, 8, 59, tzinfo=UTC), after)
    assert is_due(9, datetime(2026, 3, 9, 9, 0, tzinfo=UTC), after)
    assert is_due(9, datetime(2026, 3, 10, 0, 0, tzinfo=UTC), after)
    assert not is_due(0, datetime(2026, 3, 8, 23, 0, tzinfo=UTC), after)


def test_a_due_report_is_made_once(desk: Desk, mei: Staff, unit: Unit) -> None:
    planned(mei, unit)
    assert make_due(desk=desk, now=MONDAY) == 1
    assert make_due(desk=desk, now=MONDAY + timedelta(days=3)) == 0
    made = Report.objects.get()
    assert (made.title, made.first, made.grain, made.made_by, made.with_orders) == (
        "华东店", date(2026, 3, 2), "week", "Mei", True,
    )  # fmt: skip
    page = path_of(desk.data, made.public_id, "html").read_text()
    assert "华东店" in page
    assert "2026-W10" in page
    assert "2026-W11" not in page
    assert path_of(desk.data, made.public_id, "png").read_bytes() == PNG
    assert AuditEntry.objects.filter(action="report.make").count() == 1


def test_one_community_in_english(desk: Desk, mei: Staff, unit: Unit, tea: Community) -> None:
    planned(mei, unit, tea, language="en")
    assert make_due(desk=desk, now=MONDAY) == 1
    made = Report.objects.get()
    assert made.title == "Tea lovers"
    assert "Interaction rate" in path_of(desk.data, made.public_id, "html").read_text()


def test_nothing_is_made_before_its_hour_or_when_stopped(desk: Desk, mei: Staff, unit: Unit) -> None:
    schedule = planned(mei, unit, hour=11)
    assert make_due(desk=desk, now=MONDAY) == 0
    actions.set_active(by=scope_of(mei), schedule=schedule, active=False, now=MONDAY)
    assert make_due(desk=desk, now=MONDAY + timedelta(hours=2)) == 0
    actions.set_active(by=scope_of(mei), schedule=schedule, active=True, now=MONDAY)
    assert make_due(desk=desk, now=MONDAY + timedelta(hours=2)) == 1


def test_a_report_waits_for_its_data(desk: Desk, mei: Staff, unit: Unit, import_file: ImportFile) -> None:
    schedule = planned(mei, unit)
    later = MONDAY + timedelta(days=7)
    assert make_due(desk=desk, now=later) == 0
    schedule.refresh_from_db()
    assert schedule.problem["en"] == "there are no data up to 2026-03-15 yet; made when there are"
    import_file("WhatsApp Chat with Tea lovers.txt", "15/03/2026, 09:30 - Lin: good morning\n", unit)
    assert make_due(desk=Desk(lake(), desk.data, desk.zone), now=later) == 1
    schedule.refresh_from_db()
    assert schedule.problem == {}


def test_nobody_without_data_gets_a_report(mei: Staff, unit: Unit, db: None) -> None:
    planned(mei, unit)
    assert make_due(desk=Desk(lake(), settings.QUNYU_DATA, settings.QUNYU_ZONE), now=MONDAY) == 0
    assert not Report.objects.exists()


def test_whoever_lost_the_right_gets_none(desk: Desk, mei: Staff, unit: Unit, system: Scope) -> None:
    schedule = planned(mei, unit)
    close_account(by=system, staff=mei, active=False, now=MONDAY)
    assert make_due(desk=desk, now=MONDAY) == 0
    schedule.refresh_from_db()
    assert schedule.problem["zh"] == "创建人已无权查看这里的指标"


def test_only_what_lies_below_the_unit_is_seen(mei: Staff, staff: AddStaff, unit: Unit, other_unit: Unit) -> None:
    director = scope_of(staff("boss", "director"))
    here = narrowed(director, unit)
    assert here.units("communities.view") == {unit.pk}
    assert not here.may("communities.view", other_unit.pk)
    assert not here.everything


def test_without_a_picture_the_page_is_kept(
    desk: Desk, mei: Staff, unit: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(content: object) -> bytes:
        raise NoPicture("no_font", Words("没有字体", "no font"))

    monkeypatch.setattr(making, "picture", fail)
    planned(mei, unit)
    assert make_due(desk=desk, now=MONDAY) == 1
    made = Report.objects.get()
    assert made.problem == {"zh": "没有字体", "en": "no font"}
    assert path_of(desk.data, made.public_id, "html").exists()
    assert not path_of(desk.data, made.public_id, "png").exists()


@pytest.mark.parametrize(
    ("wanted", "code", "field"),
    [
        ({"grain": "year"}, "bad_grain", "grain"),
        ({"language": "fr"}, "bad_language", "language"),
        ({"hour": 24}, "bad_hour", "hour"),
        ({"hour": -1}, "bad_hour", "hour"),
    ],
)
def test_what_cannot_be_scheduled(wanted: dict[str, Any], code: str, field: str, mei: Staff, unit: Unit) -> None:
    with pytest.raises(DomainError) as caught:
        planned(mei, unit, **wanted)
    assert (caught.value.code, caught.value.data["field"]) == (code, field)
    assert not Schedule.objects.exists()


def test_the_same_twice_is_refused(mei: Staff, unit: Unit, tea: Community) -> None:
    planned(mei, unit)
    planned(mei, unit, tea)
    for community in (None, tea):
        with pytest.raises(DomainError, match="已经有"):
            planned(mei, unit, community, hour=10)
    assert Schedule.objects.count() == 2


def test_a_foreign_unit_is_denied(mei: Staff, other_unit: Unit) -> None:
    with pytest.raises(Denied):
        planned(mei, other_unit)
    assert not Schedule.objects.exists()


def test_made_now_or_told_why_not(desk: Desk, mei: Staff, unit: Unit, import_file: ImportFile) -> None:
    schedule = planned(mei, unit)
    made = make(by=scope_of(mei), schedule=schedule, desk=desk, now=MONDAY)
    assert make(by=scope_of(mei), schedule=schedule, desk=desk, now=MONDAY) == made
    with pytest.raises(DomainError, match="数据还没到 2026-03-15"):
        make(by=scope_of(mei), schedule=schedule, desk=desk, now=MONDAY + timedelta(days=7))


def test_who_reads_reports(desk: Desk, mei: Staff, unit: Unit, other_unit: Unit, staff: AddStaff) -> None:
    planned(mei, unit)
    make_due(desk=desk, now=MONDAY)
    made = Report.objects.get()
    assert find_report(scope_of(staff("boss", "director")), made.public_id) == made
    assert list(reports(scope_of(staff("ann", "analyst", unit)))) == [made]
    # It tells of orders, which an admin may not see; and another unit's owner sees nothing of it.
    for who in (staff("adm", "admin", unit), staff("far", "owner", other_unit), staff("none")):
        assert list(reports(scope_of(who))) == []
        with pytest.raises(DomainError, match="没有编号"):
            find_report(scope_of(who), made.public_id)


def test_schedules_are_ones_own_or_the_directors(mei: Staff, unit: Unit, staff: AddStaff) -> None:
    schedule = planned(mei, unit)
    other = scope_of(staff("ann", "analyst", unit))
    assert list(schedules(other)) == []
    with pytest.raises(Denied):
        remove_schedule(by=other, schedule=schedule, now=MONDAY)
    assert list(schedules(scope_of(staff("boss", "director")))) == [schedule]
    remove_schedule(by=scope_of(mei), schedule=schedule, now=MONDAY)
    assert not Schedule.objects.exists()


def test_removing(desk: Desk, mei: Staff, unit: Unit, staff: AddStaff) -> None:
    schedule = planned(mei, unit)
    make_due(desk=desk, now=MONDAY)
    made = Report.objects.get()
    with pytest.raises(Denied):
        remove_report(by=scope_of(staff("ann", "analyst", unit)), report=made, data=desk.data, now=MONDAY)
    assert path_of(desk.data, made.public_id, "html").exists()
    remove_schedule(by=scope_of(mei), schedule=schedule, now=MONDAY)
    made.refresh_from_db()
    assert made.schedule is None
    remove_report(by=scope_of(staff("boss", "director")), report=made, data=desk.data, now=MONDAY)
    assert not Report.objects.exists()
    assert list((Path(desk.data) / "reports").iterdir()) == []


def test_old_ones_go(desk: Desk, mei: Staff, unit: Unit, monkeypatch: pytest.MonkeyPatch) -> None:
    schedule = planned(mei, unit)
    old = [
        Report(schedule=schedule, unit=unit, title="old", grain="week", first=date(2024, 1, 1) + timedelta(days=7 * n),
               language="zh", with_orders=False, made_by="mei", made_at=MONDAY)
        for n in range(KEPT)
    ]  # fmt: skip
    Report.objects.bulk_create(old)
    path = path_of(desk.data, old[0].public_id, "html")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("old")
    assert make_due(desk=desk, now=MONDAY) == 1
    assert Report.objects.count() == KEPT
    assert not Report.objects.filter(pk=old[0].pk).exists()
    assert not path.exists()


def test_the_root_reports_on_everything(desk: Desk, staff: AddStaff) -> None:
    planned(staff("boss", "director"), root_unit())
    assert make_due(desk=desk, now=MONDAY) == 1
    assert Report.objects.get().title == "总部"


def test_a_report_of_a_chat_called_after_somebody_goes_with_their_data(
    desk: Desk, mei: Staff, unit: Unit, tea: Community
) -> None:
    Community.objects.filter(pk=tea.pk).update(name="Tom & tea")
    planned(mei, unit, Community.objects.get())
    planned(mei, unit)
    assert make_due(desk=desk, now=MONDAY) == 2
    load()
    tom, lin = (whole(person_of(Member.objects.get(name=name))) for name in ("Tom", "Lin"))
    assert holders()["reports"].erase(lin) == {"elsewhere": 0}
    told = Report.objects.get(community=tea)
    assert (holders()["reports"].count(tom), path_of(desk.data, told.public_id, "png").is_file()) == (2, True)
    assert holders()["reports"].erase(tom) == {"elsewhere": 2}
    assert not any((desk.data / "reports").iterdir())
    # Its name is then gone as well, and what is made from now on says so.
    holders()["identities"].erase(tom)
    assert (Community.objects.get().name, holders()["reports"].count(tom)) == (f"{ERASED} & tea", 0)
