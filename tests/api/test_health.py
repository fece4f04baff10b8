"""Health and alerts over the API."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from qunyu.communities.models import Community
from qunyu.flows.alerting import renew
from qunyu.insights.models import Alert, Mute
from qunyu.kernel.models import AuditEntry
from qunyu.people.models import Unit
from tests.api.calling import As, Caller
from tests.console.lives import BEGIN, chat
from tests.deployment_fixtures import NOW, ImportFile


@pytest.fixture
def fading(import_file: ImportFile, unit: Unit) -> Community:
    """Eight people of `unit`: 30 messages a day for eight weeks with a peak, then two a day for three weeks."""
    text = chat(77, lambda day: 200 if day == 40 else 30 if day < 56 else 2)
    import_file("WhatsApp Chat with Fading.txt", text, unit)
    Community.objects.update(opened_on="2025-01-01", type="sharing")
    renew(now=NOW)
    return Community.objects.get()


def peak() -> Alert:
    return Alert.objects.get(up=True)


def test_the_health_of_all_and_of_one(api: Caller, fading: Community) -> None:
    answer = api.get("/health").body
    (one,) = answer["items"]
    assert answer["as_of"] == (BEGIN + timedelta(days=76)).isoformat()
    assert (one["state"], one["title"], one["causes"][0]["key"]) == ("fading", "Fading", "nobody_speaks")
    assert one["community"] == {"id": fading.public_id, "name": "Fading"}
    assert (one["proposal"]["kind"], one["proposal"]["into"]) == ("revive", None)
    mine = api.get(f"/communities/{fading.public_id}/health").body
    assert {name: mine[name] for name in one} == one
    assert [mine["curve"][0]["day"], len(mine["curve"])] == ["2026-01-04", 11]
    assert mine["curve"][-1]["state"] == "fading"


def test_health_as_of_an_earlier_day_and_by_state(api: Caller, fading: Community) -> None:
    day = BEGIN + timedelta(days=50)
    (then,) = api.get(f"/health?as_of={day}").body["items"]
    assert then["state"] == "steady"
    assert api.get("/health?state=dead").body["items"] == []
    assert api.get("/health?state=well").status == 422


def test_no_records_at_all(api: Caller, unit: Unit) -> None:
    row = Community.objects.create(unit=unit, platform="qq", key="k", name="Empty")
    assert api.get("/health").body == {"as_of": None, "items": []}
    answer = api.get(f"/communities/{row.public_id}/health")
    assert (answer.status, answer.body["code"]) == (404, "no_records")


def test_alerts_are_listed_and_read(api: Caller, fading: Community) -> None:
    rows = api.all_of("/alerts?limit=1")
    assert len(rows) == Alert.objects.count()
    one = api.get(f"/alerts/{peak().public_id}").body
    assert one in rows
    assert (one["metric"], one["direction"], one["observed"], one["community"]["id"]) == (
        "messages", "up", 200, fading.public_id,
    )  # fmt: skip
    assert one["low"] < one["expected"] < one["high"] < 200
    assert api.get("/alerts?metric=joins").body["items"] == []
    assert api.get("/alerts/nothing").body["code"] == "unknown_alert"


def test_acknowledged_once_under_a_key(api: Caller, fading: Community) -> None:
    path = f"/alerts/{peak().public_id}"
    first = api.ask("patch", path, {"seen": True}, Idempotency_Key="a1")
    again = api.ask("patch", path, {"seen": True}, Idempotency_Key="a1")
    assert (first.status, again.body, again.headers["Idempotency-Replayed"]) == (200, first.body, "true")
    assert first.body["seen_by"]
    assert AuditEntry.objects.filter(action="alert.see").count() == 1
    assert peak().public_id not in [row["id"] for row in api.all_of("/alerts?open=true")]
    assert api.ask("patch", path, {"seen": False}).body["seen_at"] is None


def test_muted_and_heard_again(api: Caller, fading: Community) -> None:
    until = (timezone.localdate() + timedelta(days=7)).isoformat()
    about = {"community": fading.public_id, "metric": "messages"}
    answer = api.ask("post", "/mutes", {**about, "until": until})
    assert (answer.status, answer.body["until"], answer.body["metric"]) == (200, until, "messages")
    assert api.get(f"/alerts/{peak().public_id}").body["muted_until"] == until
    assert api.ask("post", "/mutes", about).body["until"] is None
    assert not Mute.objects.exists()


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"metric": "nonsense", "until": "2026-03-01"}, "not_watched"),
        ({"metric": "messages", "until": "2020-03-01"}, "bad_mute"),
        ({"metric": "messages", "community": "nowhere"}, "unknown_community"),
        ({"metric": "messages", "more": 1}, "invalid"),
    ],
)
def test_a_bad_mute_changes_nothing(api: Caller, fading: Community, given: dict[str, object], code: str) -> None:
    answer = api.ask("post", "/mutes", given)
    assert (answer.status in (404, 422), answer.body["code"]) == (True, code)
    assert not Mute.objects.exists()


def test_a_denied_write_changes_nothing(caller: As, fading: Community, unit: Unit, other_unit: Unit) -> None:
    path = f"/alerts/{peak().public_id}"
    for somebody, status in ((caller("admin", unit), 403), (caller("owner", other_unit), 404)):
        assert somebody.ask("patch", path, {"seen": True}).status == status
        about = {"community": fading.public_id, "metric": "messages", "until": timezone.localdate().isoformat()}
        assert somebody.ask("post", "/mutes", about).status == status
    assert (peak().seen_at, Mute.objects.count()) == (None, 0)
    # The matrix is for who may edit everything.
    owner = caller("owner", unit)
    assert owner.ask("post", "/mutes", {"metric": "messages", "until": timezone.localdate().isoformat()}).status == 404
