"""The effort page and an operator's page."""

from __future__ import annotations

import pytest
from django.test import Client

from qunyu.communities.duties import give_duty
from qunyu.communities.models import Community, Duty
from qunyu.kernel.scope import Scope
from qunyu.members.models import Member, StaffLink
from qunyu.members.staff_links import link
from qunyu.people.models import Role, Staff, Unit
from tests.console.conftest import read
from tests.console.test_communities import cells, names
from tests.deployment_fixtures import NOW, AddStaff, ImportFile, SignedIn

MARCH = "first=2026-03-01&last=2026-03-31"
# Invented. Mei sends the same three mornings; Bo answers on the second.
MORNINGS = """\
10/03/2026, 09:00 - Mei: Good morning, have a nice cup of tea
11/03/2026, 09:00 - Mei: Good morning, have a nice cup of tea
11/03/2026, 09:05 - Bo: Morning
12/03/2026, 09:00 - Mei: Good morning, have a nice cup of tea
13/03/2026, 18:00 - Bo: Anybody there
"""


@pytest.fixture
def ann(staff: AddStaff, unit: Unit) -> Staff:
    """Admin of 华东店."""
    return staff("ann", "admin", unit)


@pytest.fixture
def run(ann: Staff, import_file: ImportFile, unit: Unit, system: Scope) -> Community:
    """Mornings, owned by Ann, who is Mei there."""
    import_file("WhatsApp Chat with Mornings.txt", MORNINGS, unit)
    place = Community.objects.get(name="Mornings")
    give_duty(by=system, community=place, staff=ann, kind="owner", now=NOW)
    link(by=system, member=Member.objects.get(name="Mei"), staff=ann, now=NOW)
    return place


def test_the_list_says_who_did_what(run: Community, boss: Client) -> None:
    (row,) = cells(boss.get(f"/organisation/effort?{MARCH}"))
    assert row[:8] == ["Ann", "Mornings", "3", "0", '<span title="n = 3">3</span>', "0", "3", "2"]
    columns = "&".join(f"column={each}" for each in ("duties", "days", "greeted", "orders", "shared"))
    (row,) = cells(boss.get(f"/organisation/effort?{MARCH}&{columns}"))
    why = '<span class="unknown" title="这些天没有入群记录">未知</span>'
    no_orders = '<span title="没有订单数据；请导入订单表">未知</span>'
    assert row == ["Ann", "群主", "3", why, no_orders, "1"]


def test_filters_days_and_words_for_what_is_wrong(run: Community, boss: Client, unit: Unit, other_unit: Unit) -> None:
    assert names(boss.get(f"/organisation/effort?{MARCH}&q=morn")) == ["Ann"]
    assert names(boss.get(f"/organisation/effort?{MARCH}&unit={unit.public_id}")) == ["Ann"]
    assert names(boss.get(f"/organisation/effort?{MARCH}&unit={other_unit.public_id}")) == []
    assert names(boss.get(f"/organisation/effort?{MARCH}&linked=no")) == []
    assert names(boss.get("/organisation/effort?first=2026-01-01&last=2026-01-31")) == []
    assert "晚于结束日期" in read(boss.get("/organisation/effort?first=2026-03-02&last=2026-03-01"))
    assert "无法识别" in read(boss.get("/organisation/effort?first=soon"))


def test_nobody_linked_yet_says_what_to_do(ann: Staff, tea: Community, system: Scope, boss: Client) -> None:
    give_duty(by=system, community=tea, staff=ann, kind="owner", now=NOW)
    page = read(boss.get(f"/organisation/effort?{MARCH}"))
    assert "还没有账号关联到群里的人" in page
    assert "没有关联群里的人，或没有记录" in page


def test_as_a_file_numbers_are_numbers(run: Community, boss: Client) -> None:
    response = boss.get(f"/organisation/effort?{MARCH}&export=csv&column=minutes&column=repeats")
    assert b"".join(response.streaming_content).decode("utf-8-sig").splitlines() == [  # type: ignore[attr-defined]
        "运营人员,估计在群分钟,重复消息", "Ann,3.0,3",
    ]  # fmt: skip


def test_orders_need_their_permission(run: Community, staff: AddStaff, signed_in: SignedIn, unit: Unit) -> None:
    Role.objects.create(code="coach", name_zh="教练", name_en="Coach", permissions=["communities.view", "effort.view"])
    coach = signed_in(staff("coach", "coach", unit))
    rows = cells(coach.get(f"/organisation/effort?{MARCH}&column=revenue&column=orders"))
    assert [row for row in rows if row[0] == "Ann"] == [["Ann", "–", "–"]]
    page = read(coach.get(f"/organisation/operators/{Staff.objects.get(username='ann').public_id}?{MARCH}"))
    assert "Good morning" not in page
    assert "只有可以查看成员的人才能看到具体内容" in page
    assert ">Mei<" not in page


def test_an_operators_page(run: Community, ann: Staff, boss: Client) -> None:
    page = read(boss.get(f"/organisation/operators/{ann.public_id}?{MARCH}"))
    for text in (
        "Good morning, have a nice cup of tea",
        "约可省下 3 分钟",
        "约可省下 2 分钟",
        "管理员 · 华东店",
        "Mornings",
        ">Mei</a>",
    ):
        assert text in page
    part = boss.get(f"/organisation/operators/{ann.public_id}?{MARCH}", headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith('<div id="effort"')


def test_the_chart_stacks_what_was_said(run: Community, ann: Staff, boss: Client) -> None:
    response = boss.get(f"/organisation/operators/{ann.public_id}?first=2026-03-10&last=2026-03-31")
    (chart,) = response.context["charts"]
    assert chart.option["xAxis"]["data"] == ["2026-03-10", "2026-03-11", "2026-03-12", "2026-03-13"]
    assert [each["data"] for each in chart.option["series"]] == [[0, 0, 0, 0], [0, 1, 0, 0], [1, 0, 1, 0]]
    assert boss.get(f"/organisation/operators/{ann.public_id}?first=2026-03-13&last=2026-03-31").context["charts"] == []
    assert boss.get(f"/organisation/operators/{ann.public_id}?first=2025-03-10&last=2026-03-31").context["charts"] == []


def test_an_account_without_a_password_says_so(boss: Client, ann: Staff) -> None:
    words = "没有密码：设定密码之前，谁也不能用这个账号登录"
    assert words not in read(boss.get(f"/organisation/operators/{ann.public_id}"))
    ann.set_unusable_password()
    ann.save()
    assert words in read(boss.get(f"/organisation/operators/{ann.public_id}"))


def test_people_are_linked_found_and_undone(boss: Client, staff: AddStaff, unit: Unit, tea: Community) -> None:
    lin = staff("lin", "admin", unit)
    address = f"/organisation/operators/{lin.public_id}"
    assert "名字相同，仅供参考" in read(boss.get(address))
    member, mei = Member.objects.get(name="Lin"), Member.objects.get(name="Mei")
    assert boss.post(f"{address}/links", {"member": member.public_id}).status_code == 302
    assert StaffLink.objects.get().member == member
    assert "在各项数字里算作普通成员" in read(boss.get(address))
    assert mei.public_id in read(boss.get(f"{address}?find=Me"))
    assert "没有找到这个名字的" in read(boss.get(f"{address}?find=Lin"))
    other = staff("other", "admin", unit)
    refused = boss.post(f"/organisation/operators/{other.public_id}/links", {"member": member.public_id})
    assert (refused.status_code, "已关联到账号“Lin”" in read(refused)) == (400, True)
    assert boss.post(f"{address}/links/{member.public_id}/undo").status_code == 302
    assert not StaffLink.objects.exists()


def test_duties_are_given_ended_and_handed_over(
    boss: Client, ann: Staff, tea: Community, staff: AddStaff, unit: Unit
) -> None:
    ben = staff("ben", "admin", unit)
    address = f"/organisation/operators/{ann.public_id}"
    assert boss.post(f"{address}/duties", {"community": tea.public_id, "kind": "owner"}).status_code == 302
    assert boss.post(f"{address}/hand-over", {"to": ben.public_id}).status_code == 302
    running = Duty.objects.get(until=None)
    assert (running.staff, running.kind) == (ben, "owner")
    again = boss.post(f"{address}/hand-over", {"to": ben.public_id})
    assert (again.status_code, "没有您可以交接的职责" in read(again)) == (400, True)
    back = boss.post(f"/organisation/duties/{running.public_id}/end", {"from": "operator"})
    assert (back.status_code, back["Location"]) == (302, f"/organisation/operators/{ben.public_id}")
    assert not Duty.objects.filter(until=None).exists()


@pytest.mark.parametrize(
    ("path", "data", "field"),
    [
        ("duties", {"community": "nope", "kind": "owner"}, "community"),
        ("duties", {"kind": "owner"}, "community"),
        ("hand-over", {"to": "nope"}, "to"),
        ("hand-over", {}, "to"),
    ],
)
def test_what_is_wrong_stands_at_its_field(
    path: str, data: dict[str, str], field: str, boss: Client, ann: Staff, tea: Community
) -> None:
    response = boss.post(f"/organisation/operators/{ann.public_id}/{path}", data)
    assert response.status_code == 400
    assert list(response.context["form"].errors) == [field]
    assert not Duty.objects.exists()


def test_who_may_not(
    run: Community, ann: Staff, admin: Client, owner: Client, staff: AddStaff, signed_in: SignedIn, other_unit: Unit
) -> None:
    address = f"/organisation/operators/{ann.public_id}"
    stranger = signed_in(staff("stranger", "director", other_unit))
    assert admin.get("/organisation/effort").status_code == 403
    assert [admin.get(address).status_code, stranger.get(address).status_code] == [404, 404]
    assert names(stranger.get(f"/organisation/effort?{MARCH}")) == []
    mei = Member.objects.get(name="Mei")
    assert owner.post(f"{address}/links/{mei.public_id}/undo").status_code == 403
    assert stranger.post(f"{address}/hand-over", {"to": ann.public_id}).status_code == 404
    assert owner.get(address).status_code == 200
    mine = signed_in(ann)
    page = read(mine.get(f"{address}?{MARCH}"))
    assert "Good morning, have a nice cup of tea" in page
    assert "分配职责" not in page
    assert StaffLink.objects.count() == Duty.objects.filter(until=None).count() == 1


def test_queries_do_not_grow(
    run: Community,
    ann: Staff,
    boss: Client,
    system: Scope,
    staff: AddStaff,
    unit: Unit,
    django_assert_max_num_queries: object,
) -> None:
    for number in range(6):
        place = Community.objects.create(unit=unit, platform="wechat", key=f"c{number}", name=f"C{number}")
        give_duty(by=system, community=place, staff=ann, kind="admin", now=NOW)
        give_duty(by=system, community=place, staff=staff(f"s{number}", "admin", unit), kind="admin", now=NOW)
    boss.get(f"/organisation/effort?{MARCH}")
    with django_assert_max_num_queries(40):  # type: ignore[operator]
        assert len(cells(boss.get(f"/organisation/effort?{MARCH}"))) == 13
    with django_assert_max_num_queries(75):  # type: ignore[operator]
        boss.get(f"/organisation/operators/{ann.public_id}?{MARCH}")
