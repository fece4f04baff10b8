"""Who carries tags: what narrows a query to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from django.db.models import Exists, OuterRef, Q, QuerySet

from qunyu.members.models import Tag, Tagging
from qunyu.members.own import PERSON

Mode = Literal["any", "all", "none"]


@dataclass(frozen=True)
class Tagged:
    """Who carries `any` of the tags, `all` of them, or `none`; no tags narrow nothing."""

    tags: Sequence[Tag] = ()
    mode: Mode = "any"


WHOEVER = Tagged()


def live_taggings() -> QuerySet[Tagging]:
    """The taggings that hold, of tags in use; `member__own_identity__member` is the person that each belongs to now."""
    return Tagging.objects.filter(withdrawn_at=None, tag__archived_at=None, tag__group__archived_at=None)


def tagged(wanted: Tagged, path: str) -> Q:
    """Narrows the members at the end of `path` to who carries what is wanted; a tag that another overrules is not carried."""
    # Sets, not a question for each member: few carry a tag, of however many there are.
    carried = [_holding(tag).filter(**{f"{PERSON}__isnull": False}).values(PERSON) for tag in wanted.tags]
    each = [Q(**{f"{path}__in": rows}) for rows in carried]
    found = Q()
    for one in each:
        found = found & one if wanted.mode == "all" else found | one
    return ~found if wanted.mode == "none" and each else found


def _holding(tag: Tag) -> QuerySet[Tagging]:
    there = live_taggings().filter(tag=tag)
    if not tag.group.exclusive:
        return there
    later = Q(at__gt=OuterRef("at")) | Q(at=OuterRef("at"), id__gt=OuterRef("id"))
    same = OuterRef(PERSON)
    other = live_taggings().filter(later, tag__group=tag.group_id, member__own_identity__member=same).exclude(tag=tag)
    return there.filter(~Exists(other))
