"""The audit chain: whoever changes, removes or adds entries behind the product's back is told by it."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from textwrap import wrap

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from pytest_django import Settings

from qunyu.kernel import audit, audit_chain, audit_heads
from qunyu.kernel.actor import Actor
from qunyu.kernel.audit_chain import check, head, restart, seal_entries
from qunyu.kernel.audit_heads import Head, heads_file, parsed
from qunyu.kernel.errors import DomainError
from qunyu.kernel.models import AuditEntry, AuditMending, AuditSeal

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 20, 4, 0, tzinfo=UTC)
LIN = Actor("staff", 7, "Lin", "moved to another disk")


@pytest.fixture(autouse=True)
def written_now(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock stands at NOW."""
    monkeypatch.setattr(audit, "clock", lambda: NOW)


def record(id: int, at: datetime = NOW, reason: str = "") -> int:
    audit.record(by=Actor("staff", 7, "Lin", reason), action="unit.add", kind="unit", id=id, now=at, count=id)
    return AuditEntry.objects.latest("id").pk


def loosened(*statements: tuple[str, tuple[int | str, ...]]) -> None:
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


def remove_all_after(entries: list[int]) -> None:
    loosened(
        ("UPDATE kernel_auditentry SET actor_name = 'Lim' WHERE id = %s", (entries[3],)),
        ("DELETE FROM kernel_auditentry WHERE id = %s", (entries[4],)),
        ("DELETE FROM kernel_auditseal WHERE number > 2", ()),
    )


def remove_all_seals(entries: list[int]) -> None:
    loosened(("DELETE FROM kernel_auditseal", ()))


def forge_seal(entries: list[int]) -> None:
    loosened(("UPDATE kernel_auditseal SET digest = %s WHERE number = 2", (audit_chain.NOTHING,)))


def forge_link(entries: list[int]) -> None:
    loosened(("UPDATE kernel_auditseal SET previous = %s WHERE number = 2", (audit_chain.NOTHING,)))


def forge_digest_of_reason(entries: list[int]) -> None:
    loosened(("UPDATE kernel_auditseal SET reason = %s WHERE number = 3", (audit_chain.NOTHING,)))


def forge_mending(entries: list[int]) -> None:
    forge_reason(entries)
    row = audit_chain.mending(entries[2], "Mei asked for it", "Tom asked for it", NOW)
    row.digest = "0" * 64
    row.save()


CASES: list[tuple[Callable[[list[int]], None], list[tuple[str, int | None]]]] = [
    (change, [("changed", 2)]),
    (forge_reason, [("reason", 3)]),
    (remove_newest, [("removed", 5)]),
    (remove_middle, [("seal", 3)]),
    (remove_all_after, [("heads", 2)]),
    (remove_all_seals, [("heads", None)]),
    (forge_seal, [("seal", 2)]),
    (forge_link, [("seal", 2)]),
    (forge_digest_of_reason, [("seal", 3)]),
    (swap, [("changed", 1), ("changed", 2)]),
    (forge_mending, [("mending", 3), ("reason", 3)]),
]


@pytest.mark.parametrize(("tamper", "expected"), CASES, ids=lambda each: getattr(each, "__name__", ""))
def test_what_was_done_behind_the_trail_is_named(
    entries: list[int], tamper: Callable[[list[int]], None], expected: list[tuple[str, int | None]]
) -> None:
    assert (told(), check().whole, check().checked) == ([], True, 5)
    tamper(entries)
    found = told()
    assert [each[:2] for each in found] == expected
    named = [(number, entry) for _, number, entry in found if entry is not None]
    assert named == [(number, entries[number - 1]) for number, _ in named if number is not None]
    if expected[0][0] == "heads":
        with pytest.raises(DomainError) as raised:
            seal_entries(NOW)
        assert (raised.value.code, told()) == ("heads_differ", found)


def test_many_findings_are_counted_and_the_first_named(entries: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_chain, "NAMED", 1)
    swap(entries)
    assert (check().wrong, told()) == (2, [("changed", 1, entries[0])])


@pytest.mark.parametrize("lost", ["", "hello\n"])
def test_without_the_file_of_heads_nothing_is_sealed_until_somebody_says_why(
    entries: list[int], lost: str, data_folder: Path
) -> None:
    path = data_folder / "audit-heads.txt"
    assert [parsed(each).number for each in path.read_text().splitlines()] == [0, 5]
    path.write_text(lost)
    record(9)
    assert told() == [("no_heads", 5, None)]
    with pytest.raises(DomainError) as raised:
        seal_entries(NOW)
    assert (raised.value.code, AuditSeal.objects.count()) == ("heads_differ", 5)
    assert restart(by=LIN, now=NOW) == parsed(path.read_text().splitlines()[-1])
    assert (AuditEntry.objects.latest("id").reason, seal_entries(NOW), told()) == (LIN.reason, 2, [])


def test_heads_lie_where_the_deployment_says(settings: Settings, tmp_path: Path) -> None:
    settings.QUNYU_AUDIT_HEADS = tmp_path / "elsewhere.txt"
    record(1)
    assert (seal_entries(NOW), audit_heads.newest_written()) == (1, head())
    settings.QUNYU_AUDIT_HEADS.unlink()
    loosened(("DELETE FROM kernel_auditseal", ()))
    assert restart(by=LIN, now=NOW) == Head(0, audit_chain.NOTHING, NOW)
    assert (seal_entries(NOW), told()) == (2, [])


def test_of_two_that_seal_at_once_both_come_to_an_end(entries: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(4):
        record(n)
    monkeypatch.setattr(audit_chain, "CHUNK", 2)
    seal, calls = audit_chain._seal, list[int]()

    def other_was_faster(found: list[AuditEntry], now: datetime) -> Head:
        calls.append(len(found))
        if len(calls) == 1:
            seal(found, now)
        return seal(found, now)

    monkeypatch.setattr(audit_chain, "_seal", other_was_faster)
    assert (seal_entries(NOW), calls, told(), AuditSeal.objects.count()) == (4, [2, 2, 2], [], 9)


def test_who_never_gets_to_seal_is_told(entries: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    def never(found: list[AuditEntry], now: datetime) -> Head:
        raise IntegrityError

    record(9)
    monkeypatch.setattr(audit_chain, "_seal", never)
    with pytest.raises(DomainError) as raised:
        seal_entries(NOW)
    assert raised.value.code == "sealing_elsewhere"


def test_a_long_import_that_tells_of_its_beginning_was_not_slipped_in(
    entries: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    done = NOW + timedelta(days=2)
    for at in (NOW + timedelta(days=1), done):
        monkeypatch.setattr(audit, "clock", lambda at=at: at)
        record(9, NOW)
        assert (seal_entries(at), told()) == (1, [])


def test_an_entry_slipped_in_is_named_before_and_after_it_is_sealed(
    entries: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "clock", lambda: NOW - timedelta(days=3))
    slipped = record(9)
    monkeypatch.setattr(audit, "clock", lambda: NOW + timedelta(minutes=5))
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
    restart(by=LIN, now=NOW)
    assert told() == []
    assert [each.kind for each in check(kept).findings] == ["cut"]
    record(11)
    seal_entries(NOW)
    assert [each.kind for each in check(kept).findings] == ["head"]
    assert parsed("\n".join(wrap(last.line, 76, break_on_hyphens=False))) == last
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


def test_the_database_refuses_another_time_of_writing_and_truncation(entries: list[int], on_postgres: bool) -> None:
    statements = ["UPDATE kernel_auditentry SET written = NULL"]
    if on_postgres:
        tables = ("kernel_auditentry", "kernel_auditseal", "kernel_auditmending", "privacy_accessentry")
        statements += [f"TRUNCATE {table}" for table in tables]
    for statement in statements:
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def back_dated() -> int:
    """An entry that somebody put into the database a month after it says it was written; its number."""
    long_ago = NOW - timedelta(days=30)
    made = record(9, at=long_ago)
    loosened(("UPDATE kernel_auditentry SET written = %s WHERE id = %s", (long_ago.isoformat(" "), made)))
    seal_entries(NOW + timedelta(minutes=5))
    return made


@pytest.mark.parametrize("whole", [False, True])
def test_an_insertion_shows_whatever_the_seals_say_of_their_time(entries: list[int], whole: bool) -> None:
    made = back_dated()
    assert told() == [("inserted", 6, made)]
    # All seals made at one time, long ago: no run could have missed it.
    where = "" if whole else f"WHERE entry = {made}"
    loosened((f"UPDATE kernel_auditseal SET at = %s {where}", ((NOW - timedelta(days=31)).isoformat(" "),)))
    found = told()
    assert found and found[-1][1:] == (6, made)


def test_seals_of_before_did_not_hold_their_time_and_are_genuine(
    entries: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    loosened(("DELETE FROM kernel_auditseal", ()))
    heads_file().unlink()
    whole = audit_chain.digest_of
    monkeypatch.setattr(
        audit_chain, "digest_of", lambda previous, entry, reason, at: whole(previous, entry, reason, None)
    )
    assert seal_entries(NOW) == 5
    monkeypatch.undo()
    record(6)
    assert (seal_entries(NOW), told()) == (1, [])
    change(entries)
    assert told() == [("changed", 2, entries[1])]
