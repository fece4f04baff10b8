"""Bounds: erased people stay out, snapshots and rules tell nobody more than they may know, and no condition ends the nightly job."""

from __future__ import annotations

from typing import Any

from qunyu.api.schemas.segments import rule_out
from qunyu.kernel.scope import Scope
from qunyu.members.models import Tag, TagGroup
from qunyu.members.sets import heads
from qunyu.members.tag_rules import ahead
from qunyu.people.models import Unit
from qunyu.people.queries import root_unit, scope_of
from qunyu.segments.actions import edit_segment, take_snapshot, undo_edit
from qunyu.segments.conditions import Speaker
from qunyu.segments.models import Segment, SegmentSnapshot, TagRule
from qunyu.segments.queries import find_snapshot, snapshots
from qunyu.segments.rules_of_tags import add_rule
from tests.deployment_fixtures import NOW, AddStaff
from tests.segments.conftest import Names, identity, person
from tests.segments.test_keeping import made, refused


def test_erased_people_are_found_by_nothing(world: Unit, system: Scope, who: Names) -> None:
    ann, bob, both = identity("Ann"), identity("Bob"), {"Ann", "Bob"}
    assert who("sent messages where (unit=华南店)") == both
    gone = person("Ann")
    gone.erased = True
    gone.save()
    assert who("sent messages where (unit=华南店)") == {"Bob"}
    assert (heads([ann.pk, bob.pk])[0].tolist(), ann.pk in heads(None)[0]) == ([bob.pk], False)
    assert ahead(Tag.objects.get(), [gone.pk, person("Bob").pk]).came == {person("Bob").pk}


def test_a_snapshot_is_for_who_took_it_or_may_know_all_of_it(world: Unit, system: Scope, staff: AddStaff) -> None:
    top = made(system, root_unit(), "全部买家", "ordered")
    owner, again, boss = (
        scope_of(staff(name, "owner", unit)) for name, unit in (("a", world), ("b", world), ("c", root_unit()))
    )
    taken = take_snapshot(by=system, segment=top, now=NOW)
    assert [snapshots(each, top) for each in (owner, boss, system)] == [[], [taken], [taken]]
    assert refused("unknown_snapshot", find_snapshot, owner, top, taken.public_id)
    mine = SegmentSnapshot.objects.create(
        segment=top, at=NOW, by_name="a", by_key=owner.actor.key, size=2, condition=top.condition, needs=taken.needs
    )
    assert [snapshots(each, top) for each in (owner, again, boss)] == [[mine], [], [mine, taken]]
    local = take_snapshot(by=again, segment=made(again, world, "买家", "ordered"), now=NOW)
    assert (local.by_key, snapshots(owner, local.segment)) == (again.actor.key, [local])


def test_counts_of_a_rule_are_told_to_who_may_know_them(world: Unit) -> None:
    segment = Segment(name="x")
    tag = Tag.objects.select_related("group").get()
    rule = TagRule(segment=segment, tag=tag, made_at=NOW, came=3, went=1)
    told = [(found.came, found.went) for found in (rule_out(rule, told=each) for each in (True, False))]
    assert told == [(3, 1), (None, None)]


def test_who_may_not_know_all_of_it_decides_no_tag_by_editing(world: Unit, system: Scope, staff: AddStaff) -> None:
    """A tag follows a segment of the headquarters, which reads one of the shop."""
    tea = made(system, world, "茶友", "in a community")
    reader = made(system, root_unit(), "总部", "segment is “茶友”")
    tag = Tag.objects.create(group=TagGroup.objects.create(unit=root_unit(), name="总"), name="t", folded="t")
    owner = scope_of(staff("owner", "owner", world))
    change: dict[str, Any] = {"segment": tea, "name": "茶友", "now": NOW}
    ordered = Speaker(system).from_text("ordered")
    assert edit_segment(by=owner, **change, condition=ordered)
    rule = add_rule(by=system, segment=reader, tag=tag.public_id, now=NOW)
    told = Speaker(owner).from_text("ordered at least 2 times")
    assert refused("rule_beyond_scope", edit_segment, by=owner, **change, condition=told)
    assert refused("rule_beyond_scope", undo_edit, by=owner, segment=tea, now=NOW)
    assert edit_segment(by=owner, **change | {"name": "茶客"}, condition=ordered)
    assert edit_segment(by=system, **change, condition=told)
    rule.delete()
    assert undo_edit(by=owner, segment=tea, now=NOW)
