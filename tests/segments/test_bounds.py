"""Bounds: erased people stay out, snapshots and rules tell nobody more than they may know, and no condition ends the nightly job."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.db import connection

from qunyu.api.schemas.segments import rule_out
from qunyu.kernel.scope import Scope
from qunyu.members.models import Tag, TagGroup
from qunyu.members.sets import Ids, heads
from qunyu.members.tag_rules import ahead, keep
from qunyu.people.models import Unit
from qunyu.people.queries import root_unit, scope_of
from qunyu.segments import actions, rules_of_tags
from qunyu.segments.actions import edit_segment, take_snapshot, undo_edit
from qunyu.segments.conditions import Condition, Speaker
from qunyu.segments.models import Segment, SegmentSnapshot, TagRule
from qunyu.segments.planning import Plan
from qunyu.segments.queries import find_snapshot, members_in, snapshots
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


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_days_have_bounds(world: Unit, system: Scope, day: str) -> None:
    """Days around which no moments can be reckoned are refused, naming the field."""
    speaker = Speaker(system)
    for text, field in ((f"last seen until {day}", "最后活动"), (f"ordered between {day} and {day}", "下单")):
        assert "1900-01-01" in refused("bad_condition", speaker.from_text, text), field
    assert members_in(system, speaker.from_text("last seen until 9998-12-31"), NOW).size
    assert members_in(system, speaker.from_text("ordered between 1900-01-01 and 9998-12-31"), NOW).size


def test_opened_conditions_have_a_bound(world: Unit, system: Scope) -> None:
    many = " or ".join(f"region is “{number}”" for number in range(60))
    names = [made(system, world, f"s{number}", many).name for number in range(7)]
    six, seven = (" | ".join(f"“{name}”" for name in names[:count]) for count in (6, 7))
    assert made(system, world, "six", f"segment is {six}").pk
    assert refused("too_many_conditions", made, system, world, "seven", f"segment is {seven}")
    assert refused("too_many_conditions", made, system, world, "twice", "segment is “six” and not segment is “s6”")


def test_one_segment_does_not_end_the_nightly_job(world: Unit, system: Scope, monkeypatch: pytest.MonkeyPatch) -> None:
    group = TagGroup.objects.create(unit=world, name="g", folded="g")
    for name in ("bad", "good"):
        tag = Tag.objects.create(group=group, name=name, folded=name)
        add_rule(by=system, segment=made(system, world, name, "in a community"), tag=tag.public_id, now=NOW)

    def odd(asker: Scope, who: Segment | Condition, now: datetime) -> Ids:
        if isinstance(who, Segment) and who.name == "bad":
            with connection.cursor() as cursor:
                cursor.execute("SELECT nothing FROM nowhere")
        return members_in(asker, who, now)

    for module in (actions, rules_of_tags):
        monkeypatch.setattr(module, "members_in", odd)
    assert actions.count_all(NOW) == {"counted": 1, "uncounted": 1}
    assert rules_of_tags.apply_all(by=system, now=NOW) == {"came": 3, "went": 0, "unfollowed": 1}


def test_whoever_set_a_rule_on_a_shared_tag_follows_and_ends_it(world: Unit, staff: AddStaff) -> None:
    tag = Tag.objects.create(group=TagGroup.objects.create(unit=root_unit(), name="总"), name="t", folded="t")
    owner = scope_of(staff("owner", "owner", world))
    segment = made(owner, world, "茶友", "in a community")
    rule = add_rule(by=owner, segment=segment, tag=tag.public_id, now=NOW)
    assert len(rules_of_tags.apply_rule(by=owner, rule=rule, now=NOW).came) == 3
    assert refused("denied", keep, by=owner, tag=tag, members=(), why="", now=NOW)
    assert rules_of_tags.remove_rule(by=owner, rule=rule, now=NOW) == 3


def test_people_are_asked_for_before_a_transaction_is_opened(
    world: Unit, system: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing else could be written to SQLite meanwhile."""
    outside, asked = len(connection.savepoint_ids), list[int]()
    members = Plan.members

    def seen(plan: Plan) -> Ids:
        asked.append(len(connection.savepoint_ids))
        return members(plan)

    segment = made(system, world, "茶友", "in a community")
    rule = add_rule(by=system, segment=segment, tag=Tag.objects.get().public_id, now=NOW)
    monkeypatch.setattr(Plan, "members", seen)
    rules_of_tags.apply_rule(by=system, rule=rule, now=NOW)
    take_snapshot(by=system, segment=segment, now=NOW)
    assert asked == [outside, outside]
