"""The list of duties, its import, and a community's team."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from qunyu.communities.duties import end_duty, give_duty
from qunyu.communities.models import Community, Duty
from qunyu.kernel.scope import Scope
from qunyu.people.models import Staff, Unit
from tests.console.conftest import read
from tests.console.test_communities import cells, names
from tests.deployment_fixtures import NOW, AddStaff


@pytest.fixture
def ann(staff: AddStaff, unit: Unit) -> Staff:
    """Admin of 华东店."""
    return staff("ann", "admin", unit)


def upload(text: bytes, name: str = "duties.csv") -> dict[str, SimpleUploadedFile]:
    return {"file": SimpleUploadedFile(name, text)}


def test_a_team_is_given_shown_and_ended(boss: Client, ann: Staff, tea: Community) -> None:
    address = f"/communities/{tea.public_id}/team"
    assert "还不知道谁在运营这个社群" in read(boss.get(address))
    assert boss.post(address, {"staff": ann.public_id, "kind": "owner"}).status_code == 302
    duty = Duty.objects.get()
    assert (duty.staff, duty.kind, duty.until) == (ann, "owner", None)
    page = read(boss.get(address))
    assert "<strong>Ann</strong>" in page
    assert f"/organisation/operators/{ann.public_id}" in page
    assert boss.post(f"/organisation/duties/{duty.public_id}/end").status_code == 302
    assert "以前谁在运营" in read(boss.get(address))


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"staff": "nope", "kind": "owner"}, "staff"),
        ({"staff": "", "kind": "owner"}, "staff"),
        ({"kind": "king"}, "kind"),
    ],
)
def test_what_is_wrong_stands_at_its_field(
    data: dict[str, str], field: str, boss: Client, ann: Staff, tea: Community
) -> None:
    response = boss.post(f"/communities/{tea.public_id}/team", {"staff": ann.public_id, **data})
    assert response.status_code == 400
    assert list(response.context["form"].errors) == [field]
    assert not Duty.objects.exists()


def test_who_runs_it_is_seen_by_all_and_edited_by_few(
    admin: Client, ann: Staff, tea: Community, runners: Community, system: Scope
) -> None:
    duty = give_duty(by=system, community=tea, staff=ann, kind="owner", now=NOW)
    page = read(admin.get(f"/communities/{tea.public_id}/team"))
    assert "<strong>Ann</strong>" in page
    assert "/organisation/operators/" not in page
    assert 'name="kind"' not in page
    assert (
        admin.post(f"/communities/{tea.public_id}/team", {"staff": ann.public_id, "kind": "admin"}).status_code == 403
    )
    assert admin.post(f"/organisation/duties/{duty.public_id}/end").status_code == 403
    assert admin.get(f"/communities/{runners.public_id}/team").status_code == 404
    assert admin.post("/organisation/duties/import", upload(b"")).status_code == 403
    assert Duty.objects.filter(until=None).count() == 1


def test_the_list_with_search_filters_and_order(
    boss: Client, ann: Staff, tea: Community, runners: Community, director: Staff, system: Scope
) -> None:
    old = give_duty(by=system, community=runners, staff=director, kind="admin", now=NOW)
    end_duty(by=system, duty=old, now=NOW)
    give_duty(by=system, community=tea, staff=ann, kind="owner", now=NOW)
    rows = cells(boss.get("/organisation/duties"))
    assert rows == [
        ["Runners", "WhatsApp", "director", "Director", "管理员", "2026年3月20日", "2026年3月20日"],
        ["Tea lovers", "WhatsApp", "ann", "Ann", "群主", "2026年3月20日", "–"],
    ]
    for query, wanted in (
        ("q=ann", ["Tea lovers"]),
        ("kind=admin", ["Runners"]),
        ("state=running", ["Tea lovers"]),
        ("state=ended", ["Runners"]),
    ):
        assert names(boss.get(f"/organisation/duties?{query}")) == wanted
    assert names(boss.get("/organisation/duties?sort=-community")) == ["Tea lovers", "Runners"]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_is_exported_can_be_given_back(kind: str, boss: Client, ann: Staff, tea: Community, system: Scope) -> None:
    give_duty(by=system, community=tea, staff=ann, kind="owner", now=NOW)
    data = b"".join(boss.get(f"/organisation/duties?export={kind}").streaming_content)  # type: ignore[attr-defined]
    Duty.objects.all().delete()
    response = boss.post("/organisation/duties/import", upload(data, f"duties.{kind}"), follow=True)
    assert "已导入：新增 1，原有 0" in read(response)
    assert Duty.objects.get().kind == "owner"


def test_wrong_lines_are_listed_and_nothing_is_taken(boss: Client, ann: Staff, tea: Community) -> None:
    text = "社群,账号,职责\nTea lovers,ann,群主\n不存在,ann,群主\nTea lovers,zoe,群主\n".encode()
    response = boss.post("/organisation/duties/import", upload(text))
    assert response.status_code == 400
    page = read(response)
    assert "<li>第 3 行：没有您可以编辑的社群“不存在”" in page
    assert "<li>第 4 行：没有账号“zoe”</li>" in page
    assert not Duty.objects.exists()
    assert "请选择一个 CSV 或 XLSX 文件" in read(boss.post("/organisation/duties/import", {}))
    assert "表格须有这些列" in read(boss.post("/organisation/duties/import", upload(b"name,day\na,b\n")))


def test_queries_do_not_grow(
    boss: Client, staff: AddStaff, unit: Unit, tea: Community, system: Scope, django_assert_max_num_queries: object
) -> None:
    for number in range(6):
        give_duty(by=system, community=tea, staff=staff(f"s{number}", "admin", unit), kind="admin", now=NOW)
    with django_assert_max_num_queries(10):  # type: ignore[operator]
        assert len(cells(boss.get("/organisation/duties"))) == 6
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        boss.get(f"/communities/{tea.public_id}/team")


def test_an_empty_list_says_what_to_do(boss: Client) -> None:
    assert "还没有记录谁在运营哪个社群" in read(boss.get("/organisation/duties"))
