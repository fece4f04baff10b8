"""Alerts as they are kept: found anew without doubles, acknowledged for good, gone with what told them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from qunyu.communities.models import Community
from qunyu.events.actions import begin_undo
from qunyu.events.models import Import
from qunyu.flows import undoing
from qunyu.flows.alerting import renew
from qunyu.flows.place import place
from qunyu.insights.actions import acknowledge, mute, renew_alerts, reopen, unmute
from qunyu.insights.models import Alert, Mute
from qunyu.insights.queries import alerts, find_alert, mutes, open_alerts
from qunyu.jobs.port import run_now
from qunyu.kernel.errors import DomainError
from qunyu.kernel.models import AuditEntry
from qunyu.kernel.scope import Denied, Scope
from qunyu.people.models import Unit
from qunyu.people.queries import scope_of
from tests.console.lives import BEGIN, chat
from tests.deployment_fixtures import NOW, AddStaff, ImportFile

TODAY = NOW.date()
PEAK = BEGIN + timedelta(days=45)
CHAT = "WhatsApp Chat with Peak.txt"


def peak(days: int) -> str:
    return chat(days, lambda day: 150 if day == 45 else 20)


@pytest.fixture
def told(import_file: ImportFile, unit: Unit) -> Alert:
    """The one alert of a community of `unit` with a peak on its 46th day of 60."""
    import_file(CHAT, peak(60), unit)
    assert renew(now=NOW) == {"new": 1, "changed": 0, "gone": 0}
    return Alert.objects.get()


def see(alert: Alert, by: Scope) -> None:
    assert acknowledge(by=by, alert=alert, now=NOW)


def test_finding_again_changes_nothing(told: Alert) -> None:
    assert (told.metric, told.up, told.first, told.last, told.observed) == ("messages", True, PEAK, PEAK, 150)
    assert renew(now=NOW + timedelta(days=1)) == {"new": 0, "changed": 0, "gone": 0}
    assert run_now("flows.alerts") is not None
    assert Alert.objects.get().found_at == NOW


def test_what_was_seen_stays_seen_with_new_figures(
    told: Alert, system: Scope, import_file: ImportFile, unit: Unit
) -> None:
    see(told, system)
    more = chat(62, lambda day: 150 if day == 45 else 90 if day == 46 else 20)
    import_file(CHAT, more, unit)
    renew(now=NOW + timedelta(days=1))
    (kept,) = Alert.objects.all()
    assert (kept.pk, kept.public_id, kept.last) == (told.pk, told.public_id, PEAK + timedelta(days=1))
    assert (kept.seen_at, kept.seen_by) == (NOW, system.actor.name)
    assert list(open_alerts(system, TODAY)) == []


def test_an_undone_import_leaves_no_ghost(told: Alert, system: Scope) -> None:
    owner = Import.objects.get()
    begin_undo(by=system, owner=owner, now=NOW)
    undoing.run(owner.pk, place=place(), now=NOW)
    assert renew(now=NOW) == {"new": 0, "changed": 0, "gone": 0}
    assert not Alert.objects.exists()  # its community is gone too


def test_a_seen_alert_that_the_facts_no_longer_tell_is_marked(told: Alert, system: Scope) -> None:
    see(told, system)
    nothing = {"episodes": (), "since": BEGIN, "now": NOW}
    assert renew_alerts(by=system, **nothing)["gone"] == 1  # type: ignore[arg-type]
    told.refresh_from_db()
    assert told.withdrawn_at == NOW
    assert renew_alerts(by=system, **nothing)["gone"] == 0  # type: ignore[arg-type]
    assert renew(now=NOW) == {"new": 0, "changed": 1, "gone": 0}
    told.refresh_from_db()
    assert told.seen_at == NOW
    assert not Alert.objects.exclude(withdrawn_at=None).exists()


def test_an_unseen_alert_that_the_facts_no_longer_tell_goes(told: Alert, system: Scope) -> None:
    assert renew_alerts(by=system, episodes=(), since=PEAK + timedelta(days=1), now=NOW)["gone"] == 0
    assert renew_alerts(by=system, episodes=(), since=PEAK, now=NOW)["gone"] == 1
    assert not Alert.objects.exists()


def test_acknowledging_is_audited_once_and_can_be_taken_back(told: Alert, system: Scope) -> None:
    see(told, system)
    assert not acknowledge(by=system, alert=told, now=NOW)
    assert reopen(by=system, alert=told, now=NOW)
    assert not reopen(by=system, alert=told, now=NOW)
    actions = list(AuditEntry.objects.filter(object_kind="alert").order_by("id").values_list("action", "object_id"))
    assert actions == [("alert.see", str(told.pk)), ("alert.reopen", str(told.pk))]
    assert list(open_alerts(system, TODAY)) == [told]


def test_a_mute_silences_one_number_until_its_day(told: Alert, system: Scope) -> None:
    about = {"community": told.community_id, "metric": "messages"}
    mute(by=system, **about, until=TODAY + timedelta(days=7), now=NOW, today=TODAY)  # type: ignore[arg-type]
    mute(by=system, **about, until=TODAY + timedelta(days=9), now=NOW, today=TODAY)  # type: ignore[arg-type]
    assert Mute.objects.count() == 1
    assert list(mutes(system, TODAY)) == [(told.community_id, "messages")]
    assert list(open_alerts(system, TODAY)) == []
    assert list(open_alerts(system, TODAY + timedelta(days=10))) == [told]
    assert unmute(by=system, **about, now=NOW)  # type: ignore[arg-type]
    assert not unmute(by=system, **about, now=NOW)  # type: ignore[arg-type]
    assert list(open_alerts(system, TODAY)) == [told]
    assert AuditEntry.objects.filter(action__in=("alert.mute", "alert.unmute")).count() == 3


@pytest.mark.parametrize(("metric", "days", "code"), [("nonsense", 7, "unknown_metric"), ("messages", -1, "bad_mute"), ("messages", 91, "bad_mute")])  # fmt: skip
def test_a_bad_mute_changes_nothing(told: Alert, system: Scope, metric: str, days: int, code: str) -> None:
    until = TODAY + timedelta(days=days)
    with pytest.raises(DomainError) as error:
        mute(by=system, community=told.community_id, metric=metric, until=until, now=NOW, today=TODAY)
    assert error.value.code == code
    assert not Mute.objects.exists()


def test_who_may_not_edit_may_look_only(told: Alert, staff: AddStaff, unit: Unit) -> None:
    admin = scope_of(staff("admin", "admin", unit))
    assert list(alerts(admin)) == [told]
    for write in (
        lambda: acknowledge(by=admin, alert=told, now=NOW),
        lambda: mute(by=admin, community=told.community_id, metric="messages", until=TODAY, now=NOW, today=TODAY),
    ):
        with pytest.raises(Denied):
            write()
    told.refresh_from_db()
    assert (told.seen_at, Mute.objects.count()) == (None, 0)


def test_elsewhere_nothing_is_there(told: Alert, staff: AddStaff, other_unit: Unit) -> None:
    stranger = scope_of(staff("stranger", "owner", other_unit))
    assert list(alerts(stranger)) == []
    with pytest.raises(DomainError, match="编号"):
        find_alert(stranger, told.public_id)
    with pytest.raises(DomainError):
        acknowledge(by=stranger, alert=told, now=NOW)


def test_orders_are_kept_from_who_may_not_see_them(told: Alert, staff: AddStaff, unit: Unit, system: Scope) -> None:
    Alert.objects.update(metric="orders")
    assert list(alerts(scope_of(staff("admin", "admin", unit)))) == []
    assert list(alerts(scope_of(staff("owner", "owner", unit)))) == [told]


def test_the_matrix_is_for_who_sees_all_of_it(told: Alert, staff: AddStaff, unit: Unit, system: Scope) -> None:
    Alert.objects.update(community_id=0)
    assert list(alerts(scope_of(staff("owner", "owner", unit)))) == []
    assert list(alerts(scope_of(staff("boss", "director")))) == [told]
    assert list(alerts(system)) == [told]


def test_only_who_sees_everything_renews(told: Alert, staff: AddStaff) -> None:
    with pytest.raises(ValueError, match="everything"):
        renew_alerts(by=scope_of(staff("boss", "director")), episodes=(), since=BEGIN, now=NOW)
    assert Alert.objects.count() == 1


def test_communities_are_named_by_number_and_leave_nothing_behind(told: Alert, system: Scope) -> None:
    mute(by=system, community=told.community_id, metric="joins", until=TODAY, now=NOW, today=TODAY)
    Community.objects.all().update(supplied_by=None)
    told.community_id = 10**9
    told.save()
    Mute.objects.update(community_id=10**9)
    assert renew(now=NOW) == {"new": 1, "changed": 0, "gone": 0}
    assert (Alert.objects.count(), Mute.objects.count()) == (1, 0)
