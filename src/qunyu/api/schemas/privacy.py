"""Shapes of what is asked and told about personal data."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal

from ninja import Field, Schema

from qunyu.api.paging import Cursor, Limit
from qunyu.api.schemas.basics import Ref, Text, ref_of
from qunyu.kernel.personal import kinds
from qunyu.privacy.requests import days_left

if TYPE_CHECKING:
    from qunyu.privacy.models import Consent, PeriodRun, Purpose, Request
    from qunyu.privacy.queries import Inventory
    from qunyu.privacy.retaining import Kept


class HolderOut(Schema):
    """One thing that is kept of people; `people`, `rows` and `oldest` are null where only a look at a single person can tell.

    `stays` says why what no period covers is kept until the person is erased or it is deleted by hand; null where one covers all of it.
    """

    key: str
    title: str
    what: str
    why: str
    stays: str | None
    people: int | None
    rows: int | None
    oldest: datetime | None


class RequestIn(Schema):
    """What somebody asks for, and how it came."""

    member: Text
    kind: Literal["export", "erasure"]
    asker: Text = "self"
    channel: Text = "chat"
    checked: Text = "account"
    note: Text = ""


class RequestOut(Schema):
    """A request; `member` is null once the person is erased, `days_left` once the request has ended. `steps` counts per holder."""

    id: str
    kind: str
    state: str
    member: Ref | None
    asker: str
    channel: str
    checked: str
    note: str
    asked_at: datetime
    due_on: date
    days_left: int | None
    done_at: datetime | None
    by: str
    reason: str
    kept: list[str]
    steps: dict[str, dict[str, int]]
    receipt: str | None


class ReasonIn(Schema):
    """Why."""

    reason: Text


class EraseIn(Schema):
    """The name of the person as it stands, the reason, and the holders that the law lets us keep."""

    typed: Text
    reason: Text
    kept: list[Text] = []


class HeldOut(Schema):
    """How many rows a holder has of a person; `keepable` is the ground in law for leaving them, null for none."""

    key: str
    title: str
    count: int
    keepable: str | None


class Lifted(Schema):
    """How many entries of the stop list ended."""

    lifted: int


class ReceiptOut(Schema):
    """A receipt; `document` is what was signed, with the signature."""

    id: str
    document: dict[str, Any]


class Genuine(Schema):
    """Whether a receipt was made here and not changed since."""

    genuine: bool


class RetentionOut(Schema):
    """How long a kind of data is kept: `days`, null for good. `least_days` is the shortest period."""

    kind: str
    title: str
    days: int | None
    least_days: int
    last_run: datetime | None
    last_removed: int | None


class RetentionIn(Schema):
    """Days, null to keep for good."""

    days: int | None = Field(default=None, ge=1, le=36_500)


class RetentionPreview(Schema):
    """How much would go now."""

    count: int


class ConsentIn(Schema):
    """What somebody said; without `at` now."""

    purpose: Text
    state: Text
    source: Text = "chat"
    wording: Text = ""
    evidence: Text = ""
    at: datetime | None = None


class ConsentOut(Schema):
    """What somebody said, when, and how it is known."""

    id: str
    purpose: str
    state: str
    source: str
    wording: str
    evidence: str
    at: datetime
    by: str


class ConsentQuery(Schema):
    """Which consents: of whom (a part of their name), to what, which way; `in_force` leaves out what was said otherwise since."""

    search: Text = ""
    purpose: Text = ""
    state: Literal["", "granted", "refused", "withdrawn"] = ""
    in_force: bool = False
    limit: Limit = 50
    cursor: Cursor = ""


class PersonConsentOut(ConsentOut):
    """What somebody said, and who."""

    member: Ref


class RunsQuery(Schema):
    """Which runs: of one kind of data."""

    kind: Text = ""
    limit: Limit = 50
    cursor: Cursor = ""


class RunOut(Schema):
    """One time a period was enforced: what was older than `before` went, `removed` counts it."""

    kind: str
    title: str
    at: datetime
    before: datetime
    removed: int


def run_out(row: PeriodRun) -> RunOut:
    """A run as the API shows it."""
    kind = kinds().get(row.kind)
    title = str(kind.title) if kind else row.kind
    return RunOut(kind=row.kind, title=title, at=row.at, before=row.before, removed=row.removed)


class DueOut(Schema):
    """Within how many days requests are to be answered."""

    days: int


class PurposeIn(Schema):
    """A purpose for the people of a unit."""

    unit: Text = Field(description="public id of the unit")
    key: Text
    name_zh: Text
    name_en: Text = ""


class PurposeChanges(Schema):
    """What of a purpose changes; what is missing or null stays."""

    name_zh: Text | None = None
    name_en: Text | None = None
    retired: bool | None = None


class PurposeOut(Schema):
    """What people can agree to; id and unit null for those of the product."""

    id: str | None
    key: str
    name_zh: str
    name_en: str
    unit: Ref | None
    retired: bool


def purpose_out(row: Purpose) -> PurposeOut:
    """A unit's purpose as the API shows it."""
    told = {"key": row.key, "name_zh": row.name_zh, "name_en": row.name_en}
    return PurposeOut(id=row.public_id, unit=ref_of(row.unit), retired=row.archived_at is not None, **told)


def holder_out(each: Inventory) -> HolderOut:
    """A holder as the API shows it."""
    found = each.overview
    return HolderOut(
        key=each.holder.key,
        title=str(each.holder.title),
        what=str(each.holder.what),
        why=str(each.holder.why),
        stays=str(each.holder.stays) if each.holder.stays else None,
        people=found.people if found else None,
        rows=found.rows if found else None,
        oldest=found.oldest if found else None,
    )


def request_out(row: Request, today: date) -> RequestOut:
    """A request as the API shows it."""
    receipt = getattr(row, "receipt", None)
    return RequestOut(
        id=row.public_id,
        kind=row.kind,
        state=row.state,
        member=Ref(id=row.member.public_id, name=row.member.name) if row.member else None,
        asker=row.asker,
        channel=row.channel,
        checked=row.checked,
        note=row.note,
        asked_at=row.asked_at,
        due_on=row.due_on,
        days_left=days_left(row, today),
        done_at=row.done_at,
        by=row.by_name,
        reason=row.reason,
        kept=row.kept,
        steps=row.steps,
        receipt=receipt.public_id if receipt else None,
    )


def retention_out(each: Kept) -> RetentionOut:
    """A period as the API shows it."""
    return RetentionOut(
        kind=each.kind.key,
        title=str(each.kind.title),
        days=each.days,
        least_days=each.kind.least_days,
        last_run=each.last.at if each.last else None,
        last_removed=each.last.removed if each.last else None,
    )


def consent_out(row: Consent) -> ConsentOut:
    """A consent as the API shows it."""
    names = ("purpose", "state", "source", "wording", "evidence", "at")
    return ConsentOut(id=row.public_id, by=row.by_name, **{name: getattr(row, name) for name in names})


def person_consent_out(row: Consent) -> PersonConsentOut:
    """A consent with who said it; the person must be loaded."""
    head = row.member.own_identity.member
    return PersonConsentOut(**consent_out(row).model_dump(), member=Ref(id=head.public_id, name=head.name))
