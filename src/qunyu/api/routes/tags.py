"""Tags: their groups, putting them on people and taking them off, undoing acts; and finding experts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Status

from qunyu.api.auth import scope_of_request
from qunyu.api.paging import Page, Turn, page
from qunyu.api.schemas.basics import Ref, ref_of
from qunyu.api.schemas.profiles import Done
from qunyu.api.schemas.tags import (
    EffectOut,
    ExpertsOut,
    ExpertsQuery,
    MemberTagsOut,
    PeopleIn,
    TagActOut,
    TagActsQuery,
    TagChanges,
    TagGroupChanges,
    TagGroupIn,
    TagGroupOut,
    TagGroupsQuery,
    TagIn,
    TagMergeIn,
    TagOut,
    act_out,
    carried_out,
    effect_out,
    experts_out,
    group_out,
    tag_out,
    turn_out,
)
from qunyu.communities.queries import communities_where
from qunyu.flows.place import lake
from qunyu.kernel.scope import Scope
from qunyu.members import tagging, tags
from qunyu.members.experts import Asked, experts
from qunyu.members.queries import find_person, people
from qunyu.members.tag_merging import merge_tags
from qunyu.members.tag_queries import (
    acts_in,
    carriers,
    find_act,
    find_group,
    find_tag,
    groups_in,
    tagging_history,
    tags_of,
)
from qunyu.people.queries import unit_in

router = Router(tags=["tags"])
YEAR = timedelta(days=365)


def _asking(request: HttpRequest) -> Scope:
    scope = scope_of_request(request)
    scope.require("members.view")
    return scope


def _group(scope: Scope, public_id: str) -> TagGroupOut:
    found = find_group(scope, public_id)
    return group_out(found, carriers(scope, list(found.tags.all())))


@router.get("/tags", response=list[TagGroupOut], operation_id="tags", summary="Tags")
def list_tags(request: HttpRequest, asked: Query[TagGroupsQuery]) -> list[TagGroupOut]:
    """The groups of tags for people of the caller's units, with their tags and how many people carry each."""
    scope = _asking(request)
    groups = groups_in(scope, archived=asked.archived)
    counts = carriers(scope, [tag for group in groups for tag in group.tags.all()])
    return [group_out(each, counts) for each in groups]


@router.post("/tag-groups", response={201: TagGroupOut}, operation_id="add_tag_group", summary="Add a group of tags")
def add_group(request: HttpRequest, asked: TagGroupIn) -> Status[TagGroupOut]:
    """A new group of a unit. Needs members.edit there."""
    scope = _asking(request)
    unit = unit_in(scope, "members.edit", asked.unit)
    told = {"help": asked.help, "exclusive": asked.exclusive}
    made = tags.add_group(by=scope, unit=unit, now=timezone.now(), name=asked.name, **told)
    return Status(201, _group(scope, made.public_id))


@router.patch("/tag-groups/{id}", response=TagGroupOut, operation_id="edit_tag_group", summary="Change a group of tags")
def edit_group(request: HttpRequest, id: str, asked: TagGroupChanges) -> TagGroupOut:
    """Renames a group, makes it exclusive or not, moves it, puts it away or brings it back. Needs members.edit in its unit."""
    scope = _asking(request)
    row, now = find_group(scope, id), timezone.now()
    told = asked.model_dump(include={"name", "help", "exclusive"})
    tags.edit_group(by=scope, group=row, now=now, **_given(told))
    if asked.archived is not None:
        tags.archive(by=scope, row=row, archived=asked.archived, now=now)
    if asked.move is not None:
        tags.move(by=scope, row=row, down=asked.move == "down", now=now)
    return _group(scope, id)


def _given(told: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if value is not None}


@router.delete(
    "/tag-groups/{id}", response=Done, operation_id="delete_tag_group", summary="Delete a group nobody carries"
)
def delete_group(request: HttpRequest, id: str) -> Done:
    """Removes a group none of whose tags anybody ever carried; any other can be archived. Needs members.edit in its unit."""
    scope = _asking(request)
    tags.delete(by=scope, row=find_group(scope, id), now=timezone.now())
    return Done(changed=1)


@router.post("/tag-groups/{id}/tags", response={201: TagOut}, operation_id="add_tag", summary="Add a tag")
def add_tag(request: HttpRequest, id: str, asked: TagIn) -> Status[TagOut]:
    """A new tag of a group. Needs members.edit in the group's unit."""
    scope = _asking(request)
    group = find_group(scope, id)
    made = tags.add_tag(by=scope, group=group, now=timezone.now(), name=asked.name, help=asked.help)
    return Status(201, tag_out(made, 0))


@router.patch("/tags/{id}", response=TagOut, operation_id="edit_tag", summary="Change a tag")
def edit_tag(request: HttpRequest, id: str, asked: TagChanges) -> TagOut:
    """Renames a tag, moves it, puts it away or brings it back; who carries it keeps it. Needs members.edit in the group's unit."""
    scope = _asking(request)
    row, now = find_tag(scope, id), timezone.now()
    group = find_group(scope, asked.group) if asked.group is not None else None
    told = asked.model_dump(include={"name", "help"})
    row = tags.edit_tag(by=scope, tag=row, now=now, group=group, **_given(told))
    if asked.archived is not None:
        tags.archive(by=scope, row=row, archived=asked.archived, now=now)
    if asked.move is not None:
        tags.move(by=scope, row=row, down=asked.move == "down", now=now)
    found = find_tag(scope, id)
    return tag_out(found, carriers(scope, [found]).get(found.pk, 0))


@router.delete("/tags/{id}", response=Done, operation_id="delete_tag", summary="Delete a tag nobody carries")
def delete_tag(request: HttpRequest, id: str) -> Done:
    """Removes a tag that nobody ever carried; any other can be archived. Needs members.edit in the group's unit."""
    scope = _asking(request)
    tags.delete(by=scope, row=find_tag(scope, id), now=timezone.now())
    return Done(changed=1)


@router.post("/tags/{id}/merge", response=TagActOut, operation_id="merge_tag", summary="Merge two tags")
def merge_tag(request: HttpRequest, id: str, asked: TagMergeIn) -> TagActOut:
    """Gives everybody who carries the tag the other one, and archives it; undone as any act. Needs members.edit in both units."""
    scope = _asking(request)
    tag, into = find_tag(scope, id), find_tag(scope, asked.into)
    return act_out(merge_tags(by=scope, tag=tag, into=into, now=timezone.now()))


def _people(scope: Scope, ids: list[str]) -> list[int]:
    scope.require("members.edit")
    return list(people(scope).filter(public_id__in=ids).values_list("pk", flat=True))


@router.post("/tags/{id}/check", response=EffectOut, operation_id="check_tag", summary="What putting a tag would do")
def check_tag(request: HttpRequest, id: str, asked: PeopleIn) -> EffectOut:
    """Of how many of these people putting the tag would change anything; nothing is written."""
    scope = _asking(request)
    return effect_out(tagging.effect(scope, find_tag(scope, id), _people(scope, asked.members)))


@router.post("/tags/{id}/put", response=TagActOut, operation_id="put_tag", summary="Put a tag on people")
def put_tag(request: HttpRequest, id: str, asked: PeopleIn) -> TagActOut:
    """Puts the tag on people; of an exclusive group the others go. Of many a worker does it. Needs members.edit where they belong."""
    scope = _asking(request)
    mine, tag = _people(scope, asked.members), find_tag(scope, id)
    return act_out(tagging.put(by=scope, tag=tag, members=mine, reason=asked.reason, now=timezone.now()))


@router.post("/tags/{id}/take", response=TagActOut, operation_id="take_tag", summary="Take a tag off people")
def take_tag(request: HttpRequest, id: str, asked: PeopleIn) -> TagActOut:
    """Takes the tag off people; what a rule keeps there stays. Needs members.edit where they belong."""
    scope = _asking(request)
    mine, tag = _people(scope, asked.members), find_tag(scope, id)
    return act_out(tagging.take_off(by=scope, tag=tag, members=mine, reason=asked.reason, now=timezone.now()))


@router.get("/tag-acts", response=Page[TagActOut], operation_id="tag_acts", summary="What was done with tags")
def tag_acts(request: HttpRequest, asked: Query[TagActsQuery]) -> Page[TagActOut]:
    """What the caller did, and what anybody did to tags of units where members may be edited, the latest first."""
    scope = _asking(request)
    scope.require("members.edit")
    rows, following = page(Turn(request, asked.limit, asked.cursor), acts_in(scope), ("-at", "-id"))
    return Page[TagActOut](items=[act_out(each) for each in rows], next=following)


@router.delete("/tag-acts/{id}", response=Done, operation_id="undo_tag_act", summary="Undo an act of tagging")
def undo_act(request: HttpRequest, id: str) -> Done:
    """Takes an act back as a whole; of how many people that changed anything. Needs members.edit where all of them belong."""
    scope = _asking(request)
    scope.require("members.edit")
    return Done(changed=tagging.undo(by=scope, act=find_act(scope, id), now=timezone.now()))


@router.get("/members/{id}/tags", response=MemberTagsOut, operation_id="member_tags", summary="A person’s tags")
def member_tags(request: HttpRequest, id: str) -> MemberTagsOut:
    """The tags on a person with who put them there, when and why, and the history."""
    scope = _asking(request)
    member = find_person(scope, id)
    return MemberTagsOut(
        tags=[carried_out(each) for each in tags_of(scope, member)],
        history=[turn_out(each) for each in tagging_history(scope, member)],
    )


@router.get("/experts", response=ExpertsOut, operation_id="experts", summary="Who can help")
def find_experts(request: HttpRequest, asked: Query[ExpertsQuery]) -> ExpertsOut:
    """Who in the communities can help with a question, by tags, profile, and what they wrote and answered where the caller may see members."""
    scope = _asking(request)
    here: dict[int, Ref] = {each.pk: ref_of(each) for each in communities_where(scope, "members.view")}
    only = [key for key, ref in here.items() if ref.id in asked.communities]
    last = asked.last or timezone.localdate()
    first = asked.first or last - YEAR
    chosen = frozenset(only) if asked.communities else None
    days = (min(first, last), max(first, last))
    return experts_out(experts(lake(), scope, Asked(asked.q, *days, chosen, asked.staff)), days, here)
