"""Keeping segments: made, changed and taken back, put away, counted, photographed; tags that follow; and who may do what."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from qunyu.kernel.errors import DomainError
from qunyu.kernel.models import AuditEntry
from qunyu.kernel.scope import Scope
from qunyu.members.merging import unmerge
from qunyu.members.models import Tag, Tagging
from qunyu.people.models import Unit
from qunyu.people.queries import root_unit, scope_of
from qunyu.segments import actions
from qunyu.segments.conditions import Everybody, Speaker
from qunyu.segments.files import from_file, to_file
from qunyu.segments.models import Segment, SegmentSize, SegmentSnapshot, TagRule
from qunyu.segments.queries import (
    compare,
    find_segment,
    members_in,
    members_of_snapshot,
    sees_all,
    segments,
    sizes,
    snapshots,
    versions,
)
from qunyu.segments.rules_of_tags import add_rule, apply_all, apply_rule, look_ahead, remove_rule
from qunyu.segments.starting import STARTS, starts
from tests.deployment_fixtures import NOW, AddStaff
from tests.segments.conftest import identity, person

TEA = "in a community where (type=Welfare)"


def made(scope: Scope, unit: Unit, name: str, text: str) -> Segment:
    return actions.add_segment(by=scope, unit=unit, name=name, condition=Speaker(scope).from_text(text), now=NOW)


def refused(code: str, do: object, *args: object, **told: object) -> str:
    with pytest.raises(DomainError) as caught:
        do(*args, **told)  # type: ignore[operator]
    assert caught.value.code == code
    return str(caught.value)


def test_making_changing_and_taking_back(world: Unit, system: Scope) -> None:
    speaker, scope = Speaker(system), system
    tea = made(scope, world, "  茶友 ", TEA)
    assert (tea.name, members_in(scope, tea, NOW).size) == ("茶友", 3)
    assert refused("segment_taken", made, scope, world, "茶友", TEA)
    assert refused("bad_segment", made, scope, world, " ", TEA)
    change: dict[str, Any] = {"by": scope, "segment": tea, "now": NOW, "name": "茶友", "note": "note"}
    assert actions.edit_segment(**change, condition=speaker.from_text(f"{TEA} and ordered"))
    assert not actions.edit_segment(**change, condition=speaker.from_text(f"{TEA} and ordered"))
    assert (members_in(scope, tea, NOW).size, len(versions(tea))) == (1, 1)
    assert actions.undo_edit(by=scope, segment=tea, now=NOW)
    assert not actions.undo_edit(by=scope, segment=tea, now=NOW)
    assert (members_in(scope, tea, NOW).size, tea.note) == (3, "")
    buyers = made(scope, world, "买家", "segment is “茶友” and ordered")
    assert members_in(scope, buyers, NOW).tolist() == [person("Mei").pk]
    assert "买家" in refused("segment_used", actions.archive_segment, by=scope, segment=tea, archived=True, now=NOW)
    assert actions.archive_segment(by=scope, segment=buyers, archived=True, now=NOW)
    assert not actions.archive_segment(by=scope, segment=buyers, archived=True, now=NOW)
    assert actions.archive_segment(by=scope, segment=tea, archived=True, now=NOW)
    assert [each.name for each in segments(scope, archived=True)] == ["买家", "茶友"]
    told = list(AuditEntry.objects.filter(object_kind="segment").order_by("id").values_list("action", flat=True))
    assert told == ["segment.add", "segment.edit", "segment.undo", "segment.add", "segment.archive", "segment.archive"]


def test_no_segment_reads_itself(world: Unit, system: Scope) -> None:
    one = made(system, world, "一", TEA)
    two = made(system, world, "二", "segment is “一”")
    made(system, world, "三", "segment is “二” or ordered")
    speaker = Speaker(system)

    def becomes(segment: Segment, text: str) -> str:
        told = {"condition": speaker.from_text(text), "name": segment.name, "now": NOW}
        return refused("segment_cycle", actions.edit_segment, by=system, segment=segment, **told)

    assert becomes(one, "segment is “一”") == "人群会引用到自己：一 → 一"
    assert becomes(one, "not segment is “三”") == "人群会引用到自己：一 → 三 → 二 → 一"
    vip = Tag.objects.get()
    add_rule(by=system, segment=two, tag=vip.public_id, now=NOW)
    assert becomes(one, "tag is “客户/VIP”") == "人群会引用到自己：一 → 客户/VIP → 二 → 一"
    other = made(system, world, "四", "tag is “客户/VIP”")
    follower = Tag.objects.create(group=vip.group, name="跟随", folded="跟随")
    add_rule(by=system, segment=other, tag=follower.public_id, now=NOW)
    assert Segment.objects.get(name="一").condition == one.condition
    reader = made(system, world, "六", "tag is “客户/跟随”")
    third = Tag.objects.create(group=vip.group, name="自己", folded="自己")
    own = made(system, world, "七", "tag is “客户/自己”")
    assert "七 → 客户/自己 → 七" in refused(
        "segment_cycle", add_rule, by=system, segment=own, tag=third.public_id, now=NOW
    )
    assert add_rule(by=system, segment=reader, tag=third.public_id, now=NOW).pk
    assert TagRule.objects.count() == 3


def test_a_tag_follows_its_segment(world: Unit, system: Scope) -> None:
    vip = Tag.objects.get()
    tea = made(system, world, "茶友", TEA)
    rule = add_rule(by=system, segment=tea, tag=vip.public_id, now=NOW)
    assert refused("tag_ruled", add_rule, by=system, segment=tea, tag=vip.public_id, now=NOW)
    before = Tagging.objects.count()
    ahead = look_ahead(by=system, rule=rule, now=NOW)
    assert (len(ahead.came), len(ahead.went), Tagging.objects.count()) == (3, 0, before)
    assert len(apply_rule(by=system, rule=rule, now=NOW).came) == 3
    assert apply_all(by=system, now=NOW) == {"came": 0, "went": 0, "unfollowed": 0}
    row = Tagging.objects.get(member=person("Lin"))
    assert (row.source, row.reason, row.at, row.withdrawn_at) == ("rule", "茶友", NOW, None)
    change: dict[str, Any] = {"by": system, "segment": tea, "name": "茶友", "now": NOW}
    actions.edit_segment(**change, condition=Speaker(system).from_text(f"{TEA} and ordered"))
    assert len(apply_rule(by=system, rule=rule, now=NOW).went) == 2
    assert members_in(system, Speaker(system).from_text("tag is “客户/VIP”"), NOW).tolist() == [person("Mei").pk]
    # What was put on by hand stays when the rule goes.
    assert remove_rule(by=system, rule=rule, now=NOW) == 1
    assert members_in(system, Speaker(system).from_text("tag is “客户/VIP”"), NOW).tolist() == [person("Mei").pk]
    vip.group.exclusive = True
    vip.group.save()
    best = Tag.objects.create(group=vip.group, name="best", folded="best")
    kept = apply_rule(by=system, rule=add_rule(by=system, segment=tea, tag=best.public_id, now=NOW), now=NOW)
    assert (len(kept.came), kept.kept_back) == (0, 1)


def test_sizes_and_changes(world: Unit, system: Scope) -> None:
    tea = made(system, world, "茶友", TEA)
    bad = made(system, world, "坏", TEA)
    Segment.objects.filter(pk=bad.pk).update(condition={"field": "gone", "op": "known", "values": []})
    assert actions.count_all(NOW) == {"counted": 1, "uncounted": 1}
    assert actions.count_all(NOW) == {"counted": 1, "uncounted": 1}
    for days, size in ((7, 1), (30, 9)):
        SegmentSize.objects.create(
            segment=tea, day=NOW.date() - timedelta(days=days), size=size, people=9, counted_at=NOW
        )
    found = sizes([tea.pk, bad.pk])
    assert set(found) == {tea.pk}
    # Of the unit's people the runners are none: six are left.
    assert (found[tea.pk].size, found[tea.pk].people, found[tea.pk].week, found[tea.pk].month) == (3, 6, 2, -6)


def test_snapshots_stay_and_move_with_people(world: Unit, system: Scope, staff: AddStaff) -> None:
    buyers = made(system, world, "买家", "ordered")
    taken = actions.take_snapshot(by=system, segment=buyers, now=NOW, why=" 活动前 ")
    assert (taken.size, taken.why, taken.needs) == (2, "活动前", ["orders.view"])
    assert set(members_of_snapshot(system, taken, NOW).tolist()) == {person("Mei").pk, person("Zoe").pk}
    unmerge(by=system, member=person("Mei"), identities=[identity("Mei shop").pk], now=NOW)
    assert members_of_snapshot(system, taken, NOW).size == 2
    admin = scope_of(staff("admin", "admin", world))
    assert (snapshots(admin, buyers), [each.pk for each in snapshots(system, buyers)]) == ([], [taken.pk])
    assert refused("denied", actions.remove_snapshot, by=scope_of(staff("none")), snapshot=taken, now=NOW)
    actions.remove_snapshot(by=system, snapshot=taken, now=NOW)
    assert not SegmentSnapshot.objects.exists()


def test_comparing(world: Unit, system: Scope) -> None:
    one, other = (members_in(system, Speaker(system).from_text(text), NOW) for text in (TEA, "ordered"))
    found = compare(one, other)
    assert (len(found.both), len(found.first), len(found.second)) == (1, 2, 1)


def test_who_sees_what(world: Unit, south: Unit, system: Scope, staff: AddStaff) -> None:
    top = made(system, root_unit(), "全部买家", "ordered")
    mine = made(system, world, "茶友", TEA)
    admin, owner, foreign = (
        scope_of(staff(name, role, unit))
        for name, role, unit in (("admin", "admin", world), ("owner", "owner", world), ("foreign", "owner", south))
    )
    assert [each.name for each in segments(owner)] == ["全部买家", "茶友"]
    assert [each.name for each in segments(foreign)] == ["全部买家"]
    assert refused("unknown_segment", find_segment, foreign, mine.public_id)
    assert (sees_all(owner, top), sees_all(owner, mine), sees_all(admin, mine)) == (False, True, True)
    assert refused("denied_segment_field", members_in, admin, top, NOW)
    # A segment of the headquarters, asked for by a shop: the shop's own people.
    assert members_in(owner, top, NOW).tolist() == sorted([person("Mei").pk, person("Zoe").pk])
    assert members_in(foreign, top, NOW).size == 0
    assert refused("denied", made, owner, root_unit(), "x", TEA)
    assert refused("denied", actions.archive_segment, by=foreign, segment=mine, archived=True, now=NOW)
    vip = Tag.objects.get().public_id
    assert refused("tag_elsewhere", add_rule, by=system, segment=top, tag=vip, now=NOW)
    Segment.objects.filter(pk=mine.pk).update(condition=top.condition)
    mine.refresh_from_db()
    assert refused("rule_beyond_scope", add_rule, by=admin, segment=mine, tag=vip, now=NOW)
    assert refused("denied", members_in, scope_of(staff("analyst", "analyst", world)), Everybody(), NOW)


def test_files_and_ready_conditions(world: Unit, system: Scope, staff: AddStaff) -> None:
    speaker = Speaker(system)
    tea = made(system, world, "茶友", f"{TEA} and not ordered within 30 days")
    read = from_file(speaker, to_file(speaker, tea))
    assert (read.name, read.condition) == ("茶友", speaker.from_json(tea.condition))
    assert from_file(speaker, "\ufeff下单 近 7 天".encode()).condition == speaker.from_text("ordered within 7 days")
    for data in (b"\xff\xfe\x00", b"{}", b'{"form": "x", "text": {"zh": ""}}', b"x" * 200_001):
        assert refused("bad_segment_file", from_file, speaker, data)
    assert len(starts(speaker)) == len(STARTS)
    assert [each.key for each in starts(Speaker(scope_of(staff("admin", "admin", world))))] == [
        "quiet",
        "newcomers",
        "askers",
    ]
