"""The audit chain: whoever changes, removes or adds entries behind the product's back is told by it."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from django.db import DatabaseError, connection, transaction

from qunyu.kernel import audit, audit_chain
from qunyu.kernel.actor import Actor
from qunyu.kernel.audit_chain import check, head, parsed, seal_entries
from qunyu.kernel.errors import DomainError
from qunyu.kernel.models import AuditEntry, AuditMending, AuditSeal

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 20, 4, 0, tzinfo=UTC)


def record(id: int, at: datetime = NOW, reason: str = "") -> int:
    audit.record(by=Actor("staff", 7, "Lin", reason), action="unit.add", kind="unit", id=id, now=at, count=id)
    return AuditEntry.objects.latest("id").pk


def loosened(*statements: tuple[str, tuple[int, ...]]) -> None:
    """As whoever owns the database can: without the triggers."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'kernel_audit%'")
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP TRIGGER {name}")
        for statement, values in statements:
            cursor.execute(statement, values)


@pytest.fixture
def entries() -> list[int]:
    """Five sealed entries, the third with a reason."""
    made = [record(n, reason="Mei asked for it" if n == 2 else "") for n in range(5)]
    assert (seal_entries(NOW), seal_entries(NOW)) == (5, 0)
    return made


def told() -> list[tuple[str, int | None, int | None]]:
    return [(each.kind, each.number, each.entry) for each in check().findings]


def change(entries: list[int]) -> None:
    loosened(("UPDATE kernel_auditentry SET actor_name = 'Lim' WHERE id = %s", (entries[1],)))


def forge_reason(entries: list[int]) -> None:
    loosened(("UPDATE kernel_auditentry SET reason = 'Tom asked for it' WHERE id = %s", (entries[2],)))


def remove_newest(entries: list[int]) -> None:
    loosened(("DELETE FROM kernel_auditentry WHERE id = %s", (entries[4],)))


def remove_middle(entries: list[int]) -> None:
    loosened(
        ("DELETE FROM kernel_auditentry WHERE id = %s", (entries[2],)),
        ("DELETE FROM kernel_auditseal WHERE entry = %s", (entries[2],)),
    )


def swap(entries: list[int]) -> None:
    loosened(
        ("UPDATE kernel_auditentry SET id = -1 WHERE id = %s", (entries[0],)),
        ("UPDATE kernel_auditentry SET id = %s WHERE id = %s", (entries[0], entries[1])),
        ("UPDATE kernel_auditentry SET id = %s WHERE id = -1", (entries[1],)),
    )


def forge_mending(entries: list[int]) -> None:
    forge_reason(entries)
    row = audit_chain.mending(entries[2], "Mei asked for it", "Tom asked for it", NOW)
    row.digest = "0" * 64
    row.save()


CASES: list[tuple[Callable[[list[int]], None], list[tuple[str, int]]]] = [
    (change, [("changed", 2)]),
    (forge_reason, [("reason", 3)]),
    (remove_newest, [("removed", 5)]),
    (remove_middle, [("seal", 3), ("changed", 4)]),
    (swap, [("changed", 1), ("changed", 2)]),
    (forge_mending, [("mending", 3)]),
]


@pytest.mark.parametrize(("tamper", "expected"), CASES, ids=lambda each: getattr(each, "__name__", ""))
def test_what_was_done_behind_the_trail_is_named(
    entries: list[int], tamper: Callable[[list[int]], None], expected: list[tuple[str, int]]
) -> None:
    assert (told(), check().whole, check().checked) == ([], True, 5)
    tamper(entries)
    assert [each[:2] for each in told()][: len(expected)] == expected
    assert not check().whole


def test_an_entry_slipped_in_is_named_before_and_after_it_is_sealed(entries: list[int]) -> None:
    slipped = record(9, NOW - timedelta(days=3))
    fresh = record(10, NOW + timedelta(minutes=5))
    assert (told(), check().waiting) == ([("inserted", None, slipped)], 1)
    assert seal_entries(NOW + timedelta(minutes=6)) == 2
    assert told() == [("inserted", 6, slipped)]
    assert AuditSeal.objects.get(number=7).entry == fresh


def test_a_name_erased_from_a_reason_leaves_the_trail_whole(entries: list[int]) -> None:
    for old, new in (("Mei", "–"), ("–", "x")):
        assert audit.mend_reasons(partial(re.sub, old, new)) == 1
    found = check()
    assert (found.whole, found.mended, AuditMending.objects.count()) == (True, 1, 2)
    waiting = record(6, NOW, "Mei again")
    audit.mend_reasons(lambda text: text.replace("Mei", "–"))
    assert seal_entries(NOW) == 1
    assert AuditEntry.objects.get(pk=waiting).reason == "– again"
    assert check().whole


def test_a_head_kept_elsewhere_tells_what_the_chain_alone_cannot(entries: list[int]) -> None:
    last = head()
    assert last is not None
    kept = parsed(last.line)
    assert (kept, check(kept).whole) == (last, True)
    loosened(
        ("DELETE FROM kernel_auditentry WHERE id = %s", (entries[4],)),
        ("DELETE FROM kernel_auditseal WHERE number = 5", ()),
    )
    assert told() == []
    assert [each.kind for each in check(kept).findings] == ["cut"]
    record(11)
    seal_entries(NOW)
    assert [each.kind for each in check(kept).findings] == ["head"]
    for wrong in ("", "hello", last.line.replace(" 5 ", " 4 "), last.line[:-1] + "é"):
        with pytest.raises(DomainError) as raised:
            parsed(wrong)
        assert raised.value.code == "bad_head"


def test_the_newest_can_be_read_alone(entries: list[int]) -> None:
    change(entries)
    assert (check(newest=2).checked, check(newest=2).whole, check(newest=4).whole) == (2, True, False)


@pytest.mark.parametrize("model", [AuditSeal, AuditMending])
def test_the_database_refuses_other_seals(entries: list[int], model: type[AuditSeal | AuditMending]) -> None:
    audit.mend_reasons(lambda text: text.replace("Mei", "–"))
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        model._default_manager.update(digest="x")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        model._default_manager.all()._raw_delete("default")
