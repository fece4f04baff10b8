"""Rules of tags: a tag that follows a segment; what applying one would do, and does."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from qunyu.kernel import audit
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.members.tag_queries import find_tag
from qunyu.members.tag_rules import Kept, ahead, keep, stop
from qunyu.people.queries import unit_paths
from qunyu.segments.actions import CANNOT_ASK, NEEDED, apart, beyond
from qunyu.segments.conditions import reads_itself, tags_behind
from qunyu.segments.models import TagRule
from qunyu.segments.queries import members_in, sees_all, unit_scope

if TYPE_CHECKING:
    from qunyu.segments.models import Segment


def _allowed(by: Scope, segment: Segment) -> None:
    """Who gets a tag tells what the segment asks: so whoever sets a rule must be allowed to know that of everybody.

    Raises Denied; DomainError rule_beyond_scope.
    """
    by.require(NEEDED, segment.unit_id)
    if not sees_all(by, segment):
        raise beyond("tag")


@transaction.atomic
def add_rule(*, by: Scope, segment: Segment, tag: str, now: datetime) -> TagRule:
    """A rule that keeps the tag (public id) on whoever is in the segment; it is followed from the next run on.

    Raises Denied; DomainError unknown_tag, tag_ruled, tag_elsewhere, rule_beyond_scope or segment_cycle.
    """
    _allowed(by, segment)
    found = find_tag(by, tag)
    paths = unit_paths()
    if not paths[segment.unit_id].startswith(paths[found.group.unit_id]):
        message = Words("标签“{name}”不属于这个单位", "the tag “{name}” is not for the people of this unit")
        raise DomainError("tag_elsewhere", message.fill(name=found.name), field="tag")
    taken = TagRule.objects.filter(tag=found).select_related("segment").first()
    if taken is not None:
        message = Words("标签“{tag}”已随人群“{name}”变动", "the tag “{tag}” follows the segment “{name}” already")
        raise DomainError("tag_ruled", message.fill(tag=found.name, name=taken.segment.name), field="tag")
    reads_itself(segment, rule=found.public_id, rule_name=f"{found.group.name}/{found.name}")
    row = TagRule.objects.create(segment=segment, tag=found, made_at=now, made_by=by.actor.name[:120])
    audit.record(by=by.actor, action="tag_rule.add", kind="segment", id=segment.pk, now=now, tag=found.pk)
    return row


def look_ahead(*, by: Scope, rule: TagRule, now: datetime) -> Kept:
    """Who would get the tag and who would lose it; nothing is written.

    Raises as `add_rule` does.
    """
    _allowed(by, rule.segment)
    return ahead(rule.tag, _people(rule, now))


def _people(rule: TagRule, now: datetime) -> list[int]:
    ids: list[int] = members_in(unit_scope(rule.segment.unit, "tag rules"), rule.segment, now).tolist()
    return ids


def apply_rule(*, by: Scope, rule: TagRule, now: datetime) -> Kept:
    """Follows the rule now; again changes nothing.

    Raises as `add_rule` does.
    """
    _allowed(by, rule.segment)
    # Asked before the transaction: nothing else can be written to SQLite while one is open.
    people = _people(rule, now)
    with transaction.atomic():
        return _followed(by, rule, people, now)


def _followed(by: Scope, rule: TagRule, people: list[int], now: datetime) -> Kept:
    segment = rule.segment
    done = keep(by=by, tag=rule.tag, members=people, why=segment.name, now=now, unit=segment.unit_id)
    rule.applied_at, rule.came, rule.went = now, len(done.came), len(done.went)
    rule.save(update_fields=("applied_at", "came", "went"))
    told = {"tag": rule.tag_id, "came": rule.came, "went": rule.went}
    if done.came or done.went:
        audit.record(by=by.actor, action="tag_rule.apply", kind="segment", id=rule.segment_id, now=now, **told)
    return done


@transaction.atomic
def remove_rule(*, by: Scope, rule: TagRule, now: datetime) -> int:
    """Ends a rule and takes its tags off, how many; what people or imports put on stays.

    Raises Denied.
    """
    by.require(NEEDED, rule.segment.unit_id)
    gone = stop(by=by, tag=rule.tag, now=now, unit=rule.segment.unit_id)
    told = {"tag": rule.tag_id, "went": len(gone.went)}
    audit.record(by=by.actor, action="tag_rule.remove", kind="segment", id=rule.segment_id, now=now, **told)
    rule.delete()
    return len(gone.went)


def apply_all(*, by: Scope, now: datetime) -> dict[str, int]:
    """Follows every rule, those first whose tags others read; how many tags came and went, and how many rules could not be followed."""
    found = {"came": 0, "went": 0, "unfollowed": 0}
    for rule in _in_order():
        try:
            with apart():
                done = apply_rule(by=by, rule=rule, now=now)
        except CANNOT_ASK:
            found["unfollowed"] += 1
            continue
        found["came"] += len(done.came)
        found["went"] += len(done.went)
    return found


def _in_order() -> list[TagRule]:
    """Every rule of a segment in use; one that reads another's tag stands behind it. No rule reads itself, so there is such an order."""
    rows = list(
        TagRule.objects.filter(segment__archived_at=None).select_related("segment__unit", "tag__group").order_by("id")
    )
    behind = {each.pk: tags_behind(each.segment) for each in rows}
    ordered: list[TagRule] = []
    waiting = rows
    while waiting:
        tags = {each.tag.public_id for each in waiting}
        ready = [each for each in waiting if not behind[each.pk] & tags] or waiting
        ordered += ready
        waiting = [each for each in waiting if each not in ready]
    return ordered
