"""Tags and their groups: what units have to say of their people in a word; made, renamed, moved, put away."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import transaction
from django.db.models import Max

from qunyu.kernel import audit
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.members.models import Tag, Tagging, TagGroup
from qunyu.members.rules.tags import LONGEST_HELP, LONGEST_NAME, checked_name, checked_text, folded
from qunyu.people.queries import unit_paths

if TYPE_CHECKING:
    from qunyu.people.models import Unit

__all__ = [
    "LONGEST_HELP",
    "LONGEST_NAME",
    "add_group",
    "add_tag",
    "archive",
    "delete",
    "edit_group",
    "edit_tag",
    "move",
    "require_no_rule",
    "require_wide",
]

MOST_GROUPS, MOST_TAGS = 100, 500
Row = TypeVar("Row", TagGroup, Tag)


@transaction.atomic
def add_group(*, by: Scope, unit: Unit, now: datetime, name: str, **told: Any) -> TagGroup:
    """A new group of `unit`; `told` as in `edit_group`.

    Raises Denied; DomainError bad_tag, tag_taken or too_many_tags with the `field`.
    """
    by.require("members.edit", unit.pk)
    rows = TagGroup.objects.filter(unit=unit)
    if rows.count() >= MOST_GROUPS:
        message = Words("一个单位最多 {n} 个标签组", "a unit has at most {n} groups of tags")
        raise DomainError("too_many_tags", message.fill(n=MOST_GROUPS), field="name")
    last = rows.aggregate(last=Max("position"))["last"]
    row = TagGroup(unit=unit, position=0 if last is None else last + 1)
    _take(row, {"name": name, **told}, ("name", "help", "exclusive"))
    _free(row, rows)
    row.save()
    audit.record(by=by.actor, action="tag_group.add", kind="tag_group", id=row.pk, now=now, unit=unit.pk)
    return row


@transaction.atomic
def edit_group(*, by: Scope, group: TagGroup, now: datetime, **told: Any) -> TagGroup:
    """The group with another name, help or exclusive; again changes nothing.

    Of a group that becomes exclusive the tag put last counts on whoever carries several; nothing is taken off.
    Raises Denied; DomainError bad_tag or tag_taken with the `field`.
    """
    by.require("members.edit", group.unit_id)
    changed = _take(group, told, ("name", "help", "exclusive"))
    if changed:
        _free(group, TagGroup.objects.filter(unit=group.unit_id))
        group.save()
        audit.record(by=by.actor, action="tag_group.edit", kind="tag_group", id=group.pk, now=now, fields=changed)
    return group


@transaction.atomic
def add_tag(*, by: Scope, group: TagGroup, now: datetime, name: str, **told: Any) -> Tag:
    """A new tag of `group`; `told` as in `edit_tag`.

    Raises Denied; DomainError bad_tag, tag_taken or too_many_tags with the `field`.
    """
    by.require("members.edit", group.unit_id)
    rows = Tag.objects.filter(group=group)
    if rows.count() >= MOST_TAGS:
        message = Words("一个组最多 {n} 个标签", "a group has at most {n} tags")
        raise DomainError("too_many_tags", message.fill(n=MOST_TAGS), field="name")
    last = rows.aggregate(last=Max("position"))["last"]
    row = Tag(group=group, position=0 if last is None else last + 1)
    _take(row, {"name": name, **told}, ("name", "help"))
    _free(row, rows)
    row.save()
    audit.record(by=by.actor, action="tag.add", kind="tag", id=row.pk, now=now, unit=group.unit_id)
    return row


@transaction.atomic
def edit_tag(*, by: Scope, tag: Tag, now: datetime, group: TagGroup | None = None, **told: Any) -> Tag:
    """The tag with another name or help, or in another group; who carries it keeps it. Again changes nothing.

    Raises Denied; DomainError bad_tag or tag_taken with the `field`, narrow_group where the group is not for all the tag is for.
    """
    by.require("members.edit", tag.group.unit_id)
    changed = _take(tag, told, ("name", "help"))
    if group is not None and group.pk != tag.group_id:
        by.require("members.edit", group.unit_id)
        require_wide(tag, group)
        tag.group, changed = group, [*changed, "group"]
    if changed:
        _free(tag, Tag.objects.filter(group=tag.group_id))
        tag.save()
        audit.record(by=by.actor, action="tag.edit", kind="tag", id=tag.pk, now=now, fields=changed)
    return tag


def require_wide(tag: Tag, group: TagGroup) -> None:
    """Raises DomainError narrow_group unless `group` is for everybody whom `tag` is for."""
    paths = unit_paths()
    if not paths[tag.group.unit_id].startswith(paths[group.unit_id]):
        message = Words(
            "“{name}”这一组属于别的单位，用不到原来的人身上；请选本单位或上级单位的组",
            "the group “{name}” is of another unit and not for the same people; choose one of this unit or of one above it",
        )
        raise DomainError("narrow_group", message.fill(name=group.name), field="group")


@transaction.atomic
def move(*, by: Scope, row: TagGroup | Tag, down: bool, now: datetime) -> None:
    """Puts a group before its neighbour among its unit's groups (a tag among its group's tags), or behind it.

    Raises Denied.
    """
    by.require("members.edit", _unit(row))
    if isinstance(row, Tag):
        _swap(list(Tag.objects.filter(group=row.group_id).order_by("position", "id")), row, down)
    else:
        _swap(list(TagGroup.objects.filter(unit=row.unit_id).order_by("position", "id")), row, down)
    action = "tag.move" if isinstance(row, Tag) else "tag_group.move"
    audit.record(by=by.actor, action=action, kind=_noun(row), id=row.pk, now=now)


def _swap(rows: list[Row], row: Row, down: bool) -> None:
    place = next(number for number, each in enumerate(rows) if each.pk == row.pk)
    other = place + (1 if down else -1)
    if 0 <= other < len(rows):
        rows[place], rows[other] = rows[other], rows[place]
        for number, each in enumerate(rows):
            each.position = number
        type(row).objects.bulk_update(rows, ("position",))


@transaction.atomic
def archive(*, by: Scope, row: TagGroup | Tag, archived: bool, now: datetime) -> None:
    """Takes a group or tag out of every list and choice, or brings it back; who carries it keeps it, unseen. Again changes nothing.

    Raises Denied; DomainError rule_holds while a rule keeps it on anybody.
    """
    by.require("members.edit", _unit(row))
    if archived:
        require_no_rule(row)
    rows = type(row).objects.filter(pk=row.pk, archived_at__isnull=archived)
    row.archived_at = now if archived else None
    if rows.update(archived_at=row.archived_at):
        of_tag = "tag.archive" if archived else "tag.restore"
        action = of_tag if isinstance(row, Tag) else ("tag_group.archive" if archived else "tag_group.restore")
        audit.record(by=by.actor, action=action, kind=_noun(row), id=row.pk, now=now)


def require_no_rule(row: TagGroup | Tag) -> None:
    """Raises DomainError rule_holds while a rule keeps the tag, or one of the group, on anybody."""
    there = Tagging.objects.filter(withdrawn_at=None, source="rule")
    if there.filter(tag=row).exists() if isinstance(row, Tag) else there.filter(tag__group=row).exists():
        message = Words(
            "规则正在使用“{name}”；请先停用那条规则", "a rule puts “{name}” on people; switch the rule off first"
        )
        raise DomainError("rule_holds", message.fill(name=row.name))


@transaction.atomic
def delete(*, by: Scope, row: TagGroup | Tag, now: datetime) -> None:
    """Removes a group or tag that nobody ever carried.

    Raises Denied; DomainError tag_in_use for any other: it can be put away (`archive`).
    """
    by.require("members.edit", _unit(row))
    mine = Tagging.objects.filter(tag=row) if isinstance(row, Tag) else Tagging.objects.filter(tag__group=row)
    if mine.exists():
        message = Words("有人带过“{name}”；可以归档，不能删除", "people carried “{name}”; put it away instead")
        raise DomainError("tag_in_use", message.fill(name=row.name))
    action = "tag.delete" if isinstance(row, Tag) else "tag_group.delete"
    audit.record(by=by.actor, action=action, kind=_noun(row), id=row.pk, now=now)
    if isinstance(row, TagGroup):
        Tag.objects.filter(group=row).delete()
    row.delete()


def _unit(row: TagGroup | Tag) -> int:
    return row.group.unit_id if isinstance(row, Tag) else row.unit_id


def _noun(row: TagGroup | Tag) -> str:
    return "tag" if isinstance(row, Tag) else "tag_group"


def _take(row: TagGroup | Tag, told: Mapping[str, Any], known: tuple[str, ...]) -> list[str]:
    """Puts what is told into the row; the names of what that changed."""
    before = {name: getattr(row, name) for name in known}
    for name, value in told.items():
        if name not in known:
            raise TypeError(f"{_noun(row)} has no {name}")
        setattr(row, name, value)
    row.name = checked_name(row.name)
    row.help = checked_text(row.help, "help", LONGEST_HELP)
    row.folded = folded(row.name)
    return sorted(name for name in known if getattr(row, name) != before[name])


def _free(row: Row, rows: Any) -> None:
    """Raises DomainError tag_taken where one of `rows` is called so already, put away or not."""
    other = rows.filter(folded=row.folded).exclude(pk=row.pk).first()
    if other is not None:
        message = (
            Words("“{name}”已经有了", "there is “{name}” already")
            if other.archived_at is None
            else Words("“{name}”已归档；可以恢复它", "“{name}” was put away; it can be brought back")
        )
        raise DomainError("tag_taken", message.fill(name=other.name), field="name")
