"""The AARRR board, and the lists of people behind its figures."""

from __future__ import annotations

import csv
from io import StringIO

import pytest
from django.test import Client

from qunyu.communities.models import Community
from qunyu.console.pages.aarrr import LETTERS, SHOWN, SIDE_BY_SIDE
from qunyu.insights.metric import metrics
from qunyu.kernel.platform_ids import name_of
from qunyu.people.models import Unit
from tests.console.conftest import RUNNERS_CHAT, read
from tests.deployment_fixtures import AddStaff, ImportFile, SignedIn

ORDERS = "order_id,customer,ordered_at,amount\n1,c1,2026-03-03,5\n"


def card(response: object, key: str) -> object:
    for group in response.context["groups"]:  # type: ignore[attr-defined]
        for each in (*group.cards, *group.more):
            if each.metric.key == key:
                return each
    raise AssertionError(key)


def names(response: object) -> list[str]:
    return [str(cells[0][1]) for _, cells in response.context["listing"].rows]  # type: ignore[attr-defined]


def test_every_letter_has_its_figures_and_each_explains_itself(tea: Community, boss: Client) -> None:
    response = boss.get("/board/aarrr")
    assert [str(group.title) for group in response.context["groups"]] == ["拉新", "激活", "留存", "变现", "推荐"]
    assert len(SHOWN) == sum(len(first) + len(more) for _, first, more in LETTERS)
    assert set(SIDE_BY_SIDE) <= metrics().keys()
    page = response.content.decode()
    assert str(metrics()["newcomers_answered"].definition) in page
    assert "数据截至 2026年3月14日" in page
    assert "没有订单数据" in page
    assert "style=" not in page


def test_charts_tell_how_newcomers_fare_and_who_sells(tea: Community, boss: Client) -> None:
    charts = {chart.key: chart for chart in boss.get("/board/aarrr?grain=day").context["charts"]}
    assert list(charts) == ["waiting", "newcomers", "selling", "referral"]
    assert [series["name"] for series in charts["selling"].option["series"]] == ["广告占比"]
    assert charts["waiting"].option["series"][0]["data"][0] == 724


def test_without_data_it_says_what_to_do(boss: Client) -> None:
    assert "还没有数据" in boss.get("/board/aarrr").content.decode()


def test_a_choice_that_holds_nothing(tea: Community, boss: Client) -> None:
    assert "所选范围没有数据" in boss.get("/board/aarrr?theme=none").content.decode()


def test_htmx_gets_the_part(tea: Community, boss: Client) -> None:
    part = boss.get("/board/aarrr?grain=week", headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith('<div id="board"')


def test_broken_down_the_letters_stand_side_by_side(tea: Community, runners: Community, boss: Client) -> None:
    table = boss.get("/board/aarrr?by=community").context["breakdown"]
    assert [row.name for row in table.rows] == ["Tea lovers", "Runners"]
    assert [metric.key for metric in table.columns] == list(SIDE_BY_SIDE)


def test_a_card_leads_to_the_people_it_counts(tea: Community, runners: Community, boss: Client) -> None:
    found = boss.get("/board/aarrr")
    link = card(found, "new_members").people  # type: ignore[attr-defined]
    assert link == "/board/people/new_members?grain=month&period=2026-03-01"
    listed = boss.get(link)
    assert sorted(names(listed)) == ["Ann", "Bob", "Lin", "Mei", "Tom", "小茶"]
    assert listed.context["people"] == card(found, "new_members").figure.value  # type: ignore[attr-defined]
    assert not listed.context["hidden"]
    assert "本期首次出现的普通成员" in listed.content.decode()
    # Nobody is behind a zero or an unknown, and some figures are about no people.
    assert [card(found, key).people for key in ("repurchase_rate", "exposures", "cost")] == ["", "", ""]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "metric", sorted(key for key, each in metrics().items() if each.unit == "people" and each.people)
)
def test_every_list_has_the_total_of_its_card(metric: str, tea: Community, boss: Client) -> None:
    figure = boss.get(f"/board/people/{metric}?grain=month&period=2026-03-01").context["figure"]
    people = boss.get(f"/board/people/{metric}?grain=month&period=2026-03-01").context["people"]
    assert people == (figure.value or 0)


def test_narrowed_cards_lead_to_narrowed_lists(tea: Community, runners: Community, boss: Client) -> None:
    link = card(
        boss.get(f"/board/aarrr?community={tea.public_id}&grain=day&first=2026-03-13&last=2026-03-13"), "active_members"
    ).people  # type: ignore[attr-defined]
    listed = boss.get(link)
    assert (sorted(names(listed)), listed.context["period"]) == (["Tom", "小茶"], "2026-03-13")
    assert "Tea lovers" in listed.content.decode()
    over = boss.get(f"/communities/{tea.public_id}").context["cards"]
    assert next(each.people for each in over if each.metric.key == "members") == (
        f"/board/people/members?grain=month&community={tea.public_id}&period=2026-03-01"
    )


def test_a_list_is_searched_and_exported(tea: Community, boss: Client) -> None:
    address = "/board/people/active_members?grain=month&period=2026-03-01"
    found = boss.get(f"{address}&q=me")
    assert (names(found), found.context["people"]) == (["Mei"], 4)
    assert '<input type="hidden" name="period" value="2026-03-01">' in found.content.decode()
    file = b"".join(boss.get(f"{address}&export=csv&sort=name").streaming_content).decode()  # type: ignore[attr-defined]
    assert [row[0] for row in csv.reader(StringIO(file[1:]))] == ["成员", "Lin", "Mei", "Tom", "小茶"]


def test_buyers_in_no_community_are_listed_too(
    tea: Community, import_file: ImportFile, unit: Unit, boss: Client
) -> None:
    import_file("orders.csv", ORDERS, unit, "orders")
    listed = boss.get("/board/people/buyers?grain=month&period=2026-03-01")
    assert (names(listed), listed.context["people"]) == ([name_of("c1")], 1)


def test_whoever_may_not_see_orders_sees_no_buyers(
    tea: Community, import_file: ImportFile, unit: Unit, admin: Client, owner: Client
) -> None:
    import_file("orders.csv", ORDERS, unit, "orders")
    response = admin.get("/board/people/buyers?grain=month&period=2026-03-01")
    assert (response.status_code, name_of("c1") in read(response)) == (403, False)
    assert card(admin.get("/board/aarrr"), "buyers").people == ""  # type: ignore[attr-defined]
    assert names(owner.get("/board/people/buyers?grain=month&period=2026-03-01")) == [name_of("c1")]


def test_whoever_may_not_see_people_gets_no_list(
    tea: Community, staff: AddStaff, signed_in: SignedIn, unit: Unit
) -> None:
    analyst = signed_in(staff("analyst", "analyst", unit))
    response = analyst.get("/board/aarrr")
    assert card(response, "new_members").people == ""  # type: ignore[attr-defined]
    denied = analyst.get("/board/people/new_members?grain=month&period=2026-03-01")
    assert (denied.status_code, "Mei" in read(denied)) == (403, False)


def test_only_people_of_ones_unit(tea: Community, runners: Community, owner: Client) -> None:
    listed = owner.get("/board/people/new_members?grain=month&period=2026-03-01")
    assert sorted(names(listed)) == ["Lin", "Mei", "Tom", "小茶"]
    assert "Ann" not in read(listed)


def test_where_people_may_not_be_seen_the_list_says_that_it_is_shorter(
    tea: Community,
    runners: Community,
    staff: AddStaff,
    signed_in: SignedIn,
    unit: Unit,
    other_unit: Unit,
    system: object,
) -> None:
    from qunyu.people.actions import grant
    from tests.deployment_fixtures import NOW

    mixed = staff("mixed", "owner", unit)
    grant(by=system, staff=mixed, role="analyst", unit=other_unit, now=NOW)  # type: ignore[arg-type]
    listed = signed_in(mixed).get("/board/people/new_members?grain=month&period=2026-03-01")
    assert (listed.context["people"], listed.context["figure"].value, listed.context["hidden"]) == (4, 6, True)
    assert "指标统计的人更多" in listed.content.decode()


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        ("magic?period=2026-03-01", 404, "没有指标"),
        ("cost?period=2026-03-01", 400, "没有名单"),
        ("members?period=yesterday", 400, "无法识别"),
        ("members", 400, "无法识别"),
        ("members?period=2020-01-01", 404, "没有从 2020-01-01 开始"),
        ("members?period=2026-03-01&community=nowhere", 404, "没有从 2026-03-01 开始"),
    ],
)
def test_bad_addresses(address: str, status: int, said: str, tea: Community, boss: Client) -> None:
    response = boss.get(f"/board/people/{address}")
    assert (response.status_code, said in response.content.decode()) == (status, True)


def test_queries_do_not_grow_with_communities(
    tea: Community, boss: Client, import_file: ImportFile, unit: Unit, django_assert_max_num_queries: object
) -> None:
    for number in range(3):
        text = RUNNERS_CHAT.replace("Runners", f"Runners {number}")
        import_file(f"WhatsApp Chat with Runners {number}.txt", text, unit)
    with django_assert_max_num_queries(23):  # type: ignore[operator]
        boss.get("/board/aarrr?by=community")
    with django_assert_max_num_queries(24):  # type: ignore[operator]
        boss.get("/board/people/new_members?grain=month&period=2026-03-01")
