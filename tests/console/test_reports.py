"""Reports on the pages: schedules, the list, one report and its files."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.test import Client

from qunyu.communities.models import Community
from qunyu.flows.place import lake
from qunyu.people.models import Staff, Unit
from qunyu.reports import making
from qunyu.reports.actions import Desk, make_due
from qunyu.reports.models import Report, Schedule
from tests.console.conftest import read
from tests.console.test_communities import names
from tests.deployment_fixtures import AddStaff, SignedIn

MONDAY = datetime(2026, 3, 9, 2, 0, tzinfo=UTC)
PNG = b"\x89PNG and so on"


@pytest.fixture(autouse=True)
def drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures have tests of their own; they take a second each."""
    monkeypatch.setattr(making, "picture", lambda content: PNG)


@pytest.fixture
def made(tea: Community, unit: Unit, owner: Client) -> Report:
    """The week of the owner's unit."""
    given = {"unit": unit.public_id, "community": "", "grain": "week", "language": "zh", "hour": "9"}
    assert owner.post("/board/reports/schedules", given).status_code == 302
    assert make_due(desk=Desk(lake(), settings.QUNYU_DATA, settings.QUNYU_ZONE), now=MONDAY) == 1
    return Report.objects.get()


def test_at_first_nothing_is_there(tea: Community, boss: Client) -> None:
    page = read(boss.get("/board/reports"))
    assert "还没有定时报告" in page
    assert "还没有报告；在上方安排一份" in page
    assert names(boss.get("/board/reports")) == []


def test_a_report_is_listed_shown_and_sent(made: Report, owner: Client) -> None:
    assert names(owner.get("/board/reports")) == ["华东店"]
    assert names(owner.get("/board/reports?grain=month")) == []
    assert names(owner.get("/board/reports?q=华东")) == ["华东店"]
    address = f"/board/reports/{made.public_id}"
    page = read(owner.get(address))
    assert "2026-W10" in page
    assert f"grain=week&amp;last=2026-03-08&amp;unit={made.unit.public_id}" in page
    assert f'src="{address}.png?show"' in page
    png = owner.get(f"{address}.png")
    assert b"".join(png.streaming_content) == PNG  # type: ignore[attr-defined]
    assert png["Content-Disposition"].startswith("attachment;")
    shown = owner.get(f"{address}.png?show")
    assert "inline" in shown["Content-Disposition"]
    assert b"".join(shown.streaming_content) == PNG  # type: ignore[attr-defined]
    html = owner.get(f"{address}.html?show")
    assert html["Content-Disposition"].startswith("attachment;")
    assert "华东店" in b"".join(html.streaming_content).decode()  # type: ignore[attr-defined]


def test_schedules_stop_go_on_and_go(made: Report, owner: Client) -> None:
    schedule = Schedule.objects.get()
    address = f"/board/reports/schedules/{schedule.public_id}"
    assert "已停止" in read(owner.post(address, {"do": "stop"}, follow=True))
    assert "已停止" not in read(owner.post(address, {"do": "resume"}, follow=True))
    assert "已删除" in read(owner.post(address, {"do": "remove"}, follow=True))
    assert not Schedule.objects.exists()
    assert names(owner.get("/board/reports")) == ["华东店"]


def test_making_now_tells_why_not(made: Report, owner: Client) -> None:
    address = f"/board/reports/schedules/{Schedule.objects.get().public_id}"
    page = read(owner.post(address, {"do": "make"}, follow=True))
    assert "数据还没到" in page


def test_a_report_is_removed(made: Report, owner: Client) -> None:
    response = owner.post(f"/board/reports/{made.public_id}/remove", follow=True)
    assert "已删除" in read(response)
    assert owner.get(f"/board/reports/{made.public_id}.png").status_code == 404


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"hour": "noon"}, "请填 0 到 23 的整数"),
        ({"hour": "24"}, "时间须在 0 点与 23 点之间"),
        ({"hour": ""}, "请填写这一项"),
        ({"grain": "year"}, "没有周期“year”"),
        ({"language": "fr"}, "语言须为 zh 或 en"),
        ({"unit": "nonsense"}, "没有编号为“nonsense”的组织单位"),
        ({"community": "nonsense"}, "没有编号为“nonsense”的社群"),
    ],
)
def test_what_cannot_be_scheduled(wrong: dict[str, str], told: str, tea: Community, unit: Unit, boss: Client) -> None:
    given = {"unit": unit.public_id, "community": "", "grain": "week", "language": "zh", "hour": "9"}
    response = boss.post("/board/reports/schedules", given | wrong)
    assert response.status_code == 400
    assert told in read(response)
    assert not Schedule.objects.exists()


def test_foreign_reports_and_schedules_are_not_there(
    made: Report, staff: AddStaff, signed_in: SignedIn, unit: Unit, other_unit: Unit, tea: Community
) -> None:
    stranger = signed_in(staff("far", "owner", other_unit))
    for address in (made.public_id, f"{made.public_id}.png", f"{made.public_id}.html"):
        assert stranger.get(f"/board/reports/{address}").status_code == 404
    schedule = Schedule.objects.get()
    assert stranger.post(f"/board/reports/schedules/{schedule.public_id}", {"do": "remove"}).status_code == 404
    assert stranger.post(f"/board/reports/{made.public_id}/remove").status_code == 404
    given = {"unit": unit.public_id, "community": tea.public_id, "grain": "week", "language": "zh", "hour": "9"}
    assert stranger.post("/board/reports/schedules", given).status_code == 400
    assert Schedule.objects.count() == Report.objects.count() == 1


def test_an_analyst_reads_but_does_not_remove(made: Report, staff: AddStaff, signed_in: SignedIn, unit: Unit) -> None:
    who: Staff = staff("ann", "analyst", unit)
    analyst = signed_in(who)
    assert names(analyst.get("/board/reports")) == ["华东店"]
    assert analyst.post(f"/board/reports/{made.public_id}/remove").status_code == 403
    assert Report.objects.exists()


def test_nobody_without_numbers_sees_reports(made: Report, staff: AddStaff, signed_in: SignedIn) -> None:
    assert signed_in(staff("none")).get("/board/reports").status_code == 403
