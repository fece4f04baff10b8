"""Reads, by somebody who may see everything."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from qunyu.communities.models import Community
from qunyu.events.models import Import
from qunyu.insights.metric import metrics
from qunyu.kernel.scope import PERMISSIONS
from qunyu.members.models import Member
from qunyu.people.models import Staff, Unit
from qunyu.people.queries import root_unit
from tests.api.calling import Caller
from tests.deployment_fixtures import TEA_NAME, ImportFile


def only(rows: list[dict[str, Any]], *fields: str) -> list[tuple[Any, ...]]:
    """The chosen fields of each row."""
    return [tuple(row[field] for field in fields) for row in rows]


def test_me_tells_account_token_and_where_each_permission_holds(api: Caller, unit: Unit) -> None:
    answer = api.get("/me")
    assert answer.status == 200
    who = Staff.objects.get()
    assert (answer.body["id"], answer.body["username"], answer.body["language"]) == (who.public_id, who.username, "zh")
    assert answer.body["token"]["name"] == "tests"
    assert answer.body["token"]["expires_at"] is None
    both = sorted((root_unit().public_id, unit.public_id))
    assert answer.body["permissions"] == dict.fromkeys(PERMISSIONS, both)


def test_me_under_a_session_has_no_token(boss: Client) -> None:
    assert Caller(boss).get("/me").body["token"] is None


def test_units_come_parents_first(api: Caller, unit: Unit) -> None:
    rows = api.get("/units").body
    assert only(rows, "name", "parent") == [("总部", None), ("华东店", root_unit().public_id)]
    assert rows[1]["permissions"] == list(PERMISSIONS)


def test_the_catalogue_has_every_metric_in_both_languages(api: Caller) -> None:
    english, chinese = api.get("/metrics").body, api.get("/metrics", Accept_Language="zh-CN,zh;q=0.9").body
    assert [row["key"] for row in english] == sorted(metrics())
    by_key = {row["key"]: row for row in chinese}
    for row in english:
        metric = metrics()[row["key"]]
        assert (row["definition"], by_key[row["key"]]["definition"]) == (metric.definition.en, metric.definition.zh)


def test_a_metric_tells_its_unit_source_needs_and_example(api: Caller) -> None:
    row = api.get("/metrics/revenue").body
    assert (row["unit"], row["source"], row["good"]) == ("money", "N4", "up")
    assert [need["code"] for need in row["needs"]] == ["permission", "orders"]
    assert row["example"]["given"]["sales"]["columns"][:3] == ["key", "period", "day"]
    assert row["example"]["given"]["sales"]["rows"][0][:3] == [1, "2026-03-01", "2026-03-05"]
    assert row["example"]["gives"] == {
        "columns": ["key", "period", "value", "currency"],
        "rows": [[1, "2026-03-01", 4000, "CNY"], [1, "2026-03-01", 700, "USD"]],
    }


def test_the_board_gives_figures_money_in_each_currency_and_reasons(api: Caller, shop: Unit) -> None:
    answer = api.get("/board?metrics=messages&metrics=revenue&metrics=roi&metrics=members")
    assert answer.status == 200
    board = answer.body
    assert (board["as_of"], board["currencies"]) == ("2026-03-15", ["CNY", "USD"])
    assert board["periods"] == [{"label": "2026-03", "first": "2026-03-01", "last": "2026-03-31"}]
    assert board["keys"] == [{"key": "", "title": "Everything"}]
    figures = {(row["metric"], row["currency"]): row for row in board["figures"]}
    assert only(list(figures.values()), "metric", "currency", "value", "n") == [
        ("members", None, 3, 3),
        ("messages", None, 8, 8),
        ("revenue", "CNY", 4235, 2),
        ("revenue", "USD", 800, 1),
        ("roi", None, None, 0),
    ]
    assert figures["roi", None]["reason"]["code"] == "costs"
    assert figures["roi", None]["reason"]["text"].startswith("no costs are known")
    assert figures["messages", None]["reason"] is None


@pytest.mark.parametrize(("by", "title"), [("community", "Tea lovers"), ("unit", "华东店"), ("platform", "whatsapp")])
def test_the_board_names_keys_by_public_ids(api: Caller, tea: Community, unit: Unit, by: str, title: str) -> None:
    key = {"community": tea.public_id, "unit": unit.public_id, "platform": "whatsapp"}[by]
    board = api.get(f"/board?by={by}&metrics=messages").body
    assert board["keys"] == [{"key": key, "title": title}]
    assert only(board["figures"], "key", "value") == [(key, 8)]


def test_the_board_by_day_shows_the_days_asked_for(api: Caller, tea: Community) -> None:
    path = f"/board?grain=day&first=2026-03-12&last=2026-03-14&metrics=messages&communities={tea.public_id}"
    assert only(api.get(path).body["figures"], "period", "value") == [
        ("2026-03-12", 0),
        ("2026-03-13", 2),
        ("2026-03-14", 2),
    ]


def test_an_empty_deployment_has_an_empty_board_and_no_cohorts(api: Caller) -> None:
    board, cohorts = api.get("/board"), api.get("/cohorts")
    assert (board.status, board.body["as_of"], board.body["periods"], board.body["figures"]) == (200, None, [], [])
    assert cohorts.body == {"grain": "month", "ages": 0, "cohorts": []}


def test_cohorts_give_size_and_shares(api: Caller, tea: Community) -> None:
    rows = api.get("/cohorts?grain=week").body["cohorts"]
    assert [(row["period"]["label"], row["size"], row["shares"]) for row in rows] == [
        ("2026-W09", 2, [1.0, 0.5, 1.0]),
        ("2026-W10", 1, [1.0, 0.0]),
        ("2026-W11", 1, [1.0]),
    ]


def test_communities_tell_unit_and_totals(api: Caller, tea: Community, unit: Unit) -> None:
    page = api.get("/communities").body
    assert page["next"] is None
    assert only(page["items"], "id", "name", "platform", "type", "members", "messages", "last_at") == [
        (tea.public_id, "Tea lovers", "whatsapp", "", 3, 8, "2026-03-14T01:00:00Z")
    ]
    assert page["items"][0]["unit"] == {"id": unit.public_id, "name": "华东店"}
    assert api.get(f"/communities/{tea.public_id}").body == page["items"][0]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("search=LOVERS", True),
        ("search=coffee", False),
        ("platform=whatsapp", True),
        ("platform=qq", False),
        ("type=", True),
        ("type=lead", False),
        ("theme=tea", False),
        ("unit={unit}", True),
        ("unit={root}", True),
        ("unit={other}", False),
    ],
)
def test_communities_can_be_narrowed(
    api: Caller, tea: Community, unit: Unit, other_unit: Unit, query: str, found: bool
) -> None:
    ids = {"unit": unit.public_id, "root": root_unit().public_id, "other": other_unit.public_id}
    assert bool(api.get(f"/communities?{query.format(**ids)}").body["items"]) is found


def test_a_communitys_members_come_the_latest_seen_first(api: Caller, tea: Community) -> None:
    rows = api.get(f"/communities/{tea.public_id}/members").body["items"]
    assert only(rows, "name", "messages", "active_days", "left_at") == [
        ("Tom", 2, 2, "2026-03-14T01:00:00Z"),
        ("小茶", 2, 2, None),
        ("Mei", 3, 3, None),
        ("Lin", 1, 1, None),
    ]
    talkative = api.get(f"/communities/{tea.public_id}/members?sort=-messages&limit=1").body["items"]
    assert only(talkative, "name") == [("Mei",)]


def test_members_are_found_by_name_and_role(api: Caller, tea: Community) -> None:
    assert only(api.get("/members").body["items"], "name") == [("Lin",), ("Mei",), ("Tom",), ("小茶",)]
    assert only(api.get("/members?search=茶").body["items"], "name", "communities", "messages") == [("小茶", 1, 2)]
    assert api.get("/members?role=bot").body["items"] == []


def test_a_member_has_identities_memberships_and_orders(api: Caller, shop: Unit, tea: Community) -> None:
    mei = Member.objects.get(name="Mei", identities__platform="whatsapp")
    buyer = Member.objects.get(name="Mei", identities__platform__startswith="shop")
    member, customer = api.get(f"/members/{mei.public_id}").body, api.get(f"/members/{buyer.public_id}").body
    here = {"id": tea.public_id, "name": "Tea lovers"}
    assert member["identities"] == [
        {
            "id": mei.public_id,
            "platform": "whatsapp",
            "key": "Mei",
            "name": "Mei",
            "community": here,
            "unreadable": False,
        }
    ]
    assert only(member["memberships"], "community", "messages") == [(here, 3)]
    assert member["orders"] == []
    assert customer["identities"] == [
        {
            "id": buyer.public_id,
            "platform": "shop",
            "key": "••••",
            "name": "Mei",
            "community": None,
            "unreadable": False,
        }
    ]
    assert only(customer["orders"], "number", "status") == [("A-2", "paid"), ("A-1", "paid")]


def test_orders_are_money_in_minor_units(api: Caller, shop: Unit) -> None:
    rows = api.get("/orders").body["items"]
    assert [row["number"] for row in rows] == ["A-4", "A-3", "A-2", "A-1"]
    assert rows[-1]["amount"] == {"minor": 1235, "currency": "CNY"}
    assert rows[-1]["member"]["name"] == "Mei"
    assert rows[-1]["unit"] == {"id": shop.public_id, "name": "华东店"}


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("status=unpaid", ["A-4"]),
        ("currency=USD", ["A-3"]),
        ("number=A-2", ["A-2"]),
        ("first=2026-03-14", ["A-4", "A-3"]),
        ("last=2026-03-13", ["A-2", "A-1"]),
        ("first=2026-03-13&last=2026-03-13", ["A-2"]),
        ("member={mei}", ["A-2", "A-1"]),
        ("unit={unit}&sort=amount", ["A-3", "A-1", "A-2", "A-4"]),
    ],
)
def test_orders_can_be_narrowed(api: Caller, shop: Unit, query: str, numbers: list[str]) -> None:
    mei = Member.objects.get(name="Mei", identities__platform__startswith="shop")
    rows = api.get(f"/orders?{query.format(mei=mei.public_id, unit=shop.public_id)}").body["items"]
    assert [row["number"] for row in rows] == numbers


def test_imports_tell_files_but_not_where_they_lie(api: Caller, tea: Community) -> None:
    page = api.get("/imports").body
    row = page["items"][0]
    assert (row["state"], row["files"], row["unit"]["name"]) == ("done", [TEA_NAME], "华东店")
    assert row["summary"]["facts"] == {"message": 8, "left": 1, "joined": 2, "notice": 2, "already": 0}
    assert row["error"] is None
    assert api.get(f"/imports/{row['id']}").body == row
    assert api.get("/imports?state=failed").body["items"] == []


def test_an_imports_problems_come_page_by_page_in_words(api: Caller, import_file: ImportFile) -> None:
    bad = "".join(f"B-{n},c{n},2026-03-0{n},dear,paid\n" for n in range(1, 6))
    head = "order_id,customer_id,ordered_at,amount,status\nB-0,c0,2026-03-01,1.00,paid\n"
    owner = import_file("orders.csv", head + bad, yields="orders")
    rows = api.all_of(f"/imports/{owner.public_id}/problems?limit=2")
    assert only(rows, "code", "line") == [("bad_number", line) for line in range(3, 8)]
    assert rows[0]["message"].startswith("the value “dear” of field “amount” is no number")
    assert Import.objects.get().summary["problems"] == {"bad_number": 5}


def test_formats_tell_what_they_yield(api: Caller) -> None:
    rows = api.get("/formats").body
    assert ("whatsapp", "whatsapp", "chat") in only(rows, "key", "platform", "yields")
    assert ("orders", "orders", "orders") in only(rows, "key", "platform", "yields")
