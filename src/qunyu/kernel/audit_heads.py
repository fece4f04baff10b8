"""Heads of the audit chain: its newest seal as a signed line, kept in a file outside the database by every run that seals."""

from __future__ import annotations

import hmac
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from qunyu.kernel.errors import DomainError
from qunyu.kernel.sealed import keyed
from qunyu.kernel.words import Words

_MARK = "qunyu-audit"
# More than the longest line.
_TAIL = 1_000


@dataclass(frozen=True, slots=True)
class Head:
    """A seal: its number (0: none yet), digest and time, with a signature under the deployment's key. `line` is to be kept elsewhere."""

    number: int
    digest: str
    at: datetime

    @property
    def line(self) -> str:
        """One line of text that `parsed` reads again."""
        told = f"{_MARK} {self.number} {self.digest} {self.at.astimezone(UTC).isoformat()}"
        return f"{told} {_signature(told)}"


def parsed(line: str) -> Head:
    """The head that a line kept elsewhere tells of, be it that an e-mail wrapped it.

    Raises DomainError bad_head for one that this deployment did not sign.
    """
    told, _, signature = " ".join(line.split()).rpartition(" ")
    parts = told.split(" ")
    if len(parts) != 4 or parts[0] != _MARK or not hmac.compare_digest(_signature(told).encode(), signature.encode()):
        message = Words("这一行不是本部署签出的链头", "this line is no head that this deployment signed")
        raise DomainError("bad_head", message, field="head")
    return Head(int(parts[1]), parts[2], datetime.fromisoformat(parts[3]))


def _signature(told: str) -> str:
    return keyed(told, "audit head")


def heads_file() -> Path:
    """Where heads are written: QUNYU_AUDIT_HEADS, else `audit-heads.txt` in the data folder."""
    named: Path | None = settings.QUNYU_AUDIT_HEADS
    return named or settings.QUNYU_DATA / "audit-heads.txt"


def newest_written() -> Head | None:
    """The last head in the file; None where there is no file, or nothing in it.

    Raises DomainError bad_head where its last line is none of ours.
    """
    try:
        with heads_file().open("rb") as stream:
            stream.seek(max(0, stream.seek(0, os.SEEK_END) - _TAIL))
            lines = stream.read().decode(errors="replace").splitlines()
    except FileNotFoundError:
        return None
    return parsed(lines[-1]) if lines else None


def write(head: Head) -> None:
    """Adds a head to the file, on the disk when this returns."""
    with heads_file().open("a", encoding="utf-8") as stream:
        stream.write(f"{head.line}\n")
        stream.flush()
        os.fsync(stream.fileno())
