"""The board: cards, what is asked of it, and whose figures it shows."""

from __future__ import annotations

import pytest
from django.test import Client

from qunyu.communities.models import Community
from qunyu.insights.metric import metrics
from qunyu.people.models import Unit
from tests.console.conftest import RUNNERS_CHAT
from tests.deployment_fixtures import ImportFile


def card(response: object, key: str) -> str:
    """What the card of a metric says."""
    for group in response.context["groups"]:  # type: ignore[attr-defined]
        for each in (*group.cards, *group.more):
            if each.metric.key == key:
                return str(each.text)
    raise AssertionError(key)


def test_an_empty_board_says_what_to_do_first(boss: Client) -> None:
    page = boss.get("/board").content.decode()
    assert "还没有数据" in page
    assert 'href="/settings/imports/new"' in page


def test_cards_show_every_metric_with_its_explanation(tea: Community, boss: Client) -> None:
    response = boss.get("/board")
    page = response.content.decode()
    shown = [each.metric.key for group in response.context["groups"] for each in (*group.cards, *group.more)]
    assert sorted(shown) == sorted(metrics())
    assert (card(response, "messages"), card(response, "active_members")) == ("8 条", "4 人")
    assert str(metrics()["messages"].definition) in page
    assert "没有订单数据" in page
    assert "2026-03" in page
    assert "本期未结束" in page


def test_days_weeks_and_a_range_are_asked_for_by_address(tea: Community, boss: Client) -> None:
    response = boss.get("/board?grain=day&first=2026-03-13&last=2026-03-13")
    assert (card(response, "messages"), response.context["focus"].label) == ("2 条", "2026-03-13")
    assert boss.get("/board?grain=week").context["focus"].label == "2026-W10"


def test_amounts_in_other_currencies_stand_beside_the_first(
    tea: Community, import_file: ImportFile, unit: Unit, boss: Client
) -> None:
    orders = "order_id,customer,ordered_at,amount,currency\n1,c1,2026-03-03,5,CNY\n2,c2,2026-03-03,7,CNY\n3,c3,2026-03-03,9,EUR\n"
    import_file("orders.csv", orders, unit, "orders")
    groups = boss.get("/board").context["groups"]
    revenue = next(each for group in groups for each in group.cards if each.metric.key == "revenue")
    assert (revenue.text, revenue.others) == ("¥ 12.00", ("€ 9.00",))
    assert "+ € 9.00" in boss.get("/board").content.decode()


def test_other_days_are_answered_without_computing_anew(
    tea: Community, boss: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    boss.get("/board?grain=day")
    monkeypatch.setattr("qunyu.insights.board._board", None)
    assert card(boss.get("/board?grain=day&first=2026-03-13&last=2026-03-13"), "messages") == "2 条"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("first=2026-13-40", "无法识别"),
        ("first=2026-03-05&last=2026-03-01", "请交换"),
        ("grain=century&by=colour", "2026-03"),
    ],
)
def test_nonsense_in_the_address_is_named_and_left_out(query: str, said: str, tea: Community, boss: Client) -> None:
    response = boss.get(f"/board?{query}")
    assert response.status_code == 200
    assert said in response.content.decode()


def test_a_breakdown_puts_communities_side_by_side(tea: Community, runners: Community, boss: Client) -> None:
    table = boss.get("/board?by=community").context["breakdown"]
    said = [(row.name, [each.text for each in row.cards][3], row.link) for row in table.rows]
    assert said == [
        ("Tea lovers", "8 条", f"/communities/{tea.public_id}"),
        ("Runners", "2 条", f"/communities/{runners.public_id}"),
    ]
    assert [row.name for row in boss.get("/board?by=unit").context["breakdown"].rows] == ["华东店", "华南店"]
    assert [row.name for row in boss.get("/board?by=platform").context["breakdown"].rows] == ["WhatsApp"]
    assert [row.name for row in boss.get("/board?by=type").context["breakdown"].rows] == ["未设定"]


def test_a_filter_leaves_the_other_communities_out(tea: Community, runners: Community, boss: Client) -> None:
    assert card(boss.get("/board"), "messages") == "10 条"
    assert card(boss.get(f"/board?community={runners.public_id}"), "messages") == "2 条"
    assert card(boss.get(f"/board?unit={tea.unit.public_id}"), "messages") == "8 条"
    nothing = boss.get("/board?platform=telegram").content.decode()
    assert "所选范围没有数据" in nothing


def test_staff_of_a_unit_see_only_its_figures(tea: Community, runners: Community, owner: Client) -> None:
    response = owner.get("/board?by=community")
    assert card(response, "messages") == "8 条"
    assert [row.name for row in response.context["breakdown"].rows] == ["Tea lovers"]
    assert b"Runners" not in response.content
    assert "所选范围没有数据" in owner.get(f"/board?community={runners.public_id}").content.decode()


def test_revenue_stays_unknown_without_permission(tea: Community, admin: Client) -> None:
    response = admin.get("/board")
    assert card(response, "revenue") == "未知"
    assert "没有查看订单与收入的权限" in response.content.decode()


def test_htmx_gets_the_part_and_everybody_else_the_page(tea: Community, boss: Client) -> None:
    part = boss.get("/board?grain=week", headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith('<div id="board"')
    assert "<html" not in part
    assert "HX-Request" in boss.get("/board")["Vary"]


def test_charts_travel_as_data_and_nothing_is_inline(tea: Community, boss: Client) -> None:
    page = boss.get("/board").content.decode()
    assert '<script id="option-talk" type="application/json">' in page
    assert 'data-chart="option-talk"' in page
    assert "style=" not in page
    assert "onclick" not in page


def test_queries_do_not_grow_with_communities(
    tea: Community, boss: Client, import_file: ImportFile, unit: Unit, django_assert_max_num_queries: object
) -> None:
    for number in range(3):
        text = RUNNERS_CHAT.replace("Runners", f"Runners {number}")
        import_file(f"WhatsApp Chat with Runners {number}.txt", text, unit)
    with django_assert_max_num_queries(23):  # type: ignore[operator]
        boss.get("/board?by=community")
