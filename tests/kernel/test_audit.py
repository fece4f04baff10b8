"""The audit trail: whole, append-only, and gone with a change that did not happen."""

from datetime import UTC, datetime

import pytest
from django.db import transaction

from qunyu.kernel import audit
from qunyu.kernel.actor import Actor, system
from qunyu.kernel.models import AuditEntry
from qunyu.kernel.queries import entries

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 20, 4, 0, tzinfo=UTC)


def record(action: str, id: object = 9, **data: object) -> None:
    audit.record(by=Actor("staff", 7, "Lin"), action=action, kind="unit", id=id, now=NOW, **data)


def test_an_entry_says_who_did_what_to_which_object_when() -> None:
    record("unit.add", parent=1, count=2)
    (entry,) = entries()
    assert (entry.at, entry.actor, entry.actor_name, entry.action) == (NOW, "staff:7", "Lin", "unit.add")
    assert (entry.object_kind, entry.object_id, entry.reason) == ("unit", "9", "")
    assert entry.data == {"parent": 1, "count": 2}


def test_the_systems_reason_is_kept() -> None:
    audit.record(by=system("nightly"), action="lake.compact", kind="lake", id="facts", now=NOW)
    (entry,) = entries()
    assert (entry.actor, entry.reason, entry.object_id) == ("system:0", "nightly", "facts")


def test_the_newest_comes_first() -> None:
    for number in range(3):
        record("unit.add", number)
    assert [entry.object_id for entry in entries()] == ["2", "1", "0"]


def test_an_entry_cannot_be_changed_or_removed() -> None:
    record("unit.add")
    entry = AuditEntry.objects.get()
    entry.action = "unit.remove"
    with pytest.raises(TypeError, match="append-only"):
        entry.save()
    with pytest.raises(TypeError, match="append-only"):
        entry.delete()
    assert AuditEntry.objects.get().action == "unit.add"


def test_an_entry_goes_back_with_its_change() -> None:
    def fail() -> None:
        record("unit.add")
        raise RuntimeError

    with pytest.raises(RuntimeError), transaction.atomic():
        fail()
    assert not entries().exists()
