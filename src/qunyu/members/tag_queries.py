"""Reads of tags: which there are, who carries them, and who put them there."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Count, Prefetch, Q, QuerySet

from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.members.matching import chunks
from qunyu.members.models import Identity, Tag, TagAct, Tagging, TagGroup
from qunyu.members.queries import people
from qunyu.members.tag_filtering import live_taggings
from qunyu.people.queries import acting_account, unit_paths

if TYPE_CHECKING:
    from qunyu.members.models import Member


@dataclass(frozen=True, slots=True)
class Carried:
    """A tag on somebody: who put it there, when and why. `source` is hand, import or rule; `kept` tells that a rule keeps it there.

    `overruled` names the later tag of the same exclusive group that counts instead; "" where it counts itself.
    """

    tag: Tag
    source: str
    reason: str
    at: datetime
    by_name: str
    kept: bool
    overruled: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """One tagging in somebody's history: from `row.at` until `row.withdrawn_at`; `undone` says that it counts as never made."""

    row: Tagging
    undone: bool


def groups_in(scope: Scope, *, archived: bool = False, permission: str = "members.view") -> list[TagGroup]:
    """The groups of tags for people of units where `permission` holds, in the order of their units; each with its tags as `tags.all()`.

    Archived groups and tags only where `archived` asks for them.
    """
    live = Q() if archived else Q(archived_at=None)
    tags = Tag.objects.filter(live).order_by("position", "id")
    rows = TagGroup.objects.filter(live).select_related("unit").order_by("unit__path", "position", "id")
    found = rows.prefetch_related(Prefetch("tags", tags))
    if scope.everything:
        return list(found)
    paths = unit_paths()
    here = [paths[each] for each in scope.units(permission) if each in paths]
    return [row for row in found if any(path.startswith(row.unit.path) for path in here)]


def tags_among(groups: Collection[TagGroup]) -> list[Tag]:
    """The tags in use of groups found by `groups_in`, in their order, each with its group."""
    found = []
    for group in groups:
        for tag in group.tags.all():
            if group.archived_at is None and tag.archived_at is None:
                tag.group = group
                found.append(tag)
    return found


def tags_in(scope: Scope, *, permission: str = "members.view") -> list[Tag]:
    """The tags of `groups_in`, in its order, each with its group."""
    return tags_among(groups_in(scope, permission=permission))


def find_tag(scope: Scope, public_id: str) -> Tag:
    """The tag with that public id, with its group; archived ones too.

    Raises DomainError unknown_tag unless it is for people of units `scope` may see.
    """
    for group in groups_in(scope, archived=True):
        for tag in group.tags.all():
            if tag.public_id == public_id:
                tag.group = group
                return tag
    raise DomainError(
        "unknown_tag", Words("没有编号为“{id}”的标签", "there is no tag with the id “{id}”").fill(id=public_id)
    )


def find_group(scope: Scope, public_id: str) -> TagGroup:
    """The group of tags with that public id.

    Raises DomainError unknown_tag_group unless it is for people of units `scope` may see.
    """
    found = next((each for each in groups_in(scope, archived=True) if each.public_id == public_id), None)
    if found is None:
        message = Words("没有编号为“{id}”的标签组", "there is no group of tags with the id “{id}”")
        raise DomainError("unknown_tag_group", message.fill(id=public_id))
    return found


def carried(scope: Scope, members: Collection[int], tags: Collection[Tag] | None = None) -> dict[int, list[Carried]]:
    """The tags on each of `members` that `scope` may see (of `tags`, where these are known), for people found under `scope`.

    In the order of the groups; whom no tag was put on is missing.
    """
    known = {each.pk: each for each in (tags_in(scope) if tags is None else tags)}
    order = {key: place for place, key in enumerate(known)}
    rows: dict[int, list[Tagging]] = {}
    for part in chunks(members):
        there = live_taggings().filter(member__own_identity__member__in=part, tag__in=known)
        for row in there.select_related("member__own_identity").order_by("at", "id"):
            rows.setdefault(row.member.own_identity.member_id, []).append(row)
    return {head: sorted(_carried(mine, known), key=lambda each: order[each.tag.pk]) for head, mine in rows.items()}


def _carried(rows: list[Tagging], known: dict[int, Tag]) -> list[Carried]:
    """One for each tag, told by the row put last; of an exclusive group the tag put last overrules the others."""
    latest = {row.tag_id: row for row in rows}
    ruled = {row.tag_id for row in rows if row.source == "rule"}
    counts = {known[row.tag_id].group_id: row.tag_id for row in rows if known[row.tag_id].group.exclusive}
    found = []
    for tag, row in latest.items():
        winner = counts.get(known[tag].group_id, tag)
        overruled = "" if winner == tag else known[winner].name
        found.append(Carried(known[tag], row.source, row.reason, row.at, row.by_name, tag in ruled, overruled))
    return found


def tags_of(scope: Scope, member: Member) -> list[Carried]:
    """The tags on one person that `scope` may see, over all that they are."""
    return carried(scope, [member.pk]).get(member.pk, [])


def tagging_history(scope: Scope, member: Member, groups: Collection[TagGroup] | None = None) -> list[Turn]:
    """Every tag ever put on the person that `scope` may see (of `groups`, where these are known), archived ones too, the latest first."""
    seen = groups_in(scope, archived=True) if groups is None else groups
    known = {tag.pk: tag for group in seen for tag in group.tags.all()}
    own = Identity.objects.filter(member=member).values("own_member")
    rows = list(Tagging.objects.filter(member__in=own, tag__in=known).order_by("-at", "-id"))
    for row in rows:
        row.tag = known[row.tag_id]
    return [Turn(row, row.withdrawn_act == row.act) for row in rows]


def carriers(scope: Scope, tags: Collection[Tag]) -> dict[int, int]:
    """How many people whom `scope` may see carry each of the tags, by its primary key; 0 is missing.

    Those too for whom another tag of the group counts.
    """
    rows = live_taggings().filter(tag__in=[each.pk for each in tags])
    if not scope.everything:
        rows = rows.filter(member__own_identity__member__in=people(scope))
    counted = rows.values_list("tag").annotate(people=Count("member__own_identity__member", distinct=True))
    return dict(counted.order_by())


def everything_carried(scope: Scope) -> Iterator[tuple[Member, Carried]]:
    """Every tag on everybody whom `scope` may see, person after person."""
    tags = tags_in(scope)
    holders = live_taggings().filter(tag__in=tags).values("member__own_identity__member")
    everybody = people(scope).filter(pk__in=holders).order_by("pk").values_list("pk", flat=True)
    for part in chunks(list(everybody)):
        found = carried(scope, part, tags)
        for member in people(scope).filter(pk__in=part).order_by("pk"):
            for each in found.get(member.pk, []):
                yield member, each


def acts_in(scope: Scope) -> QuerySet[TagAct]:
    """What was done to tags by the account that asks, and by anybody to tags of units where members may be edited; the latest first."""
    found = TagAct.objects.select_related("tag__group", "into", "unit").order_by("-at", "-id")
    if scope.everything:
        return found
    mine = Q(by=scope.actor.key)
    account = acting_account(scope.actor)
    if account is not None:
        mine |= Q(by=f"staff:{account}")
    return found.filter(mine | Q(unit__in=scope.units("members.edit")))


def find_act(scope: Scope, public_id: str) -> TagAct:
    """The act with that public id.

    Raises DomainError unknown_tag_act unless it is among `acts_in`.
    """
    found = acts_in(scope).filter(public_id=public_id).first()
    if found is None:
        message = Words("没有编号为“{id}”的打标签操作", "there is no act of tagging with the id “{id}”")
        raise DomainError("unknown_tag_act", message.fill(id=public_id))
    return found
