"""Labels on the pages: of one member, of lists, and of all people in scope."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.test import Client
from openpyxl import load_workbook

from qunyu.communities.models import Community
from qunyu.flows.labelling import label
from qunyu.insights.label import labels
from qunyu.kernel.scope import Scope
from qunyu.members.models import Member, PastLabel
from qunyu.people.actions import change_settings
from qunyu.people.models import Unit
from tests.console.conftest import read
from tests.console.test_communities import names
from tests.deployment_fixtures import NOW, ImportFile

ORDERS = """\
order_id,customer,ordered_at,amount,currency,status,phone
A1,c1,2026-03-03 10:00,128.00,CNY,paid,13800138000
"""
LIST = """\
community,member_id,name,joined_at,role,phone,platform
Tea lovers,w1,阿珍,2026-03-01 08:00,member,13800138000,whatsapp
"""


@pytest.fixture
def labelled(tea: Community, runners: Community, import_file: ImportFile, unit: Unit) -> Community:
    """Tea lovers with 阿珍, who bought once; everybody is labelled."""
    import_file("members.csv", LIST, unit, "members")
    import_file("orders.csv", ORDERS, unit, "orders")
    label(now=NOW)
    return tea


def member(name: str) -> Member:
    return Member.objects.get(name=name)


def test_a_member_is_shown_with_every_label_and_its_reason(labelled: Community, boss: Client) -> None:
    page = read(boss.get(f"/members/{member('阿珍').public_id}"))
    assert "有 1 个已付款订单" in page
    assert "客单价是常见值的 1.0 倍" not in page  # one order of the usual value is no strong need
    assert "2026-03-01 认识，1 个已付款订单；满意度 67" in page
    assert "从未发言" in page
    for each in labels().values():
        assert str(each.title) in page
        assert each.definition.zh.split("。")[0] in page


def test_what_was_said_before_is_shown(labelled: Community, boss: Client) -> None:
    mei = member("Mei")
    told = mei.labels.get(key="tier")
    PastLabel.objects.create(
        member=mei, key="tier", value="professional", rule=0, figures="{}", unit_id=told.unit_id,
        since=NOW.date().replace(month=1), until=told.since,
    )  # fmt: skip
    page = read(boss.get(f"/members/{mei.public_id}"))
    assert "2026年1月20日 – 2026年3月14日" in page


def test_whoever_may_not_see_orders_sees_no_stage_and_no_type(labelled: Community, admin: Client) -> None:
    page = read(admin.get(f"/members/{member('阿珍').public_id}"))
    assert "用户分层" in page
    for hidden in ("生命周期阶段", "用户类型", "已付款订单"):
        assert hidden not in page
    assert "生命周期阶段" not in read(admin.get("/members"))
    overview = read(admin.get("/members/labels"))
    assert "用户分层" in overview
    assert "用户类型" not in overview
    assert len(names(admin.get("/members?user_type=low_demand"))) == 5


def test_a_reason_beyond_the_units_in_scope_is_hidden(
    labelled: Community, owner: Client, import_file: ImportFile, other_unit: Unit
) -> None:
    told = member("Mei").labels.get(key="tier")
    type(told).objects.filter(member=told.member).update(unit_id=other_unit.pk)
    page = read(owner.get(f"/members/{told.member.public_id}"))
    assert "理由涉及您权限之外的社群或订单" in page
    assert "每 30 天真正发言" not in page


def test_nobody_is_labelled_before_the_first_run(tea: Community, boss: Client) -> None:
    assert "还没有成员标签" in read(boss.get("/members/labels"))
    assert "尚未生成标签" in read(boss.get(f"/members/{member('Mei').public_id}"))


def test_lists_are_filtered_by_label(labelled: Community, boss: Client) -> None:
    assert names(boss.get("/members?stage=revenue")) == ["阿珍"]
    assert sorted(names(boss.get("/members?tier=ordinary&trust_level=new"))) == ["阿珍"]
    assert names(boss.get("/members?tier=professional")) == []
    assert len(names(boss.get("/members?tier=nonsense"))) == 7
    address = f"/communities/{labelled.public_id}/people"
    assert names(boss.get(f"{address}?stage=revenue")) == ["阿珍"]
    assert sorted(names(boss.get(f"{address}?place=present"))) == sorted(["Lin", "Mei", "小茶", "阿珍"])


def test_an_export_tells_labels(labelled: Community, boss: Client) -> None:
    response = boss.get("/members?export=xlsx&column=stage&column=tier&stage=revenue")
    sheet = load_workbook(BytesIO(b"".join(response.streaming_content))).active  # type: ignore[attr-defined]
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [  # type: ignore[union-attr]
        ["成员", "用户分层", "生命周期阶段"],
        ["阿珍", "普通", "变现"],
    ]


def test_the_overview_counts_who_is_there_now(labelled: Community, boss: Client) -> None:
    page = read(boss.get("/members/labels"))
    # Tom left: Lin, Mei, 小茶, 阿珍, and Ann and Bob of the runners.
    assert "数据截至 2026年3月14日" in page
    assert "/members?place=present&amp;tier=ordinary" in page
    assert len(names(boss.get("/members?place=present&tier=ordinary"))) == 6
    rows = names(boss.get("/members/labels?label=stage"))
    assert rows == ["Tea lovers", "Runners"]


def test_the_overview_is_narrowed_and_its_links_keep_that(
    labelled: Community, runners: Community, boss: Client
) -> None:
    page = read(boss.get(f"/members/labels?community={runners.public_id}"))
    assert f"/members?community={runners.public_id}&amp;place=present&amp;tier=ordinary" in page
    assert names(boss.get(f"/members/labels?community={runners.public_id}")) == ["Runners"]
    assert "目前没有成员" in read(boss.get("/members/labels?platform=telegram"))


def test_the_overview_is_exported(labelled: Community, boss: Client) -> None:
    response = boss.get("/members/labels?label=stage&export=csv")
    lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert lines[0] == "社群,在群人数,拉新,激活,留存,变现,推荐"
    assert lines[1].startswith("Tea lovers,4,")


def test_people_of_other_units_are_not_counted(labelled: Community, owner: Client) -> None:
    assert names(owner.get("/members/labels")) == ["Tea lovers"]


def test_an_analyst_sees_no_labels_of_people(labelled: Community, staff: object, signed_in: object, unit: Unit) -> None:
    client = signed_in(staff("analyst", "analyst", unit))  # type: ignore[operator]
    assert client.get("/members/labels").status_code == 403


def test_few_questions_are_asked(
    labelled: Community, boss: Client, django_assert_max_num_queries: object, system: Scope
) -> None:
    for page, most in (("/members/labels", 24), ("/members", 17), (f"/members/{member('Mei').public_id}", 47)):
        boss.get(page)
        with django_assert_max_num_queries(most):  # type: ignore[operator]
            boss.get(page)


def test_thresholds_of_a_unit_decide(labelled: Community, boss: Client, system: Scope, unit: Unit) -> None:
    change_settings(by=system, unit=unit, changes={"active_messages": 1.0}, now=NOW)
    label(now=NOW)
    assert "Mei" in names(boss.get("/members?tier=active"))
    assert "Ann" not in names(boss.get("/members?tier=active"))
