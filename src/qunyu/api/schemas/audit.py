"""The audit chain, and looks at people."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Literal, cast

from ninja import Field, Schema

from qunyu.api.paging import Cursor, Limit
from qunyu.api.schemas.basics import Text
from qunyu.kernel.audit_chain import FINDINGS, Chain
from qunyu.reports.names import ACTIONS, ACTORS, named

if TYPE_CHECKING:
    from qunyu.kernel.models import AuditEntry
    from qunyu.privacy.models import AccessEntry
    from qunyu.reports.audit_names import AuditNames

Kind = Literal["changed", "reason", "removed", "inserted", "seal", "mending", "no_heads", "heads", "head", "cut"]


class ChainQuery(Schema):
    """How many of the newest seals to check, and a head that was kept elsewhere, to compare with."""

    newest: int = Field(default=5_000, ge=1, le=20_000)
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
    wrong: int = Field(description="how many findings there are; the first thousand are named")
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
        head=head, wrong=found.wrong, findings=findings,
    )  # fmt: skip


class AuditQuery(Schema):
    """Which entries: of one action, younger than `days`, and what `search` finds in what they show (who, what, the name of the object, why)."""

    search: Text = ""
    action: Text = ""
    days: int | None = Field(default=None, ge=1, le=36_500)
    limit: Limit = 50
    cursor: Cursor = ""


class EntryOut(Schema):
    """Who did what to what, when; `object`, `what` and `details` as the console shows them, in the caller's language."""

    at: datetime
    by: str
    action: str
    what: str
    object: str
    details: str
    reason: str


def entry_out(row: AuditEntry, names: AuditNames) -> EntryOut:
    """The entry as the API tells it."""
    return EntryOut(
        at=row.at, by=str(named(ACTORS, row.actor_name)), action=row.action, what=str(named(ACTIONS, row.action)),
        object=names.about(row), details=names.details(row), reason=row.reason,
    )  # fmt: skip


class ViewsQuery(Schema):
    """Which looks: at a person (public id), over the console or the API, at a page, younger than `days`.

    `search` is the name of an account or of a person, or exactly what was searched for.
    """

    person: Text = ""
    via: Literal["", "console", "api"] = ""
    page: Text = ""
    search: Text = ""
    days: int | None = Field(default=None, ge=1, le=36_500)
    limit: Limit = 50
    cursor: Cursor = ""


class ViewOut(Schema):
    """A look at people: one for each account, page and ten minutes; `person` is the public id it was about, null for lists."""

    at: datetime
    by: str
    via: Literal["console", "api"]
    page: str
    person: str | None
    object: str | None = Field(description="the public id of the community, segment … whose people were listed")
    searched: bool = Field(description="whether something was searched for; what, is kept as a hash only")
    shown: int | None = Field(description="how many were found; null where that is not known")


def view_out(row: AccessEntry) -> ViewOut:
    """The look as the API tells it."""
    return ViewOut(
        at=row.at, by=row.actor_name, via=cast(Literal["console", "api"], row.via), page=row.page,
        person=row.person or None, object=row.object or None, searched=bool(row.searched), shown=row.shown,
    )  # fmt: skip
