"""The load page: what operators carry, limits with a preview, communities that nobody runs."""

from __future__ import annotations

import pytest
from django.test import Client

from qunyu.communities.duties import give_duty
from qunyu.communities.models import Community
from qunyu.kernel.scope import Scope
from qunyu.people.models import Staff, Unit, UnitSetting
from tests.console.conftest import read
from tests.console.test_communities import cells, names
from tests.deployment_fixtures import NOW, AddStaff


@pytest.fixture
def ann(staff: AddStaff, unit: Unit, tea: Community, system: Scope) -> Staff:
    """Admin of 华东店 who owns Tea lovers."""
    made = staff("ann", "admin", unit)
    give_duty(by=system, community=tea, staff=made, kind="owner", now=NOW)
    return made


def test_the_list_says_what_each_carries(ann: Staff, boss: Client) -> None:
    rows = {row[0]: row[1:] for row in cells(boss.get("/organisation/load"))}
    assert rows["Ann"] == ["群主 1", "1", "3", "4", "0.6", "0.1", "没有设上限"]
    assert rows["Director"] == ["–", "0", "0", "0", "0.0", "0.0", "没有设上限"]


def test_search_and_filters(ann: Staff, boss: Client, unit: Unit, staff: AddStaff, other_unit: Unit) -> None:
    staff("ben", "admin", other_unit)
    assert names(boss.get("/organisation/load?q=an")) == ["Ann"]
    assert names(boss.get("/organisation/load?kind=owner")) == ["Ann"]
    assert names(boss.get("/organisation/load?kind=kol")) == []
    assert names(boss.get(f"/organisation/load?unit={unit.public_id}")) == ["Ann"]
    assert names(boss.get(f"/organisation/load?unit={other_unit.public_id}")) == ["Ben"]
    assert names(boss.get("/organisation/load?unit=nope")) == []
    assert names(boss.get("/organisation/load?state=unlimited")) == ["Ann"]
    assert sorted(names(boss.get("/organisation/load?state=idle"))) == ["Ben", "Director"]
    assert names(boss.get("/organisation/load?state=over")) == []


def test_over_a_limit_is_said_in_words_and_with_a_sign(ann: Staff, boss: Client, unit: Unit) -> None:
    post = {"unit": unit.public_id, "load.communities": "3", "load.members": "2", "save": "yes"}
    assert boss.post("/organisation/load/limits", post).status_code == 302
    page = read(boss.get("/organisation/load?state=over"))
    assert names(boss.get("/organisation/load?state=over")) == ["Ann"]
    assert 'class="reason"><i class="ti ti-alert-triangle" aria-hidden="true"></i> 超出 1 名成员' in page
    assert "(上限 2)" in page
    assert "每人最多社群数: 3 个社群 · 每人最多成员数: 2 名成员" in page
    boss.post("/organisation/load/limits", {"unit": unit.public_id, "load.communities": "", "load.members": ""})
    assert not UnitSetting.objects.exists()
    assert "还没有设定任何上限" in read(boss.get("/organisation/load"))


def test_a_preview_names_who_would_be_over_and_keeps_nothing(ann: Staff, boss: Client, unit: Unit) -> None:
    post = {"unit": unit.public_id, "load.members": "2", "preview": "yes"}
    page = read(boss.post("/organisation/load/limits", post))
    assert "会超出上限的人: 1" in page
    assert "Ann: 超出 1 名成员" in page
    assert 'value="2"' in page
    assert not UnitSetting.objects.exists()
    assert "没有人。" in read(boss.post("/organisation/load/limits", {**post, "load.members": "3"}))


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("many", "“many”不是数字"),
        ("0", "“每人最多成员数”须为 1 至 1000000 的整数"),
        ("nan", "须为 1 至 1000000 的整数"),
    ],
)
@pytest.mark.parametrize("button", ["save", "preview"])
def test_what_is_wrong_is_told_at_the_field(
    typed: str, told: str, button: str, ann: Staff, boss: Client, unit: Unit
) -> None:
    response = boss.post("/organisation/load/limits", {"unit": unit.public_id, "load.members": typed, button: "yes"})
    assert response.status_code == 400
    assert told in read(response)
    assert 'id="error-load.members"' in read(response)
    assert not UnitSetting.objects.exists()


def test_communities_that_nobody_runs_stand_on_top(tea: Community, boss: Client) -> None:
    page = read(boss.get("/organisation/load"))
    assert "没有人运营的社群</h2>" in page.replace(" (1)", "")
    assert page.index("没有人运营的社群") < page.index("<thead>")
    assert f"/communities/{tea.public_id}/team" in page
    assert "成员 3 · 新人 4" in page


def test_in_english_and_as_a_file(ann: Staff, boss: Client, director: Staff) -> None:
    Staff.objects.filter(pk=director.pk).update(language="en")
    assert "no limit set" in read(boss.get("/organisation/load"))
    lines = b"".join(boss.get("/organisation/load?export=csv&q=ann").streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert (
        lines[0]
        == 'Operator,Duties,Communities,Members there,"Newcomers, 28 days",Messages a day,Questions a day,Beside the limits'
    )
    assert lines[1].startswith("Ann,Owner 1,1,3,4,0.57")
    assert b"".join(boss.get("/organisation/load?export=xlsx").streaming_content)[:2] == b"PK"  # type: ignore[attr-defined]


def test_only_who_may_see_effort(admin: Client, owner: Client, ann: Staff, other_unit: Unit, unit: Unit) -> None:
    assert admin.get("/organisation/load").status_code == 403
    assert admin.post("/organisation/load/limits", {"unit": unit.public_id, "load.members": "2"}).status_code == 403
    assert sorted(names(owner.get("/organisation/load"))) == ["Admin", "Ann", "Owner"]
    assert (
        owner.post("/organisation/load/limits", {"unit": other_unit.public_id, "load.members": "2"}).status_code == 404
    )
    assert not UnitSetting.objects.exists()
    assert "/organisation/load" not in read(admin.get("/settings/account"))
    assert 'href="/organisation/load"' in read(owner.get("/settings/account"))


def test_what_is_in_another_unit_is_not_there(
    ann: Staff, runners: Community, owner: Client, staff: AddStaff, other_unit: Unit
) -> None:
    staff("ben", "admin", other_unit)
    page = read(owner.get("/organisation/load"))
    assert "Runners" not in page
    assert "Ben" not in page


def test_a_part_is_only_the_list(ann: Staff, boss: Client) -> None:
    page = boss.get("/organisation/load", headers={"HX-Request": "true"}).content.decode()
    assert page.lstrip().startswith('<div id="list">')


def test_queries_do_not_grow(
    ann: Staff, boss: Client, system: Scope, staff: AddStaff, unit: Unit, django_assert_max_num_queries: object
) -> None:
    boss.get("/organisation/load")
    for number in range(6):
        place = Community.objects.create(unit=unit, platform="wechat", key=f"c{number}", name=f"C{number}")
        give_duty(by=system, community=place, staff=staff(f"s{number}", "admin", unit), kind="admin", now=NOW)
    with django_assert_max_num_queries(26):  # type: ignore[operator]
        assert len(cells(boss.get("/organisation/load"))) == 8
