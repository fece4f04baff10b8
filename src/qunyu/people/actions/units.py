"""Writes of the organisation tree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import ProtectedError, Value
from django.db.models.functions import Concat, Substr

from qunyu.kernel import audit
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.people.actions.names import NAME_LENGTH, checked_name
from qunyu.people.models import DEEPEST, Grant, Level, Unit, UnitSetting

NOT_THE_ROOT = Words("总部是整棵树的顶端，不能移动或删除", "the top of the tree can neither be moved nor removed")
CYCLE = Words(
    "“{unit}”不能移到自己或自己的下级“{parent}”之下", "“{unit}” cannot go below itself or below its own “{parent}”"
)
TAKEN = Words(
    "“{parent}”下已有名为“{name}”的单位，请换一个名称",
    "“{parent}” has a unit called “{name}” already, choose another name",
)
TOO_DEEP = Words("组织树最多 {n} 层", "the tree has {n} levels at most")
HELD = Words(
    "“{unit}”还不能删除：它之下还有{what}；请先移走",
    "“{unit}” cannot be removed yet: it still holds {what}; move them elsewhere first",
)
_KINDS: dict[str, Words] = {
    "people.unit": Words("下级单位 {n} 个", "units ({n})"),
    "people.grant": Words("授权 {n} 项", "roles granted there ({n})"),
    "communities.community": Words("社群 {n} 个", "communities ({n})"),
    "commerce.order": Words("订单 {n} 笔", "orders ({n})"),
}


@transaction.atomic
def add_unit(*, by: Scope, parent: Unit, name: str, now: datetime) -> Unit:
    """The unit `name` below `parent`: made, or the one that is there.

    Raises Denied; DomainError bad_name or too_deep.
    """
    by.require("staff.manage", parent.pk)
    name = _unit_name(name)
    if parent.depth + 1 >= DEEPEST:
        raise DomainError("too_deep", TOO_DEEP.fill(n=DEEPEST), field="parent")
    unit, made = Unit.objects.get_or_create(parent=parent, name=name)
    if made:
        unit.path = f"{parent.path}{unit.pk}/"
        unit.save(update_fields=("path",))
        audit.record(by=by.actor, action="unit.add", kind="unit", id=unit.pk, now=now, parent=parent.pk)
    return unit


def _unit_name(given: str) -> str:
    name = checked_name(given, NAME_LENGTH)
    if "/" in name:  # it parts the names of a path
        message = Words("单位名称不能含有“/”", "a unit’s name cannot hold “/”")
        raise DomainError("bad_name", message, name=name, field="name")
    return name


@transaction.atomic
def rename_unit(*, by: Scope, unit: Unit, name: str, now: datetime) -> None:
    """Calls `unit` `name` from now on; the same name again changes nothing.

    Raises Denied; DomainError bad_name or unit_taken.
    """
    by.require("staff.manage", unit.pk)
    name = _unit_name(name)
    if name == unit.name:
        return
    _refuse_taken(unit.parent, name)
    unit.name = name
    unit.save(update_fields=("name",))
    audit.record(by=by.actor, action="unit.rename", kind="unit", id=unit.pk, now=now)


def _refuse_taken(parent: Unit | None, name: str) -> None:
    if parent is not None and parent.children.filter(name=name).exists():
        message = TAKEN.fill(parent=parent.name, name=name)
        raise DomainError("unit_taken", message, name=name, field="name")


@transaction.atomic
def move_unit(*, by: Scope, unit: Unit, parent: Unit, now: datetime) -> None:
    """Puts `unit`, with everything below it, below `parent`; where it is already changes nothing.

    Raises Denied unless `by` manages the unit, where it was and where it goes; DomainError unit_root, unit_cycle, unit_taken or too_deep.
    """
    # Paths are written from paths: two moves at once would mix them up.
    Unit.objects.select_for_update().get(parent=None)
    unit.refresh_from_db()
    parent.refresh_from_db()
    _may_move(by, unit, parent)
    if unit.parent_id == parent.pk:
        return
    _refuse_move(unit, parent)
    old, was = unit.path, unit.parent_id
    new = f"{parent.path}{unit.pk}/"
    below = Unit.objects.filter(path__startswith=old)
    below.update(path=Concat(Value(new), Substr("path", len(old) + 1)))
    Unit.objects.filter(pk=unit.pk).update(parent=parent)
    unit.refresh_from_db()
    audit.record(by=by.actor, action="unit.move", kind="unit", id=unit.pk, now=now, parent=parent.pk, old_parent=was)


def _may_move(by: Scope, unit: Unit, parent: Unit) -> None:
    if unit.parent_id is None:
        raise DomainError("unit_root", NOT_THE_ROOT)
    for each in (unit.pk, unit.parent_id, parent.pk):
        by.require("staff.manage", each)


def _refuse_move(unit: Unit, parent: Unit) -> None:
    if parent.path.startswith(unit.path):
        raise DomainError("unit_cycle", CYCLE.fill(unit=unit.name, parent=parent.name), field="parent")
    _refuse_taken(parent, unit.name)
    deepest = max(each.depth for each in Unit.objects.filter(path__startswith=unit.path))
    if parent.depth + 1 + deepest - unit.depth >= DEEPEST:
        raise DomainError("too_deep", TOO_DEEP.fill(n=DEEPEST), field="parent")


@transaction.atomic
def remove_unit(*, by: Scope, unit: Unit, now: datetime) -> None:
    """Removes a unit that holds nothing any more; its settings, scheduled reports and kept reports go with it.

    Raises Denied; DomainError unit_root, or unit_held naming what it still holds.
    """
    by.require("staff.manage", unit.pk)
    if unit.parent_id is None:
        raise DomainError("unit_root", NOT_THE_ROOT)
    key, held = unit.pk, _held(unit)
    if not held:
        held = _delete(unit)
    if held:
        raise _still_held(unit, held)
    audit.record(by=by.actor, action="unit.remove", kind="unit", id=key, now=now)


def _held(unit: Unit) -> dict[str, int]:
    counts = {
        "people.unit": Unit.objects.filter(parent=unit).count(),
        "people.grant": Grant.objects.filter(unit=unit).count(),
    }
    return {kind: count for kind, count in counts.items() if count}


def _delete(unit: Unit) -> dict[str, int]:
    """Deletes it, unless rows of the layers above point at it: how many of each kind."""
    found: dict[str, int] = {}
    try:
        with transaction.atomic():
            unit.delete()
    except ProtectedError as error:
        for each in error.protected_objects:
            found[each._meta.label_lower] = found.get(each._meta.label_lower, 0) + 1
    return found


def _still_held(unit: Unit, held: Mapping[str, int]) -> DomainError:
    named = [
        _KINDS.get(kind, Words(f"{kind}（{{n}}）", f"{kind} ({{n}})")).fill(n=count) for kind, count in held.items()
    ]
    what = Words("、".join(each.zh for each in named), ", ".join(each.en for each in named))
    message = Words(HELD.zh.format(unit=unit.name, what=what.zh), HELD.en.format(unit=unit.name, what=what.en))
    return DomainError("unit_held", message, held=dict(held))


@transaction.atomic
def name_levels(*, by: Scope, names: Sequence[str], now: datetime) -> None:
    """Calls the levels of the tree by these names, from the top down; an empty name calls that level nothing.

    Raises Denied unless `by` manages the whole tree; DomainError bad_name or too_deep.
    """
    root = Unit.objects.get(parent=None)
    by.require("staff.manage", root.pk)
    if len(names) > DEEPEST:
        raise DomainError("too_deep", TOO_DEEP.fill(n=DEEPEST))
    wanted = {
        depth: checked_name(name, NAME_LENGTH, f"level-{depth}") for depth, name in enumerate(names) if name.strip()
    }
    if wanted == dict(Level.objects.values_list("depth", "name")):
        return
    Level.objects.all().delete()
    Level.objects.bulk_create([Level(depth=depth, name=name) for depth, name in wanted.items()])
    audit.record(by=by.actor, action="unit.levels", kind="unit", id=root.pk, now=now, levels=len(wanted))


@transaction.atomic
def change_settings(
    *, by: Scope, unit: Unit, changes: Mapping[str, float | None], now: datetime, needed: str = "settings.edit"
) -> bool:
    """Sets numbers of `unit`, None to inherit again; whether anything changed. Who owns a setting checks its value, and says what is `needed`.

    Raises Denied.
    """
    by.require(needed, unit.pk)
    before = dict(UnitSetting.objects.filter(unit=unit).values_list("key", "value"))
    changed = {key: value for key, value in changes.items() if before.get(key) != value}
    for key, value in changed.items():
        if value is None:
            UnitSetting.objects.filter(unit=unit, key=key).delete()
        else:
            UnitSetting.objects.update_or_create(unit=unit, key=key, defaults={"value": value})
    if changed:
        was = {key: before.get(key) for key in changed}
        audit.record(by=by.actor, action="unit.settings", kind="unit", id=unit.pk, now=now, to=changed, was=was)
    return bool(changed)
