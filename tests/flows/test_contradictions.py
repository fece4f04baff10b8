"""What is told in two ways: by two imports, by two files of one, by one order number; and communities of other units."""

from __future__ import annotations

import json
from typing import Any

import pytest

from qunyu.commerce.models import Order
from qunyu.communities.models import Community
from qunyu.flows.actions import ask_import
from qunyu.flows.place import lake
from qunyu.flows.request import ImportRequest, Part
from qunyu.insights.totals import totals
from qunyu.people.models import Unit
from qunyu.people.queries import root_unit
from tests.deployment_fixtures import NOW, TEA_CHAT, TEA_NAME
from tests.flows.conftest import Desk

ORDERS = "order_id,customer,ordered_at,amount,status,refund\n"
STATE = ("number", "status", "amount", "refund")


def together(desk: Desk, yields: str = "orders", **files: str) -> list[tuple[str, dict[str, str]]]:
    """The problems of one import of all the files (a name's __ stands for a dot)."""
    for name, content in files.items():
        desk.write(f"many/{name.replace('__', '.')}", content)
    request = ImportRequest((Part((str(desk.folder / "many"),), yields),))
    owner = desk.run(ask_import(by=desk.scope, unit_id=root_unit().pk, title="many", request=request, now=NOW))
    return [(each.code, each.data) for each in desk.problems(owner)]


def test_of_two_exports_in_one_import_the_furthest_state_counts(desk: Desk) -> None:
    day = "2026-03-01 10:00"
    first = ORDERS + f"1,c1,{day},10,unpaid,\n2,c2,{day},20,paid,\n3,c3,{day},30,paid,\n"
    second = ORDERS + f"1,c1,{day},10,paid,\n2,c2,{day},20,refunded,\n3,c3,{day},30,paid,5\n4,c4,{day},40,paid,\n"
    assert together(desk, a__csv=first, b__csv=second) == []
    assert desk.orders(*STATE) == [
        ("1", "paid", 1000, 0),
        ("2", "refunded", 2000, 0),
        ("3", "paid", 3000, 500),
        ("4", "paid", 4000, 0),
    ]
    assert desk.figures("month")["revenue"] == [7500]


def test_a_second_export_with_more_columns_counts_no_line_twice(desk: Desk) -> None:
    bare = "order_id,customer,ordered_at,amount\n1,c1,2026-03-01 10:00,10\n"
    rich = "order_id,customer,ordered_at,amount,product,phone\n1,c1,2026-03-01 10:00,10,tea,13800138000\n"
    together(desk, a__csv=bare, b__csv=rich)
    assert desk.orders("number", "amount", "lines") == [("1", 1000, 1)]


def test_lines_of_one_file_that_look_alike_are_all_counted(desk: Desk) -> None:
    lines = "1,c1,2026-03-01 10:00,10,paid,\n" * 2 + "1,c1,2026-03-01 10:00,10,cancelled,\n"
    together(desk, a__csv=ORDERS + lines, b__csv=ORDERS + lines)
    assert desk.orders("number", "status", "amount", "lines") == [("1", "paid", 2000, 3)]


def test_a_number_in_two_currencies_is_two_orders(desk: Desk) -> None:
    content = "order_id,customer,ordered_at,amount,currency\n1,c1,2026-03-01,10,CNY\n1,c1,2026-03-01,5,USD\n"
    desk.bring({"o.csv": content}, "orders")
    assert sorted(desk.orders("number", "amount", "currency")) == [("1", 500, "USD"), ("1", 1000, "CNY")]
    found = {each.currency: each.amount for each in totals(lake(), desk.scope).orders}
    assert found == {"CNY": 1000, "USD": 500}


def test_a_later_import_names_the_customer_and_none_takes_him_away(desk: Desk) -> None:
    nobody = ORDERS + "1,,2026-03-01 10:00,10,paid,\n"
    desk.bring({"o.csv": nobody}, "orders")
    assert desk.orders("customer__key") == [(None,)]
    named = desk.bring({"o.csv": ORDERS + "1,c1,2026-03-01 10:00,10,paid,\n"}, "orders")
    assert desk.orders("customer__key") == [("c1",)]
    assert named.summary["changed"] == {"orders": 1}
    desk.bring({"o.csv": nobody}, "orders")
    assert desk.orders("customer__key") == [("c1",)]
    assert desk.figures("month")["buyers"] == [1]


def test_customers_are_not_shared_by_orders_without_numbers(desk: Desk) -> None:
    content = "customer,ordered_at,amount\nc1,2026-03-01 10:00,5\n,2026-03-02 10:00,6\n"
    desk.bring({"o.csv": content}, "orders")
    assert desk.orders("amount", "customer__key") == [(500, "c1"), (600, None)]


def test_an_order_number_of_two_customers_is_named(desk: Desk) -> None:
    content = ORDERS + "1,c1,2026-03-01,10,paid,\n1,c2,2026-03-05,20,paid,\n2,c3,2026-03-05,1,paid,\n"
    owner = desk.bring({"o.csv": content}, "orders")
    assert [(each.code, each.file, each.line, each.data) for each in desk.problems(owner)] == [
        ("order_conflict", "o.csv", 3, {"value": "1"})
    ]


def test_how_many_orders_changed_their_state_is_told(desk: Desk) -> None:
    first = desk.bring({"o.csv": ORDERS + "1,c1,2026-03-01,10,unpaid,\n2,c2,2026-03-01,20,paid,\n"}, "orders")
    second = desk.bring({"o.csv": ORDERS + "1,c1,2026-03-01,10,paid,\n2,c2,2026-03-01,20,paid,\n"}, "orders")
    assert ["changed" in each.summary for each in (first, second)] == [False, True]
    assert second.summary["changed"] == {"orders": 1}


def test_two_files_of_one_import_that_disagree_are_named(desk: Desk) -> None:
    lines = TEA_CHAT.splitlines(keepends=True)
    other = "".join(line for number, line in enumerate(lines) if number != 4)
    ((code, data),) = together(desk, "chat", **{"a/" + TEA_NAME: TEA_CHAT, "b/" + TEA_NAME: other})
    assert (code, data["value"], data["only_one"], data["only_other"]) == ("files_disagree", "Tea lovers", "1", "0")


def test_two_files_that_follow_one_another_agree(desk: Desk) -> None:
    lines = TEA_CHAT.splitlines(keepends=True)
    first, second = "".join(lines[:6]), "".join(lines[4:])
    found = together(desk, "chat", **{"a/" + TEA_NAME: first, "b/" + TEA_NAME: second})
    assert [code for code, _ in found if code != "ambiguous_dates"] == []


def telegram(text: str, author: str) -> str:
    said: list[dict[str, Any]] = [
        {
            "id": n,
            "type": "message",
            "date_unixtime": f"{1772330000 + n}",
            "from": who,
            "from_id": f"user{who}",
            "text": what,
        }
        for n, (who, what) in enumerate([("1", "a"), (author, text)])
    ]
    return json.dumps({"name": "Tea", "type": "private_group", "id": 5, "messages": said})


@pytest.mark.parametrize(("text", "author"), [("other", "2"), ("b", "3")])
def test_messages_of_one_id_that_differ_are_named_and_the_first_stay(desk: Desk, text: str, author: str) -> None:
    desk.bring({"result.json": telegram("b", "2")})
    again = desk.bring({"result.json": telegram(text, author)})
    assert [(each.code, each.data) for each in desk.problems(again)] == [
        ("messages_differ", {"value": "Tea", "n": "1"})
    ]
    assert desk.texts() == ["a", "b"]
    same = desk.bring({"result.json": telegram("b", "2")})
    assert desk.problems(same) == []


def test_a_community_of_another_unit_is_left_alone(desk: Desk, unit: Unit, other_unit: Unit) -> None:
    lines = TEA_CHAT.splitlines(keepends=True)
    desk.bring({TEA_NAME: "".join(lines[:6])}, unit=unit)
    before = desk.everything()
    owner = desk.bring({TEA_NAME: TEA_CHAT}, unit=other_unit)
    assert [(each.code, each.data) for each in desk.problems(owner)] == [
        ("community_elsewhere", {"value": "Tea lovers"})
    ]
    assert owner.summary["facts"] == {"already": 0}
    assert desk.everything() == before


def test_lists_and_costs_reach_no_community_of_another_unit(desk: Desk, unit: Unit, other_unit: Unit) -> None:
    desk.bring({TEA_NAME: TEA_CHAT}, unit=unit)
    before = desk.everything()
    members = "community,member_id,name,joined_at,platform\nTea lovers,w9,Zoe,2026-03-02 09:00,whatsapp\n"
    costs = "day,community,channel,cost\n2026-03-01,Tea lovers,poster,5\n"
    for name, content, yields in (("m.csv", members, "members"), ("c.csv", costs, "costs")):
        owner = desk.bring({name: content}, yields, unit=other_unit)
        assert [each.code for each in desk.problems(owner)] == ["community_elsewhere"]
        assert owner.summary["facts"] == {"already": 0}
    assert desk.everything() == before


def test_the_units_above_reach_every_community_below(desk: Desk, unit: Unit) -> None:
    lines = TEA_CHAT.splitlines(keepends=True)
    desk.bring({TEA_NAME: "".join(lines[:6])}, unit=unit)
    desk.bring({TEA_NAME: TEA_CHAT})
    assert len(desk.texts()) == 8
    assert Community.objects.get().unit == unit
    assert not Order.objects.exists()
