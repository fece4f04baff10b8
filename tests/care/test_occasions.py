"""Occasions: on whom they fall and when, who sees them, and what is decided about them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from qunyu.care.actions import Said, hand_over, leave_out, mark_done, put_off, set_opening, undo
from qunyu.care.finding import find_occasions
from qunyu.care.kind import Window, kinds
from qunyu.care.models import Occasion
from qunyu.care.queries import Wanted, by_day, find_occasion, mix, occasions, wanted_occasions, ways, words_for
from qunyu.care.results import results
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.members import merging
from qunyu.members.contacts import note_contact, remove_contact
from qunyu.members.fields import add_field
from qunyu.members.models import Contact, Member, Membership, MergeDecision
from qunyu.members.profile import fields_of, write
from qunyu.people.models import Unit
from qunyu.people.queries import root_unit, scope_of
from tests.care.conftest import born, bought
from tests.deployment_fixtures import NOW, AddStaff
from tests.members.conftest import Person, Place

TODAY, DAY = date(2026, 3, 20), timedelta(days=1)


@pytest.fixture
def admin(staff: AddStaff, unit: Unit) -> Scope:
    return scope_of(staff("admin", "admin", unit))


@pytest.fixture
def owner(staff: AddStaff, unit: Unit) -> Scope:
    return scope_of(staff("owner", "owner", unit))


def found(kind: str, minutes: int = 0) -> list[tuple[str, date, dict[str, Any]]]:
    find_occasions(now=NOW + timedelta(minutes=minutes))
    rows = Occasion.objects.filter(kind=kind).order_by("day", "member__name")
    return list(rows.values_list("member__name", "day", "evidence"))


@pytest.mark.parametrize(
    ("day", "first", "last", "expected"),
    [
        (date(2024, 3, 22), TODAY, date(2026, 5, 1), (date(2026, 3, 22), 2)),
        (date(2026, 3, 22), TODAY, date(2026, 5, 1), None),
        (date(2024, 2, 29), date(2026, 2, 20), date(2026, 3, 3), (date(2026, 2, 28), 2)),
        (date(2020, 1, 2), date(2026, 12, 20), date(2027, 1, 20), (date(2027, 1, 2), 7)),
        (date(2020, 6, 2), TODAY, date(2026, 5, 1), None),
    ],
)
def test_anniversaries(day: date, first: date, last: date, expected: tuple[date, int] | None) -> None:
    assert Window(first, last, first).anniversary(day) == expected


def test_birthdays_are_found_without_opening_what_is_sealed(system: Scope, mei: Member, person: Person) -> None:
    ann, leap, gone = person("Ann"), person("Leap"), person("Gone")
    for member, value in ((mei, "1992-03-22"), (ann, "--03-19"), (leap, "2000-02-29"), (gone, "1990-03-23")):
        born(system, member, value)
    born(system, ann, "1991-04-02")
    Member.objects.filter(pk=gone.pk).update(erased=True)
    assert found("birthday") == [("Mei", date(2026, 3, 22), {}), ("Ann", date(2026, 4, 2), {})]
    # What is known otherwise by then is put right; again changes nothing.
    born(system, mei, "")
    assert found("birthday", 1) == found("birthday", 2) == [("Ann", date(2026, 4, 2), {})]


def test_years_since_joining_and_silence(
    mei: Member, person: Person, place: Place, unit: Unit, other_unit: Unit
) -> None:
    tea = mei.identities.get().memberships.get().community
    Membership.objects.update(joined_at=datetime(2024, 3, 21, 2, tzinfo=UTC), messages=9)
    lin = person("Lin", tea)
    quiet = {"last_at": NOW - 31 * DAY, "messages": 5}
    Membership.objects.filter(identity__member=lin).update(**quiet)
    far = person("Far", place("old news", unit))
    Membership.objects.filter(identity__member=far).update(**quiet)
    assert found("joined") == [("Mei", date(2026, 3, 21), {"years": 2})]
    # Of a community in which nothing happens any more nobody can tell who is silent.
    assert found("silent") == [("Lin", date(2026, 3, 19), {"days": 30, "messages": 5, "since": "2026-02-17"})]
    # Seen in another community of the unit she is not silent; in one of another unit she may be, here.
    coffee, other = place("coffee", unit), place("runners", other_unit)
    row = Membership.objects.create(identity=lin.identities.get(), community=other, first_at=NOW, last_at=NOW)
    assert found("silent", 1) == [("Lin", date(2026, 3, 19), {"days": 30, "messages": 5, "since": "2026-02-17"})]
    Membership.objects.filter(pk=row.pk).update(community=coffee)
    assert found("silent", 2) == []


def test_each_community_and_unit_has_its_own_occasions(
    system: Scope,
    owner: Scope,
    mei: Member,
    staff: AddStaff,
    person: Person,
    place: Place,
    unit: Unit,
    other_unit: Unit,
) -> None:
    far = place("far", other_unit)
    Membership.objects.create(identity=mei.identities.get(), community=far, first_at=NOW, last_at=NOW)
    Membership.objects.update(last_at=NOW - 31 * DAY, messages=9)
    Membership.objects.filter(community=far).update(messages=7)
    # Somebody else speaks in both: silence can be told.
    person("Loud", far, mei.identities.get().memberships.exclude(community=far).get().community)
    for each in (unit, other_unit):
        bought(mei, each, NOW - 5 * DAY)
    find_occasions(now=NOW)
    there = scope_of(staff("far", "owner", other_unit))
    for scope, messages in ((owner, 9), (there, 7)):
        rows = {each.kind: each for each in occasions(scope)}
        assert (set(rows), rows["silent"].evidence["messages"]) == ({"silent", "after_purchase"}, messages)
    assert {each.kind for each in wanted_occasions(system, Wanted(TODAY, unit=other_unit))} == {
        "silent",
        "after_purchase",
    }
    # One word is enough: what else says the same of the day goes, and comes back with it.
    row = occasions(owner).get(kind="silent")
    mark_done(by=system, occasion=row, said=Said("direct", "最近好吗"), now=NOW)
    assert [each.state for each in occasions(there).filter(kind="silent")] == ["dropped"]
    undo(by=system, occasion=row, now=NOW)
    assert [each.state for each in occasions(there).filter(kind="silent")] == ["open"]


def test_whose_birthday_it_is_those_learn_who_greet(system: Scope, mei: Member, staff: AddStaff, unit: Unit) -> None:
    for key, zh, sensitive in (("loss", "忌日", True), ("wedding", "结婚纪念日", False)):
        add_field(by=system, unit=unit, key=key, kind="birthday", name_zh=zh, sensitive=sensitive, now=NOW)
    wanted = [each for each in fields_of(system, mei) if each.kind == "birthday"]
    write(by=system, values=[(mei.pk, each, "2020-03-22") for each in wanted], now=NOW)
    find_occasions(now=NOW)
    assert set(Occasion.objects.values_list("kind", "evidence__zh")) == {("birthday", None), ("own_day", "结婚纪念日")}
    seen = {
        role: occasions(scope_of(staff(role, role, unit))).count()
        for role in ("admin", "auditor", "analyst", "officer")
    }
    assert seen == {"admin": 2, "auditor": 0, "analyst": 0, "officer": 0}


def test_whoever_was_merged_is_greeted_once(
    system: Scope, mei: Member, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merging, "enqueue", lambda *_, **__: "")
    lin = person("Lin", mei.identities.get().memberships.get().community)
    for member in (mei, lin):
        born(system, member, "1992-03-22")
    find_occasions(now=NOW)
    done, other = Occasion.objects.get(member=lin), Occasion.objects.get(member=mei)
    put_off(by=system, occasion=other, until=TODAY + 3 * DAY, now=NOW)
    mark_done(by=system, occasion=done, said=Said("direct", "生日快乐"), now=NOW)
    merging.merge(by=system, one=mei, other=lin, now=NOW)
    for minutes in (1, 2):
        find_occasions(now=NOW + timedelta(minutes=minutes))
        assert [(each.member_id, each.head, each.state) for each in occasions(system)] == [(lin.pk, "Mei", "done")]  # type: ignore[attr-defined]
    merging.take_back(by=system, decisions=MergeDecision.objects.all(), now=NOW)
    find_occasions(now=NOW + timedelta(minutes=3))
    assert {(each.head, each.state) for each in occasions(system)} == {("Lin", "done"), ("Mei", "open")}  # type: ignore[attr-defined]


def test_orders_are_for_those_who_may_see_them(
    system: Scope, owner: Scope, admin: Scope, mei: Member, unit: Unit, other_unit: Unit
) -> None:
    bought(mei, unit, NOW - 365 * DAY + 2 * DAY)
    bought(mei, unit, NOW - 5 * DAY)
    bought(mei, other_unit, NOW - 4 * DAY)
    assert found("first_order") == [("Mei", date(2026, 3, 22), {"years": 1})]
    assert [day.day for _, day, _ in found("after_purchase")] == [22, 23]
    counts = [occasions(each).count() for each in (system, owner, admin)]
    assert counts == [3, 2, 0]


def test_who_sees_whom(system: Scope, admin: Scope, mei: Member, staff: AddStaff, other_unit: Unit) -> None:
    born(system, mei, "1992-03-22")
    find_occasions(now=NOW)
    far = scope_of(staff("far", "director", other_unit))
    row = occasions(admin).get()
    assert (row.head, by_day(wanted_occasions(admin, Wanted(TODAY)))) == ("Mei", {date(2026, 3, 22): 1})  # type: ignore[attr-defined]
    assert not occasions(far).exists()
    assert not occasions(Scope(admin.actor)).exists()
    for wanted in (
        Wanted(TODAY, "Zoe"),
        Wanted(TODAY, kind="joined"),
        Wanted(TODAY, last=TODAY),
        Wanted(TODAY, state="done"),
    ):
        assert not wanted_occasions(admin, wanted).exists()
    with pytest.raises(DomainError) as raised:
        put_off(by=far, occasion=row, until=TODAY + DAY, now=NOW)
    assert raised.value.code == "denied"
    with pytest.raises(DomainError) as raised:
        find_occasion(far, row.public_id)
    assert raised.value.code == "unknown_occasion"


def test_each_decision_is_kept_and_undone(system: Scope, admin: Scope, mei: Member) -> None:
    born(system, mei, "1992-03-20")
    find_occasions(now=NOW)
    row = find_occasion(admin, occasions(admin).get().public_id)
    for until in (TODAY, TODAY + 400 * DAY):
        with pytest.raises(DomainError) as raised:
            put_off(by=admin, occasion=row, until=until, now=NOW)
        assert (raised.value.code, raised.value.data["field"]) == ("bad_occasion", "until")
    assert put_off(by=admin, occasion=row, until=TODAY + 3 * DAY, now=NOW).due == TODAY + 3 * DAY
    find_occasions(now=NOW + DAY)
    assert undo(by=admin, occasion=row, now=NOW).due == TODAY
    with pytest.raises(DomainError) as raised:
        leave_out(by=admin, occasion=row, reason=" ", now=NOW)
    assert raised.value.data["field"] == "reason"
    assert leave_out(by=admin, occasion=row, reason="在外地", now=NOW).state == "dropped"
    with pytest.raises(DomainError) as raised:
        mark_done(by=admin, occasion=row, said=Said("direct", "生日快乐"), now=NOW)
    assert raised.value.code == "occasion_decided"
    assert not Contact.objects.exists()
    undo(by=admin, occasion=row, now=NOW)
    with pytest.raises(DomainError) as raised:
        hand_over(by=admin, occasion=row, keeper="nobody", now=NOW)
    assert raised.value.data["field"] == "keeper"
    done = mark_done(by=admin, occasion=row, said=Said("direct", "生日快乐"), now=NOW)
    assert (done.state, Contact.objects.get().feature, mix(admin, since=NOW - DAY).light) == ("done", "care", 1)
    assert undo(by=admin, occasion=done, now=NOW).state == "open"
    assert not Contact.objects.exists()


def test_the_cap_refuses_and_the_occasion_stays_open(system: Scope, admin: Scope, mei: Member) -> None:
    born(system, mei, "1992-03-20")
    find_occasions(now=NOW)
    for _ in range(2):
        note_contact(by=admin, member=mei, at=NOW, channel="call", direction="out", summary="问候", now=NOW)
    with pytest.raises(DomainError) as raised:
        mark_done(
            by=admin, occasion=occasions(admin).select_related("member").get(), said=Said("direct", "生日快乐"), now=NOW
        )
    assert raised.value.code == "may_not_contact"
    assert Occasion.objects.get().state == "open"


def test_the_channel_and_the_words(
    system: Scope, admin: Scope, mei: Member, unit: Unit, place: Place, other_unit: Unit
) -> None:
    birthday = kinds()["birthday"]

    def said(channel: str) -> str:
        return words_for(admin, [(mei.pk, "Mei", birthday, channel)])[0]

    assert ways(admin, [mei.pk])[mei.pk].channel == "direct"
    for channel, direction, result in (("call", "out", "聊了很久"), ("moments", "out", ""), ("group", "in", "")):
        note_contact(
            by=admin, member=mei, at=NOW, channel=channel, direction=direction, summary="x", result=result, now=NOW
        )
        assert ways(admin, [mei.pk])[mei.pk].channel == ("group" if direction == "in" else "call")
    assert said("direct").startswith("Mei，生日快乐")
    # She is in a community of another unit, too: its words are its own affair.
    Membership.objects.create(
        identity=mei.identities.get(), community=place("far", other_unit), first_at=NOW, last_at=NOW
    )
    set_opening(by=system, unit=other_unit, kind="birthday", channel="direct", text="别处的{name}", now=NOW)
    assert said("direct").startswith("Mei，生日快乐")
    set_opening(by=system, unit=root_unit(), kind="birthday", channel="direct", text="亲爱的{name}，生日快乐", now=NOW)
    assert said("group") == "亲爱的Mei，生日快乐"
    set_opening(by=system, unit=unit, kind="birthday", channel="group", text="祝{name}", now=NOW)
    assert (said("group"), said("direct")) == ("祝Mei", "亲爱的Mei，生日快乐")
    for told, code in (({"kind": "funeral"}, "unknown_occasion_kind"), ({"channel": "pigeon"}, "bad_occasion")):
        with pytest.raises(DomainError) as raised:
            set_opening(by=system, unit=unit, **{"kind": "birthday", "channel": "direct", **told}, text="x", now=NOW)
        assert raised.value.code == code


def test_results_count_a_yes_and_a_no_alike_once_the_days_are_over(
    system: Scope, owner: Scope, admin: Scope, mei: Member, person: Person, unit: Unit
) -> None:
    tea = mei.identities.get().memberships.get().community
    lin, tom, ben, sue = (person(name, tea) for name in ("Lin", "Tom", "Ben", "Sue"))
    for member in (mei, lin, tom, ben, sue):
        born(system, member, "1992-03-20")
    find_occasions(now=NOW)
    row = {each.member.name: each for each in Occasion.objects.select_related("member")}
    for name in ("Mei", "Lin"):
        mark_done(by=system, occasion=row[name], said=Said("direct", "生日快乐"), now=NOW)
    leave_out(by=system, occasion=row["Sue"], reason="在外地", now=NOW)
    # Contacted by hand near the day: Ben is no example of somebody nobody contacted.
    note_contact(by=system, member=ben, at=NOW - 3 * DAY, channel="call", direction="out", summary="问候", now=NOW)
    bought(mei, unit, NOW + 2 * DAY)
    span: dict[str, Any] = {"first": TODAY, "last": TODAY}

    def told(scope: Scope, days: int, until: int) -> list[tuple[Any, ...]]:
        spoken = ({row["Mei"].pk}, TODAY + until * DAY)
        lines = results(scope, **span, now=NOW + days * DAY, spoke=lambda rows: spoken)
        return [(each.channel, each.count, each.open, each.known, each.answered, each.ordered_known, each.ordered) for each in lines]  # fmt: skip

    assert told(owner, 1, 1) == [("direct", 2, 2, 0, 0, 0, 0)]
    assert told(owner, 20, 3) == [("direct", 2, 0, 0, 0, 0, 0), ("", 1, 0, 0, 0, 0, 0), ("dropped", 1, 0, 0, 0, 0, 0)]
    bought(tom, unit, NOW + 8 * DAY)
    assert told(owner, 20, 8) == [("direct", 2, 0, 2, 1, 2, 1), ("", 1, 0, 1, 0, 1, 0), ("dropped", 1, 0, 1, 0, 1, 0)]
    # What is left of a contact that was deleted with its age.
    Contact.objects.all().delete()
    assert told(admin, 20, 8)[0] == ("direct", 2, 0, 2, 1, None, 0)


def test_what_was_decided_before_comes_back(
    system: Scope, admin: Scope, mei: Member, staff: AddStaff, unit: Unit
) -> None:
    born(system, mei, "1992-03-20")
    find_occasions(now=NOW)
    row, kim = Occasion.objects.get(), staff("kim", "admin", unit)
    hand_over(by=admin, occasion=row, keeper=kim.public_id, now=NOW)
    put_off(by=admin, occasion=row, until=TODAY + 5 * DAY, now=NOW)
    mark_done(by=admin, occasion=row, said=Said("direct", "生日快乐"), now=NOW)
    # Taken back on the member's page, too.
    remove_contact(by=admin, contact=Contact.objects.get(), now=NOW)
    row.refresh_from_db()
    assert (row.state, row.keeper, row.due) == ("open", kim, TODAY + 5 * DAY)
    undo(by=admin, occasion=row, now=NOW)
    assert (row.keeper, row.due) == (kim, TODAY)
    undo(by=admin, occasion=row, now=NOW)
    assert (row.keeper, row.decided_at, row.before) == (None, None, [])
    for role in ("auditor", "analyst"):
        with pytest.raises(DomainError) as raised:
            hand_over(by=admin, occasion=row, keeper=staff(role, role, unit).public_id, now=NOW)
        assert raised.value.data["field"] == "keeper"
