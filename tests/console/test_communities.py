"""The list of communities and one community's pages."""

from __future__ import annotations

import csv
from datetime import date
from io import BytesIO, StringIO

import pytest
from django.test import Client
from openpyxl import load_workbook

from qunyu.communities.models import Community
from qunyu.kernel.models import AuditEntry
from tests.console.conftest import RUNNERS_CHAT
from tests.deployment_fixtures import ImportFile

TABS = ("", "/people", "/activity", "/settings")


def names(response: object) -> list[str]:
    """The first cell of each row."""
    return [str(cells[0][1]) for _, cells in response.context["listing"].rows]  # type: ignore[attr-defined]


def cells(response: object) -> list[list[str]]:
    """Every cell of each row."""
    return [[str(value) for _, value in row] for _, row in response.context["listing"].rows]  # type: ignore[attr-defined]


def test_each_community_stands_with_its_latest_figures(tea: Community, runners: Community, boss: Client) -> None:
    response = boss.get("/communities")
    assert [row[:7] for row in cells(response)] == [
        ["Tea lovers", "WhatsApp", "未设定", "华东店", "3", "4", "8"],
        ["Runners", "WhatsApp", "未设定", "华南店", "2", "2", "2"],
    ]
    assert f'href="/communities/{tea.public_id}"' in response.content.decode()


def test_search_filter_and_sort_are_in_the_address(tea: Community, runners: Community, boss: Client) -> None:
    assert names(boss.get("/communities?q=run")) == ["Runners"]
    assert names(boss.get(f"/communities?unit={tea.unit.public_id}")) == ["Tea lovers"]
    assert names(boss.get("/communities?sort=name")) == ["Runners", "Tea lovers"]
    assert names(boss.get("/communities?sort=-name")) == ["Tea lovers", "Runners"]
    assert names(boss.get("/communities?sort=;drop")) == ["Tea lovers", "Runners"]
    page = boss.get("/communities?q=nothing+like+it").content.decode()
    assert "没有符合条件的内容" in page
    assert "搜索: nothing like it" in page


def test_the_sorted_column_says_so(tea: Community, boss: Client) -> None:
    page = boss.get("/communities?sort=name").content.decode()
    assert page.count('aria-sort="ascending"') == 1
    assert 'aria-sort="none"' in page


def test_columns_are_chosen_by_address(tea: Community, boss: Client) -> None:
    response = boss.get("/communities?column=theme&column=members")
    assert [head.column.key for head in response.context["listing"].heads] == ["name", "theme", "members"]


def test_staff_of_a_unit_see_their_communities_only(tea: Community, runners: Community, owner: Client) -> None:
    assert names(owner.get("/communities")) == ["Tea lovers"]
    for tab in TABS:
        response = owner.get(f"/communities/{runners.public_id}{tab}")
        assert response.status_code == 404, tab
        assert "Runners" not in response.content.decode()


def test_an_export_is_the_list_with_formulas_defused(tea: Community, boss: Client) -> None:
    Community.objects.filter(pk=tea.pk).update(name="=HYPERLINK(1)", theme="@x")
    response = boss.get("/communities?export=csv&column=theme&column=members&column=last_at")
    text = b"".join(response.streaming_content).decode("utf-8")  # type: ignore[attr-defined]
    assert response["Content-Disposition"] == 'attachment; filename="communities.csv"'
    assert text.startswith("\ufeff社群,主题,成员数,最后活动")
    assert list(csv.reader(StringIO(text[1:])))[1] == ["'=HYPERLINK(1)", "'@x", "3", "2026-03-14 09:00:00"]


def test_an_xlsx_export_goes_on_in_a_second_sheet(
    tea: Community, runners: Community, boss: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qunyu.console.exports.SHEET_ROWS", 1)
    book = load_workbook(BytesIO(b"".join(boss.get("/communities?export=xlsx&sort=name"))))
    names = [[row[0] for row in sheet.iter_rows(values_only=True)] for sheet in book.worksheets]
    assert names == [["社群", "Runners"], ["社群", "Tea lovers"]]


def test_an_xlsx_export_holds_strings_and_numbers(tea: Community, boss: Client) -> None:
    Community.objects.filter(pk=tea.pk).update(name="=1+1")
    response = boss.get("/communities?export=xlsx&column=members")
    book = load_workbook(BytesIO(b"".join(response.streaming_content)))  # type: ignore[attr-defined]
    rows = [[(cell.value, cell.data_type) for cell in row] for row in book.worksheets[0].iter_rows()]
    assert rows == [[("社群", "s"), ("成员数", "s")], [("'=1+1", "s"), (3, "n")]]


def test_the_overview_shows_this_community_alone(tea: Community, runners: Community, boss: Client) -> None:
    response = boss.get(f"/communities/{tea.public_id}?grain=month")
    said = {card.metric.key: card.text for card in response.context["cards"]}
    assert (said["messages"], said["members"], said["active_members"]) == ("8 条", "3 人", "4 人")
    assert [chart.key for chart in response.context["charts"]][:1] == ["talk"]


def test_people_are_this_communitys(tea: Community, runners: Community, boss: Client) -> None:
    response = boss.get(f"/communities/{tea.public_id}/people?sort=name")
    assert names(response) == ["Lin", "Mei", "Tom", "小茶"]


def test_activity_counts_hours_of_the_week(tea: Community, boss: Client) -> None:
    charts = boss.get(f"/communities/{tea.public_id}/activity").context["charts"]
    heat = next(chart for chart in charts if chart.key == "hours")
    counted = [cell for cell in heat.option["series"][0]["data"] if cell[2]]
    # Sunday 1 March 9 h; Monday 2 March 20 h; Friday 13 March 21 h; Saturday 14 March 8 h.
    assert counted == [[20, 0, 2], [21, 4, 2], [8, 5, 2], [9, 6, 2]]


def test_editing_keeps_name_type_and_theme_and_notes_who_did(tea: Community, boss: Client) -> None:
    values = {"name": " 茶友群 ", "type": "welfare", "theme": "茶"}
    response = boss.post(f"/communities/{tea.public_id}/settings", values, follow=True)
    assert "已保存" in response.content.decode()
    tea.refresh_from_db()
    assert (tea.name, tea.type, tea.theme) == ("茶友群", "welfare", "茶")
    entry = AuditEntry.objects.get(action="community.edit")
    assert (entry.object_id, entry.data) == (str(tea.pk), {"fields": ["name", "theme", "type"]})
    boss.post(f"/communities/{tea.public_id}/settings", values)
    assert AuditEntry.objects.filter(action="community.edit").count() == 1


def test_the_days_of_opening_and_closing_are_kept_and_taken_away(tea: Community, boss: Client) -> None:
    address = f"/communities/{tea.public_id}/settings"
    boss.post(address, {"name": "Tea", "type": "", "opened_on": "2026-03-01", "closed_on": "2026-06-30"})
    tea.refresh_from_db()
    assert (tea.opened_on, tea.closed_on) == (date(2026, 3, 1), date(2026, 6, 30))
    assert 'value="2026-06-30"' in boss.get(address).content.decode()
    boss.post(address, {"name": "Tea", "type": "", "opened_on": "2026-03-01", "closed_on": ""})
    tea.refresh_from_db()
    assert (tea.opened_on, tea.closed_on) == (date(2026, 3, 1), None)


@pytest.mark.parametrize(
    ("values", "field", "said"),
    [
        ({"name": " ", "type": ""}, "name", "请填写这一项"),
        ({"name": "x" * 256, "type": ""}, "name", "1 至 255"),
        ({"name": "ok", "type": "castle"}, "type", "castle"),
        ({"name": "ok", "type": "", "opened_on": "2026-02-30"}, "opened_on", "2026-02-30"),
        ({"name": "ok", "type": "", "opened_on": "2026-03-02", "closed_on": "2026-03-01"}, "closed_on", "晚于"),
    ],
)
def test_what_is_wrong_stands_at_its_field(
    values: dict[str, str], field: str, said: str, tea: Community, boss: Client
) -> None:
    response = boss.post(f"/communities/{tea.public_id}/settings", values)
    assert response.status_code == 400
    assert said in response.context["form"].errors[field]
    assert f'aria-describedby="error-{field}"' in response.content.decode()
    tea.refresh_from_db()
    assert (tea.name, tea.type) == ("Tea lovers", "")


def test_who_may_only_look_cannot_edit(tea: Community, admin: Client) -> None:
    page = admin.get(f"/communities/{tea.public_id}").content.decode()
    assert f"/communities/{tea.public_id}/settings" not in page
    response = admin.post(f"/communities/{tea.public_id}/settings", {"name": "mine", "type": ""})
    assert response.status_code == 403
    tea.refresh_from_db()
    assert tea.name == "Tea lovers"


def test_a_list_is_one_board_question_however_long(
    boss: Client, import_file: ImportFile, django_assert_max_num_queries: object
) -> None:
    for number in range(3):
        text = RUNNERS_CHAT.replace("Runners", f"Runners {number}")
        import_file(f"WhatsApp Chat with Runners {number}.txt", text)
    with django_assert_max_num_queries(16):  # type: ignore[operator]
        assert len(names(boss.get("/communities"))) == 3


def test_pages_and_sizes(boss: Client, tea: Community) -> None:
    for number in range(30):
        Community.objects.create(unit=tea.unit, platform="qq", key=str(number), name=f"群 {number:02d}")
    first, second = boss.get("/communities?sort=-name"), boss.get("/communities?sort=-name&page=2")
    assert [len(names(first)), len(names(second))] == [25, 6]
    assert names(boss.get("/communities?page=99&size=25"))
    assert len(names(boss.get("/communities?size=50"))) == 31
    assert names(boss.get("/communities?column=members"))[0] == "Tea lovers"


def test_a_phone_sorts_by_a_list_of_orders(tea: Community, runners: Community, boss: Client) -> None:
    response = boss.get("/communities?sort=-name&column=members")
    orders = response.context["listing"].orders
    assert [value for value, _, on in orders if on] == ["-name"]
    assert ("name", "社群（升序）", False) in orders
    assert {value.lstrip("-") for value, _, _ in orders} == {
        "name", "platform", "type", "theme", "unit", "members", "active", "messages", "last_at",
    }  # fmt: skip
    page = response.content.decode()
    assert '<option value="-name" selected>社群（降序）</option>' in page
    assert 'id="sort-members"' in page
