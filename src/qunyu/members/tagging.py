"""Tagging: putting tags on people and taking them off, one or many at once, and undoing each act as a whole."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef

from qunyu.jobs.port import enqueue, load
from qunyu.kernel import audit
from qunyu.kernel.actor import Actor
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Denied, Scope
from qunyu.kernel.words import Words
from qunyu.members.matching import chunks
from qunyu.members.merging import editable
from qunyu.members.models import Identity, Tag, TagAct, Tagging
from qunyu.members.queries import identities_in
from qunyu.members.rules.tags import LONGEST_REASON, Put, Step, checked_text, putting, taking
from qunyu.people.queries import units_below

# Of more people a worker does it, so that nobody waits and no transaction lasts.
AT_ONCE = 1_000
FOLDER = "tag-acts"


@dataclass(frozen=True, slots=True)
class Effect:
    """What putting a tag on `asked` people (or taking it off) does: of how many it changes anything, and of whom it does not.

    `already` are as wanted; `outside` are not for this tag or may not be edited; `replaced` lose another tag of the exclusive group;
    on `kept` a rule keeps the tag.
    """

    asked: int = 0
    people: int = 0
    already: int = 0
    outside: int = 0
    replaced: int = 0
    kept: int = 0

    def __add__(self, other: Effect) -> Effect:
        return Effect(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))


def effect(by: Scope, tag: Tag, members: Collection[int], *, take: bool = False) -> Effect:
    """What `put` (or `take_off`) would do now; writes nothing. `members` are people found under `by`.

    Raises Denied.
    """
    by.require("members.edit")
    found = Effect()
    for part in chunks(members):
        found += Part(by, tag, part, take).effect
    return found


def put(*, by: Scope, tag: Tag, members: Collection[int], reason: str = "", now: datetime) -> TagAct:
    """Puts a tag on people found under `by`; on more than AT_ONCE a worker does. Whoever carries it already stays as they are.

    Of an exclusive group it takes the other tags off, but for what a rule keeps. Raises Denied; DomainError tag_archived, bad_tag,
    tag_changes_nothing where it would change nothing.
    """
    return _ask(by, tag, members, reason, now, take=False)


def take_off(*, by: Scope, tag: Tag, members: Collection[int], reason: str = "", now: datetime) -> TagAct:
    """Takes a tag off people, as `put` puts it on; a rule's stays while the rule holds.

    Raises Denied; DomainError rule_holds where rules keep it on all of them, tag_changes_nothing, bad_tag.
    """
    return _ask(by, tag, members, reason, now, take=True)


def _ask(by: Scope, tag: Tag, members: Collection[int], reason: str, now: datetime, *, take: bool) -> TagAct:
    if len(members) > AT_ONCE:
        load()
    why = checked_text(reason, "reason", LONGEST_REASON)
    if not take:
        require_in_use(tag)
    found = effect(by, tag, members, take=take)
    _require_change(tag, found, take)
    with transaction.atomic():
        kind = TagAct.Kind.TAKE if take else TagAct.Kind.PUT
        act = begin(by=by, kind=kind, unit=tag.group.unit_id, now=now, tag=tag, reason=why)
        data = {"people": found.people, "act": act.public_id}
        action = "tag.take" if take else "tag.put"
        audit.record(by=by.actor, action=action, kind="tag", id=tag.pk, now=now, **data)
        if len(members) > AT_ONCE:
            mine = [each for part in chunks(members) for each in Part(by, tag, part, take).reached]
            keep_list(act, mine)
            enqueue("members.tag", key=act.public_id, act=act.pk)
        else:
            finish(act, _do(by, act, members, now))
    return act


def require_in_use(tag: Tag) -> None:
    """Raises DomainError tag_archived for a tag that was put away."""
    if tag.archived_at or tag.group.archived_at:
        message = Words("“{name}”已归档；请先恢复", "“{name}” was put away; bring it back first")
        raise DomainError("tag_archived", message.fill(name=tag.name), field="tag")


def _require_change(tag: Tag, found: Effect, take: bool) -> None:
    if take and found.kept and not found.people:
        message = Words(
            "“{name}”由规则打上，规则成立期间不能手工去掉；请改规则，或等它不再成立",
            "a rule puts “{name}” there, and it cannot be taken off while the rule holds; change the rule",
        )
        raise DomainError("rule_holds", message.fill(name=tag.name), field="tag")
    if not found.people and found.outside and not found.already:
        raise Denied("members.edit")
    if not found.people:
        done = Words("这些人都没有“{name}”", "none of them carries “{name}”") if take else ALREADY
        raise DomainError("tag_changes_nothing", done.fill(name=tag.name), field="tag")


ALREADY = Words("这些人都已有“{name}”", "all of them carry “{name}” already")


def begin(*, by: Scope, kind: str, unit: int, now: datetime, **told: Any) -> TagAct:
    """A new act, for callers that then write what was done under its public id and `finish` it."""
    who = {"by": by.actor.key, "by_name": by.actor.name[:120]}
    return TagAct.objects.create(kind=kind, unit_id=unit, at=now, **who, **told)


def finish(act: TagAct, people: int) -> None:
    """Notes of how many people the act changed anything."""
    act.people = people
    act.save(update_fields=("people",))


def run(*, key: int, now: datetime) -> None:
    """Does an act that waits; run again after a crash it goes on: whoever has the tag already is passed over."""
    act = TagAct.objects.select_related("tag__group__unit").get(pk=key)
    if act.people is not None or act.undone_at is not None:
        drop_list(act)
        return
    members = kept_list(act)
    scope = actor_scope(act)
    for part in chunks(members):
        with transaction.atomic():
            _do(scope, act, part, now)
    finish(act, changed_by(act))
    drop_list(act)


def actor_scope(act: TagAct) -> Scope:
    """Everything, in the name of whoever asked; who may be changed was settled when they asked."""
    kind, _, id = act.by.partition(":")
    return Scope(Actor(kind, int(id), act.by_name), everything=True)  # type: ignore[arg-type]


def kept_path(act: TagAct) -> Path:
    """Where it stands what an act that waits is about."""
    return Path(settings.QUNYU_DATA) / FOLDER / f"{act.public_id}.json"


def keep_list(act: TagAct, what: list[Any]) -> None:
    """Keeps what an act that waits is about, until a worker does it."""
    path = kept_path(act)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(what, ensure_ascii=False), encoding="utf-8")


def kept_list(act: TagAct) -> list[Any]:
    """What `keep_list` kept."""
    return list(json.loads(kept_path(act).read_text(encoding="utf-8")))


def drop_list(act: TagAct) -> None:
    """Forgets what `keep_list` kept."""
    kept_path(act).unlink(missing_ok=True)


def changed_by(act: TagAct) -> int:
    """Of how many people the act has changed anything."""
    made = Tagging.objects.filter(act=act.public_id) | Tagging.objects.filter(withdrawn_act=act.public_id)
    return made.values("member__own_identity__member").distinct().count()


def _do(by: Scope, act: TagAct, members: Collection[int], now: datetime) -> int:
    if act.tag is None:
        raise TypeError("an act of several tags is no putting or taking")
    changed = 0
    for part in chunks(members):
        found = Part(by, act.tag, part, act.kind == TagAct.Kind.TAKE)
        end(act, [row for step in found.steps.values() for row in step.ended], now, by.actor.name)
        new = [member for member, step in found.steps.items() if step.new]
        write(act, dict.fromkeys(new, act.tag.pk), now)
        changed += found.effect.people
    return changed


def write(
    act: TagAct, put: Mapping[int, int], now: datetime, source: str = "hand", reasons: Mapping[int, str] | None = None
) -> None:
    """New taggings (member -> tag) of the act, for callers that have asked whether they may; `reasons` by member in the place of the act's."""
    said = reasons or {}
    Tagging.objects.bulk_create(
        Tagging(
            act=act.public_id,
            tag_id=tag,
            member_id=member,
            source=source,
            reason=said.get(member, act.reason),
            at=now,
            by=act.by,
            by_name=act.by_name,
        )
        for member, tag in put.items()
    )


def end(act: TagAct, rows: Collection[int], now: datetime, by_name: str) -> None:
    """Ends taggings as the act's doing, for callers that have asked whether they may."""
    for part in chunks(rows):
        mine = Tagging.objects.filter(pk__in=part, withdrawn_at=None)
        mine.update(withdrawn_at=now, withdrawn_by_name=by_name[:120], withdrawn_act=act.public_id)


class Part:
    """Some people (not more than a query takes), and what putting the tag on each of them, or taking it off, does."""

    def __init__(self, by: Scope, tag: Tag, members: list[int], take: bool) -> None:
        self.tag, self.asked = tag.pk, len(members)
        self.reached = reached(by, tag, members)
        self.steps: dict[int, Step] = {}
        self.rows = _rows(tag, self.reached)
        for member in sorted(self.reached):
            mine = self.rows.get(member, [])
            self.steps[member] = taking(tag.pk, mine) if take else putting(tag.pk, mine, exclusive=tag.group.exclusive)

    @property
    def effect(self) -> Effect:
        changed = [member for member, step in self.steps.items() if step.new or step.ended]
        kept = sum(step.kept for step in self.steps.values())
        still = sum(step.kept and not step.ended for step in self.steps.values())
        return Effect(
            asked=self.asked,
            people=len(changed),
            already=len(self.steps) - len(changed) - still,
            outside=self.asked - len(self.steps),
            replaced=sum(self._loses(member, step) for member, step in self.steps.items()),
            kept=kept,
        )

    def _loses(self, member: int, step: Step) -> bool:
        return any(each.row in step.ended and each.tag != self.tag for each in self.rows.get(member, []))


def reached(by: Scope, tag: Tag, members: Collection[int]) -> set[int]:
    """Those of `members` (not more than a query takes) whom `by` may edit and whom the tag is for."""
    unit = tag.group.unit
    if unit.parent_id is None:
        mine = editable(by)
    else:
        below = units_below(unit)
        held = ("members.view", "members.edit", "orders.view")
        here = Scope(by.actor, dict.fromkeys(held, below)) if by.everything else by.limited(None, below)
        mine = identities_in(here.within("members.edit"))
    return set(mine.filter(member__in=members).values_list("member", flat=True))


def _rows(tag: Tag, members: Collection[int]) -> dict[int, list[Put]]:
    """What of the tag's group (of a group that is not exclusive: of the tag) holds on each of the members."""
    there = Tagging.objects.filter(withdrawn_at=None, member__own_identity__member__in=members)
    mine = (
        there.filter(tag__group=tag.group_id, tag__archived_at=None) if tag.group.exclusive else there.filter(tag=tag)
    )
    found: dict[int, list[Put]] = {}
    for head, row, key, source, at in mine.values_list("member__own_identity__member", "id", "tag", "source", "at"):
        found.setdefault(head, []).append(Put(row, key, source, at))
    return found


def undo(*, by: Scope, act: TagAct, now: datetime) -> int:
    """Takes back all that an act did: what it put goes as if it had never been, what it took off is back unless it was put on anew since.

    Of how many people that changed anything; again changes nothing.

    Raises Denied unless `by` may edit everybody it touched; DomainError cannot_undo for a rule's, and while a worker is at it.
    """
    if act.kind == TagAct.Kind.RULE or act.people is None:
        raise DomainError("cannot_undo", Words("这次操作不能撤销", "this act cannot be undone"))
    with transaction.atomic():
        touched = {*_members("act", act), *_members("withdrawn_act", act)}
        _require_all(by, touched)
        if not TagAct.objects.filter(pk=act.pk, undone_at=None).update(
            undone_at=now, undone_by_name=by.actor.name[:120]
        ):
            return 0
        void(act, now, by.actor.name)
        if act.kind == TagAct.Kind.MERGE and act.tag is not None:
            Tag.objects.filter(pk=act.tag.pk).update(archived_at=None)
        data = {"people": len(touched), "act": act.public_id}
        audit.record(by=by.actor, action="tag.undo", kind="tag", id=act.tag_id or 0, now=now, **data)
    return len(touched)


def void(act: TagAct, now: datetime, by_name: str) -> None:
    """Makes the taggings of an act as if it had never been, and those that it ended hold again."""
    mine = Tagging.objects.filter(act=act.public_id)
    mine.filter(withdrawn_at=None).update(withdrawn_at=now, withdrawn_by_name=by_name[:120])
    mine.update(withdrawn_act=act.public_id)
    again = Tagging.objects.filter(
        withdrawn_at=None, tag=OuterRef("tag"), member=OuterRef("member"), source=OuterRef("source")
    )
    ended = Tagging.objects.filter(withdrawn_act=act.public_id).exclude(act=F("withdrawn_act"))
    free = list(ended.filter(~Exists(again)).values_list("pk", flat=True))
    for part in chunks(free):
        Tagging.objects.filter(pk__in=part).update(withdrawn_at=None, withdrawn_by_name="", withdrawn_act="")


def _members(name: str, act: TagAct) -> Iterator[int]:
    yield from Tagging.objects.filter(**{name: act.public_id}).values_list("member", flat=True).distinct().iterator()


def _require_all(by: Scope, members: Collection[int]) -> None:
    if by.everything:
        return
    for part in chunks(members):
        # What is left of erased people is nobody's to speak for.
        mine = Identity.objects.filter(own_member__in=part, member__erased=False).values("member")
        heads = set(mine.values_list("member", flat=True))
        if heads - set(editable(by).filter(member__in=heads).values_list("member", flat=True)):
            raise Denied("members.edit")
