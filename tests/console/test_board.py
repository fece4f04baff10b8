"""The board: cards, what is asked of it, and whose figures it shows."""

from __future__ import annotations

import pytest
from django.test import Client

from qunyu.communities.models import Community
from qunyu.insights.metric import metrics
from qunyu.kernel.scope import Scope
from qunyu.people.actions import add_unit
from qunyu.people.models import Unit
from qunyu.people.queries import root_unit
from tests.console.conftest import RUNNERS_CHAT
from tests.deployment_fixtures import NOW, ImportFile


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
    assert sorted(shown) == sorted(metrics().keys() - {"newcomer_wait", "newcomers_answered"})
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


def test_a_breakdown_of_very_many_begins_with_the_largest(
    tea: Community, runners: Community, boss: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qunyu.console.pages.breakdown.MOST", 1)
    for page in ("/board", "/board/aarrr"):
        found = boss.get(f"{page}?by=community&grain=week")
        assert [row.name for row in found.context["breakdown"].rows] == ["Tea lovers"]
        more = "?by=community&amp;grain=week&amp;rows=all#breakdown-title"
        assert f'href="{more}">显示其余各行</a> (1)' in found.content.decode()
        every = boss.get(f"{page}?by=community&rows=all")
        assert [row.name for row in every.context["breakdown"].rows] == ["Tea lovers", "Runners"]
        assert "显示其余各行" not in every.content.decode()


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
    with django_assert_max_num_queries(31):  # type: ignore[operator]
        boss.get("/board?by=community")


def test_a_unit_stands_for_all_below_it(tea: Community, runners: Community, boss: Client, system: Scope) -> None:
    below = add_unit(by=system, parent=tea.unit, name="静安店", now=NOW)
    Community.objects.filter(pk=runners.pk).update(unit=below)
    for unit, said in ((root_unit(), "10 条"), (tea.unit, "10 条"), (below, "2 条")):
        assert card(boss.get(f"/board?unit={unit.public_id}"), "messages") == said
        listed = boss.get(f"/communities?unit={unit.public_id}").context["listing"].rows
        assert len(listed) == (1 if unit == below else 2)


def test_a_unit_out_of_sight_holds_nothing(tea: Community, runners: Community, owner: Client) -> None:
    for unit in (runners.unit.public_id, root_unit().public_id, "nowhere"):
        assert "所选范围没有数据" in owner.get(f"/board?unit={unit}").content.decode()
        assert not owner.get(f"/communities?unit={unit}").context["listing"].rows


def test_a_choice_without_communities_is_empty_and_not_zero(
    tea: Community, other_unit: Unit, import_file: ImportFile, boss: Client
) -> None:
    import_file("orders.csv", "order_id,customer,ordered_at,amount\n1,c1,2026-03-03,5\n", other_unit, "orders")
    for choice in (f"unit={other_unit.public_id}", "theme=none", "community=nowhere"):
        response = boss.get(f"/board?{choice}")
        assert "groups" not in response.context, choice
        assert "所选范围没有数据" in response.content.decode()


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("grain=month&first=2026-03-10", "按月查看时显示整月：2026年3月1日 至 2026年3月31日"),
        ("grain=month&last=2026-03-20", "按月查看时显示整月：2026年3月1日 至 2026年3月31日"),
        ("grain=week&first=2026-03-04&last=2026-03-08", "按周查看时显示整周：2026年3月2日 至 2026年3月8日"),
        ("grain=month&first=2026-03-01&last=2026-03-31", ""),
        ("grain=day&first=2026-03-10", ""),
        ("grain=month", ""),
    ],
)
def test_days_that_cut_through_a_period_show_the_whole_of_it(
    query: str, said: str, tea: Community, boss: Client
) -> None:
    response = boss.get(f"/board?{query}")
    assert response.context["widened"] == said
    assert said in response.content.decode()


def test_cohorts_are_of_the_days_asked(tea: Community, import_file: ImportFile, unit: Unit, boss: Client) -> None:
    import_file("WhatsApp Chat with Later.txt", RUNNERS_CHAT.replace("/03/", "/02/"), unit)

    def born(query: str) -> list[str]:
        charts = boss.get(f"/board?grain=week{query}").context["charts"]
        return next((chart.option["yAxis"]["data"] for chart in charts if chart.key == "cohorts"), [])

    assert [each.split()[0] for each in born("")] == ["2026-W06", "2026-W09", "2026-W10", "2026-W11"]
    assert [each.split()[0] for each in born("&first=2026-03-01&last=2026-03-08")] == ["2026-W09", "2026-W10"]
