"""Imports of tables: orders and their states, member lists, costs, and who the buyers are."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from qunyu.commerce.models import Order
from qunyu.communities.models import Community
from qunyu.flows.actions import ask_import
from qunyu.flows.place import lake, place
from qunyu.flows.request import ImportRequest, Part
from qunyu.insights.totals import totals
from qunyu.kernel.errors import DomainError
from qunyu.kernel.platform_ids import keyed_id
from qunyu.members.models import Identity, Mark, Member, Membership
from qunyu.people.models import Unit
from qunyu.people.queries import root_unit
from tests.deployment_fixtures import NOW
from tests.flows.conftest import Desk

PHONE = "13800138000"
CHAT = (
    "time,community,author_id,author_name,text\n"
    "2026-03-01 10:00,tea,u1,小林,早上好\n"
    "2026-03-02 10:00,tea,u2,阿青,晚上好\n"
)
ORDERS = "order_id,customer,ordered_at,amount,status,refund,手机号,union_id\n"
LIST = "群名称,成员编号,成员昵称,角色,入群时间,退群时间,手机号,unionid,平台\n"


def sold(*lines: str) -> dict[str, str | bytes]:
    return {"orders.csv": ORDERS + "".join(f"{line}\n" for line in lines)}


def listed(*lines: str) -> dict[str, str | bytes]:
    return {"members.csv": LIST + "".join(f"{line}\n" for line in lines)}


def test_several_lines_are_one_order_rounded_once(desk: Desk) -> None:
    desk.bring(
        sold(
            "1,c1,2026-03-01 10:00,0.333,paid,,,",
            "1,c1,2026-03-01 10:00,0.333,paid,,,",
            "1,c1,2026-03-01 10:05,0.339,paid,,,",
            "2,c1,2026-03-02 10:00,5,paid,,,",
        ),
        "orders",
    )
    assert desk.orders("number", "amount", "lines", "status", "currency") == [
        ("1", 101, 3, "paid", "CNY"),
        ("2", 500, 1, "paid", "CNY"),
    ]
    assert Order.objects.get(number="1").ordered_at == datetime(2026, 3, 1, 2, 0, tzinfo=UTC)


def test_refunded_cancelled_unpaid_and_unknown_buyers_stand_apart(desk: Desk) -> None:
    desk.bring(
        sold(
            "1,c1,2026-03-01 10:00,100,paid,30,,",
            "2,c2,2026-03-01 10:00,50,cancelled,,,",
            "3,c3,2026-03-01 10:00,70,refunded,,,",
            "4,c4,2026-03-01 10:00,20,unpaid,,,",
            "5,,2026-03-01 10:00,10,paid,,,",
        ),
        "orders",
    )
    assert desk.orders("number", "status", "amount", "refund", "customer__key") == [
        ("1", "paid", 10000, 3000, "c1"),
        ("2", "cancelled", 5000, 0, "c2"),
        ("3", "refunded", 7000, 0, "c3"),
        ("4", "unpaid", 2000, 0, "c4"),
        ("5", "paid", 1000, 0, None),
    ]
    figures = desk.figures("month")
    assert (figures["orders"], figures["revenue"], figures["buyers"]) == ([1], [7000], [1])
    found = totals(lake(), desk.scope)
    assert [(each.state, each.known, each.orders) for each in found.orders if each.state == "paid"] == [
        ("paid", False, 1),
        ("paid", True, 1),
    ]
    assert found.buyers == 1


def test_orders_without_a_number_are_separate_and_come_once(desk: Desk) -> None:
    content = {"o.csv": "customer,ordered_at,amount\n" + "c1,2026-03-01 10:00,5\n" * 3 + "c2,2026-03-01 10:00,5\n"}
    owner = desk.bring(content, "orders")
    assert owner.summary["facts"] == {"order": 4, "already": 0}
    assert desk.orders("number", "amount") == [("", 500)] * 4
    before = desk.everything()
    assert desk.bring(content, "orders").summary["facts"] == {"already": 4}
    assert desk.everything() == before
    longer = {"o.csv": str(content["o.csv"]) + "c1,2026-03-01 10:00,5\nc3,2026-03-04 10:00,5\n"}
    assert desk.bring(longer, "orders").summary["facts"] == {"order": 2, "already": 4}
    assert Order.objects.count() == 6


def test_importing_orders_again_adds_nothing(desk: Desk) -> None:
    content = sold("1,c1,2026-03-01 10:00,5,paid,,,", "1,c1,2026-03-01 10:00,7,paid,,,", "2,c2,2026-03-02,5,paid,1,,")
    desk.bring(content, "orders")
    before = desk.everything()
    assert desk.bring(content, "orders").summary["facts"] == {"already": 2}
    assert desk.everything() == before


def bring_folder(desk: Desk, files: dict[str, str]) -> None:
    for name, content in files.items():
        desk.write(f"many/{name}", content)
    request = ImportRequest((Part((str(desk.folder / "many"),), "orders"),))
    owner = ask_import(by=desk.scope, unit_id=root_unit().pk, title="many", request=request, now=NOW)
    desk.run(owner)


def test_order_files_that_overlap_count_once(desk: Desk) -> None:
    lines = [f"{n},c{n},2026-03-0{n} 10:00,5,paid,,,\n" for n in range(1, 5)]
    twice = lines[1] + lines[1]
    bring_folder(
        desk, {"a.csv": ORDERS + lines[0] + twice, "b.csv": ORDERS + twice + lines[2], "c.csv": ORDERS + lines[3]}
    )
    assert desk.orders("number", "amount", "lines") == [("1", 500, 1), ("2", 1000, 2), ("3", 500, 1), ("4", 500, 1)]


def test_an_order_split_over_two_files_is_whole(desk: Desk) -> None:
    bring_folder(
        desk, {"a.csv": ORDERS + "1,c1,2026-03-01,5,paid,,,\n", "b.csv": ORDERS + "1,c1,2026-03-01,7,paid,,,\n"}
    )
    assert desk.orders("number", "amount", "lines") == [("1", 1200, 2)]


def test_a_newer_state_replaces_and_its_undo_restores_the_older(desk: Desk) -> None:
    desk.bring(sold("1,c1,2026-03-01 10:00,100,unpaid,,,", "2,c2,2026-03-01 10:00,10,paid,,,"), "orders")
    older = desk.everything()
    newer = desk.bring(sold("1,c1,2026-03-01 10:00,100,paid,,,", "3,c3,2026-03-02 10:00,5,paid,,,"), "orders")
    assert desk.orders("number", "status") == [("1", "paid"), ("2", "paid"), ("3", "paid")]
    assert desk.figures("month")["revenue"] == [11500]
    newest = desk.bring(sold("1,c1,2026-03-01 10:00,100,refunded,,,"), "orders")
    assert desk.figures("month")["revenue"] == [1500]
    desk.undo(newest)
    assert desk.orders("number", "status") == [("1", "paid"), ("2", "paid"), ("3", "paid")]
    desk.undo(newer)
    assert desk.everything() == older


def test_undoing_the_older_import_keeps_the_newer_state(desk: Desk) -> None:
    older = desk.bring(sold("1,c1,2026-03-01 10:00,100,unpaid,,,", "2,c2,2026-03-01 10:00,10,paid,,,"), "orders")
    desk.bring(sold("1,c1,2026-03-01 10:00,100,paid,,,"), "orders")
    desk.undo(older)
    assert desk.orders("number", "status", "customer__key") == [("1", "paid", "c1")]
    assert [each.clear_key for each in Identity.objects.all()] == ["c1"]


def test_undoing_the_first_of_two_equal_order_files_keeps_the_orders(desk: Desk) -> None:
    content = sold("1,c1,2026-03-01 10:00,100,paid,,,", ",c2,2026-03-01 10:00,10,paid,,,")
    first, second = desk.bring(content, "orders"), desk.bring(content, "orders")
    before = desk.everything()
    desk.undo(first)
    assert desk.everything() == before
    assert set(Order.objects.values_list("supplied_by", flat=True)) == {second.pk}
    desk.undo(second)
    assert not Order.objects.exists()
    assert not Member.objects.exists()


def test_units_with_equal_customer_ids_have_two_people(desk: Desk, unit: Unit, other_unit: Unit) -> None:
    content = sold("1,c1,2026-03-01 10:00,5,paid,,,")
    desk.bring(content, "orders", unit)
    desk.bring(content, "orders", other_unit)
    assert desk.orders("unit__name", "number") == [("华东店", "1"), ("华南店", "1")]
    assert len(desk.people()) == 2
    assert desk.figures("month")["buyers"] == [2]


def test_conversion_is_unknown_when_nobody_matches(desk: Desk) -> None:
    desk.bring({"chat.csv": CHAT})
    desk.bring(sold("1,小林,2026-03-02 10:00,5,paid,,,"), "orders")
    figures = desk.figures("month")
    assert (figures["conversion"], figures["buyer_share"], figures["orders"]) == ([None], [None], [1])
    assert len(desk.people()) == 3


@pytest.mark.parametrize("mark", ["phone", "union"])
def test_buyers_are_matched_when_a_list_tells_who_they_are(desk: Desk, mark: str) -> None:
    phone, union = (PHONE, "") if mark == "phone" else ("", "U-1")
    desk.bring(sold(f"1,c1,2026-03-02 10:00,5,paid,,{phone},{union}", "2,c2,2026-03-02 10:00,5,paid,,,"), "orders")
    assert desk.figures("month")["conversion"] == [None]
    phone = "+86 138-0013-8000" if phone else ""
    desk.bring(listed(f"tea,w1,小林,成员,2026-03-01 09:00,,{phone},{union},wecom"), "members")
    assert desk.figures("month")["conversion"] == [1.0]
    assert len(desk.people()) == 2
    buyer, member = (Identity.objects.get(key=keyed_id(key)) for key in ("c1", "w1"))
    assert buyer.member == member.member
    assert member.platform == "wecom"


@pytest.mark.parametrize("mark", ["phone", "union"])
def test_buyers_are_matched_with_a_list_that_was_there_before(desk: Desk, mark: str) -> None:
    phone, union = (PHONE, "") if mark == "phone" else ("", "U-1")
    desk.bring(listed(f"tea,w1,小林,成员,2026-03-01 09:00,,{phone},{union},wecom"), "members")
    desk.bring(sold(f"1,c1,2026-03-02 10:00,5,paid,,{phone},{union}"), "orders")
    assert desk.figures("month")["conversion"] == [1.0]
    assert len(desk.people()) == 1


def test_buyers_without_an_id_are_known_by_phone_or_union_id(desk: Desk) -> None:
    desk.bring(
        sold(f"1,,2026-03-02,5,paid,,{PHONE},", f"2,,2026-03-03,5,paid,,{PHONE},", "3,,2026-03-03,5,paid,,,U-1"),
        "orders",
    )
    assert [row[1] is not None for row in desk.orders("number", "customer")] == [True] * 3
    assert (len(desk.people()), desk.figures("month")["buyers"]) == (2, [2])
    desk.bring(listed(f"tea,w1,小林,成员,2026-03-01 09:00,,{PHONE},,wecom"), "members")
    assert desk.figures("month")["conversion"] == [2.0]


def test_the_phones_of_a_list_reach_people_that_a_chat_named(desk: Desk) -> None:
    desk.bring({"chat.csv": CHAT})
    desk.bring(sold(f"1,c1,2026-03-02 10:00,5,paid,,{PHONE},"), "orders")
    desk.bring(listed(f"tea,u1,小林,成员,2026-03-01 09:00,,{PHONE},,"), "members")
    assert desk.figures("month")["conversion"] == [0.5]
    assert len(desk.people()) == 2


def test_one_import_leaves_no_person_without_an_identity(desk: Desk) -> None:
    desk.bring(
        listed(
            f"tea,w1,小林,成员,2026-03-01 09:00,,{PHONE},,wecom", f"tea,w2,林,成员,2026-03-01 09:00,,{PHONE},,wecom"
        ),
        "members",
    )
    assert len(desk.people()) == 1


def test_a_list_that_knows_phone_and_union_id_makes_two_buyers_one(desk: Desk) -> None:
    desk.bring(sold(f"1,c1,2026-03-02 10:00,5,paid,,{PHONE},", "2,c2,2026-03-02 10:00,5,paid,,,U-1"), "orders")
    desk.bring(listed(f"tea,w1,小林,成员,2026-03-01 09:00,,{PHONE},U-1,wecom"), "members")
    assert len(desk.people()) == 1


def test_undoing_the_list_that_matched_people_parts_them_again(desk: Desk) -> None:
    desk.bring({"chat.csv": CHAT})
    desk.bring(sold(f"1,c1,2026-03-02 10:00,5,paid,,{PHONE},"), "orders")
    before = desk.everything()
    owner = desk.bring(listed(f"tea,u1,小林,成员,2026-03-01 09:00,,{PHONE},,"), "members")
    assert desk.people() == [["c1", "u1"], ["u2"]]
    desk.undo(owner)
    assert desk.people() == [["c1"], ["u1"], ["u2"]]
    assert desk.everything() == before


def test_no_phone_is_stored_in_clear(desk: Desk) -> None:
    desk.bring(sold(f"1,c1,2026-03-02 10:00,5,paid,,{PHONE},", f"2,,2026-03-02 10:00,5,paid,,{PHONE},"), "orders")
    desk.bring(listed(f"tea,w1,小林,成员,2026-03-01 09:00,,{PHONE},,wecom"), "members")
    rows: list[Any] = [
        *Identity.objects.values(),
        *Mark.objects.values(),
        *Member.objects.values(),
        *Order.objects.values(),
    ]
    rows += [*desk.facts(), *desk.facts("activity"), *desk.facts("supplies")]
    assert PHONE not in repr(rows)
    assert PHONE[3:] not in repr(rows)
    files = [each for each in place().data.rglob("*") if each.is_file()]
    assert files
    assert not [each for each in files if PHONE.encode() in each.read_bytes()]
    assert not list((Path(place().data) / "staging").iterdir())
    hashes = set(Mark.objects.filter(kind="phone").values_list("value", flat=True))
    assert [len(each) for each in hashes] == [64]


JOINED_CHAT = (
    "time,community,author_id,author_name,text,kind\n"
    "2026-03-01 09:30,tea,u1,小林,,joined\n"
    "2026-03-01 10:00,tea,u1,小林,早上好,\n"
    "2026-03-05 10:00,tea,u1,小林,,left\n"
)


def test_a_list_and_a_chat_that_tell_of_one_day_count_once(desk: Desk) -> None:
    desk.bring({"chat.csv": JOINED_CHAT})
    assert (sum(map(int, desk.figures()["joins"])), sum(map(int, desk.figures()["leaves"]))) == (1, 1)  # type: ignore[arg-type]
    owner = desk.bring(listed("tea,u1,小林,成员,2026-03-01 08:00,2026-03-05 12:00,,,"), "members")
    assert owner.summary["facts"] == {"listed": 1, "unlisted": 1, "already": 0}
    figures = desk.figures("month")
    assert (figures["joins"], figures["leaves"]) == ([1], [1])
    assert Community.objects.count() == 1
    row = Membership.objects.get()
    assert row.joined_at == datetime(2026, 3, 1, 1, 30, tzinfo=UTC)
    assert row.left_at == datetime(2026, 3, 5, 4, 0, tzinfo=UTC)


def test_a_list_alone_makes_its_community_where_the_platform_is_told(desk: Desk) -> None:
    owner = desk.bring(listed("tea,u1,小林,成员,2026-03-01 08:00,,,,wecom", "tea,u2,阿青,群主,,,,,wecom"), "members")
    assert owner.state == "done"
    assert owner.summary["facts"] == {"listed": 2, "already": 0}
    assert list(Community.objects.values_list("platform", "key")) == [("wecom", "tea")]
    assert desk.figures("month")["joins"] == [1]
    before = desk.everything()
    assert desk.bring(listed("tea,u1,小林,成员,2026-03-01 08:00,,,,wecom"), "members").summary["facts"] == {
        "already": 1
    }
    assert desk.everything() == before


def test_a_list_of_an_unknown_community_is_told(desk: Desk) -> None:
    desk.bring({"chat.csv": CHAT})
    owner = desk.bring(
        listed("tee,u1,小林,成员,2026-03-01 08:00,,,,", "tea,u2,阿青,成员,2026-03-01 08:00,,,,"), "members"
    )
    assert [(each.code, each.data) for each in desk.problems(owner)] == [("unknown_community", {"value": "tee"})]
    assert owner.summary["facts"] == {"listed": 1, "already": 0}
    assert Community.objects.count() == 1


COSTS = "日期,社群,渠道,花费,曝光\n2026-03-01,tea,海报,12.5,100\n2026-03-01,tee,海报,99,7\n2026-03-02,,公众号,3,\n"


def test_costs_of_an_unknown_community_are_told_and_left_out(desk: Desk) -> None:
    desk.bring({"chat.csv": CHAT})
    owner = desk.bring({"costs.csv": COSTS}, "costs")
    assert [(each.code, each.data) for each in desk.problems(owner)] == [("unknown_community", {"value": "tee"})]
    assert owner.summary["facts"] == {"cost": 2, "exposed": 1, "already": 0}
    figures = desk.figures("month")
    assert (figures["cost"], figures["exposures"]) == ([1550], [100])
    assert desk.bring({"costs.csv": COSTS}, "costs").summary["facts"] == {"already": 3}
    assert desk.figures("month")["cost"] == [1550]


def test_costs_alone_are_imported(desk: Desk) -> None:
    owner = desk.bring({"costs.csv": "日期,渠道,花费\n2026-03-02,公众号,3\n"}, "costs")
    assert owner.summary["facts"] == {"cost": 1, "already": 0}
    assert [(row["amount"], row["currency"]) for row in desk.facts()] == [(300, "CNY")]


def test_strict_costs_of_an_unknown_community_change_nothing(desk: Desk) -> None:
    desk.bring({"chat.csv": CHAT})
    before = desk.everything()
    owner = desk.ask({"costs.csv": COSTS}, "costs", strict=True)
    with pytest.raises(DomainError) as raised:
        desk.run(owner)
    assert raised.value.code == "strict_problems"
    assert desk.everything() == before


def test_everything_in_one_import(desk: Desk) -> None:
    """Chat, orders, members and costs together, as `qunyu report` takes them."""
    paths = {"": "chat.csv", "orders": "o.csv", "members": "m.csv", "costs": "c.csv"}
    desk.write("chat.csv", CHAT)
    desk.write("o.csv", ORDERS + f"1,c1,2026-03-02 10:00,5,paid,,{PHONE},\n")
    desk.write("m.csv", LIST + f"tea,u1,小林,成员,2026-03-01 09:00,,{PHONE},,\n")
    desk.write("c.csv", "日期,社群,渠道,花费\n2026-03-01,tea,海报,2.5\n")
    parts = tuple(Part((str(desk.folder / name),), yields) for yields, name in paths.items())
    owner = ask_import(by=desk.scope, unit_id=root_unit().pk, title="all", request=ImportRequest(parts), now=NOW)
    desk.run(owner)
    figures = desk.figures("month")
    assert (figures["conversion"], figures["revenue"], figures["roi"]) == ([0.5], [500], [2.0])
    assert desk.problems(owner) == []
