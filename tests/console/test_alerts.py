"""The list of alerts, one alert, and what can be done about it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from qunyu.communities.models import Community
from qunyu.flows.alerting import renew
from qunyu.insights.models import Alert, Mute
from qunyu.kernel.models import AuditEntry
from qunyu.people.models import Unit
from tests.console.conftest import read
from tests.console.lives import chat
from tests.deployment_fixtures import NOW, AddStaff, ImportFile, SignedIn


@pytest.fixture
def peak(import_file: ImportFile, unit: Unit) -> Alert:
    """A community of `unit` with 150 messages on a day of usually 20."""
    import_file("WhatsApp Chat with Peak.txt", chat(60, lambda day: 150 if day == 45 else 20), unit)
    renew(now=NOW)
    return Alert.objects.get()


def page(alert: Alert) -> str:
    return f"/board/alerts/{alert.public_id}"


def test_nothing_unusual_says_so(tea: Community, boss: Client) -> None:
    shown = boss.get("/board/alerts").content.decode()
    assert "没有异常" in shown
    assert "未读预警" not in boss.get("/board").content.decode()


def test_the_list_tells_the_size_and_the_board_counts(peak: Alert, boss: Client) -> None:
    response = boss.get("/board/alerts")
    ((link, cells),) = response.context["listing"].rows
    assert link == page(peak)
    said = [str(value) for _, value in cells]
    assert said[0] == "Peak · 消息数"
    assert said[1] == "未读"
    assert "150" in said[3]
    assert (said[4], said[6]) == ("20", "7.4 ×") or said[4] in ("19", "20", "21")
    assert "未读预警: 1" in boss.get("/board").content.decode()


def test_nothing_expected_gives_no_multiple(peak: Alert, boss: Client) -> None:
    type(peak).objects.filter(pk=peak.pk).update(expected=0.03)
    ((_, cells),) = boss.get("/board/alerts").context["listing"].rows
    assert [str(cells[at][1]) for at in (4, 6)] == ["0", "–"]
    assert "×" not in boss.get(page(peak)).content.decode()


def test_filters_are_in_the_address(peak: Alert, boss: Client) -> None:
    def count(query: str) -> int:
        return len(boss.get(f"/board/alerts?{query}").context["listing"].rows)

    assert [count(query) for query in ("state=open", "state=seen", "metric=joins", "q=pea", "q=x", "days=7")] == [
        1, 0, 0, 1, 0, 1,
    ]  # fmt: skip
    text = b"".join(boss.get("/board/alerts?export=csv")).decode("utf-8-sig")
    assert "Peak · 消息数" in text


def test_one_alert_with_its_range_and_drivers(peak: Alert, boss: Client) -> None:
    response = boss.get(page(peak))
    shown = response.content.decode()
    assert [chart.key for chart in response.context["charts"]] == ["range"]
    assert "8 人共同造成" in shown or "点" in shown
    assert "标为已读" in shown


def test_seen_and_open_again(peak: Alert, boss: Client) -> None:
    assert "已标为已读" in boss.post(f"{page(peak)}/seen", follow=True).content.decode()
    peak.refresh_from_db()
    assert peak.seen_by == "Director"
    assert "未读预警" not in boss.get("/board").content.decode()
    boss.post(f"{page(peak)}/seen", {"undo": "1"})
    peak.refresh_from_db()
    assert peak.seen_at is None
    assert AuditEntry.objects.filter(object_kind="alert").count() == 2
    assert "预警标为已读" in boss.get("/settings/audit").content.decode()


def test_muted_and_heard_again(peak: Alert, boss: Client) -> None:
    assert "静音至" in boss.post(f"{page(peak)}/mute", {"days": "28"}, follow=True).content.decode()
    assert "已静音" in str(boss.get("/board/alerts").context["listing"].rows)
    boss.post(f"{page(peak)}/mute", {"undo": "1"})
    assert not Mute.objects.exists()


@pytest.mark.parametrize("days", ["99999", "9999", "x", "-3"])
def test_a_bad_number_of_days_mutes_nothing_for_long(peak: Alert, boss: Client, days: str) -> None:
    assert boss.post(f"{page(peak)}/mute", {"days": days}).status_code == 302
    assert not Mute.objects.filter(until__gt=NOW.date() + timedelta(days=10_000)).exists()


def test_who_may_look_but_not_edit(peak: Alert, admin: Client) -> None:
    shown = read(admin.get(page(peak)))
    assert "标为已读" not in shown
    for write in ("seen", "mute"):
        assert admin.post(f"{page(peak)}/{write}", {"days": "7"}).status_code == 403
    peak.refresh_from_db()
    assert (peak.seen_at, Mute.objects.count()) == (None, 0)


def test_elsewhere_nothing_shines_through(peak: Alert, staff: AddStaff, signed_in: SignedIn, other_unit: Unit) -> None:
    stranger = signed_in(staff("stranger", "owner", other_unit))
    assert "Peak" not in read(stranger.get("/board/alerts"))
    assert stranger.get(page(peak)).status_code == 404
    assert stranger.post(f"{page(peak)}/seen").status_code == 404


def test_names_of_people_are_for_who_may_see_people(peak: Alert, staff: AddStaff, signed_in: SignedIn) -> None:
    Alert.objects.update(drivers=[{"kind": "member", "key": _member(), "observed": 99.0, "usual": 2.0}])
    analyst = signed_in(staff("analyst", "analyst"))
    assert "某人（成员）" in analyst.get(page(peak)).content.decode()
    assert "Mei" not in read(analyst.get(page(peak)))


def _member() -> int:
    from qunyu.members.models import Member

    return Member.objects.get(name="Mei").pk


def test_names_are_shown_to_who_may(peak: Alert, boss: Client) -> None:
    Alert.objects.update(drivers=[{"kind": "member", "key": _member(), "observed": 99.0, "usual": 2.0}])
    assert "Mei" in boss.get(page(peak)).content.decode()


def test_queries_do_not_grow(peak: Alert, boss: Client, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    for number in range(8):
        Alert.objects.create(
            community_id=peak.community_id, metric="joins", up=True, first=peak.first - timedelta(days=9 * number + 20),
            last=peak.last, worst=peak.worst, observed=9, expected=1, low=0, high=5, far=4, found_at=NOW,
        )  # fmt: skip
    with django_assert_max_num_queries(22):
        boss.get("/board/alerts")
    with django_assert_max_num_queries(40):
        boss.get(page(peak))
