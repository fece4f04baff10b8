"""Writes: a community edited, and the answer kept under an Idempotency-Key."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from qunyu.api.models import KeptAnswer
from qunyu.communities.models import Community
from qunyu.kernel.models import AuditEntry
from qunyu.people.models import Unit
from tests.api.calling import As, Caller


def edits() -> int:
    """How many edits the audit trail tells of."""
    return AuditEntry.objects.filter(action="community.edit").count()


def test_a_community_is_edited_field_by_field(api: Caller, tea: Community) -> None:
    changes = {"type": "welfare", "theme": " tea ", "opened_on": "2026-03-01"}
    answer = api.ask("patch", f"/communities/{tea.public_id}", changes)
    assert answer.status == 200
    assert (answer.body["name"], answer.body["type"], answer.body["theme"]) == ("Tea lovers", "welfare", "tea")
    assert (answer.body["opened_on"], answer.body["closed_on"], answer.body["members"]) == ("2026-03-01", None, 3)
    tea.refresh_from_db()
    assert (tea.type, tea.theme, tea.opened_on) == ("welfare", "tea", date(2026, 3, 1))
    entry = AuditEntry.objects.get(action="community.edit")
    assert (entry.object_id, entry.data) == (str(tea.pk), {"fields": ["opened_on", "theme", "type"]})
    assert entry.actor.startswith("token:")


def test_null_clears_a_day_and_nothing_changes_nothing(api: Caller, tea: Community) -> None:
    api.ask("patch", f"/communities/{tea.public_id}", {"opened_on": "2026-03-01"})
    assert api.ask("patch", f"/communities/{tea.public_id}", {"opened_on": None}).body["opened_on"] is None
    assert edits() == 2
    assert api.ask("patch", f"/communities/{tea.public_id}", {}).status == 200
    assert api.ask("patch", f"/communities/{tea.public_id}", {"name": "Tea lovers"}).status == 200
    assert edits() == 2


def test_the_same_request_under_a_key_is_answered_but_not_done_again(api: Caller, tea: Community) -> None:
    path = f"/communities/{tea.public_id}"
    first = api.ask("patch", path, {"name": "One"}, Idempotency_Key="k1")
    Community.objects.filter(pk=tea.pk).update(name="Changed since")
    again = api.ask("patch", path, {"name": "One"}, Idempotency_Key="k1")
    assert (first.status, again.status) == (200, 200)
    assert again.body == first.body
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    tea.refresh_from_db()
    assert (tea.name, edits()) == ("Changed since", 1)


def test_another_request_under_the_same_key_is_refused(api: Caller, tea: Community) -> None:
    path = f"/communities/{tea.public_id}"
    api.ask("patch", path, {"name": "One"}, Idempotency_Key="k1")
    answer = api.ask("patch", path, {"name": "Two"}, Idempotency_Key="k1")
    assert (answer.status, answer.body["code"]) == (422, "idempotency_key_reused")
    tea.refresh_from_db()
    assert (tea.name, edits()) == ("One", 1)


def test_a_request_that_failed_leaves_its_key_unused(api: Caller, tea: Community) -> None:
    path = f"/communities/{tea.public_id}"
    assert api.ask("patch", path, {"type": "party"}, Idempotency_Key="k1").status == 422
    assert KeptAnswer.objects.count() == 0
    assert api.ask("patch", path, {"type": "lead"}, Idempotency_Key="k1").status == 200


def test_keys_are_each_callers_own(api: Caller, caller: As, tea: Community) -> None:
    path = f"/communities/{tea.public_id}"
    api.ask("patch", path, {"name": "One"}, Idempotency_Key="k1")
    assert caller().ask("patch", path, {"name": "Two"}, Idempotency_Key="k1").body["name"] == "Two"


def test_a_key_is_free_again_after_a_day(api: Caller, tea: Community) -> None:
    path = f"/communities/{tea.public_id}"
    api.ask("patch", path, {"name": "One"}, Idempotency_Key="k1")
    kept = KeptAnswer.objects.get()
    KeptAnswer.objects.update(created_at=kept.created_at - timedelta(hours=24))
    assert api.ask("patch", path, {"name": "Two"}, Idempotency_Key="k1").body["name"] == "Two"
    assert KeptAnswer.objects.count() == 1


@pytest.mark.parametrize("key", ["", " ", "x" * 201])
def test_a_key_that_is_none_is_refused(api: Caller, tea: Community, key: str) -> None:
    answer = api.ask("patch", f"/communities/{tea.public_id}", {"name": "One"}, Idempotency_Key=key)
    assert (answer.status, answer.body["code"]) == (422, "bad_idempotency_key")
    assert edits() == 0


def test_reads_take_no_notice_of_a_key(api: Caller, tea: Community) -> None:
    assert api.get("/communities", Idempotency_Key="k1").status == 200
    assert KeptAnswer.objects.count() == 0


def test_what_is_kept_is_sealed(api: Caller, tea: Community) -> None:
    api.ask("patch", f"/communities/{tea.public_id}", {"name": "One"}, Idempotency_Key="k1")
    assert "One" not in KeptAnswer.objects.get().body


def test_an_answer_without_a_body_is_repeated_too(api: Caller, unit: Unit) -> None:
    made = api.ask("post", "/units", {"parent": unit.public_id, "name": "静安店"}, Idempotency_Key="k1").body["id"]
    answers = [api.ask("delete", f"/units/{made}", Idempotency_Key="k2") for _ in range(2)]
    assert [(each.status, each.body) for each in answers] == [(204, b""), (204, b"")]
