"""Who is the same person: merged, told apart, asked about; and the fields of profiles."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Status

from qunyu.api.auth import scope_of_request
from qunyu.api.paging import Page, Turn, page
from qunyu.api.schemas.basics import Text
from qunyu.api.schemas.profiles import (
    DecideIn,
    DecisionOut,
    Done,
    FieldChanges,
    FieldIn,
    FieldOut,
    MergeIn,
    SuggestionOut,
    SuggestionQuery,
    UnmergeIn,
    decision_out,
    field_out,
    suggested_out,
    why_of,
)
from qunyu.flows.suggesting import ask_suggestions
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.members import fields, merging
from qunyu.members.queries import find_person, identities_in, identities_of, identity_ids
from qunyu.members.suggesting import pairs_of, suggestions
from qunyu.people.queries import unit_in

router = Router(tags=["members"])
NO_IDENTITY = Words("这个人没有编号为“{id}”的身份", "this person has no identity with the id “{id}”")


@router.post("/members/{id}/merge", response=list[DecisionOut], operation_id="merge", summary="Merge two people")
def merge(request: HttpRequest, id: str, asked: MergeIn) -> list[DecisionOut]:
    """Decides that two are one person; nothing of either is lost. Needs members.edit where each of them belongs."""
    scope = scope_of_request(request)
    scope.require("members.view")
    one = find_person(scope, id)
    try:
        other = find_person(scope, asked.other)
    except DomainError as error:
        raise DomainError("unknown_other", error.message, field="other") from None
    return _shown(scope, [merging.merge(by=scope, one=one, other=other, why=asked.why, now=timezone.now())])


@router.post("/members/{id}/unmerge", response=list[DecisionOut], operation_id="unmerge", summary="Tell people apart")
def unmerge(request: HttpRequest, id: str, asked: UnmergeIn) -> list[DecisionOut]:
    """Parts identities of a person from the others, whatever later imports bring. Needs members.edit where each part belongs."""
    scope = scope_of_request(request)
    scope.require("members.view")
    scope.require("members.edit")
    member = find_person(scope, id)
    mine = {each.own_member.public_id: each.pk for each in identities_of(scope, member)}
    for each in asked.identities:
        if each not in mine:
            raise DomainError("unknown_identity", NO_IDENTITY.fill(id=each), field="identities")
    parted = [mine[each] for each in asked.identities]
    return _shown(scope, merging.unmerge(by=scope, member=member, identities=parted, why=asked.why, now=timezone.now()))


@router.get(
    "/members/{id}/decisions",
    response=list[DecisionOut],
    operation_id="decisions",
    summary="What was decided of a person",
)
def decisions(request: HttpRequest, id: str) -> list[DecisionOut]:
    """Who was merged into the person and told apart from them, the latest first, ended or not."""
    scope = scope_of_request(request)
    scope.require("members.view")
    return _shown(scope, merging.decisions_of(find_person(scope, id)))


def _shown(scope: Scope, rows: list[Any]) -> list[DecisionOut]:
    told = {id for row in rows for id in (row.one_id, row.other_id)}
    seen = identity_ids(list(identities_in(scope).filter(pk__in=told).values_list("pk", flat=True)))
    return [decision_out(each, seen) for each in rows]


@router.delete("/decisions/{act}", response=Done, operation_id="take_back", summary="Take a decision back")
def take_back(request: HttpRequest, act: str) -> Done:
    """Ends what was decided at once; what held before holds again. Needs members.edit where both people belong."""
    scope = scope_of_request(request)
    scope.require("members.view")
    found = merging.find_act(scope, act)
    return Done(changed=merging.take_back(by=scope, decisions=found, now=timezone.now()))


@router.get(
    "/suggestions", response=Page[SuggestionOut], operation_id="suggestions", summary="Who may be the same person"
)
def list_suggestions(request: HttpRequest, asked: Query[SuggestionQuery]) -> Page[SuggestionOut]:
    """Pairs of identities that may be one person, or were perhaps joined by mistake, the likeliest first."""
    scope = scope_of_request(request)
    scope.require("members.view")
    found = suggestions(scope, state=asked.state, text=asked.search, kind=asked.kind)
    rows, following = page(Turn(request, asked.limit, asked.cursor), found, ("-score", "id"))
    ids = identity_ids([id for row in rows for id in (row.one_id, row.other_id)])
    items = [
        SuggestionOut(
            id=row.pk, kind=row.kind, score=row.score, one=suggested_out(row.one, ids), other=suggested_out(row.other, ids),
            why=why_of(row.reasons), verdict=row.verdict, act=row.act,
        )
        for row in rows
    ]  # fmt: skip
    return Page[SuggestionOut](items=items, next=following)


@router.post("/suggestions/decide", response=list[DecisionOut], operation_id="decide", summary="Decide of suggestions")
def decide(request: HttpRequest, asked: DecideIn) -> list[DecisionOut]:
    """Decides of up to 200 at once: same, different, or later. Needs members.edit where both people of each belong."""
    scope = scope_of_request(request)
    scope.require("members.view")
    scope.require("members.edit")
    pairs = pairs_of(scope, asked.suggestions)
    if len(pairs) < len(set(asked.suggestions)):
        message = Words("有的建议不存在或不可见", "some of the suggestions are not there")
        raise DomainError("unknown_suggestion", message, field="suggestions")
    made = merging.decide(by=scope, pairs=pairs, verdict=asked.verdict, why=asked.why, now=timezone.now())
    return _shown(scope, made)


@router.post(
    "/suggestions/renew", response={202: Done}, operation_id="renew_suggestions", summary="Look for suggestions again"
)
def renew(request: HttpRequest) -> Status[Done]:
    """Has the suggestions found anew in the background. Needs members.edit anywhere."""
    ask_suggestions(by=scope_of_request(request), now=timezone.now())
    return Status(202, Done(changed=0))


@router.get("/fields", response=list[FieldOut], operation_id="fields", summary="Fields of profiles")
def list_fields(request: HttpRequest) -> list[FieldOut]:
    """The basic fields, and those of units where the caller may see people; archived ones last."""
    scope = scope_of_request(request)
    scope.require("members.view")
    found = fields.fields_in(scope, archived=True)
    return [field_out(each) for each in sorted(found, key=lambda each: each.archived)]


@router.post("/fields", response={201: FieldOut}, operation_id="add_field", summary="Add a field")
def add_field(request: HttpRequest, asked: FieldIn) -> Status[FieldOut]:
    """A new field for the people of a unit and of those below it. Needs settings.edit there."""
    scope = scope_of_request(request)
    unit = unit_in(scope, "settings.edit", asked.unit)
    row = fields.add_field(by=scope, unit=unit, now=timezone.now(), **asked.model_dump(exclude={"unit"}))
    return Status(201, field_out(fields.definition(row)))


@router.patch("/fields/{id}", response=FieldOut, operation_id="edit_field", summary="Change a field")
def edit_field(request: HttpRequest, id: str, asked: FieldChanges) -> FieldOut:
    """Renames a field, changes its options or bounds, makes it sensitive, archives it. Needs settings.edit at its unit."""
    scope, now = scope_of_request(request), timezone.now()
    row = fields.find_field(scope, id)
    told = asked.model_dump(exclude={"archived"}, exclude_none=True)
    row = fields.edit_field(by=scope, field=row, now=now, **told)
    if asked.archived is not None:
        fields.archive_field(by=scope, field=row, archived=asked.archived, now=now)
    return field_out(fields.definition(fields.find_field(scope, id)))


@router.delete("/fields/{id}", response=Done, operation_id="delete_field", summary="Delete a field")
def delete_field(request: HttpRequest, id: str, typed: Text = "") -> Done:
    """Removes a field for good, with what was written into it when `typed` is its name; of how many people that was."""
    scope = scope_of_request(request)
    row = fields.find_field(scope, id)
    return Done(changed=fields.delete_field(by=scope, field=row, typed=typed, now=timezone.now()))
