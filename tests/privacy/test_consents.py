"""Consents: the latest counts, over all identities of a person; who said nothing did not agree."""

from __future__ import annotations

from datetime import timedelta

import pytest

from qunyu.communities.models import Community
from qunyu.flows.consent_table import take_consents
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Denied, Scope
from qunyu.members.merging import merge, take_back
from qunyu.members.models import Member
from qunyu.people.models import Unit
from qunyu.people.queries import scope_of
from qunyu.privacy.consents import Said, all_consents, consents_of, in_force, note, purposes
from qunyu.privacy.models import Consent
from qunyu.privacy.purposes import add_purpose, own_purposes, retire, reword
from qunyu.privacy.queries import consent_counts, may
from tests.deployment_fixtures import NOW, AddStaff

pytestmark = pytest.mark.django_db


def say(scope: Scope, member: Member, state: str, days: int = 0, purpose: str = "marketing") -> None:
    note(by=scope, members=[member], said=Said(purpose, state), at=NOW - timedelta(days=days), now=NOW)


def test_the_latest_counts_over_all_a_person_is(system: Scope, tea: Community) -> None:
    mei, tom, lin = (Member.objects.get(name=each) for each in ("Mei", "Tom", "Lin"))
    say(system, mei, "granted", days=2)
    say(system, tom, "withdrawn", days=1)
    say(system, lin, "refused", days=3)
    say(system, lin, "granted", days=1)
    everybody = {mei.pk, tom.pk, lin.pk}
    assert may(everybody, "marketing") == {mei.pk, lin.pk}
    assert may(everybody, "profiling") == set()
    done = merge(by=system, one=mei, other=tom, now=NOW)
    mei.refresh_from_db()
    head = mei.own_identity.member
    assert may({head.pk, lin.pk}, "marketing") == {lin.pk}
    assert [each.state for each in consents_of(head)] == ["withdrawn", "granted"]
    assert consent_counts(system) == {"marketing": {"withdrawn": 1, "granted": 1}}
    assert in_force(all_consents(system)).count() == 2
    take_back(by=system, decisions=[done], now=NOW)
    assert may(everybody, "marketing") == {mei.pk, lin.pk}


def test_a_withdrawal_wins_over_a_consent_of_the_same_moment(system: Scope, tea: Community) -> None:
    mei = Member.objects.get(name="Mei")
    for state in ("withdrawn", "granted"):
        say(system, mei, state)
    assert may({mei.pk}, "marketing") == set()
    assert [each.state for each in in_force(all_consents(system))] == ["withdrawn"]


def test_consents_are_noted_where_people_may_be_edited(
    system: Scope, tea: Community, unit: Unit, other_unit: Unit, staff: AddStaff
) -> None:
    mei = Member.objects.get(name="Mei")
    here, there = scope_of(staff("here", "admin", unit)), scope_of(staff("there", "owner", other_unit))
    say(here, mei, "granted")
    assert (all_consents(here).count(), all_consents(there).count()) == (1, 0)
    with pytest.raises(Denied):
        say(there, mei, "granted")
    add_purpose(by=there, unit=other_unit, key="photos", name_zh="活动照片", now=NOW)
    assert "photos" in purposes(there) and "photos" not in purposes(here)
    for wrong in (Said("photos", "granted"), Said("service", "perhaps"), Said("service", "granted", "dream")):
        with pytest.raises(DomainError) as refused:
            note(by=here, members=[mei], said=wrong, at=NOW, now=NOW)
        assert refused.value.code == "bad_consent"
    with pytest.raises(DomainError) as refused:
        note(by=here, members=[mei], said=Said("service", "granted"), at=NOW + timedelta(days=1), now=NOW)
    assert refused.value.data["field"] == "at"


def test_a_table_is_taken_over_whole_or_not_at_all_and_once(system: Scope, tea: Community) -> None:
    mei, tom = Member.objects.get(name="Mei"), Member.objects.get(name="Tom")
    head = "成员编号,目的,表态,日期,依据\n"
    good = f"{head}{mei.public_id},营销联系,同意,2026-03-01,表单 7\n{tom.public_id},profiling,refused,2026-03-02,\n"
    with pytest.raises(DomainError) as refused:
        take_consents(by=system, name="c.csv", data=f"{good}nobody,service,同意,,\n".encode(), now=NOW)
    assert (refused.value.code, Consent.objects.count()) == ("bad_lines", 0)
    assert take_consents(by=system, name="c.csv", data=good.encode(), now=NOW).added == 2
    assert take_consents(by=system, name="c.csv", data=good.encode(), now=NOW).already == 2
    assert may({mei.pk, tom.pk}, "marketing") == {mei.pk}


def test_a_purpose_is_reworded_and_retired_and_what_was_said_stays(
    system: Scope, staff: AddStaff, unit: Unit, tea: Community
) -> None:
    officer, below = scope_of(staff("officer", "officer")), scope_of(staff("below", "officer", unit))
    made = add_purpose(by=officer, unit=unit, key="photos", name_zh="活动照片", now=NOW)
    mei, owner = Member.objects.get(name="Mei"), scope_of(staff("owner", "owner", unit))
    note(by=owner, members=[mei], said=Said("photos", "granted"), at=NOW, now=NOW)
    assert [reword(by=officer, purpose=made, name_zh="照片", name_en="Photos", now=NOW) for _ in range(1)] == [True]
    made.refresh_from_db()
    assert retire(by=officer, purpose=made, retired=True, now=NOW)
    assert ("photos" in purposes(owner), "photos" in purposes(owner, retired=False)) == (True, False)
    with pytest.raises(DomainError) as refused:
        note(by=owner, members=[mei], said=Said("photos", "granted"), at=NOW, now=NOW)
    assert refused.value.data["field"] == "purpose"
    assert note(by=owner, members=[mei], said=Said("photos", "withdrawn"), at=NOW, now=NOW) == 1
    for told, field in ((("photos", "照片"), "key"), (("P", "照片"), "key"), (("other", " "), "name_zh")):
        with pytest.raises(DomainError) as refused:
            add_purpose(by=officer, unit=unit, key=told[0], name_zh=told[1], now=NOW)
        assert refused.value.data["field"] == field
    with pytest.raises(Denied):
        own_purposes(below)
    analyst = scope_of(staff("analyst", "analyst"))
    with pytest.raises(Denied):
        retire(by=analyst, purpose=made, retired=False, now=NOW)
