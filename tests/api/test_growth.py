"""Growth: the people behind a figure."""

from __future__ import annotations

import pytest

from qunyu.communities.models import Community
from qunyu.people.models import Unit
from tests.api.calling import As, Caller
from tests.deployment_fixtures import ImportFile

RUNNERS = """\
02/03/2026, 10:00 - Ann created group "Runners"
02/03/2026, 10:01 - Ann: Who runs today?
"""


def test_the_people_behind_a_figure(api: Caller, tea: Community) -> None:
    body = api.get("/board/people?metric=active_members&period=2026-03-01").body
    assert (body["total"], body["figure"]["value"], body["period"]["label"]) == (4, 4, "2026-03")
    assert body["who"] == "ordinary members active in the period"
    assert sorted(each["name"] for each in body["items"]) == ["Lin", "Mei", "Tom", "小茶"]
    weekly = api.all_of("/board/people?metric=active_members&period=2026-03-09&grain=week&limit=1")
    assert sorted(each["name"] for each in weekly) == ["Mei", "Tom", "小茶"]
    assert api.get(f"/board/people?metric=leaves&period=2026-03-01&communities={tea.public_id}").body["total"] == 1


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("metric=magic&period=2026-03-01", 404, "unknown_metric"),
        ("metric=cost&period=2026-03-01", 400, "no_people"),
        ("metric=members&period=soon", 422, "invalid"),
        ("metric=members", 422, "invalid"),
        ("metric=members&period=2020-01-01", 404, "unknown_period"),
        ("metric=members&period=2026-03-01&communities=nowhere", 404, "unknown_community"),
        ("metric=members&period=2026-03-01&grain=all", 422, "invalid"),
    ],
)
def test_people_of_what_is_not_there(query: str, status: int, code: str, api: Caller, tea: Community) -> None:
    answer = api.get(f"/board/people?{query}")
    assert (answer.status, answer.body["code"]) == (status, code)


def test_people_only_where_they_may_be_seen(
    caller: As, tea: Community, import_file: ImportFile, unit: Unit, other_unit: Unit
) -> None:
    import_file("WhatsApp Chat with Runners.txt", RUNNERS, other_unit)
    owner = caller("owner", unit).get("/board/people?metric=members&period=2026-03-01").body
    assert "Ann" not in [each["name"] for each in owner["items"]]
    for role, metric in (("analyst", "members"), ("admin", "buyers")):
        denied = caller(role, unit).get(f"/board/people?metric={metric}&period=2026-03-01")
        assert (denied.status, denied.body["code"]) == (403, "denied")
