"""Imports of tags: asked for with a plan, done at once or by a worker, and undone as any act of tagging."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from qunyu.jobs.port import enqueue, load
from qunyu.kernel import audit
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.members.matching import chunks
from qunyu.members.models import Tag, TagAct
from qunyu.members.tag_table import TagPlan
from qunyu.members.tagging import (
    AT_ONCE,
    Part,
    actor_scope,
    begin,
    changed_by,
    drop_list,
    end,
    finish,
    keep_list,
    kept_list,
    write,
)

if TYPE_CHECKING:
    from qunyu.people.models import Unit


def ask(*, by: Scope, unit: Unit, title: str, plan: TagPlan, skip: bool, now: datetime) -> TagAct:
    """An import of what `plan` says, kept with `unit`; of many tags a worker does it. `skip` leaves out the wrong lines.

    Raises Denied; DomainError wrong_lines unless there are none or they are to be left out, or nothing_to_import.
    """
    by.require("members.edit", unit.pk)
    if plan.wrong and not skip:
        message = Words(
            "有 {n} 行有误；请改正，或选择略过有误的行", "{n} lines are wrong; mend them, or leave them out"
        )
        raise DomainError("wrong_lines", message.fill(n=len(plan.wrong)), field="file")
    rows = [[each.member, tag.pk, each.reason] for each in plan.good for tag in each.tags]
    if not rows:
        raise DomainError("nothing_to_import", Words("没有要改动的内容", "it would change nothing"), field="file")
    if len(rows) > AT_ONCE:
        load()
    with transaction.atomic():
        act = begin(by=by, kind=TagAct.Kind.IMPORT, unit=unit.pk, now=now, title=title[:200])
        data = {"people": plan.counts["people"], "act": act.public_id}
        audit.record(by=by.actor, action="tag.import", kind="unit", id=unit.pk, now=now, **data)
        if len(rows) > AT_ONCE:
            keep_list(act, rows)
            enqueue("members.import_tags", key=act.public_id, act=act.pk)
        else:
            _put(by, act, rows, now)
            finish(act, changed_by(act))
    return act


def run(*, key: int, now: datetime) -> None:
    """Does an import that waits; run again after a crash it goes on: what is there already is passed over."""
    act = TagAct.objects.get(pk=key)
    if act.people is not None or act.undone_at is not None:
        drop_list(act)
        return
    _put(actor_scope(act), act, kept_list(act), now)
    finish(act, changed_by(act))
    drop_list(act)


def _put(by: Scope, act: TagAct, rows: Iterable[list[Any]], now: datetime) -> None:
    wanted: dict[int, dict[int, str]] = {}
    for member, tag, reason in rows:
        wanted.setdefault(tag, {})[member] = reason
    for tag in Tag.objects.filter(pk__in=wanted).select_related("group__unit").order_by("pk"):
        for part in chunks(wanted[tag.pk]):
            with transaction.atomic():
                found = Part(by, tag, part, False)
                end(act, [row for step in found.steps.values() for row in step.ended], now, by.actor.name)
                new = [member for member, step in found.steps.items() if step.new]
                write(act, dict.fromkeys(new, tag.pk), now, "import", wanted[tag.pk])
