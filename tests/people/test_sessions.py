"""Sessions: how they go on, how they end, and what is kept of them afterwards."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from qunyu.kernel.errors import DomainError
from qunyu.kernel.queries import entries
from qunyu.kernel.scope import Denied, Scope
from qunyu.people.actions import issue_token, set_active
from qunyu.people.devices import device
from qunyu.people.models import Staff, StaffSession, Unit
from qunyu.people.queries import scope_of, scope_of_token
from qunyu.people.sessions import (
    begin_session,
    end_session,
    end_sessions,
    ends_at,
    find_session,
    live_session,
    managed_sessions,
    sessions_of,
    tidy_sessions,
)
from qunyu.people.sign_in_rules import change_rules
from qunyu.people.tasks import forget_sessions
from tests.deployment_fixtures import NOW, AddStaff

pytestmark = pytest.mark.django_db
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def mei(staff: AddStaff) -> Staff:
    """Somebody who signs in."""
    return staff("mei", "owner")


@pytest.fixture
def begun(mei: Staff) -> StaffSession:
    """A session of hers, begun now."""
    return begin_session(staff=mei, via="password", strong=False, address="203.0.113.9", agent="Chrome/1", now=NOW)


def test_beginning_one_is_audited_without_its_address(begun: StaffSession, mei: Staff) -> None:
    entry = entries()[0]
    assert (entry.action, entry.object_id, entry.data) == ("session.begin", str(mei.pk), {"via": "password"})


def test_last_seen_is_written_every_five_minutes(begun: StaffSession) -> None:
    def seen_after(minutes: int) -> object:
        assert live_session(begun.pk, NOW + minutes * MINUTE) is not None
        return (StaffSession.objects.get().seen_at - NOW) / MINUTE

    assert [seen_after(each) for each in (1, 4, 5, 9, 10)] == [0, 0, 5, 5, 10]


def test_it_ends_when_idle(begun: StaffSession, system: Scope, mei: Staff) -> None:
    change_rules(by=system, changes={"idle_minutes": 30}, now=NOW)
    assert live_session(begun.pk, NOW + 29 * MINUTE) is not None
    assert live_session(begun.pk, NOW + 58 * MINUTE) is not None
    assert live_session(begun.pk, NOW + 88 * MINUTE) is None
    assert StaffSession.objects.get().ended_at == NOW + 88 * MINUTE
    assert live_session(begun.pk, NOW + 59 * MINUTE) is None
    assert sessions_of(mei, NOW + 88 * MINUTE) == []


def test_it_ends_in_any_case_however_busy(begun: StaffSession, system: Scope) -> None:
    change_rules(by=system, changes={"lifetime_hours": 2}, now=NOW)
    for minutes in range(0, 120, 10):
        assert live_session(begun.pk, NOW + minutes * MINUTE) is not None
    assert live_session(begun.pk, NOW + 2 * HOUR) is None
    assert StaffSession.objects.get().ended_at == NOW + 2 * HOUR


def test_rules_count_for_sessions_that_have_begun(begun: StaffSession, system: Scope) -> None:
    assert ends_at(begun) == NOW + timedelta(days=7)
    change_rules(by=system, changes={"idle_minutes": 15}, now=NOW)
    assert live_session(begun.pk, NOW + 15 * MINUTE) is None


@pytest.mark.parametrize("key", [None, "", "1", 10**9])
def test_a_key_of_none_is_nobodys(key: object, begun: StaffSession) -> None:
    assert live_session(key, NOW) is None


def test_one_is_ended_by_its_owner_and_by_who_manages_them(
    begun: StaffSession, mei: Staff, staff: AddStaff, unit: Unit
) -> None:
    boss, local, lin = staff("boss", "director"), staff("local", "director", unit), staff("lin", "owner")
    for stranger in (local, lin):
        with pytest.raises(Denied):
            end_session(by=scope_of(stranger), session=begun, now=NOW)
        with pytest.raises(Denied):
            end_sessions(by=scope_of(stranger), staff=mei, now=NOW)
        with pytest.raises(Denied):
            managed_sessions(scope_of(stranger), mei, NOW)
    assert [each.pk for each in managed_sessions(scope_of(boss), mei, NOW)] == [begun.pk]
    end_session(by=scope_of(mei), session=begun, now=NOW)
    before = entries().count()
    end_session(by=scope_of(boss), session=begun, now=NOW + HOUR)
    assert (StaffSession.objects.get().ended_at, entries().count()) == (NOW, before)


def test_all_others_are_ended_by_a_token_of_the_owner_too(begun: StaffSession, mei: Staff, system: Scope) -> None:
    other = begin_session(staff=mei, via="oidc", strong=True, now=NOW)
    _, secret = issue_token(by=system, staff=mei, name="x", expires_at=None, now=NOW)
    scope = scope_of_token(secret, NOW)
    assert scope is not None
    assert end_sessions(by=scope, staff=mei, but=other.pk, now=NOW) == 1
    assert [each.pk for each in sessions_of(mei, NOW)] == [other.pk]
    assert (entries()[0].action, entries()[0].data) == ("session.end", {"count": 1})


def test_one_that_has_ended_is_not_found(begun: StaffSession, mei: Staff, staff: AddStaff) -> None:
    assert find_session(mei, begun.public_id, NOW) == begun
    for whose, id, at in (
        (staff("lin"), begun.public_id, NOW),
        (mei, "x", NOW),
        (mei, begun.public_id, NOW + 169 * HOUR),
    ):
        with pytest.raises(DomainError) as caught:
            find_session(whose, id, at)
        assert caught.value.code == "unknown_session"


def test_closing_an_account_ends_its_sessions(begun: StaffSession, mei: Staff, system: Scope) -> None:
    set_active(by=system, staff=mei, active=False, now=NOW)
    assert StaffSession.objects.get().ended_at == NOW


def test_what_ran_out_is_noted(begun: StaffSession, mei: Staff) -> None:
    end = ends_at(begun)
    tidy_sessions(now=end - MINUTE)
    assert StaffSession.objects.get().ended_at is None
    tidy_sessions(now=end + MINUTE)
    assert StaffSession.objects.get().ended_at == end


def test_every_night_both_kinds_of_sessions_are_tidied(begun: StaffSession) -> None:
    StaffSession.objects.update(begun_at=timezone.now() - timedelta(days=91))
    Session.objects.create(session_key="old", session_data="", expire_date=timezone.now() - timedelta(days=1))
    forget_sessions()
    assert (StaffSession.objects.get().ended_at is None, Session.objects.count()) == (False, 0)


@pytest.mark.parametrize(
    ("agent", "zh", "en"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36 Edg/126.0", "Edge · Windows", "Edge · Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 MicroMessenger/8.0.49", "微信 · iPhone", "WeChat · iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15", "Safari · Mac", "Safari · Mac"),
        ("Mozilla/5.0 (Linux; Android 14; SM-S928B) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36", "Chrome · 安卓", "Chrome · Android"),
        ("Mozilla/5.0 (Windows NT 10.0) wxwork/4.1 MicroMessenger/7.0 Chrome/107 Safari/537.36", "企业微信 · Windows", "WeCom · Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox · Linux", "Firefox · Linux"),
        ("curl/8.5", "未知设备", "Unknown device"),
        ("", "未知设备", "Unknown device"),
    ],
)  # fmt: skip
def test_devices_are_named_in_plain_words(agent: str, zh: str, en: str) -> None:
    assert (device(agent).zh, device(agent).en) == (zh, en)
