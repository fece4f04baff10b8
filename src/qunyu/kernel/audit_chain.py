"""The audit chain: a seal for every entry, each made of the one before, that tells whether the trail is whole.

Seals are HMACs under the deployment's key: who can write to the database alone cannot make them anew. Who has the key as well
can; that shows beside a head (the newest seal, signed) that was kept elsewhere.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet

from qunyu.kernel.errors import DomainError
from qunyu.kernel.models import AuditEntry, AuditMending, AuditSeal
from qunyu.kernel.sealed import keyed
from qunyu.kernel.words import Words

PURPOSE = "audit chain"
NOTHING = "0" * 64
CHUNK = 1_000
# An entry may tell of when a long import began: one that comes later than that was not there when it says.
LONGEST_ACTION = timedelta(days=1)
_MARK = "qunyu-audit"

FINDINGS: dict[str, Words] = {
    "changed": Words("内容被改动", "changed"),
    "reason": Words("原因被改动，不是由个人信息删除所致", "its reason was changed, and not by an erasure"),
    "removed": Words("被移除", "removed"),
    "inserted": Words("事后插入", "inserted afterwards"),
    "seal": Words("封条缺失或次序不对", "its seal is missing or out of order"),
    "mending": Words("删除人名的记录不真", "the record that a name was erased is not genuine"),
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


@dataclass(frozen=True, slots=True)
class Head:
    """The newest seal: its number, digest and time, with a signature under the deployment's key. `line` is to be kept elsewhere."""

    number: int
    digest: str
    at: datetime

    @property
    def line(self) -> str:
        """One line of text that `parsed` reads again."""
        told = f"{_MARK} {self.number} {self.digest} {self.at.astimezone(UTC).isoformat()}"
        return f"{told} {_signature(told)}"


@dataclass
class Chain:
    """What a check found: how many seals it read of how many, names erased since, entries not sealed yet, and what is wrong."""

    checked: int = 0
    seals: int = 0
    mended: int = 0
    waiting: int = 0
    head: Head | None = None
    findings: list[Finding] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Whether nothing is wrong as far as was read."""
        return not self.findings


def seal_entries(now: datetime) -> int:
    """Seals every entry that is there and has no seal, in the order of their numbers; how many. Of two at once one seals."""
    done, after = 0, 0
    try:
        # One transaction each: no writer waits for all of them.
        while entries := list(_unsealed().filter(pk__gt=after).order_by("pk")[:CHUNK]):
            with transaction.atomic():
                _seal(entries, now)
            done, after = done + len(entries), entries[-1].pk
    except IntegrityError:
        # Somebody else is at it.
        return done
    return done


def _seal(entries: list[AuditEntry], now: datetime) -> None:
    last = AuditSeal.objects.order_by("-number").first()
    before, digest = (last.number, last.digest) if last else (0, NOTHING)
    seals: list[AuditSeal] = []
    for number, entry in enumerate(entries, before + 1):
        reason = reason_digest(entry.reason)
        digest = digest_of(digest, entry, reason)
        seals.append(AuditSeal(number=number, entry=entry.pk, digest=digest, reason=reason, at=now))
    AuditSeal.objects.bulk_create(seals)


def _unsealed() -> QuerySet[AuditEntry]:
    return AuditEntry.objects.filter(~Exists(AuditSeal.objects.filter(entry=OuterRef("pk"))))


def reason_digest(reason: str) -> str:
    """What the chain keeps of a reason: erasure may take a name out of it, and nothing of it may be left."""
    return keyed(reason, "audit reason")


def digest_of(previous: str, entry: AuditEntry, reason: str) -> str:
    """The seal of an entry after the seal `previous`; `reason` is the digest of the reason it had then."""
    at = entry.at.astimezone(UTC).isoformat()
    told = [
        entry.pk,
        at,
        entry.actor,
        entry.actor_name,
        entry.action,
        entry.object_kind,
        entry.object_id,
        entry.data,
        reason,
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


def parsed(line: str) -> Head:
    """The head that a line kept elsewhere tells of.

    Raises DomainError bad_head for one that this deployment did not sign.
    """
    told, _, signature = line.strip().rpartition(" ")
    parts = told.split(" ")
    if len(parts) != 4 or parts[0] != _MARK or not hmac.compare_digest(_signature(told).encode(), signature.encode()):
        message = Words("这一行不是本部署签出的链头", "this line is no head that this deployment signed")
        raise DomainError("bad_head", message, field="head")
    return Head(int(parts[1]), parts[2], datetime.fromisoformat(parts[3]))


def _signature(told: str) -> str:
    return keyed(told, "audit head")


def check(kept: Head | None = None, newest: int | None = None) -> Chain:
    """Reads the chain (of `newest` seals only, where that is given) and every entry in it; `kept` is a head from elsewhere."""
    found = Chain(seals=AuditSeal.objects.count(), head=head())
    start = max(0, (found.head.number if found.head else 0) - newest) if newest is not None else 0
    _Reading(found, start).read()
    sealed_at = found.head.at if found.head else None
    for pk, at in _unsealed().order_by("pk").values_list("pk", "at"):
        if sealed_at is not None and at + LONGEST_ACTION < sealed_at:
            found.findings.append(Finding("inserted", None, pk))
        else:
            found.waiting += 1
    if kept is not None:
        found.findings += _compared(kept)
    return found


def _compared(kept: Head) -> Iterator[Finding]:
    row = AuditSeal.objects.filter(number=kept.number).first()
    if row is None:
        yield Finding("cut", kept.number, None)
    elif row.digest != kept.digest:
        yield Finding("head", kept.number, row.entry)


class _Reading:
    """One pass over the seals above the number `start`."""

    def __init__(self, found: Chain, start: int) -> None:
        self.found, self.number = found, start
        before = AuditSeal.objects.filter(number=start).first()
        self.digest = before.digest if before else NOTHING
        # When the run of seals at hand was made, and the one before it: in that one everything was sealed that was there.
        self.run: datetime | None = before.at if before else None
        self.earlier: datetime | None = None

    def read(self) -> None:
        """Fills the chain with what is found."""
        for seals in _in_chunks(AuditSeal.objects.filter(number__gt=self.number).order_by("number")):
            entries = AuditEntry.objects.in_bulk([each.entry for each in seals])
            mendings = _mendings([each.entry for each in seals])
            for each in seals:
                self._one(each, entries.get(each.entry), mendings.get(each.entry, []))

    def _one(self, seal: AuditSeal, entry: AuditEntry | None, mendings: list[AuditMending]) -> None:
        if seal.number != self.number + 1:
            self._note("seal", self.number + 1, None)
        if seal.at != self.run:
            self.earlier, self.run = self.run, seal.at
        if entry is None:
            self._note("removed", seal.number, seal.entry)
        elif digest_of(self.digest, entry, seal.reason) != seal.digest:
            self._note("changed", seal.number, seal.entry)
        else:
            self._look(seal, entry, mendings)
        self.number, self.digest = seal.number, seal.digest
        self.found.checked += 1

    def _look(self, seal: AuditSeal, entry: AuditEntry, mendings: list[AuditMending]) -> None:
        if self.earlier is not None and entry.at + LONGEST_ACTION < self.earlier:
            self._note("inserted", seal.number, entry.pk)
        reason = seal.reason
        for each in mendings:
            if each.digest != _mending_digest(each):
                self._note("mending", seal.number, entry.pk)
            elif each.before == reason:
                reason = each.after
        self.found.mended += reason != seal.reason
        if reason != reason_digest(entry.reason):
            self._note("reason", seal.number, entry.pk)

    def _note(self, kind: str, number: int | None, entry: int | None) -> None:
        self.found.findings.append(Finding(kind, number, entry))


def _in_chunks(seals: QuerySet[AuditSeal]) -> Iterator[list[AuditSeal]]:
    chunk: list[AuditSeal] = []
    for each in seals.iterator(chunk_size=CHUNK):
        chunk.append(each)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _mendings(entries: Iterable[int]) -> dict[int, list[AuditMending]]:
    found: dict[int, list[AuditMending]] = {}
    for each in AuditMending.objects.filter(entry__in=list(entries)).order_by("pk"):
        found.setdefault(each.entry, []).append(each)
    return found
