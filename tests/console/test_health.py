"""The health board and a community's health."""

from __future__ import annotations

import csv
from io import StringIO

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from qunyu.communities.models import Community
from qunyu.people.models import Unit
from tests.console.conftest import read
from tests.console.lives import chat
from tests.deployment_fixtures import ImportFile


@pytest.fixture
def fading(import_file: ImportFile, unit: Unit) -> Community:
    """Eight people of `unit` who wrote 30 messages a day for eight weeks, and then two a day for three."""
    import_file("WhatsApp Chat with Fading.txt", chat(77, lambda day: 30 if day < 56 else 2), unit)
    Community.objects.filter(name="Fading").update(opened_on="2025-01-01", type="sharing")
    return Community.objects.get(name="Fading")


@pytest.fixture
def steady(import_file: ImportFile, other_unit: Unit) -> Community:
    """The same of the other unit, 20 messages a day throughout."""
    import_file("WhatsApp Chat with Steady.txt", chat(77, lambda day: 20, "A1 B1 C1 D1 E1 F1 G1 H1"), other_unit)
    Community.objects.filter(name="Steady").update(opened_on="2025-01-01", type="sharing")
    return Community.objects.get(name="Steady")


def rows(response: object) -> list[tuple[str, str]]:
    """Name and state of each row."""
    listing = response.context["listing"]  # type: ignore[attr-defined]
    return [(row.name, row.health.state) for row in listing.page.object_list]


def test_an_empty_deployment_says_what_to_do_first(boss: Client) -> None:
    assert 'href="/settings/imports/new"' in boss.get("/board/health").content.decode()


def test_the_ones_to_worry_about_come_first(fading: Community, steady: Community, boss: Client) -> None:
    response = boss.get("/board/health")
    assert rows(response) == [("Fading", "fading"), ("Steady", "steady")]
    page = response.content.decode()
    assert f'href="/communities/{fading.public_id}/health"' in page
    assert "没人说话" in page
    assert [(state, count) for state, _, count in response.context["counts"]] == [("fading", 1), ("steady", 1)]
    assert "普通成员每天的消息比衰退前少两成以上" in page


def test_filters_search_and_order_are_in_the_address(fading: Community, steady: Community, boss: Client) -> None:
    assert rows(boss.get("/board/health?state=steady")) == [("Steady", "steady")]
    assert rows(boss.get("/board/health?q=fad")) == [("Fading", "fading")]
    assert rows(boss.get("/board/health?sort=-level")) == [("Steady", "steady"), ("Fading", "fading")]
    assert rows(boss.get(f"/board/health?unit={steady.unit.public_id}")) == [("Steady", "steady")]
    assert "没有符合条件的内容" in boss.get("/board/health?state=dead").content.decode()


def test_the_export_tells_states_and_causes_in_words(fading: Community, boss: Client) -> None:
    response = boss.get("/board/health?export=csv")
    text = b"".join(response).decode("utf-8-sig")
    (line,) = csv.DictReader(StringIO(text))
    assert (line["社群"], line["状态"], line["可能原因"], line["建议"]) == ("Fading", "衰退", "没人说话", "激活")


def test_one_community_tells_its_life_causes_and_proposal(fading: Community, boss: Client) -> None:
    response = boss.get(f"/communities/{fading.public_id}/health")
    page = response.content.decode()
    assert [chart.key for chart in response.context["charts"]] == ["life"]
    assert response.context["proposed"].zh == "激活"
    for words in ("可能原因", "第一步", "我们不知道的", "分不出是节假日还是本群的事", "把握大"):
        assert words in page


def test_two_weeks_of_records_tell_little_and_say_so(tea: Community, boss: Client) -> None:
    address = f"/communities/{tea.public_id}/health"
    page = boss.get(address).content.decode()
    assert "开群第 13 天" in page
    assert "没有填写开群日期" in page
    Community.objects.filter(pk=tea.pk).update(opened_on="2025-01-01")
    page = boss.get(address).content.decode()
    assert "看不清" in page
    assert "聊天记录只有 14 天，至少要 34 天才能比较" in page


def test_only_what_one_may_see(fading: Community, steady: Community, owner: Client) -> None:
    assert rows(owner.get("/board/health")) == [("Fading", "fading")]
    assert owner.get(f"/communities/{steady.public_id}/health").status_code == 404
    assert "Steady" not in read(owner.get("/board/health"))


def test_who_may_see_nothing_is_refused(fading: Community, staff: object, signed_in: object) -> None:
    nobody = signed_in(staff("nobody"))  # type: ignore[operator]
    for address in ("/board/health", f"/communities/{fading.public_id}/health"):
        assert nobody.get(address).status_code == 403


def test_queries_do_not_grow_with_the_communities(
    fading: Community, steady: Community, boss: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    boss.get("/board/health")
    with django_assert_max_num_queries(16):
        boss.get("/board/health")
    with django_assert_max_num_queries(16):
        boss.get(f"/communities/{fading.public_id}/health")
