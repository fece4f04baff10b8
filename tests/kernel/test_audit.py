"""The audit trail: whole, append-only, and gone with a change that did not happen."""

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, transaction

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


@pytest.mark.parametrize("change", [{"actor_name": "Mei"}, {"data": {"parent": 2}}, {"at": NOW.replace(year=2025)}])
def test_the_database_itself_refuses_another_past(change: dict[str, object]) -> None:
    record("unit.add", parent=1)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEntry.objects.update(**change)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEntry.objects.all()._raw_delete("default")
    assert entries().count() == 1


def test_only_a_name_in_a_reason_may_go() -> None:
    audit.record(by=system("Mei asked for it"), action="lake.compact", kind="lake", id="facts", now=NOW)
    assert audit.mend_reasons(lambda text: text.replace("Mei", "–")) == 1
    assert [entry.reason for entry in entries()] == ["– asked for it"]
