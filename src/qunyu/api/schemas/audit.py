"""The audit chain."""

from __future__ import annotations

from typing import Literal, cast

from ninja import Field, Schema

from qunyu.api.schemas.basics import Text
from qunyu.kernel.audit_chain import FINDINGS, Chain

Kind = Literal["changed", "reason", "removed", "inserted", "seal", "mending", "head", "cut"]


class ChainQuery(Schema):
    """How many of the newest seals to check, and a head that was kept elsewhere, to compare with."""

    newest: int = Field(default=20_000, ge=1, le=200_000)
    head: Text = ""


class FindingOut(Schema):
    """What is wrong with an entry (its number in the trail) and its seal; null where there is none."""

    kind: Kind
    entry: int | None
    seal: int | None
    message: str


class ChainOut(Schema):
    """What a check found; `head` is the newest seal as a line to keep elsewhere, null while nothing is sealed."""

    whole: bool
    checked: int
    seals: int
    waiting: int = Field(description="entries that are not sealed yet")
    mended: int = Field(description="entries whose reason lost a name by erasure")
    head: str | None
    findings: list[FindingOut]


def chain_out(found: Chain) -> ChainOut:
    """The check as the API tells it."""
    findings = [
        FindingOut(kind=cast(Kind, each.kind), entry=each.entry, seal=each.number, message=str(FINDINGS[each.kind]))
        for each in found.findings
    ]
    head = found.head.line if found.head else None
    return ChainOut(
        whole=found.whole, checked=found.checked, seals=found.seals, waiting=found.waiting, mended=found.mended,
        head=head, findings=findings,
    )  # fmt: skip
