"""The list of members and one member's page."""

from __future__ import annotations

import pytest
from django.test import Client

from qunyu.communities.models import Community
from qunyu.kernel.platform_ids import name_of
from qunyu.members.models import Member
from qunyu.people.models import Unit
from tests.console.conftest import read
from tests.console.test_communities import cells, names
from tests.deployment_fixtures import ImportFile

LIST = """\
community,member_id,name,joined_at,role,phone,platform
Tea lovers,w1,阿珍,2026-03-01 08:00,member,13800138000,whatsapp
"""
ORDERS = """\
order_id,customer,ordered_at,amount,currency,status,phone
A1,c1,2026-03-03 10:00,128.00,CNY,paid,13800138000
A2,c1,2026-03-04 10:00,20.00,CNY,unpaid,13800138000
"""


@pytest.fixture
def buyer(tea: Community, import_file: ImportFile, unit: Unit) -> Member:
    """阿珍, on the member list of Tea lovers, who paid ¥128 and still owes ¥20."""
    import_file("members.csv", LIST, unit, "members")
    import_file("orders.csv", ORDERS, unit, "orders")
    return Member.objects.get(name="阿珍")


def test_everybody_stands_with_what_they_did(tea: Community, runners: Community, boss: Client) -> None:
    rows = cells(boss.get("/members?sort=-messages"))
    # Equals stand in no order that matters.
    assert sorted((row[:4] for row in rows), key=lambda row: (-int(row[3]), row[0])) == [
        ["Mei", "成员", "1", "3"],
        ["Tom", "成员", "1", "2"],
        ["小茶", "成员", "1", "2"],
        ["Ann", "成员", "1", "1"],
        ["Bob", "成员", "1", "1"],
        ["Lin", "成员", "1", "1"],
    ]


def test_search_and_filters(tea: Community, runners: Community, boss: Client) -> None:
    assert names(boss.get("/members?q=茶")) == ["小茶"]
    assert names(boss.get(f"/members?community={runners.public_id}&sort=name")) == ["Ann", "Bob"]
    assert names(boss.get("/members?role=bot")) == []
    assert names(boss.get("/members?platform=telegram")) == []
    assert len(names(boss.get("/members?platform=whatsapp"))) == 6
    assert names(boss.get("/members?q=%25")) == []


@pytest.mark.parametrize("sort", ["name", "-last_at", "first_at", "messages", "-communities", "role", "nonsense"])
def test_every_order_lists_everybody(sort: str, tea: Community, boss: Client) -> None:
    assert sorted(names(boss.get(f"/members?sort={sort}"))) == ["Lin", "Mei", "Tom", "小茶"]


def test_staff_of_a_unit_see_its_people_only(tea: Community, runners: Community, owner: Client) -> None:
    assert sorted(names(owner.get("/members"))) == ["Lin", "Mei", "Tom", "小茶"]
    assert names(owner.get(f"/members?community={runners.public_id}")) == []
    ann = Member.objects.get(name="Ann")
    response = owner.get(f"/members/{ann.public_id}")
    assert response.status_code == 404
    assert "Ann" not in read(response)


def test_an_analyst_may_not_see_people(tea: Community, staff: object, signed_in: object, unit: Unit) -> None:
    client = signed_in(staff("analyst", "analyst", unit))  # type: ignore[operator]
    mei = Member.objects.get(name="Mei")
    pages = ("/members", "/members?export=csv", f"/members/{mei.public_id}", f"/communities/{tea.public_id}/people")
    for page in pages:
        response = client.get(page)
        assert response.status_code == 403, page
        assert "Mei" not in read(response)
    assert f"/communities/{tea.public_id}/people" not in client.get(f"/communities/{tea.public_id}").content.decode()


def test_an_export_holds_everybody_in_scope(tea: Community, runners: Community, owner: Client) -> None:
    response = owner.get("/members?export=csv&sort=name&column=messages")
    text = b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]
    assert text == "\ufeff成员,消息\r\nLin,1\r\nMei,3\r\nTom,2\r\n小茶,2\r\n"


def test_a_member_has_a_timeline_the_latest_first(tea: Community, boss: Client) -> None:
    tom = Member.objects.get(name="Tom")
    events = boss.get(f"/members/{tom.public_id}").context["events"]
    assert [(event.title.en, event.text) for event in events] == [
        ("left", "Tom left"),
        ("said", "[其他内容]"),
        ("said", "Green tea in the morning"),
        ("joined", "Lin added Mei and Tom"),
    ]


def test_the_timeline_goes_on_where_it_stopped(tea: Community, boss: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from qunyu.reports import life

    monkeypatch.setattr(life, "MOMENTS", 3)
    tom = Member.objects.get(name="Tom")
    first = boss.get(f"/members/{tom.public_id}")
    address = f"/members/{tom.public_id}?before={first.context['next']}"
    rest = boss.get(address, headers={"HX-Request": "true"})
    assert [len(first.context["events"]), len(rest.context["events"])] == [3, 1]
    assert rest.context["next"] == ""
    assert "<html" not in rest.content.decode()
    refused = boss.get(f"/members/{tom.public_id}?before=nonsense'--")
    assert (refused.status_code, "不是时间线里的位置" in read(refused)) == (400, True)


def test_nothing_bought_is_unknown_where_no_orders_are_known(tea: Community, boss: Client) -> None:
    tom = Member.objects.get(name="Tom")
    assert "未知：还没有导入订单" in read(boss.get(f"/members/{tom.public_id}"))


def test_orders_stand_among_what_was_done_and_pages_lose_none(
    buyer: Member, import_file: ImportFile, unit: Unit, boss: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from qunyu.reports import life

    # Of one moment, so that the order in which they were kept is not that of the timeline.
    same = "".join(f"S{n},c1,2026-03-05 10:00,{n},13800138000\n" for n in range(1, 9))
    import_file("same.csv", "order_id,customer,ordered_at,amount,phone\n" + same, unit, "orders")
    whole = [(event.cursor, event.text) for event in boss.get(f"/members/{buyer.public_id}").context["events"]]
    assert whole == sorted(whole, reverse=True)
    monkeypatch.setattr(life, "MOMENTS", 1)
    paged, before = [], ""
    for _ in whole:
        part = boss.get(f"/members/{buyer.public_id}?before={before}").context
        paged += [(event.cursor, event.text) for event in part["events"]]
        before = part["next"]
    assert (paged, before) == (whole, "")


def test_orders_and_what_was_paid(buyer: Member, boss: Client) -> None:
    response = boss.get(f"/members/{buyer.public_id}")
    assert (response.context["spent"], response.context["bought"]) == (["¥ 128.00"], 1)
    assert "未知：还没有导入订单" not in read(response)
    orders = [(order.number, amount, str(state)) for order, amount, state in response.context["orders"]]
    assert orders == [("A2", "¥ 20.00", "待付款"), ("A1", "¥ 128.00", "已付款")]
    kinds = [event.icon for event in response.context["events"]]
    assert kinds == ["shopping-cart", "shopping-cart", "list"]


def test_buyers_in_no_community_are_a_list_of_their_own(
    buyer: Member, import_file: ImportFile, unit: Unit, boss: Client, admin: Client
) -> None:
    more = "order_id,customer,ordered_at,amount,phone\nB1,buyer-c9,2026-03-05 10:00,9,\nB2,,2026-03-06 10:00,9,13900139000\n"
    import_file("more.csv", more, unit, "orders")
    rows = cells(boss.get("/members?place=outside&sort=-last_at"))
    assert [row[1:4] for row in rows] == [["成员", "0", "0"]] * 2
    called = name_of("buyer-c9")
    nameless, named = names(boss.get("/members?place=outside&sort=-last_at"))
    assert (nameless[:2], len(nameless), named) == ("☎ ", 8, called)
    assert names(boss.get("/members?place=outside&q=buyer-c9")) == [called]
    assert called not in names(boss.get("/members"))
    page = boss.get(f"/members/{Member.objects.get(name=called).public_id}").content.decode()
    assert "B1" in page
    assert "不在任何社群" in page
    assert called not in names(admin.get("/members?place=outside"))
    assert admin.get(f"/members/{Member.objects.get(name=called).public_id}").status_code == 404


def test_orders_are_hidden_from_who_may_not_see_them(buyer: Member, boss: Client, admin: Client) -> None:
    address = f"/members/{buyer.public_id}"
    assert all(text in read(boss.get(address)) for text in ("A1", "128.00"))
    response = admin.get(address)
    assert [event.icon for event in response.context["events"]] == ["list"]
    page = read(response)
    assert "128.00" not in page
    assert "A1" not in page


def test_texts_of_other_units_communities_stay_there(
    tea: Community, import_file: ImportFile, other_unit: Unit, owner: Client
) -> None:
    """One person in communities of two units: whoever sees one of them reads nothing of the other."""
    chat = "time,community,community_name,author_id,author_name,text\n"
    unit = tea.unit
    import_file("a.csv", chat + "2026-03-05 10:00,here,Here,u1,Kim,said here\n", unit)
    import_file("b.csv", chat + "2026-03-06 10:00,there,There,u1,Kim,said there\n", other_unit)
    kim = Member.objects.get(name="Kim")
    response = owner.get(f"/members/{kim.public_id}")
    page = response.content.decode()
    assert "said here" in page
    assert "said there" not in page
    assert "There" not in page
    assert (response.context["member"].messages, response.context["member"].communities) == (1, 1)


def test_queries_do_not_grow_with_the_list(
    tea: Community, runners: Community, boss: Client, django_assert_max_num_queries: object
) -> None:
    with django_assert_max_num_queries(17):  # type: ignore[operator]
        boss.get("/members")
    tom = Member.objects.get(name="Tom")
    with django_assert_max_num_queries(37):  # type: ignore[operator]
        boss.get(f"/members/{tom.public_id}")


def test_an_order_shows_what_it_held(buyer: Member, boss: Client, import_file: ImportFile, unit: Unit) -> None:
    head = "order_id,customer,ordered_at,amount,phone,product,quantity\n"
    import_file("held.csv", head + "H1,c1,2026-03-05 10:00,9,13800138000,白毫银针 <50 g>,2\n", unit, "orders")
    shown = boss.get(f"/members/{buyer.public_id}?source=orders").content.decode()
    assert "白毫银针 &lt;50 g&gt; × 2" in shown
