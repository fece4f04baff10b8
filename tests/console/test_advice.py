"""Advice on the pages: the list of communities, and one community's."""

from __future__ import annotations

import pytest
from django.test import Client

from qunyu.communities.models import Community
from qunyu.flows.labelling import label
from qunyu.people.models import Unit
from tests.console.conftest import read
from tests.console.test_communities import names
from tests.deployment_fixtures import NOW, ImportFile, SignedIn

BIG = "Big"


@pytest.fixture
def big(import_file: ImportFile, unit: Unit, runners: Community) -> Community:
    """A community of 30 known for months: 12 bought something dear once, 18 never bought."""
    rows = [f"Big,w{n},M{n},2025-11-01 08:00,member,1380000{n:04},whatsapp" for n in range(30)]
    import_file(
        "members.csv", "community,member_id,name,joined_at,role,phone,platform\n" + "\n".join(rows), unit, "members"
    )
    orders = [f"B{n},c{n},2026-0{1 + n % 2}-{1 + n:02} 10:00,{300 if n < 12 else 100},CNY,paid,{phone}"
              for n in range(25) for phone in [f"1380000{n:04}" if n < 12 else f"1390000{n:04}"]]  # fmt: skip
    import_file(
        "orders.csv", "order_id,customer,ordered_at,amount,currency,status,phone\n" + "\n".join(orders), unit, "orders"
    )
    import_file("WhatsApp Chat with Tea lovers.txt", "01/03/2026, 09:30 - Lin: hello everybody\n", unit)
    label(now=NOW)
    return Community.objects.get(name=BIG)


def test_the_list_names_what_each_community_asks_for(big: Community, boss: Client) -> None:
    page = read(boss.get("/board/advice"))
    assert names(boss.get("/board/advice")) == ["Big", "Runners", "Tea lovers"]
    assert "60 % (18)" in page
    assert "数据不足：已知类型的人不到 20 位" in page
    assert names(boss.get("/board/advice?strategy=low_demand")) == ["Big"]
    assert names(boss.get("/board/advice?strategy=loyal")) == []
    assert names(boss.get("/board/advice?q=run")) == ["Runners"]


def test_a_community_is_advised_with_evidence_and_the_list_to_begin_with(big: Community, boss: Client) -> None:
    page = read(boss.get(f"/communities/{big.public_id}/advice"))
    assert "一次试用，之后不再花钱" in page
    assert "18 / 30 = 60.0 %" in page
    assert "在下一次需要时提醒" in page
    address = f"/communities/{big.public_id}/people?place=present&user_type=demand"
    assert address.replace("&", "&amp;") in page
    assert len(names(boss.get(address))) == 12


def test_few_people_are_told_so(big: Community, runners: Community, boss: Client) -> None:
    page = read(boss.get(f"/communities/{runners.public_id}/advice"))
    assert "数据不足：已知类型的人不到 20 位" in page
    assert "第一步" not in page


def test_without_any_orders_the_list_says_what_to_import(tea: Community, boss: Client) -> None:
    label(now=NOW)
    assert "没有人的用户类型已知；请导入订单表" in read(boss.get("/board/advice"))
    assert "没有人的用户类型已知；请导入订单表" in read(boss.get(f"/communities/{tea.public_id}/advice"))


def test_nobody_is_advised_before_the_first_run(tea: Community, boss: Client) -> None:
    assert "还没有成员标签" in read(boss.get(f"/communities/{tea.public_id}/advice"))
    assert names(boss.get("/board/advice")) == []


def test_advice_is_exported(big: Community, boss: Client) -> None:
    response = boss.get("/board/advice?export=csv")
    lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert lines[0] == "社群,类型,建议,这类人占比,把握,已知类型的人"
    assert lines[1] == "Big,未设定,一次试用，之后不再花钱,0.6,把握大,30"


@pytest.mark.parametrize("role", ["admin", "analyst"])
def test_only_who_sees_people_and_orders_is_advised(
    role: str, big: Community, staff: object, signed_in: SignedIn, unit: Unit
) -> None:
    client = signed_in(staff(role, role, unit))  # type: ignore[operator]
    for page in ("/board/advice", f"/communities/{big.public_id}/advice"):
        response = client.get(page)
        assert response.status_code == 403
        assert "试用" not in read(response)
    assert "/board/advice" not in read(client.get("/board"))


def test_other_units_are_not_advised(big: Community, runners: Community, owner: Client) -> None:
    assert names(owner.get("/board/advice")) == ["Big", "Tea lovers"]
    assert owner.get(f"/communities/{runners.public_id}/advice").status_code == 404
