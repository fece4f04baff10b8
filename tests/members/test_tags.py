"""Tags: groups and names, who carries what, acts and their undo, rules, merging of tags."""

from __future__ import annotations

from datetime import timedelta

import pytest

from qunyu.kernel.errors import DomainError
from qunyu.kernel.models import AuditEntry
from qunyu.kernel.scope import Denied, Scope
from qunyu.members import merging, tagging
from qunyu.members.merging import merge, take_back
from qunyu.members.models import Identity, Member, Tag, TagAct, Tagging, TagGroup
from qunyu.members.queries import Wanted, members
from qunyu.members.sets import tagged
from qunyu.members.tag_filtering import Tagged
from qunyu.members.tag_merging import merge_tags
from qunyu.members.tag_queries import acts_in, carried, find_act, find_tag, groups_in, tagging_history, tags_of
from qunyu.members.tag_rules import keep, kept_on, stop
from qunyu.members.tagging import effect, put, take_off, undo
from qunyu.members.tags import add_group, add_tag, archive, delete, edit_group, edit_tag, move
from qunyu.people.models import Unit
from qunyu.people.queries import root_unit, scope_of
from tests.deployment_fixtures import NOW, AddStaff
from tests.members.conftest import Person, Place

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which jobs are asked for."""
    found: list[str] = []
    monkeypatch.setattr(merging, "enqueue", lambda *_, **__: "")
    monkeypatch.setattr(tagging, "enqueue", lambda name, **_: found.append(name))
    return found


@pytest.fixture
def skills(system: Scope, unit: Unit) -> TagGroup:
    return add_group(by=system, unit=unit, name="擅长", now=NOW)


@pytest.fixture
def stage(system: Scope, unit: Unit) -> TagGroup:
    """A group of which a person carries one tag at most."""
    return add_group(by=system, unit=unit, name="阶段", exclusive=True, now=NOW)


@pytest.fixture
def brewing(system: Scope, skills: TagGroup) -> Tag:
    return add_tag(by=system, group=skills, name="泡茶", now=NOW)


@pytest.fixture
def fresh(system: Scope, stage: TagGroup) -> Tag:
    return add_tag(by=system, group=stage, name="新客", now=NOW)


@pytest.fixture
def old(system: Scope, stage: TagGroup) -> Tag:
    return add_tag(by=system, group=stage, name="老客", now=NOW)


@pytest.fixture
def ann(person: Person, place: Place, unit: Unit) -> Member:
    return person("Ann", place("runners", unit))


def names(scope: Scope, member: Member) -> list[str]:
    return [each.tag.name for each in tags_of(scope, member) if not each.overruled]


def code(raised: pytest.ExceptionInfo[DomainError]) -> tuple[str, object]:
    return raised.value.code, raised.value.data.get("field")


def test_names_are_compared_after_nfkc_and_case_folding_within_their_group(
    system: Scope, skills: TagGroup, stage: TagGroup
) -> None:
    made = add_tag(by=system, group=skills, name="  Ｐython   Web ", now=NOW)
    assert (made.name, made.folded) == ("Ｐython Web", "python web")
    for name in ("python web", "PYTHON  WEB", "Ｐｙｔｈｏｎ Ｗｅｂ"):
        with pytest.raises(DomainError) as raised:
            add_tag(by=system, group=skills, name=name, now=NOW)
        assert code(raised) == ("tag_taken", "name")
    add_tag(by=system, group=stage, name="python web", now=NOW)
    archive(by=system, row=made, archived=True, now=NOW)
    with pytest.raises(DomainError, match="已归档"):
        add_tag(by=system, group=skills, name="python web", now=NOW)
    with pytest.raises(DomainError) as raised:
        edit_group(by=system, group=stage, name=" 擅长", now=NOW)
    assert code(raised) == ("tag_taken", "name")


@pytest.mark.parametrize("name", ["", "   ", "x" * 41, "a,b", "a、b", "a/b", "a|b"])
def test_a_name_is_short_and_holds_nothing_that_parts_tags(system: Scope, skills: TagGroup, name: str) -> None:
    with pytest.raises(DomainError) as raised:
        add_tag(by=system, group=skills, name=name, now=NOW)
    assert code(raised) == ("bad_tag", "name")


def test_there_are_bounds(system: Scope, skills: TagGroup, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qunyu.members.tags.MOST_TAGS", 1)
    monkeypatch.setattr("qunyu.members.tags.MOST_GROUPS", 1)
    add_tag(by=system, group=skills, name="a", now=NOW)
    with pytest.raises(DomainError) as raised:
        add_tag(by=system, group=skills, name="b", now=NOW)
    assert code(raised) == ("too_many_tags", "name")
    with pytest.raises(DomainError) as raised:
        add_group(by=system, unit=skills.unit, name="b", now=NOW)
    assert code(raised) == ("too_many_tags", "name")


def test_groups_are_for_their_unit_and_those_below_and_move_among_themselves(
    system: Scope, skills: TagGroup, stage: TagGroup, brewing: Tag, other_unit: Unit, staff: AddStaff, unit: Unit
) -> None:
    top = add_group(by=system, unit=root_unit(), name="全国", now=NOW)
    near, far = scope_of(staff("near", "owner", unit)), scope_of(staff("far", "owner", other_unit))
    assert [each.name for each in groups_in(near)] == ["全国", "擅长", "阶段"]
    assert [each.name for each in groups_in(far)] == ["全国"]
    assert groups_in(scope_of(staff("nobody"))) == []
    with pytest.raises(DomainError, match="没有编号"):
        find_tag(far, brewing.public_id)
    with pytest.raises(Denied):
        edit_tag(by=far, tag=brewing, name="x", now=NOW)
    with pytest.raises(Denied):
        edit_group(by=near, group=top, name="x", now=NOW)
    move(by=near, row=skills, down=True, now=NOW)
    assert [each.name for each in groups_in(near)] == ["全国", "阶段", "擅长"]
    elsewhere = add_group(by=system, unit=other_unit, name="华南", now=NOW)
    with pytest.raises(DomainError) as raised:
        edit_tag(by=system, tag=brewing, group=elsewhere, now=NOW)
    assert code(raised) == ("narrow_group", "group")
    edit_tag(by=system, tag=Tag.objects.get(pk=brewing.pk), group=top, now=NOW)
    assert Tag.objects.get(pk=brewing.pk).group == top


def test_a_tag_is_put_and_taken_with_who_when_and_why(system: Scope, brewing: Tag, mei: Member) -> None:
    put(by=system, tag=brewing, members=[mei.pk], reason="教过大家", now=NOW)
    (found,) = tags_of(system, mei)
    told = (found.tag, found.reason, found.at, found.by_name, found.source, found.kept)
    assert told == (brewing, "教过大家", NOW, "system", "hand", False)
    with pytest.raises(DomainError) as raised:
        put(by=system, tag=brewing, members=[mei.pk], now=NOW)
    assert code(raised) == ("tag_changes_nothing", "tag")
    take_off(by=system, tag=brewing, members=[mei.pk], now=NOW + HOUR)
    assert names(system, mei) == []
    (turn,) = tagging_history(system, mei)
    assert (turn.row.withdrawn_at, turn.row.withdrawn_by_name, turn.undone) == (NOW + HOUR, "system", False)
    entries = AuditEntry.objects.filter(action__in=("tag.put", "tag.take")).order_by("pk")
    assert [(each.action, each.data["people"]) for each in entries] == [("tag.put", 1), ("tag.take", 1)]


def test_what_somebody_carried_is_never_deleted(system: Scope, brewing: Tag, fresh: Tag, mei: Member) -> None:
    put(by=system, tag=brewing, members=[mei.pk], now=NOW)
    for row in (brewing, brewing.group):
        with pytest.raises(DomainError) as raised:
            delete(by=system, row=row, now=NOW)
        assert raised.value.code == "tag_in_use"
    archive(by=system, row=brewing, archived=True, now=NOW)
    assert names(system, mei) == []
    with pytest.raises(DomainError) as raised:
        put(by=system, tag=brewing, members=[mei.pk], now=NOW)
    assert code(raised) == ("tag_archived", "tag")
    archive(by=system, row=brewing, archived=False, now=NOW)
    assert names(system, mei) == ["泡茶"]
    delete(by=system, row=fresh.group, now=NOW)
    assert not Tag.objects.filter(pk=fresh.pk).exists()


def test_of_an_exclusive_group_the_new_tag_takes_the_other_off_and_that_is_said_before(
    system: Scope, fresh: Tag, old: Tag, mei: Member, ann: Member
) -> None:
    put(by=system, tag=fresh, members=[mei.pk], now=NOW)
    before = effect(system, old, [mei.pk, ann.pk])
    assert (before.people, before.replaced, before.already, before.outside) == (2, 1, 0, 0)
    act = put(by=system, tag=old, members=[mei.pk, ann.pk], now=NOW + HOUR)
    assert (names(system, mei), names(system, ann)) == (["老客"], ["老客"])
    assert undo(by=system, act=act, now=NOW + HOUR) == 2
    assert (names(system, mei), names(system, ann)) == (["新客"], [])
    assert undo(by=system, act=TagAct.objects.get(pk=act.pk), now=NOW) == 0


def test_merged_people_carry_the_latest_of_an_exclusive_group_and_part_again(
    system: Scope, fresh: Tag, old: Tag, brewing: Tag, mei: Member, ann: Member
) -> None:
    put(by=system, tag=fresh, members=[mei.pk], now=NOW)
    put(by=system, tag=brewing, members=[ann.pk], now=NOW)
    put(by=system, tag=old, members=[ann.pk], now=NOW + HOUR)
    rows = list(Tagging.objects.order_by("pk").values())
    decision = merge(by=system, one=mei, other=ann, now=NOW)
    assert Identity.objects.filter(member=mei).count() == 2
    found = {each.tag.name: each.overruled for each in tags_of(system, mei)}
    assert found == {"泡茶": "", "新客": "老客", "老客": ""}
    assert [list(members(system, Wanted(tags=Tagged([tag])))) for tag in (fresh, old)] == [[], [mei]]
    take_back(by=system, decisions=[decision], now=NOW)
    assert (names(system, mei), set(names(system, ann))) == (["新客"], {"泡茶", "老客"})
    assert list(Tagging.objects.order_by("pk").values()) == rows


def test_the_list_is_narrowed_to_who_carries_any_all_or_none(
    system: Scope, brewing: Tag, fresh: Tag, mei: Member, ann: Member
) -> None:
    put(by=system, tag=brewing, members=[mei.pk, ann.pk], now=NOW)
    put(by=system, tag=fresh, members=[ann.pk], now=NOW)

    def found(*tags: Tag, mode: str) -> set[str]:
        wanted = Wanted(tags=Tagged(tags, mode))  # type: ignore[arg-type]
        return {each.name for each in members(system, wanted)}

    assert found(brewing, fresh, mode="any") == {"Mei", "Ann"}
    assert found(brewing, fresh, mode="all") == {"Ann"}
    assert found(fresh, mode="none") == {"Mei"}
    assert found(mode="none") == {"Mei", "Ann"}


def test_people_out_of_reach_are_left_out_and_counted(
    system: Scope,
    brewing: Tag,
    mei: Member,
    person: Person,
    place: Place,
    other_unit: Unit,
    staff: AddStaff,
    unit: Unit,
) -> None:
    bob = person("Bob", place("far", other_unit))
    near, viewer = scope_of(staff("near", "owner", unit)), scope_of(staff("view", "analyst", unit))
    assert effect(system, brewing, [mei.pk, bob.pk]).outside == 1
    put(by=near, tag=brewing, members=[mei.pk, bob.pk], now=NOW)
    assert list(Tagging.objects.values_list("member", flat=True)) == [mei.pk]
    for scope, member in ((near, bob), (viewer, mei)):
        with pytest.raises(Denied):
            put(by=scope, tag=brewing, members=[member.pk], now=NOW)
    assert Tagging.objects.count() == 1
    assert carried(scope_of(staff("far", "owner", other_unit)), [mei.pk]) == {}


def test_only_who_did_it_or_keeps_the_tags_unit_may_undo(
    system: Scope, mei: Member, ann: Member, staff: AddStaff, unit: Unit, other_unit: Unit
) -> None:
    group = add_group(by=system, unit=root_unit(), name="全国", now=NOW)
    tag = add_tag(by=system, group=group, name="VIP", now=NOW)
    near, mate = scope_of(staff("near", "owner", unit)), scope_of(staff("mate", "owner", unit))
    mine = put(by=near, tag=tag, members=[mei.pk], now=NOW)
    theirs = put(by=system, tag=tag, members=[ann.pk], now=NOW)
    assert list(acts_in(near)) == [mine]
    assert list(acts_in(mate)) == []
    with pytest.raises(DomainError, match="没有编号"):
        find_act(mate, theirs.public_id)
    far = scope_of(staff("far", "owner", other_unit))
    with pytest.raises(Denied):
        undo(by=far, act=theirs, now=NOW)
    assert names(system, ann) == ["VIP"]
    undo(by=near, act=mine, now=NOW)
    assert names(system, mei) == []


def test_of_many_a_worker_does_it_and_goes_on_after_a_crash(
    system: Scope, brewing: Tag, mei: Member, ann: Member, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tagging, "AT_ONCE", 1)
    monkeypatch.setattr(tagging, "load", lambda: None)
    act = put(by=system, tag=brewing, members=[mei.pk, ann.pk], now=NOW)
    assert (asked, act.people, Tagging.objects.count()) == (["members.tag"], None, 0)
    with pytest.raises(DomainError) as raised:
        undo(by=system, act=act, now=NOW)
    assert raised.value.code == "cannot_undo"
    # The first half was done when it crashed.
    tagging.write(act, {mei.pk: brewing.pk}, NOW)
    for _ in range(2):
        tagging.run(key=act.pk, now=NOW)
    act.refresh_from_db()
    assert (act.people, names(system, mei), names(system, ann)) == (2, ["泡茶"], ["泡茶"])
    assert undo(by=system, act=act, now=NOW) == 2


def test_a_rule_keeps_its_tag_on_exactly_those_it_holds_for(
    system: Scope, brewing: Tag, mei: Member, ann: Member, staff: AddStaff, unit: Unit
) -> None:
    put(by=system, tag=brewing, members=[ann.pk], now=NOW)
    kept = keep(by=system, tag=brewing, members={mei.pk, ann.pk, 10**9}, why="人群：爱茶", now=NOW)
    assert (set(kept.came), set(kept.went)) == ({mei.pk, ann.pk}, set())
    acts = TagAct.objects.count()
    again = keep(by=system, tag=brewing, members={mei.pk, ann.pk}, why="人群：爱茶", now=NOW + HOUR)
    assert (again.came, again.went, TagAct.objects.count()) == (frozenset(), frozenset(), acts)
    (told,) = tags_of(system, mei)
    assert (told.source, told.kept, told.reason) == ("rule", True, "人群：爱茶")
    with pytest.raises(DomainError, match="由规则打上") as raised:
        take_off(by=system, tag=brewing, members=[mei.pk], now=NOW)
    assert code(raised) == ("rule_holds", "tag")
    take_off(by=system, tag=brewing, members=[ann.pk], now=NOW)
    assert names(system, ann) == ["泡茶"]
    with pytest.raises(DomainError) as raised:
        archive(by=system, row=brewing, archived=True, now=NOW)
    assert raised.value.code == "rule_holds"
    assert keep(by=system, tag=brewing, members={mei.pk}, why="", now=NOW).went == {ann.pk}
    with pytest.raises(Denied):
        keep(by=scope_of(staff("view", "analyst", unit)), tag=brewing, members=(), why="", now=NOW)
    assert kept_on(brewing) == {mei.pk}
    assert stop(by=system, tag=brewing, now=NOW).went == {mei.pk}
    assert names(system, mei) == []


def test_a_rules_tag_put_by_hand_too_stays_when_the_rule_no_longer_holds(
    system: Scope, brewing: Tag, fresh: Tag, old: Tag, mei: Member
) -> None:
    keep(by=system, tag=brewing, members=[mei.pk], why="r", now=NOW)
    keep(by=system, tag=fresh, members=[mei.pk], why="r", now=NOW)
    put(by=system, tag=brewing, members=[mei.pk], now=NOW)
    put(by=system, tag=old, members=[mei.pk], now=NOW + HOUR)
    assert {each.tag.name: each.overruled for each in tags_of(system, mei)} == {
        "泡茶": "",
        "新客": "老客",
        "老客": "",
    }
    stop(by=system, tag=brewing, now=NOW)
    assert names(system, mei) == ["泡茶", "老客"]


def test_who_asks_for_a_tag_gets_those_it_was_merged_into_and_nobody_overruled(
    system: Scope, skills: TagGroup, brewing: Tag, fresh: Tag, old: Tag, mei: Member, ann: Member
) -> None:
    tea = add_tag(by=system, group=skills, name="茶艺", now=NOW)
    put(by=system, tag=brewing, members=[mei.pk], now=NOW)
    act = merge_tags(by=system, tag=brewing, into=tea, now=NOW)
    put(by=system, tag=tea, members=[ann.pk], now=NOW)
    assert set(tagged([brewing.public_id]).values_list("member__own_identity__member", flat=True)) == {mei.pk, ann.pk}
    undo(by=system, act=act, now=NOW)
    assert set(tagged([brewing.public_id]).values_list("member__own_identity__member", flat=True)) == {mei.pk}
    keep(by=system, tag=fresh, members=[mei.pk], why="r", now=NOW)
    put(by=system, tag=old, members=[mei.pk], now=NOW + HOUR)
    assert not tagged([fresh.public_id]).exists()
    assert tagged([old.public_id]).count() == 1


def test_two_tags_become_one_and_part_again(
    system: Scope, skills: TagGroup, brewing: Tag, mei: Member, ann: Member
) -> None:
    tea = add_tag(by=system, group=skills, name="茶艺", now=NOW)
    put(by=system, tag=tea, members=[mei.pk, ann.pk], reason="会泡", now=NOW)
    put(by=system, tag=brewing, members=[ann.pk], now=NOW)
    act = merge_tags(by=system, tag=tea, into=brewing, now=NOW + HOUR)
    assert act.people == 2
    (found,) = tags_of(system, mei)
    assert (found.tag, found.reason, found.at) == (brewing, "会泡", NOW)
    assert names(system, ann) == ["泡茶"]
    assert [each.name for each in groups_in(system)[0].tags.all()] == ["泡茶"]
    with pytest.raises(DomainError) as raised:
        merge_tags(by=system, tag=brewing, into=brewing, now=NOW)
    assert code(raised) == ("merge_tag", "into")
    undo(by=system, act=find_act(system, act.public_id), now=NOW)
    assert (names(system, mei), names(system, ann)) == (["茶艺"], ["泡茶", "茶艺"])
