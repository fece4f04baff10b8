"""The work log: a quick form, a list, a table."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from qunyu.communities.models import Community, WorkEntry
from qunyu.communities.work import Work, add_work
from qunyu.kernel.scope import Scope
from qunyu.people.models import Staff, Unit
from tests.console.conftest import read
from tests.console.test_communities import cells
from tests.deployment_fixtures import NOW, AddStaff, SignedIn

ENTRY = {"day": "2026-03-05", "minutes": "40", "kind": "content", "note": "海报"}


@pytest.fixture
def ann(staff: AddStaff, unit: Unit) -> Staff:
    """Admin of 华东店."""
    return staff("ann", "admin", unit)


@pytest.fixture
def mine(ann: Staff, signed_in: SignedIn) -> Client:
    """A test client of Ann."""
    return signed_in(ann)


def told() -> list[tuple[str, date, int, str, str]]:
    return [
        (each.staff.username, each.day, each.minutes, each.kind, each.note) for each in WorkEntry.objects.order_by("id")
    ]


def test_noted_changed_and_removed(mine: Client, tea: Community) -> None:
    assert "还没有工时记录" in read(mine.get("/organisation/work"))
    assert mine.post("/organisation/work", {**ENTRY, "community": tea.public_id}).status_code == 302
    assert told() == [("ann", date(2026, 3, 5), 40, "content", "海报")]
    assert cells(mine.get("/organisation/work")) == [["2026年3月5日", "Ann", "40", "做内容", "Tea lovers", "海报"]]
    address = f"/organisation/work/{WorkEntry.objects.get().public_id}"
    page = read(mine.get(address))
    assert 'value="2026-03-05"' in page
    assert mine.post(address, {**ENTRY, "minutes": "41", "save": "yes"}).status_code == 302
    assert [each[2] for each in told()] == [41]
    assert mine.post(address, {"remove": "yes"}).status_code == 302
    assert told() == []


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"minutes": "0"}, "minutes"), ({"minutes": "1441"}, "minutes"), ({"minutes": "-5"}, "minutes"), ({"minutes": "x"}, "minutes"),
        ({"day": "soon"}, "day"), ({"day": "1999-01-01"}, "day"), ({"kind": "sleep"}, "kind"), ({"note": "x" * 201}, "note"), ({"day": ""}, "day"),
    ],
)  # fmt: skip
def test_what_is_wrong_stands_at_its_field(wrong: dict[str, str], field: str, mine: Client) -> None:
    response = mine.post("/organisation/work", {**ENTRY, **wrong})
    assert response.status_code == 400
    assert list(response.context["form"].errors) == [field]
    assert told() == []


def test_ones_own_page_is_a_click_away(mine: Client, ann: Staff) -> None:
    address = f"/organisation/operators/{ann.public_id}"
    assert f'href="{address}"' in read(mine.get("/organisation/work"))
    assert mine.get(address).status_code == 200


def test_a_manager_notes_for_others_and_nobody_else(boss: Client, ann: Staff, owner: Client, mine: Client) -> None:
    assert boss.post("/organisation/work", {**ENTRY, "staff": ann.public_id}).status_code == 302
    assert [each[0] for each in told()] == ["ann"]
    refused = owner.post("/organisation/work", {**ENTRY, "staff": ann.public_id})
    assert (refused.status_code, "只能记自己的工时" in read(refused)) == (400, True)
    director = Staff.objects.get(username="director")
    assert "没有编号为" in read(mine.post("/organisation/work", {**ENTRY, "staff": director.public_id}))
    address = f"/organisation/work/{WorkEntry.objects.get().public_id}"
    assert owner.get(address).status_code == 200
    assert "<fieldset disabled>" in read(owner.get(address))
    assert owner.post(address, {"remove": "yes"}).status_code == 400
    assert len(told()) == 1


def test_others_are_seen_where_effort_may_be_seen(
    ann: Staff, mine: Client, owner: Client, staff: AddStaff, signed_in: SignedIn, other_unit: Unit, system: Scope
) -> None:
    add_work(by=system, staff=ann, work=Work(date(2026, 3, 5), 40, "links"), now=NOW)
    stranger = signed_in(staff("stranger", "director", other_unit))
    assert (len(cells(owner.get("/organisation/work"))), len(cells(mine.get("/organisation/work")))) == (1, 1)
    assert cells(owner.get("/organisation/work?who=mine")) == []
    assert cells(stranger.get("/organisation/work")) == []
    address = f"/organisation/work/{WorkEntry.objects.get().public_id}"
    assert stranger.get(address).status_code == 404
    assert stranger.post(address, {"remove": "yes"}).status_code == 404
    assert len(told()) == 1


def test_what_is_exported_can_be_given_back(boss: Client, ann: Staff, tea: Community, system: Scope) -> None:
    add_work(by=system, staff=ann, work=Work(date(2026, 3, 5), 40, "links", tea, "a"), now=NOW)
    every = "&".join(f"column={each}" for each in ("account", "minutes", "kind", "community", "note"))
    data = b"".join(boss.get(f"/organisation/work?export=csv&{every}").streaming_content)  # type: ignore[attr-defined]
    WorkEntry.objects.all().delete()
    page = read(boss.post("/organisation/work/import", {"file": SimpleUploadedFile("work.csv", data)}, follow=True))
    assert "已导入：新增 1" in page
    assert told() == [("ann", date(2026, 3, 5), 40, "links", "a")]
    bad = SimpleUploadedFile("work.csv", b"day,minutes,kind\n2026-03-05,0,links\n")
    response = boss.post("/organisation/work/import", {"file": bad})
    assert (response.status_code, "第 2 行：分钟数须为 1 至 1440 的整数" in read(response)) == (400, True)


def test_search_and_filters(boss: Client, ann: Staff, system: Scope, tea: Community) -> None:
    add_work(by=system, staff=ann, work=Work(date(2026, 3, 5), 40, "links", tea, "poster"), now=NOW)
    add_work(by=system, staff=ann, work=Work(date(2026, 3, 6), 5, "other"), now=NOW)
    for query, wanted in (
        ("q=poster", ["40"]),
        ("q=Tea", ["40"]),
        ("kind=other", ["5"]),
        ("sort=minutes", ["5", "40"]),
        ("q=ann", ["5", "40"]),
    ):
        assert sorted((row[2] for row in cells(boss.get(f"/organisation/work?{query}"))), key=int) == wanted
