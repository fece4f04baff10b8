"""Merging two tags that mean the same: whoever carries the one carries the other, and an undo parts them exactly."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from qunyu.kernel import audit
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.members.models import Tag, TagAct, Tagging
from qunyu.members.tagging import begin, end, finish
from qunyu.members.tags import require_no_rule, require_wide


@transaction.atomic
def merge_tags(*, by: Scope, tag: Tag, into: Tag, now: datetime) -> TagAct:
    """Gives everybody who carries `tag` the tag `into`, with who put it, when and why, and puts `tag` away; undone as any act.

    Raises Denied; DomainError merge_tag for a tag with itself or one put away, rule_holds while a rule keeps either of them on anybody,
    narrow_group where `into` is not for all that `tag` is for.
    """
    by.require("members.edit", tag.group.unit_id)
    by.require("members.edit", into.group.unit_id)
    if tag.pk == into.pk or tag.archived_at or into.archived_at or into.group.archived_at:
        raise DomainError(
            "merge_tag", Words("请选择另一个使用中的标签", "choose another tag that is in use"), field="into"
        )
    require_wide(tag, into.group)
    for each in (tag, into):
        require_no_rule(each)
    act = begin(by=by, kind=TagAct.Kind.MERGE, unit=tag.group.unit_id, now=now, tag=tag, into=into)
    rows = list(Tagging.objects.filter(tag=tag, withdrawn_at=None))
    _copy(act, tag, into)
    end(act, [row.pk for row in rows], now, by.actor.name)
    people = {row.member_id for row in rows}
    finish(act, len(people))
    Tag.objects.filter(pk=tag.pk).update(archived_at=now)
    tag.archived_at = now
    data = {"people": len(people), "other": into.pk, "act": act.public_id}
    audit.record(by=by.actor, action="tag.merge", kind="tag", id=tag.pk, now=now, **data)
    return act


def _copy(act: TagAct, tag: Tag, into: Tag) -> None:
    """The same taggings with the other tag, but where that is there already."""
    there = Tagging.objects.filter(tag=into, member=OuterRef("member"), source=OuterRef("source"), withdrawn_at=None)
    rows = list(Tagging.objects.filter(~Exists(there), tag=tag, withdrawn_at=None))
    for row in rows:
        row.pk, row.tag, row.act = None, into, act.public_id
    Tagging.objects.bulk_create(rows)
