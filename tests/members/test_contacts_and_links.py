"""Contacts noted by hand, and who decides for whom."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from qunyu.kernel.errors import DomainError
from qunyu.kernel.models import AuditEntry
from qunyu.kernel.scope import Scope
from qunyu.members import merging
from qunyu.members.contacts import contacts_of, edit_contact, note_contact, remove_contact
from qunyu.members.links import add_link, households, links_of, remove_link, spared_decisions
from qunyu.members.merging import merge, take_back
from qunyu.members.models import Contact, Link, Member
from qunyu.members.queries import people
from qunyu.people.models import Unit
from qunyu.people.queries import scope_of
from tests.deployment_fixtures import NOW, AddStaff
from tests.members.conftest import Person, Place

CALL: dict[str, Any] = {"at": NOW, "channel": "call", "direction": "out", "summary": "asked about the tea"}


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merging, "enqueue", lambda *_, **__: "")


@pytest.fixture
def ann(person: Person, place: Place, unit: Unit) -> Member:
    return person("Ann", place("runners", unit))


@pytest.fixture
def admin(staff: AddStaff, unit: Unit) -> Scope:
    return scope_of(staff("admin", "admin", unit))


def test_a_contact_is_noted_changed_and_removed_by_who_wrote_it(admin: Scope, mei: Member) -> None:
    row = note_contact(by=admin, member=mei, now=NOW, result=" will call back ", **CALL)
    assert (row.by_name, row.result, row.edited_at) == ("Admin", "will call back", None)
    later = NOW + timedelta(hours=1)
    edit_contact(by=admin, contact=row, now=later, summary="asked about white tea")
    row.refresh_from_db()
    assert (row.summary, row.edited_at) == ("asked about white tea", later)
    edit_contact(by=admin, contact=row, now=NOW, summary="asked about white tea")
    assert AuditEntry.objects.filter(action="contact.edit").count() == 1
    assert all("tea" not in str(each.data) for each in AuditEntry.objects.all())
    remove_contact(by=admin, contact=row, now=NOW)
    assert contacts_of(mei) == []


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"channel": "pigeon"}, "channel"), ({"direction": "up"}, "direction"), ({"summary": " "}, "summary"),
        ({"summary": "x" * 4001}, "summary"), ({"result": "x" * 201}, "result"), ({"at": NOW + timedelta(days=2)}, "at"),
    ],
)  # fmt: skip
def test_a_contact_that_makes_no_sense_is_refused(admin: Scope, mei: Member, told: dict[str, Any], field: str) -> None:
    with pytest.raises(DomainError) as raised:
        note_contact(by=admin, member=mei, now=NOW, **{**CALL, **told})
    assert (raised.value.code, raised.value.data["field"]) == ("bad_contact", field)
    assert not Contact.objects.exists()


def test_only_who_wrote_a_contact_changes_it_and_only_who_may_edit_writes(
    admin: Scope, system: Scope, mei: Member, staff: AddStaff, unit: Unit, other_unit: Unit
) -> None:
    row = note_contact(by=admin, member=mei, now=NOW, **CALL)
    other = scope_of(staff("second", "admin", unit))
    far = scope_of(staff("far", "owner", other_unit))
    for attempt in (
        lambda: edit_contact(by=other, contact=row, now=NOW, summary="mine"),
        lambda: remove_contact(by=other, contact=row, now=NOW),
        lambda: note_contact(by=far, member=mei, now=NOW, **CALL),
        lambda: note_contact(by=scope_of(staff("auditor", "auditor", unit)), member=mei, now=NOW, **CALL),
    ):
        with pytest.raises(DomainError) as raised:
            attempt()
        assert raised.value.code == "denied"
    assert list(Contact.objects.values_list("summary", flat=True)) == ["asked about the tea"]


def test_merged_people_have_both_histories_and_each_their_own_again(system: Scope, mei: Member, ann: Member) -> None:
    note_contact(by=system, member=mei, now=NOW, **CALL)
    note_contact(by=system, member=ann, now=NOW, **{**CALL, "summary": "ran together"})
    made = merge(by=system, one=mei, other=ann, now=NOW)
    assert {each.summary for each in contacts_of(mei)} == {"asked about the tea", "ran together"}
    take_back(by=system, decisions=[made], now=NOW)
    assert [each.summary for each in contacts_of(ann)] == ["ran together"]
    assert [each.summary for each in contacts_of(mei)] == ["asked about the tea"]


def test_a_link_shows_on_both_pages_and_makes_one_decision(
    system: Scope, mei: Member, ann: Member, person: Person, place: Place, unit: Unit
) -> None:
    kid = person("Kid", place("school", unit))
    assert spared_decisions(system, people(system)) == 0
    link = add_link(by=system, pair=(mei, kid), kind="parent", now=NOW, note="class 3")
    add_link(by=system, pair=(ann, kid), kind="parent", now=NOW)
    assert [(each.other.name, each.decides) for each in links_of(system, kid)] == [("Ann", True), ("Mei", True)]
    assert [(each.other.name, each.decides) for each in links_of(system, mei)] == [("Kid", False)]
    assert households(system) == [frozenset({mei.pk, ann.pk, kid.pk})]
    assert households(system, [mei.pk, kid.pk]) == [frozenset({mei.pk, kid.pk})]
    assert households(system, [mei.pk]) == []
    assert spared_decisions(system, people(system)) == 2
    assert spared_decisions(system, people(system).filter(pk=mei.pk)) == 0
    remove_link(by=system, link=link, now=NOW)
    assert households(system) == [frozenset({ann.pk, kid.pk})]


def test_spouses_may_decide_for_each_other(system: Scope, mei: Member, ann: Member) -> None:
    add_link(by=system, pair=(mei, ann), kind="spouse", now=NOW)
    add_link(by=system, pair=(ann, mei), kind="spouse", now=NOW)
    assert len(links_of(system, mei)) == 2
    assert households(system) == [frozenset({mei.pk, ann.pk})]


def test_merging_the_two_of_a_link_hides_it_and_parting_brings_it_back(system: Scope, mei: Member, ann: Member) -> None:
    add_link(by=system, pair=(mei, ann), kind="other", now=NOW)
    made = merge(by=system, one=mei, other=ann, now=NOW)
    assert (links_of(system, mei), households(system)) == ([], [])
    take_back(by=system, decisions=[made], now=NOW)
    assert [each.other.name for each in links_of(system, ann)] == ["Mei"]


def test_links_that_make_no_sense_or_may_not_be_are_refused(
    system: Scope, mei: Member, ann: Member, person: Person, place: Place, staff: AddStaff, unit: Unit, other_unit: Unit
) -> None:
    far = person("Far", place("far", other_unit))
    add_link(by=system, pair=(mei, ann), kind="parent", now=NOW)
    here = scope_of(staff("here", "admin", unit))
    for by, pair, told, code in (
        (system, (mei, mei), {"kind": "other"}, "link_self"),
        (system, (mei, ann), {"kind": "other"}, "link_taken"),
        (system, (ann, mei), {"kind": "boss"}, "bad_link"),
        (system, (ann, mei), {"kind": "other", "note": "x" * 201}, "bad_link"),
        (here, (mei, far), {"kind": "other"}, "denied"),
    ):
        with pytest.raises(DomainError) as raised:
            add_link(by=by, pair=pair, now=NOW, **told)  # type: ignore[arg-type]
        assert raised.value.code == code
    assert Link.objects.count() == 1


def test_a_link_to_somebody_out_of_sight_does_not_show(
    system: Scope, mei: Member, person: Person, place: Place, staff: AddStaff, unit: Unit, other_unit: Unit
) -> None:
    far = person("Far", place("far", other_unit))
    add_link(by=system, pair=(far, mei), kind="parent", now=NOW)
    here = scope_of(staff("here", "admin", unit))
    assert (links_of(here, mei), households(here)) == ([], [])
    assert len(links_of(system, mei)) == 1
