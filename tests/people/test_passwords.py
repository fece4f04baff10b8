"""Passwords: strength by the rules, no reuse, choosing one's own after another gave one, and growing old."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest

from qunyu.kernel.errors import DomainError
from qunyu.kernel.queries import entries
from qunyu.kernel.scope import Denied, Scope
from qunyu.people.actions import add_staff, grant
from qunyu.people.models import PastPassword, Staff, StaffSession, Unit
from qunyu.people.passwords import change_password, must_change, set_password
from qunyu.people.queries import root_unit, scope_of
from qunyu.people.sessions import begin_session
from qunyu.people.sign_in_rules import change_rules, password_words, rules_now
from tests.deployment_fixtures import NOW, PASSWORD, AddStaff

pytestmark = pytest.mark.django_db
NEW = "another long phrase 8"


def refused(code: str, staff: Staff, old: str, new: str) -> None:
    """The change is refused with that code and the password stays."""
    before = staff.password
    with pytest.raises(DomainError) as caught:
        change_password(staff=staff, old=old, new=new, now=NOW)
    assert caught.value.code == code
    assert Staff.objects.get(pk=staff.pk).password == before


def test_the_rules_ask_for_longer_passwords(system: Scope, staff: AddStaff) -> None:
    mei = staff("mei")
    change_rules(by=system, changes={"min_length": 22}, now=NOW)
    refused("weak_password", mei, PASSWORD, NEW)
    with pytest.raises(DomainError):
        add_staff(by=system, username="lin", name="", password=NEW, now=NOW)
    change_password(staff=mei, old=PASSWORD, new=NEW + "9", now=NOW)
    assert Staff.objects.get(pk=mei.pk).check_password(NEW + "9")


def test_the_present_password_is_never_a_new_one(staff: AddStaff) -> None:
    refused("same_password", staff("mei"), PASSWORD, PASSWORD)


def test_the_last_three_are_not_used_again(system: Scope, staff: AddStaff) -> None:
    mei = staff("mei")
    change_rules(by=system, changes={"remembered": 3}, now=NOW)
    chosen = [PASSWORD, *(f"phrase number {n} of mine" for n in "abc")]
    for old, new in pairwise(chosen):
        change_password(staff=mei, old=old, new=new, now=NOW)
    for again in chosen[1:3]:
        refused("used_password", mei, chosen[3], again)
    change_password(staff=mei, old=chosen[3], new=PASSWORD, now=NOW)
    assert PastPassword.objects.filter(staff=mei).count() == 2


def test_no_more_hashes_are_kept_than_the_rules_look_at(staff: AddStaff) -> None:
    mei = staff("mei")
    change_password(staff=mei, old=PASSWORD, new=NEW, now=NOW)
    assert not PastPassword.objects.exists()


def test_a_password_that_another_gave_must_be_changed_once(staff: AddStaff, system: Scope) -> None:
    boss, mei = staff("boss", "director"), staff("mei", "owner")
    begin_session(staff=mei, via="password", strong=False, now=NOW)
    set_password(by=scope_of(boss), staff=mei, password=NEW, now=NOW)
    mei.refresh_from_db()
    assert mei.must_change_password
    assert StaffSession.objects.get(staff=mei).ended_at == NOW
    entry = entries()[0]
    assert (entry.action, entry.actor, entry.data) == ("staff.password", f"staff:{boss.pk}", {"count": 1})
    change_password(staff=mei, old=NEW, new=PASSWORD, now=NOW)
    assert not Staff.objects.get(pk=mei.pk).must_change_password


def test_an_account_made_by_a_person_begins_with_a_password_to_change(staff: AddStaff, system: Scope) -> None:
    boss = scope_of(staff("boss", "director"))
    assert add_staff(by=boss, username="a", name="", password=PASSWORD, now=NOW).must_change_password
    assert not add_staff(by=system, username="b", name="", password=PASSWORD, now=NOW).must_change_password
    told = add_staff(by=system, username="c", name="", password=PASSWORD, temporary=True, now=NOW)
    assert told.must_change_password


def test_only_who_manages_the_whole_account_gives_passwords(
    staff: AddStaff, unit: Unit, other_unit: Unit, system: Scope
) -> None:
    both, boss = staff("both", "owner", unit), staff("boss", "director", unit)
    grant(by=system, staff=both, role="owner", unit=other_unit, now=NOW)
    for by, code in ((scope_of(boss), "denied"), (scope_of(both), "denied")):
        with pytest.raises(Denied) as caught:
            set_password(by=by, staff=both, password=NEW, now=NOW)
        assert caught.value.code == code
    with pytest.raises(DomainError) as own:
        set_password(by=scope_of(boss), staff=boss, password=NEW, now=NOW)
    assert own.value.code == "own_access"
    assert Staff.objects.get(pk=both.pk).check_password(PASSWORD)
    assert Staff.objects.get(pk=boss.pk).check_password(PASSWORD)


def test_ones_own_change_ends_the_other_sessions(staff: AddStaff) -> None:
    mei = staff("mei")
    here = begin_session(staff=mei, via="password", strong=False, now=NOW)
    there = begin_session(staff=mei, via="password", strong=False, now=NOW)
    change_password(staff=mei, old=PASSWORD, new=NEW, here=here.pk, now=NOW)
    here.refresh_from_db()
    there.refresh_from_db()
    assert (here.ended_at, there.ended_at) == (None, NOW)


def test_a_password_grows_old_at_the_end_of_its_last_day(system: Scope, staff: AddStaff) -> None:
    mei = staff("mei")
    assert not must_change(mei, rules_now(), NOW + timedelta(days=10_000))
    change_rules(by=system, changes={"password_days": 90}, now=NOW)
    assert not must_change(mei, rules_now(), NOW + timedelta(days=90) - timedelta(seconds=1))
    assert must_change(mei, rules_now(), NOW + timedelta(days=90))
    Staff.objects.update(password_changed_at=None, created_at=NOW - timedelta(days=90))
    assert must_change(Staff.objects.get(pk=mei.pk), rules_now(), NOW)


@pytest.mark.parametrize(
    "changes",
    [
        {"min_length": 9}, {"min_length": 65}, {"password_days": -1}, {"remembered": 11}, {"idle_minutes": 14},
        {"lifetime_hours": 0}, {"second_factor": "somebody"}, {"min_length": "12"}, {"min_length": 12, "unknown": 1},
    ],
)  # fmt: skip
def test_a_rule_out_of_bounds_changes_nothing(changes: dict[str, int | str], system: Scope) -> None:
    before = entries().count()
    with pytest.raises(DomainError) as caught:
        change_rules(by=system, changes=changes, now=NOW)
    assert caught.value.code == "bad_rule"
    assert caught.value.data["field"] in changes
    assert (rules_now().min_length, entries().count()) == (10, before)


def test_rules_are_changed_at_the_root_and_audited_once(system: Scope, staff: AddStaff, unit: Unit) -> None:
    boss = scope_of(staff("boss", "director", unit))
    with pytest.raises(Denied):
        change_rules(by=boss, changes={"min_length": 12}, now=NOW)
    assert change_rules(by=system, changes={"min_length": 12, "remembered": 0, "second_factor": "directors"}, now=NOW)
    assert not change_rules(by=system, changes={"min_length": 12}, now=NOW)
    entry = entries()[0]
    assert (entry.action, entry.object_id) == ("sign_in.rules", str(root_unit().pk))
    assert entry.data == {"min_length": "10 → 12", "second_factor": "nobody → directors"}


def test_what_the_rules_ask_of_a_password_is_said(system: Scope) -> None:
    change_rules(by=system, changes={"min_length": 14, "remembered": 5, "password_days": 90}, now=NOW)
    said = [each.en for each in password_words(rules_now())]
    assert said[0] == "at least 14 characters"
    assert said[-2:] == ["none of the last 5", "good for 90 days"]


def test_a_short_password_is_refused_in_the_readers_language(system: Scope, staff: AddStaff) -> None:
    with pytest.raises(DomainError) as caught:
        set_password(by=system, staff=staff("mei"), password="short", now=NOW)
    assert caught.value.message.zh == "密码太弱：至少需要 10 个字符"
    assert caught.value.message.en == "the password is too weak: it needs at least 10 characters"
