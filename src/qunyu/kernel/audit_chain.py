"""The audit chain: a seal for every entry, each made of the one before, that tells whether the trail is whole.

Seals are HMACs under the deployment's key: who can write to the database alone cannot make them anew, and every run that seals
writes its head (kernel.audit_heads) to a file outside the database, without which no other seals. Who has the key and that file
as well can; that shows beside a head that was kept elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import product, zip_longest

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Coalesce

from qunyu.kernel import audit, audit_heads
from qunyu.kernel.actor import Actor
from qunyu.kernel.audit_heads import Head
from qunyu.kernel.errors import DomainError
from qunyu.kernel.models import AuditEntry, AuditMending, AuditSeal
from qunyu.kernel.sealed import keyed
from qunyu.kernel.words import Words

PURPOSE = "audit chain"
NOTHING = "0" * 64
# Sealing so many takes less than 200 ms: on SQLite writers wait for that.
CHUNK = 500
TRIES = 20
# An entry shows when its transaction ends: one that comes later than that was not there when it was written, as it says.
LONGEST_ACTION = timedelta(days=1)
# So many findings are named, the others counted.
NAMED = 1_000

FINDINGS: dict[str, Words] = {
    "changed": Words("内容被改动", "changed"),
    "reason": Words("原因被改动，不是由个人信息删除所致", "its reason was changed, and not by an erasure"),
    "removed": Words("被移除", "removed"),
    "inserted": Words("事后插入", "inserted afterwards"),
    "seal": Words("封条缺失或次序不对", "its seal is missing or out of order"),
    "mending": Words("删除人名的记录不真", "the record that a name was erased is not genuine"),
    "no_heads": Words(
        "数据库外的链头文件缺失或最后一行不是链头：恢复它以前不再封存",
        "the file of heads outside the database is missing, or its last line is no head: nothing more is sealed until it is back",
    ),
    "heads": Words(
        "与数据库外链头文件中最新的链头不符：最新的条目被截去，或封条被重做；不再封存",
        "differs from the newest head in the file outside the database: the newest were cut off or sealed anew; nothing more is sealed",
    ),
    "head": Words("与保存在外的链头不符", "differs from the head that was kept elsewhere"),
    "cut": Words(
        "链比保存在外的链头短：最新的条目被截去",
        "the chain is shorter than the head kept elsewhere: the newest were cut off",
    ),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong (a key of FINDINGS) with the seal `number` and the `entry` (primary key); None where there is none."""

    kind: str
    number: int | None
    entry: int | None


@dataclass
class Chain:
    """What a check found: how many seals it read of how many, names erased since, entries not sealed yet, and what is wrong.

    `wrong` counts everything; `findings` names the first of them.
    """

    checked: int = 0
    seals: int = 0
    mended: int = 0
    waiting: int = 0
    wrong: int = 0
    head: Head | None = None
    findings: list[Finding] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Whether nothing is wrong as far as was read."""
        return not self.wrong

    def note(self, kind: str, number: int | None, entry: int | None) -> None:
        """Adds a finding."""
        self.wrong += 1
        if len(self.findings) < NAMED:
            self.findings.append(Finding(kind, number, entry))


def seal_entries(now: datetime) -> int:
    """Seals every entry that is there and has no seal, in the order of their numbers; how many this run sealed.

    Raises DomainError heads_differ while the newest head outside the database is missing or not in the chain; sealing_elsewhere
    when others kept sealing at the same time.
    """
    _begin(now)
    done, after, tries = 0, 0, 0
    # One transaction each: no writer waits for all of them.
    while entries := list(_unsealed().filter(pk__gt=after).order_by("pk")[:CHUNK]):
        try:
            with transaction.atomic():
                made = _seal(entries, now)
        except IntegrityError:
            # Somebody else sealed these, or others under the same numbers.
            tries += 1
            if tries == TRIES:
                message = Words("另一个进程正在封存，请稍后再试", "another process is sealing; try again")
                raise DomainError("sealing_elsewhere", message) from None
            continue
        audit_heads.write(made)
        done, after = done + len(entries), entries[-1].pk
    return done


def _begin(now: datetime) -> None:
    if kind := _astray():
        words = FINDINGS[kind]
        more = Words("；请先查明，再运行 qunyu audit restart", "; find out why, then run qunyu audit restart")
        raise DomainError("heads_differ", Words(words.zh + more.zh, words.en + more.en))
    if not audit_heads.heads_file().exists():
        audit_heads.write(Head(0, NOTHING, now))


def _astray() -> str:
    """What is wrong (a key of FINDINGS) between the chain and the newest head written outside the database; "" for nothing."""
    try:
        written = audit_heads.newest_written()
    except DomainError:
        return "no_heads"
    if written is None:
        return "no_heads" if AuditSeal.objects.exists() else ""
    return "" if _holds(written) else "heads"


def _holds(kept: Head) -> bool:
    return kept.number == 0 or AuditSeal.objects.filter(number=kept.number, digest=kept.digest).exists()


def restart(*, by: Actor, now: datetime) -> Head:
    """Goes on sealing from the newest seal there is, whatever was written outside the database; the trail keeps that, and why."""
    present = head() or Head(0, NOTHING, now)
    with transaction.atomic():
        audit.record(by=by, action="audit.restart", kind="audit", id=present.number, now=now)
        audit_heads.write(present)
    return present


def _seal(entries: list[AuditEntry], now: datetime) -> Head:
    last = head() or Head(0, NOTHING, now)
    digest, seals = last.digest, list[AuditSeal]()
    for number, entry in enumerate(entries, last.number + 1):
        previous, reason = digest, reason_digest(entry.reason)
        digest = digest_of(previous, entry, reason, now)
        seals.append(AuditSeal(number=number, entry=entry.pk, previous=previous, digest=digest, reason=reason, at=now))
    AuditSeal.objects.bulk_create(seals)
    return Head(seals[-1].number, digest, now)


def _unsealed() -> QuerySet[AuditEntry]:
    return AuditEntry.objects.filter(~Exists(AuditSeal.objects.filter(entry=OuterRef("pk"))))


def reason_digest(reason: str) -> str:
    """What the chain keeps of a reason: erasure may take a name out of it, and nothing of it may be left."""
    return keyed(reason, "audit reason")


def digest_of(previous: str, entry: AuditEntry, reason: str, at: datetime | None) -> str:
    """The seal of an entry after the seal `previous`, made `at`; `reason` is the digest of the reason it had then.

    `at` is None for a seal of before, which did not hold its time.
    """
    told = [
        entry.pk,
        entry.at.astimezone(UTC).isoformat(),
        entry.written.astimezone(UTC).isoformat() if entry.written else None,
        entry.actor,
        entry.actor_name,
        entry.action,
        entry.object_kind,
        entry.object_id,
        entry.data,
        reason,
        *([] if at is None else [at.astimezone(UTC).isoformat()]),
    ]
    return keyed(f"{previous}\n{json.dumps(told, ensure_ascii=False, sort_keys=True)}", PURPOSE)


def mending(entry: int, before: str, after: str, at: datetime) -> AuditMending:
    """That a name was taken out of the reason of an entry, which was `before` and is `after`; to be saved with that."""
    row = AuditMending(entry=entry, before=reason_digest(before), after=reason_digest(after), at=at)
    row.digest = _mending_digest(row)
    return row


def _mending_digest(row: AuditMending) -> str:
    return keyed(f"{row.entry} {row.before} {row.after} {row.at.astimezone(UTC).isoformat()}", "audit mending")


def head() -> Head | None:
    """The newest seal; None while nothing is sealed."""
    last = AuditSeal.objects.order_by("-number").first()
    return Head(last.number, last.digest, last.at) if last else None


def check(kept: Head | None = None, newest: int | None = None) -> Chain:
    """Reads the chain (of `newest` seals only, where that is given) and every entry in it; `kept` is a head from elsewhere."""
    found = Chain(seals=AuditSeal.objects.count(), head=head())
    last = found.head.number if found.head else 0
    if kind := _astray():
        found.note(kind, last or None, None)
    _Reading(found, 0 if newest is None else max(0, last - newest)).read()
    _look_at_unsealed(found)
    if kept is not None and not _holds(kept):
        row = AuditSeal.objects.filter(number=kept.number).first()
        found.note("head" if row else "cut", kept.number, row.entry if row else None)
    return found


def _look_at_unsealed(found: Chain) -> None:
    rows = _unsealed()
    found.waiting = rows.count()
    if found.head is None:
        return
    late = rows.alias(since=Coalesce("written", "at")).filter(since__lt=found.head.at - LONGEST_ACTION)
    for entry in late.order_by("pk").values_list("pk", flat=True)[:NAMED]:
        found.note("inserted", None, entry)
        found.waiting -= 1


def _as_it_should_be(seal: AuditSeal, entry: AuditEntry) -> str:
    """The digest that all else of the seal and its entry tell: of a seal of before the one without its time, where that is it."""
    former = digest_of(seal.previous, entry, seal.reason, None)
    return former if former == seal.digest else digest_of(seal.previous, entry, seal.reason, seal.at)


class _Reading:
    """One pass over the seals above the number `start`."""

    def __init__(self, found: Chain, start: int) -> None:
        self.found, self.number, self.entry = found, start, 0
        before = AuditSeal.objects.filter(number=start).first()
        self.digest = before.digest if before else NOTHING
        # What the seal before should be, if its own digest was tampered with.
        self.told = self.digest
        # When the run of seals at hand was made, and the one before it: in that one everything was sealed that was there.
        self.run: datetime | None = before.at if before else None
        self.earlier: datetime | None = None

    def read(self) -> None:
        """Fills the chain with what is found."""
        for seals in _in_chunks(self.number):
            mine = seals[:CHUNK]
            entries = AuditEntry.objects.in_bulk([each.entry for each in mine])
            mendings = _mendings([each.entry for each in mine])
            for each, following in zip_longest(mine, seals[1:]):
                self._one(each, following.previous if following else "", entries.get(each.entry))
                self._look(each, entries.get(each.entry), mendings.get(each.entry, []))
                self.number, self.entry, self.digest = each.number, each.entry, each.digest
                self.found.checked += 1

    def _one(self, seal: AuditSeal, following: str, entry: AuditEntry | None) -> None:
        """Whether the seal follows the one before, and is the entry's; `following` is what the next one says it was."""
        told = _as_it_should_be(seal, entry) if entry else seal.digest
        linked = seal.number == self.number + 1 and seal.previous in (self.digest, self.told)
        if seal.number != self.number + 1:
            self._missing(seal)
        elif not linked and told == seal.digest:
            self.found.note("seal", seal.number, seal.entry)
        if entry is None:
            self.found.note("removed", seal.number, seal.entry)
        elif told != seal.digest:
            kind = "seal" if self._innocent(seal, following, entry) else "changed"
            self.found.note(kind, seal.number, seal.entry)
        self.told = told

    def _innocent(self, seal: AuditSeal, following: str, entry: AuditEntry) -> bool:
        """Whether it is the seal that was tampered with, for all else of it and of its neighbours tells of this entry."""
        befores, reasons = {seal.previous, self.digest}, {seal.reason, reason_digest(entry.reason)}
        tried = product(befores, reasons, {None, seal.at, self.run})
        return any(digest_of(each, entry, why, at) in (seal.digest, following) for each, why, at in tried)

    def _missing(self, seal: AuditSeal) -> None:
        """Seals are gone before this one; where as many entries may be, these are the ones."""
        gone = seal.number - self.number - 1
        known = self.entry and seal.entry - self.entry - 1 == gone
        for place in range(1, min(gone, NAMED) + 1):
            self.found.note("seal", self.number + place, self.entry + place if known else None)

    def _look(self, seal: AuditSeal, entry: AuditEntry | None, mendings: list[AuditMending]) -> None:
        if seal.at != self.run:
            self.earlier, self.run = self.run, seal.at
        if entry is None or self.told != seal.digest:
            return
        if self.earlier is not None and (entry.written or entry.at) + LONGEST_ACTION < self.earlier:
            self.found.note("inserted", seal.number, entry.pk)
        reason = seal.reason
        for each in mendings:
            if each.digest != _mending_digest(each):
                self.found.note("mending", seal.number, entry.pk)
            elif each.before == reason:
                reason = each.after
        self.found.mended += reason != seal.reason
        if reason != reason_digest(entry.reason):
            self.found.note("reason", seal.number, entry.pk)


def _in_chunks(after: int) -> Iterator[list[AuditSeal]]:
    """The seals above that number, CHUNK at a time, each time with the first of the next."""
    while seals := list(AuditSeal.objects.filter(number__gt=after).order_by("number")[: CHUNK + 1]):
        yield seals
        after = seals[:CHUNK][-1].number


def _mendings(entries: Iterable[int]) -> dict[int, list[AuditMending]]:
    found: dict[int, list[AuditMending]] = {}
    for each in AuditMending.objects.filter(entry__in=list(entries)).order_by("pk"):
        found.setdefault(each.entry, []).append(each)
    return found
