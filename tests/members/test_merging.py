"""Deciding who is the same person: who may, what is kept, what follows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from qunyu.kernel.errors import DomainError
from qunyu.kernel.models import AuditEntry
from qunyu.kernel.scope import Scope
from qunyu.members import merging
from qunyu.members.merging import decide, decisions_of, find_act, merge, take_back, unmerge
from qunyu.members.models import Identity, Member, MergeDecision
from qunyu.members.queries import head_of, identities_of
from qunyu.people.models import Unit
from qunyu.people.queries import scope_of
from tests.deployment_fixtures import NOW, AddStaff
from tests.members.conftest import Person, Place


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Whose labels are asked to be made anew."""
    found: list[Any] = []
    monkeypatch.setattr(merging, "enqueue", lambda name, **told: found.append((name, told["members"])))
    return found


@pytest.fixture
def ann(person: Person, place: Place, unit: Unit) -> Member:
    return person("Ann", place("runners", unit))


@pytest.fixture
def far(person: Person, place: Place, other_unit: Unit) -> Member:
    return person("Far", place("far", other_unit))


def head(member: Member) -> Member:
    return Identity.objects.get(own_member=member).member


def test_a_merge_is_kept_with_who_and_why_and_followed_by_labels(
    staff: AddStaff, unit: Unit, mei: Member, ann: Member, asked: list[Any]
) -> None:
    by = scope_of(staff("admin", "admin", unit))
    made = merge(by=by, one=ann, other=mei, why="one address", now=NOW)
    assert (head(mei), head(ann)) == (mei, mei)
    assert (made.verdict, made.by_name, made.why, made.at) == ("same", "Admin", "one address", NOW)
    assert asked == [("flows.label", [mei.pk, ann.pk])]
    entry = AuditEntry.objects.get(action="member.merge")
    ids = sorted(Identity.objects.values_list("pk", flat=True))
    assert (entry.object_kind, entry.object_id, entry.data) == ("member", str(mei.pk), {"identities": ids})
    assert [each.pk for each in decisions_of(mei)] == [made.pk]
    assert head_of(by, ann.public_id) == mei.public_id
    assert head_of(by, mei.public_id) is None
    assert len(identities_of(by, mei)) == 2


@pytest.mark.parametrize("role", ["auditor", "analyst", ""])
def test_merging_needs_the_permission_to_edit(
    staff: AddStaff, unit: Unit, system: Scope, mei: Member, ann: Member, role: str
) -> None:
    by = scope_of(staff("somebody", role, unit))
    made = merge(by=system, one=mei, other=ann, now=NOW)
    entries = AuditEntry.objects.count()
    pair = (made.one_id, made.other_id)
    for attempt in (
        lambda: decide(by=by, pairs=[pair], verdict="different", now=NOW),
        lambda: unmerge(by=by, member=mei, identities=[pair[1]], now=NOW),
        lambda: take_back(by=by, decisions=[made], now=NOW),
    ):
        with pytest.raises(DomainError) as raised:
            attempt()
        assert raised.value.code == "denied"
    assert (head(ann), MergeDecision.objects.count(), AuditEntry.objects.count()) == (mei, 1, entries)


def test_both_people_must_belong_where_one_may_edit(
    staff: AddStaff, unit: Unit, mei: Member, far: Member, system: Scope
) -> None:
    here = scope_of(staff("here", "admin", unit))
    with pytest.raises(DomainError) as raised:
        merge(by=here, one=mei, other=far, now=NOW)
    assert (raised.value.code, head(far), MergeDecision.objects.count()) == ("denied", far, 0)
    made = merge(by=system, one=mei, other=far, now=NOW)
    with pytest.raises(DomainError) as raised:
        take_back(by=here, decisions=[made], now=NOW)
    assert (raised.value.code, head(far)) == ("denied", mei)
    with pytest.raises(DomainError) as raised:
        find_act(here, made.act)
    assert raised.value.code == "unknown_decision"
    assert find_act(system, made.act) == [made]


def test_the_newest_word_takes_the_place_of_the_older_and_gives_it_back(
    system: Scope, mei: Member, ann: Member
) -> None:
    first = merge(by=system, one=mei, other=ann, now=NOW)
    (second,) = unmerge(by=system, member=mei, identities=[ann.own_identity.pk], now=NOW + timedelta(hours=1))
    first.refresh_from_db()
    assert (first.ended_at, first.ended_by) == (NOW + timedelta(hours=1), second)
    assert head(ann) == ann
    assert take_back(by=system, decisions=[second], now=NOW) == 1
    first.refresh_from_db()
    assert (first.ended_at, first.ended_by, head(ann)) == (None, None, mei)


def test_several_pairs_are_decided_at_once_and_each_can_be_taken_back(
    system: Scope, mei: Member, ann: Member, far: Member, asked: list[Any]
) -> None:
    ids = [each.own_identity.pk for each in (mei, ann, far)]
    made = decide(by=system, pairs=[(ids[0], ids[1]), (ids[2], ids[1])], verdict="same", now=NOW)
    assert (head(ann), head(far)) == (mei, mei)
    assert asked == [("flows.label", [mei.pk, ann.pk, far.pk])]
    assert len({each.act for each in made}) == 2
    take_back(by=system, decisions=[made[1]], now=NOW)
    assert (head(ann), head(far)) == (mei, far)
