"""Reports and schedules through the API."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import settings

from qunyu.communities.models import Community
from qunyu.flows.place import lake
from qunyu.people.models import Unit
from qunyu.reports import making
from qunyu.reports.actions import Desk, make_due
from qunyu.reports.models import Schedule
from tests.api.calling import As, Caller

MONDAY = datetime(2026, 3, 9, 2, 0, tzinfo=UTC)
PNG = b"\x89PNG and so on"


@pytest.fixture(autouse=True)
def drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures have tests of their own; they take a second each."""
    monkeypatch.setattr(making, "picture", lambda content: PNG)


@pytest.fixture
def made(tea: Community, unit: Unit, api: Caller) -> dict[str, Any]:
    """The report of the tea lovers' week, as the API lists it."""
    answer = api.ask("post", "/schedules", {"community": tea.public_id, "language": "en"})
    assert (answer.status, answer.body["grain"], answer.body["hour"]) == (201, "week", 9)
    assert make_due(desk=Desk(lake(), settings.QUNYU_DATA, settings.QUNYU_ZONE), now=MONDAY) == 1
    (row,) = api.all_of("/reports")
    found: dict[str, Any] = row
    return found


def test_a_report_and_its_files(made: dict[str, Any], api: Caller, tea: Community) -> None:
    assert made["title"] == "Tea lovers"
    assert made["first"] == "2026-03-02"
    assert made["community"] == {"id": tea.public_id, "name": "Tea lovers"}
    assert api.get(f"/reports/{made['id']}").body == made
    response = api.client.get(
        f"/api/v1/reports/{made['id']}/files/png", headers={"Authorization": f"Bearer {api.secret}"}
    )
    assert b"".join(response.streaming_content) == PNG  # type: ignore[attr-defined]
    assert api.get(f"/reports/{made['id']}/files/pdf").status == 422
    assert api.all_of("/reports?grain=day") == []


def test_schedules_are_listed_and_removed(made: dict[str, Any], api: Caller) -> None:
    (schedule,) = api.get("/schedules").body
    assert (schedule["active"], schedule["problem"]) == (True, None)
    assert api.ask("delete", f"/schedules/{schedule['id']}").status == 204
    assert api.get("/schedules").body == []
    assert len(api.all_of("/reports")) == 1


@pytest.mark.parametrize(
    ("wrong", "status", "code"),
    [
        ({"grain": "year"}, 422, "bad_grain"),
        ({"hour": 24}, 422, "bad_hour"),
        ({"language": "fr"}, 422, "bad_language"),
        ({"unit": "x"}, 404, "unknown_unit"),
        ({"community": "x"}, 404, "unknown_community"),
    ],
)
def test_what_cannot_be_scheduled(
    tea: Community, unit: Unit, api: Caller, wrong: dict[str, Any], status: int, code: str
) -> None:
    answer = api.ask("post", "/schedules", {"unit": unit.public_id, **wrong})
    assert (answer.status, answer.body["code"]) == (status, code)
    assert not Schedule.objects.exists()


def test_foreign_reports_are_not_there(made: dict[str, Any], caller: As, unit: Unit, other_unit: Unit) -> None:
    for who in (caller("owner", other_unit), caller("admin", unit)):
        assert who.all_of("/reports") == []
        assert who.get(f"/reports/{made['id']}").status == 404
        assert who.get(f"/reports/{made['id']}/files/html").status == 404
        assert who.get("/schedules").body == []
        assert who.ask("delete", f"/schedules/{Schedule.objects.get().public_id}").status == 404
    assert caller("").get("/reports").status == 403
