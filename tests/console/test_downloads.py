"""Downloads: the board and a community's overview as HTML and PNG, of exactly what the page shows, for whoever may see it."""

from __future__ import annotations

import struct

import pytest
from django.test import Client
from pytest_django import Settings

from qunyu.communities.models import Community
from qunyu.console import downloads
from qunyu.people.models import Unit
from qunyu.people.queries import root_unit
from qunyu.reports import drawing, fonts
from qunyu.reports.page import Content
from tests.deployment_fixtures import AddStaff, ImportFile, SignedIn

KINDS = ("html", "png")
ORDERS = "order_id,customer,ordered_at,amount\n1,c1,2026-03-03,1234.56\n"


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Content]:
    """What pictures are made of, in place of a second's drawing each."""
    contents: list[Content] = []

    def maker(content: Content) -> bytes:
        contents.append(content)
        return b"drawn"

    monkeypatch.setitem(downloads._MAKERS, "png", ("image/png", maker))
    return contents


def messages(content: Content) -> dict[str, float | None]:
    """Period -> messages, as the file has them."""
    board = content.board
    return {period.label: board.figure("messages", period, content.key).value for period in board.periods}


def test_the_board_as_a_picture(tea: Community, boss: Client) -> None:
    response = boss.get("/board?export=png&grain=week")
    assert (response.status_code, response["Content-Type"]) == (200, "image/png")
    assert response.content[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", response.content[16:24])
    assert width == 1080
    assert height > 1500
    assert response["Cache-Control"] == "private, no-store"


def test_the_board_as_a_page_that_opens_offline(tea: Community, boss: Client) -> None:
    response = boss.get("/board?export=html")
    text = response.content.decode()
    assert response["Content-Type"] == "text/html; charset=utf-8"
    assert text.startswith("<!doctype html>")
    assert "群里有多热闹？" in text
    assert "<dt>社群</dt><dd>1</dd>" in text
    assert "各社群（2026-03-01 至 2026-03-14）" in text
    assert "Tea lovers" in text


@pytest.mark.parametrize("kind", KINDS)
def test_the_name_of_the_file_tells_whose_figures_of_when(
    kind: str, tea: Community, boss: Client, made: list[Content]
) -> None:
    top = root_unit()
    top.name = '茶/叶: "一号"'
    top.save()
    assert boss.get(f"/board?export={kind}&grain=week")["Content-Disposition"] == (
        f'attachment; filename="board_2026-W09_2026-W11.{kind}"; '
        f"filename*=UTF-8''%E8%8C%B6%20%E5%8F%B6%20%E4%B8%80%E5%8F%B7_2026-W09_2026-W11.{kind}"
    )
    assert boss.get(f"/communities/{tea.public_id}?export={kind}")["Content-Disposition"] == (
        f"attachment; filename=\"community-{tea.public_id}_2026-03.{kind}\"; filename*=UTF-8''Tea%20lovers_2026-03.{kind}"
    )


def test_a_name_is_never_a_path_or_a_header(tea: Community, boss: Client, made: list[Content]) -> None:
    Community.objects.filter(pk=tea.pk).update(name="../..\r\nX: <y>\x07.html")
    told = boss.get(f"/communities/{tea.public_id}?export=png")["Content-Disposition"]
    assert told.endswith("filename*=UTF-8''X%20y%20.html_2026-03.png")
    Community.objects.filter(pk=tea.pk).update(name="群" * 100)
    assert boss.get(f"/communities/{tea.public_id}?export=png")["Content-Disposition"].count("%E7%BE%A4") == 60


def test_it_shows_what_the_page_shows(tea: Community, runners: Community, boss: Client, made: list[Content]) -> None:
    for query, said in (
        ("", {"2026-03": 10}),
        ("grain=day&first=2026-03-13&last=2026-03-14", {"2026-03-13": 2, "2026-03-14": 2}),
        (f"community={runners.public_id}", {"2026-03": 2}),
        (f"unit={tea.unit.public_id}", {"2026-03": 8}),
        ("platform=telegram", {}),
    ):
        assert boss.get(f"/board?export=png&{query}").content == b"drawn"
        page = boss.get(f"/board?{query}")
        assert messages(made[-1]) == said, query
        assert (page.context.get("focus") is None) == (said == {})
    assert [content.totals.kinds.get("message", 0) for content in made] == [10, 4, 2, 8, 0]


def test_what_was_chosen_is_told_in_words(
    tea: Community, runners: Community, boss: Client, made: list[Content]
) -> None:
    boss.get(f"/board?export=png&community={runners.public_id}&unit={runners.unit.public_id}")
    assert made[-1].shown == [("社群", "Runners"), ("组织单位", "华南店")]
    assert made[-1].title == root_unit().name
    text = boss.get(f"/board?export=html&unit={runners.unit.public_id}").content.decode()
    assert "<dt>组织单位</dt><dd>华南店</dd>" in text
    assert "Tea lovers" not in text


def test_a_communitys_file_has_its_cards_and_its_people_alone(
    tea: Community, runners: Community, boss: Client, made: list[Content]
) -> None:
    boss.get(f"/communities/{tea.public_id}?export=png&grain=day")
    (content,) = made
    assert (content.title, content.shown) == ("Tea lovers", [("组织单位", "华东店")])
    shown = boss.get(f"/communities/{tea.public_id}?grain=day").context["cards"]
    assert [(each.metric.key, each.text) for each in content.cards()] == [
        (each.metric.key, each.text) for each in shown
    ]
    assert (content.totals.communities, content.totals.kinds["message"]) == (1, 8)
    assert [chart.key for chart in content.charts()] == ["talk", "faces", "members", "interaction", "cohorts"]


def test_both_languages(tea: Community, boss: Client) -> None:
    boss.post("/language", {"language": "en"})
    text = boss.get("/board?export=html").content.decode()
    assert '<html lang="en">' in text
    assert "How lively is the talk?" in text
    page = boss.get("/board?grain=week").content.decode()
    assert "PNG picture" in page


def test_the_page_offers_the_files_of_what_it_shows(tea: Community, boss: Client) -> None:
    page = boss.get("/board?grain=week&first=2026-03-01").content.decode()
    for kind in KINDS:
        assert f'href="/board?grain=week&amp;first=2026-03-01&amp;export={kind}"' in page
    part = boss.get(f"/communities/{tea.public_id}?grain=day", headers={"HX-Request": "true"}).content.decode()
    assert f'href="/communities/{tea.public_id}?grain=day&amp;export=png"' in part
    assert "HTML 文件" in part
    assert "export=" not in boss.get("/board?platform=telegram").content.decode()


def test_another_kind_of_file_is_not_made(tea: Community, boss: Client) -> None:
    assert boss.get("/board?export=exe")["Content-Type"].startswith("text/html")
    assert "Content-Disposition" not in boss.get("/board?export=exe")


@pytest.mark.parametrize("kind", KINDS)
def test_whoever_may_not_see_communities_gets_nothing(
    kind: str, tea: Community, staff: AddStaff, signed_in: SignedIn, client: Client, made: list[Content]
) -> None:
    nobody = signed_in(staff("nobody"))
    for address in ("/board", f"/communities/{tea.public_id}"):
        denied = nobody.get(f"{address}?export={kind}")
        assert denied.status_code == 403
        assert "Content-Disposition" not in denied
        assert "Tea lovers" not in denied.content.decode()
        assert client.get(f"{address}?export={kind}")["Location"].startswith("/sign-in")
    assert made == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_foreign_community_is_not_there(kind: str, runners: Community, owner: Client, made: list[Content]) -> None:
    denied = owner.get(f"/communities/{runners.public_id}?export={kind}")
    assert denied.status_code == 404
    assert "Content-Disposition" not in denied
    assert "Runners" not in denied.content.decode()
    assert made == []


def test_staff_of_a_unit_get_only_its_figures(
    tea: Community, runners: Community, owner: Client, made: list[Content]
) -> None:
    owner.get("/board?export=png")
    owner.get(f"/board?export=png&community={runners.public_id}")
    assert [messages(content) for content in made] == [{"2026-03": 8}, {}]
    assert made[0].title == "华东店"
    assert "Runners" not in owner.get("/board?export=html").content.decode()


def test_without_the_permission_no_amount_is_in_the_file(
    tea: Community, import_file: ImportFile, unit: Unit, admin: Client, boss: Client
) -> None:
    import_file("orders.csv", ORDERS, unit, "orders")
    assert "1,234.56" in boss.get("/board?export=html").content.decode()
    assert "1,234.56" not in admin.get("/board?export=html").content.decode()


def test_where_no_picture_can_be_drawn_the_page_says_what_to_do(
    tea: Community, boss: Client, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    monkeypatch.setattr(fonts, "_folders", lambda: [])
    monkeypatch.setattr(fonts, "PACKAGE", "no_such_font")
    response = boss.get("/board?export=png")
    assert response.status_code == 503
    assert "fonts-noto-cjk" in response.content.decode()
    monkeypatch.setattr(drawing, "NEEDS", ("no_such_module",))
    assert "qunyu[picture]" in boss.get("/board?export=png").content.decode()
    assert boss.get("/board?export=html").status_code == 200


def test_an_empty_deployment_gives_an_empty_file(boss: Client, made: list[Content]) -> None:
    assert boss.get("/board?export=png")["Content-Disposition"].startswith('attachment; filename="board.png"')
    assert made[0].cards() == []
    assert "<dt>社群</dt><dd>0</dd>" in boss.get("/board?export=html").content.decode()
