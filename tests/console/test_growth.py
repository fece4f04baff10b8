"""Funnel, growth formula, leaving and reply network as pages."""

from __future__ import annotations

import pytest
from django.test import Client

from qunyu.communities.models import Community
from qunyu.people.models import Unit
from tests.console.conftest import RUNNERS_CHAT, read
from tests.deployment_fixtures import AddStaff, ImportFile, SignedIn

PAGES = ("/board/funnel", "/board/growth", "/board/leaving")
PEOPLE = "group,platform,name,phone,channel\nTea lovers,whatsapp,Mei,13800000001,海报\nTea lovers,whatsapp,Tom,13800000002,\n"
ORDERS = (
    "order_id,customer,phone,ordered_at,amount\n1,m,13800000001,2026-03-05,10\n2,m,13800000001,2026-03-06,20\n"
    "3,t,13800000002,2026-03-07,30\n"
)
GONE_CHAT = RUNNERS_CHAT + "02/03/2026, 10:04 - Bob: too many ads here\n02/03/2026, 10:05 - Bob left\n"


@pytest.fixture
def sold(tea: Community, import_file: ImportFile, unit: Unit) -> Community:
    """The tea lovers; Mei (who came by a poster) has two orders of 30 yuan together, Tom one of 30."""
    import_file("members.csv", PEOPLE, unit, "members")
    import_file("orders.csv", ORDERS, unit, "orders")
    return tea


def names(response: object) -> list[str]:
    return [str(cells[0][1]) for _, cells in response.context["listing"].rows]  # type: ignore[attr-defined]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_and_its_part(page: str, tea: Community, boss: Client) -> None:
    whole = boss.get(page)
    assert (whole.status_code, "style=" in whole.content.decode()) == (200, False)
    assert "2026-03" in whole.content.decode()
    assert "数据截至" in whole.content.decode()
    part = boss.get(f"{page}?first=2026-03-01&last=2026-03-02", headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith('<div id="board"')
    assert "2026-03-01..2026-03-02" in part


@pytest.mark.parametrize("page", PAGES)
def test_without_data_and_out_of_sight(
    page: str, boss: Client, tea: Community, owner: Client, other_unit: Unit
) -> None:
    assert "所选范围没有数据" in boss.get(f"{page}?theme=none").content.decode()
    assert "所选范围没有数据" in boss.get(f"{page}?first=2026-03-01&last=2026-03-02&theme=none").content.decode()
    assert "所选范围没有数据" in owner.get(f"{page}?unit={other_unit.public_id}").content.decode()


@pytest.mark.parametrize("page", [*PAGES, "/board/aarrr"])
def test_nothing_imported_yet(page: str, boss: Client) -> None:
    assert "还没有数据" in boss.get(page).content.decode()


@pytest.mark.parametrize(
    "page", [*PAGES, "/board/aarrr", "/board/people/members?period=2026-03-01", "/board/funnel/people/came"]
)
def test_whoever_may_see_no_communities_is_refused(page: str, staff: AddStaff, signed_in: SignedIn) -> None:
    assert signed_in(staff("nobody")).get(page).status_code == 403


def test_the_board_takes_the_analyses_in(tea: Community, boss: Client) -> None:
    found = boss.get(f"/board/aarrr?grain=week&community={tea.public_id}")
    page = found.content.decode()
    days = "first=2026-03-02&amp;last=2026-03-08"
    for name in ("funnel", "growth", "leaving"):
        assert f'hx-get="/board/{name}?grain=week&amp;community={tea.public_id}&amp;{days}"' in page


def test_the_funnel_by_channel_with_the_people_in_each_step(sold: Community, boss: Client) -> None:
    found = boss.get("/board/funnel?grain=month&first=2026-03-01&last=2026-03-31")
    said = {row.name: [cell.text for cell in row.cells] for row in found.context["rows"]}
    assert said == {
        "全部渠道": ["未知", "4", "4", "2", "1", "0"],
        "海报": ["未知", "1", "1", "1", "1", "0"],
        "渠道未知": ["未知", "3", "3", "1", "0", "0"],
    }
    ordered = found.context["rows"][0].cells[3]
    assert ordered.share == "50.0 %"
    assert sorted(names(boss.get(ordered.people))) == ["Mei", "Tom"]
    assert names(boss.get(found.context["rows"][1].cells[4].people)) == ["Mei"]
    assert names(boss.get(found.context["rows"][2].cells[3].people)) == ["Tom"]
    assert "入群渠道: 渠道未知" in boss.get(found.context["rows"][2].cells[3].people).content.decode()
    assert found.context["rows"][0].cells[0].people == ""


def test_people_of_steps_need_the_permissions(
    sold: Community, admin: Client, staff: AddStaff, signed_in: SignedIn
) -> None:
    analyst = signed_in(staff("analyst", "analyst", sold.unit))
    for client, step in ((admin, "ordered"), (analyst, "came")):
        response = client.get(f"/board/funnel/people/{step}?first=2026-03-01&last=2026-03-31")
        assert (response.status_code, "Mei" in read(response)) == (403, False)
    assert [cell.people for cell in analyst.get("/board/funnel").context["rows"][0].cells] == [""] * 6
    assert [cell.text for cell in admin.get("/board/funnel").context["rows"][0].cells] == [
        "未知",
        "4",
        "4",
        "未知",
        "未知",
        "未知",
    ]


def test_a_step_that_is_not_there(tea: Community, boss: Client) -> None:
    assert boss.get("/board/funnel/people/magic").status_code == 404
    assert boss.get("/board/funnel/people/came?theme=none").status_code == 404


def test_growth_measured(sold: Community, boss: Client) -> None:
    found = boss.get("/board/growth")
    measured = {field.key: (field.measured, field.behind) for field in found.context["fields"]}
    assert measured == {
        "visitors": ("4", ""),
        "trial_rate": ("100.0", "4 ÷ 4"),
        "conversion": ("50.0", "2 ÷ 4"),
        "order_value": ("20.00", "¥ 60.00 ÷ 3"),
        "orders_per_buyer": ("1.50", "3 ÷ 2"),
    }
    assert [found.context[key] for key in ("measured", "result", "difference")] == ["¥ 60.00", "¥ 60.00", "+¥ 0.00"]
    assert "这是算术，不是预测" in found.content.decode()


def test_growth_changed_without_any_script(sold: Community, boss: Client) -> None:
    given = "visitors=8&trial_rate=100.0&conversion=25&order_value=1,000&orders_per_buyer="
    found = boss.get(f"/board/growth?first=2026-03-01&last=2026-03-31&{given}")
    # 8 members, a quarter buys, 1.5 orders each of 1,000 yuan.
    assert [found.context[key] for key in ("result", "difference")] == ["¥ 3,000.00", "+¥ 2,940.00"]
    assert 'value="1,000"' in found.content.decode()
    less = boss.get("/board/growth?conversion=0")
    assert [less.context[key] for key in ("result", "difference")] == ["¥ 0.00", "−¥ 60.00"]


@pytest.mark.parametrize(
    ("given", "field", "said"),
    [
        ("visitors=-1", "visitors", "不能是负数"),
        ("trial_rate=101", "trial_rate", "0 到 1 之间"),
        ("conversion=many", "conversion", "不是数字"),
        ("order_value=nan", "order_value", "不是数字"),
        ("order_value=1e999999", "order_value", "不是数字"),
        ("orders_per_buyer=Infinity", "orders_per_buyer", "不是数字"),
    ],
)
def test_growth_with_numbers_that_make_no_sense(
    given: str, field: str, said: str, sold: Community, boss: Client
) -> None:
    found = boss.get(f"/board/growth?{given}")
    assert found.status_code == 400
    assert said in found.context["wrong"][field]
    assert f'aria-describedby="wrong-{field}"' in found.content.decode()
    assert found.context["result"] == "¥ 60.00"


def test_growth_without_orders_or_permission(tea: Community, boss: Client, admin: Client) -> None:
    assert "没有订单数据" in boss.get("/board/growth").content.decode()
    found = admin.get("/board/growth")
    assert ("没有查看订单与收入的权限" in found.content.decode(), found.context["measured"]) == (True, "未知")
    guess = boss.get("/board/growth?conversion=50&order_value=10&orders_per_buyer=2")
    assert (guess.context["result"], guess.context["difference"]) == ("¥ 40.00", "")


def test_leaving_with_last_words(
    import_file: ImportFile, unit: Unit, boss: Client, staff: AddStaff, signed_in: SignedIn
) -> None:
    import_file("WhatsApp Chat with Runners.txt", GONE_CHAT, unit)
    found = boss.get("/board/leaving")
    assert [(str(fact.title), fact.text) for fact in found.context["facts"]] == [
        ("退群人次", "1 次"),
        ("被移出", "0 次 · 0.0 %"),
        ("新人流失", "0 次 · 0.0 %"),
        ("说出原因", "1 次 · 100.0 %"),
        ("走之前的广告占比", "0.0 %"),
    ]
    assert [chart.key for chart in found.context["charts"]] == [
        "leaving-tenure", "leaving-silence", "leaving-days", "leaving-hours",
    ]  # fmt: skip
    (quote,) = found.context["quotes"]
    assert (quote.name, quote.community, str(quote.reason)) == ("Bob", "Runners", "广告太多")
    assert "too many ads here" in found.content.decode()
    assert names(boss.get(found.context["people"])) == ["Bob"]
    analyst = signed_in(staff("analyst", "analyst", unit)).get("/board/leaving")
    assert ("too many ads" in read(analyst), "Bob" in read(analyst)) == (False, False)
    assert "有查看成员权限的人才能看到原话" in analyst.content.decode()


def test_leaving_is_unknown_where_nobody_is_seen_coming_or_going(boss: Client, import_file: ImportFile) -> None:
    import_file("WhatsApp Chat with Quiet.txt", "02/03/2026, 10:01 - Ann: Who runs?\n02/03/2026, 10:02 - Bob: I do\n")
    assert "没有入群记录" in boss.get("/board/leaving").content.decode()


def test_a_communitys_leaving_and_network(tea: Community, runners: Community, boss: Client, owner: Client) -> None:
    leaving = boss.get(f"/communities/{tea.public_id}/leaving")
    assert leaving.context["facts"][0].text == "1 次"
    assert leaving.context["tab"] == "leaving"
    found = boss.get(f"/communities/{tea.public_id}/network")
    assert [(str(fact.title), fact.text) for fact in found.context["facts"]] == [
        ("有往来的人", "4"),
        ("往来关系", "4"),
        ("经过第一人", "75.0 %"),
        ("经过前三人", "100.0 %"),
        ("第一人离开后落单", "1 人"),
    ]
    assert found.context["people"][0].name == "Mei"
    graph = found.context["charts"][0].option["series"][0]
    assert ({node["name"] for node in graph["data"]}, len(graph["links"])) == ({"Lin", "Mei", "Tom", "小茶"}, 4)
    for tab in ("leaving", "network"):
        assert owner.get(f"/communities/{runners.public_id}/{tab}").status_code == 404


def test_who_holds_it_together_is_for_those_who_may_see_members(
    tea: Community, staff: AddStaff, signed_in: SignedIn
) -> None:
    found = signed_in(staff("analyst", "analyst", tea.unit)).get(f"/communities/{tea.public_id}/network")
    assert (found.context["facts"][0].text, found.context["people"], found.context["charts"]) == ("4", [], [])
    assert "Mei" not in read(found)
    assert "有查看成员权限的人才能看到是哪些人" in found.content.decode()


def test_a_community_without_talk_in_these_days(tea: Community, boss: Client) -> None:
    found = boss.get(f"/communities/{tea.public_id}/network?first=2025-01-01&last=2025-12-31")
    assert [fact.text for fact in found.context["facts"]] == ["0", "0", "未知", "未知", "0 人"]


def test_queries_stay_few(sold: Community, boss: Client, django_assert_max_num_queries: object) -> None:
    for page in (*PAGES, f"/communities/{sold.public_id}/network", f"/communities/{sold.public_id}/leaving"):
        with django_assert_max_num_queries(25):  # type: ignore[operator]
            boss.get(page)
