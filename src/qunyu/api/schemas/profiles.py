"""Profiles, contacts, links and decisions about who is the same person."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal

from ninja import Field, Schema

from qunyu.api.paging import Cursor, Limit
from qunyu.api.schemas.basics import Day, LongText, Ref, Text
from qunyu.members.fields import Definition, choices_of
from qunyu.members.profile import Answer, Change, Told
from qunyu.members.suggesting import reason

if TYPE_CHECKING:
    from qunyu.members.links import Linked
    from qunyu.members.models import Contact, Identity, Member, MergeDecision

Verdict = Literal["same", "different", "later"]


class FieldOut(Schema):
    """A field of profiles. `unit` is null for the basic ones; `options` are code and name of what can be chosen."""

    id: str | None = Field(description="public id; null for a basic field")
    key: str
    name: str
    kind: str
    sensitive: bool
    options: list[tuple[str, str]]
    least: str
    most: str
    help: str
    archived: bool


class FieldIn(Schema):
    """A new field."""

    unit: Text = Field(description="public id of the unit whose people it is for")
    key: Text
    kind: Text
    name_zh: Text = ""
    name_en: Text = ""
    options: list[Text] = Field(default=[], max_length=100)
    least: Text = ""
    most: Text = ""
    help: Text = ""
    sensitive: bool = False


class FieldChanges(Schema):
    """What of a field changes; what is missing or null stays."""

    name_zh: Text | None = None
    name_en: Text | None = None
    options: list[Text] | None = Field(default=None, max_length=100)
    least: Text | None = None
    most: Text | None = None
    help: Text | None = None
    sensitive: bool | None = None
    archived: bool | None = None


class ToldValue(Schema):
    """A value somebody wrote: `text` as it may be shown (masked where sensitive), `value` as it is kept, null where hidden."""

    text: str
    value: str | None
    at: datetime
    by: str
    change: int = Field(description="the number of the change, to prefer or withdraw it")
    unreadable: bool = Field(default=False, description="sealed under another key: the text says so, the value is null")


class AnswerOut(Schema):
    """What one field of a person holds: the value that counts (null: nothing was written), and others that differ."""

    field: str
    name: str
    sensitive: bool
    told: ToldValue | None
    also: list[ToldValue]


class ProfileOut(Schema):
    """The fields of one person."""

    member: Ref
    answers: list[AnswerOut]


class PlatformIdOut(Schema):
    """What a platform calls a person."""

    platform: str
    id: str | None = Field(description="null where it was sealed under another key")


class RevealedOut(ProfileOut):
    """The fields of one person and the ids platforms know them by, in the clear."""

    ids: list[PlatformIdOut]


class ProfileChanges(Schema):
    """Field -> what to write into it; null clears."""

    values: dict[str, LongText | None]


class RevealIn(Schema):
    """Why sensitive values are wanted; kept in the audit trail."""

    reason: Text


class ChangeOut(Schema):
    """A step in the history of a field."""

    field: str
    told: ToldValue
    before: str
    withdrawn: bool


class ChangeChanges(Schema):
    """Takes a change back (or makes it again), or makes its value the one that counts."""

    withdrawn: bool | None = None
    prefer: bool = False


class ContactIn(Schema):
    """A contact with a person; `at` is now when it is missing."""

    channel: Text
    direction: Text
    summary: LongText
    result: Text = ""
    at: datetime | None = None
    selling: bool = False


class ContactChanges(Schema):
    """What of a contact changes; what is missing or null stays."""

    channel: Text | None = None
    direction: Text | None = None
    summary: LongText | None = None
    result: Text | None = None
    at: datetime | None = None
    selling: bool | None = None


class ContactOut(Schema):
    """A contact with a person; `standing` is in, answer, within (the cap), over, planned, passed (with a reason) or before (there was a cap)."""

    id: str
    at: datetime
    channel: str
    direction: str
    summary: str
    result: str
    by: str
    standing: str
    selling: bool
    feature: str


class LinkIn(Schema):
    """Another person, and whether that one decides for this one or the other way round."""

    other: Text = Field(description="public id of the other person")
    decides: bool = Field(True, description="whether the other person decides")
    kind: Text = Field(
        "other", description="what the decider is to the user: parent, spouse, assistant, colleague, other"
    )
    since: Day | None = None
    note: Text = ""


class LinkOut(Schema):
    """A link as one of the two sees it."""

    id: str
    other: Ref
    decides: bool
    kind: str
    since: date | None
    note: str


class MergeIn(Schema):
    """Whom somebody is the same person as."""

    other: Text = Field(description="public id of the other person")
    why: Text = ""


class UnmergeIn(Schema):
    """Which identities of a person are somebody else."""

    identities: list[Text] = Field(min_length=1, max_length=200, description="ids of identities")
    why: Text = ""


class DecisionOut(Schema):
    """What somebody decided about two identities; `act` takes it back, together with what was decided at once."""

    act: str
    verdict: str
    identities: list[str]
    why: str
    by: str
    at: datetime
    ended_at: datetime | None


class SuggestionQuery(Schema):
    """Which questions."""

    state: Literal["open", "later", "same", "different", "all"] = "open"
    kind: Literal["", "name", "joined"] = ""
    search: Text = ""
    limit: Limit = 50
    cursor: Cursor = ""


class SuggestedOut(Schema):
    """One of the two: an identity, and the person it belongs to now."""

    identity: str
    platform: str
    name: str
    member: Ref


class SuggestionOut(Schema):
    """A question: `score` is the chance in % that the two are one person, `why` tells what speaks for and against it."""

    id: int
    kind: str
    score: int
    one: SuggestedOut
    other: SuggestedOut
    why: list[str]
    verdict: str | None
    act: str | None


class DecideIn(Schema):
    """What is decided of questions."""

    suggestions: list[int] = Field(min_length=1, max_length=200)
    verdict: Verdict
    why: Text = ""


class Done(Schema):
    """How many were changed."""

    changed: int


def field_out(field: Definition) -> FieldOut:
    """The field as the API shows it."""
    return FieldOut(
        id=field.public_id or None,
        key=field.key,
        name=str(field.title),
        kind=field.kind,
        sensitive=field.sensitive,
        options=[(code, str(words)) for code, words in choices_of(field)],
        least=field.least,
        most=field.most,
        help=field.help,
        archived=field.archived,
    )


def told_value(told: Told) -> ToldValue:
    """The value as the API shows it."""
    told_by: dict[str, Any] = {"at": told.at, "by": told.by_name, "change": told.entry}
    return ToldValue(text=str(told.text), value=told.value, unreadable=told.unreadable, **told_by)


def profile_out(member: Member, found: list[Answer]) -> ProfileOut:
    """The profile as the API shows it."""
    answers = [
        AnswerOut(
            field=each.field.key,
            name=str(each.field.title),
            sensitive=each.field.sensitive,
            told=told_value(each.told) if each.told else None,
            also=[told_value(other) for other in each.also],
        )
        for each in found
    ]
    return ProfileOut(member=Ref(id=member.public_id, name=member.name), answers=answers)


def change_out(change: Change) -> ChangeOut:
    """The step as the API shows it."""
    told = told_value(change.told)
    return ChangeOut(field=change.field.key, told=told, before=str(change.before), withdrawn=change.withdrawn)


_CONTACT = ("at", "channel", "direction", "summary", "result")


def contact_out(row: Contact) -> ContactOut:
    """The contact as the API shows it."""
    told = {name: getattr(row, name) for name in (*_CONTACT, "standing", "selling", "feature")}
    return ContactOut(id=row.public_id, by=row.by_name, **told)


def link_out(linked: Linked) -> LinkOut:
    """The link as the API shows it."""
    link, other = linked.link, linked.other
    told: dict[str, Any] = {"kind": link.kind, "since": link.since, "note": link.note}
    return LinkOut(id=link.public_id, other=Ref(id=other.public_id, name=other.name), decides=linked.decides, **told)


def decision_out(row: MergeDecision, ids: dict[int, str]) -> DecisionOut:
    """The decision as the API shows it; `ids` are those of the identities that the caller may see."""
    seen = [ids[each] for each in (row.one_id, row.other_id) if each in ids]
    told: dict[str, Any] = {"why": row.why, "by": row.by_name, "at": row.at, "ended_at": row.ended_at}
    return DecisionOut(act=row.act, verdict=row.verdict, identities=seen, **told)


def suggested_out(each: Identity, ids: dict[int, str]) -> SuggestedOut:
    """One side of a question; its member must be loaded."""
    member = Ref(id=each.member.public_id, name=each.member.name)
    return SuggestedOut(identity=ids[each.pk], platform=each.platform, name=each.name, member=member)


def why_of(reasons: list[tuple[str, float, float]]) -> list[str]:
    """The reasons in the caller's language."""
    return [str(reason(code, figure)) for code, _, figure in reasons]
