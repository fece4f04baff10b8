"""Who runs a community: given, ended, handed over, and by whom."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from qunyu.communities.duties import DUTY_KINDS, duty_kind, end_duty, give_duty, hand_over
from qunyu.communities.duty_queries import carriers, duties, find_duty, find_operator, operators, running, unowned
from qunyu.communities.models import Community, Duty, DutyKind
from qunyu.kernel.errors import DomainError
from qunyu.kernel.models import AuditEntry
from qunyu.kernel.scope import Denied, Scope
from qunyu.people.models import Staff, Unit
from qunyu.people.queries import scope_of
from tests.deployment_fixtures import NOW, AddStaff

TODAY = date(2026, 3, 20)


@pytest.fixture
def club(unit: Unit) -> Community:
    return Community.objects.create(unit=unit, platform="wechat", key="c1", name="Club")


@pytest.fixture
def other_club(other_unit: Unit) -> Community:
    return Community.objects.create(unit=other_unit, platform="wechat", key="c2", name="Other club")


@pytest.fixture
def ann(staff: AddStaff, unit: Unit) -> Staff:
    """Owner of 华东店."""
    return staff("ann", "owner", unit)


@pytest.fixture
def ben(staff: AddStaff, unit: Unit) -> Staff:
    """Admin of 华东店."""
    return staff("ben", "admin", unit)


def told() -> list[tuple[str, str, str, date, date | None]]:
    rows = Duty.objects.order_by("id").select_related("staff", "community")
    return [(each.community.name, each.staff.username, each.kind, each.since, each.until) for each in rows]


def test_the_kinds_are_those_of_the_table() -> None:
    assert set(DUTY_KINDS) == set(DutyKind.values)


@pytest.mark.parametrize(
    ("text", "code"), [("owner", "owner"), (" 群主 ", "owner"), ("Admin", "admin"), ("kol", "kol")]
)
def test_a_kind_by_any_of_its_names(text: str, code: str) -> None:
    assert duty_kind(text) == code


def test_given_once_and_ended_with_its_history(ann: Staff, ben: Staff, club: Community) -> None:
    scope = scope_of(ann)
    duty = give_duty(by=scope, community=club, staff=ben, kind="admin", now=NOW)
    assert give_duty(by=scope, community=club, staff=ben, kind="管理员", now=NOW).pk == duty.pk
    end_duty(by=scope, duty=duty, now=NOW + timedelta(days=2))
    end_duty(by=scope, duty=duty, now=NOW + timedelta(days=9))
    give_duty(by=scope, community=club, staff=ben, kind="admin", now=NOW + timedelta(days=10))
    assert told() == [
        ("Club", "ben", "admin", TODAY, date(2026, 3, 22)),
        ("Club", "ben", "admin", date(2026, 3, 30), None),
    ]
    trail = AuditEntry.objects.filter(action__startswith="duty.").order_by("id")
    assert [(each.action, each.object_id, each.data) for each in trail] == [
        ("duty.give", str(club.pk), {"staff": ben.pk, "duty": "admin"}),
        ("duty.end", str(club.pk), {"staff": ben.pk, "duty": "admin"}),
        ("duty.give", str(club.pk), {"staff": ben.pk, "duty": "admin"}),
    ]


def test_what_does_not_fit_is_refused(
    ann: Staff, ben: Staff, club: Community, staff: AddStaff, other_unit: Unit
) -> None:
    stranger = staff("stranger", "owner", other_unit)
    nobody = staff("nobody")
    for who, kind, code in (
        (stranger, "owner", "out_of_reach"),
        (nobody, "owner", "out_of_reach"),
        (ben, "king", "unknown_duty_kind"),
    ):
        with pytest.raises(DomainError) as refused:
            give_duty(by=scope_of(ann), community=club, staff=who, kind=kind, now=NOW)
        assert refused.value.code == code
    Staff.objects.filter(pk=ben.pk).update(is_active=False)
    ben.refresh_from_db()
    with pytest.raises(DomainError) as closed:
        give_duty(by=scope_of(ann), community=club, staff=ben, kind="admin", now=NOW)
    assert closed.value.code == "account_closed"
    assert told() == []


def test_only_who_edits_communities_there(
    ann: Staff, ben: Staff, club: Community, other_club: Community, system: Scope
) -> None:
    duty = give_duty(by=system, community=club, staff=ben, kind="admin", now=NOW)
    for scope, place in ((scope_of(ben), club), (scope_of(ann), other_club)):
        with pytest.raises(Denied):
            give_duty(by=scope, community=place, staff=ann, kind="owner", now=NOW)
    with pytest.raises(Denied):
        end_duty(by=scope_of(ben), duty=duty, now=NOW)
    with pytest.raises(Denied):
        hand_over(by=scope_of(ben), staff=ben, to=ann, now=NOW)
    assert told() == [("Club", "ben", "admin", TODAY, None)]


def test_everything_is_handed_over_at_once(ann: Staff, ben: Staff, club: Community, unit: Unit, system: Scope) -> None:
    second = Community.objects.create(unit=unit, platform="qq", key="c3", name="Second")
    for place, kind in ((club, "owner"), (club, "admin"), (second, "admin")):
        give_duty(by=system, community=place, staff=ben, kind=kind, now=NOW)
    give_duty(by=system, community=second, staff=ann, kind="admin", now=NOW)
    assert hand_over(by=scope_of(ann), staff=ben, to=ann, now=NOW) == 3
    assert list(running(system).filter(staff=ben)) == []
    held = running(system).filter(staff=ann).order_by("community__name", "kind")
    assert [(each.community.name, each.kind) for each in held] == [
        ("Club", "admin"),
        ("Club", "owner"),
        ("Second", "admin"),
    ]
    with pytest.raises(DomainError) as nothing:
        hand_over(by=scope_of(ann), staff=ben, to=ann, now=NOW)
    assert nothing.value.code == "nothing_to_hand_over"
    with pytest.raises(DomainError) as same:
        hand_over(by=scope_of(ann), staff=ann, to=ann, now=NOW)
    assert same.value.code == "same_staff"


def test_a_hand_over_is_whole_or_not_at_all(
    ben: Staff, club: Community, other_club: Community, staff: AddStaff, other_unit: Unit, system: Scope
) -> None:
    both = staff("both", "admin")
    only = staff("only", "admin", other_unit)
    give_duty(by=system, community=other_club, staff=both, kind="owner", now=NOW)
    give_duty(by=system, community=club, staff=both, kind="owner", now=NOW)
    before = told()
    with pytest.raises(DomainError) as refused:
        hand_over(by=system, staff=both, to=only, now=NOW)
    assert refused.value.code == "out_of_reach"
    assert told() == before


def test_a_hand_over_leaves_what_lies_elsewhere(
    ann: Staff, ben: Staff, club: Community, other_club: Community, staff: AddStaff, system: Scope
) -> None:
    both = staff("both", "admin")
    for place in (club, other_club):
        give_duty(by=system, community=place, staff=both, kind="owner", now=NOW)
    assert hand_over(by=scope_of(ann), staff=both, to=ben, now=NOW) == 1
    assert [each.community.name for each in running(system).filter(staff=both)] == ["Other club"]


def test_reads_keep_to_the_scope(
    ann: Staff, ben: Staff, club: Community, other_club: Community, staff: AddStaff, system: Scope
) -> None:
    both = staff("both", "admin")
    hidden = give_duty(by=system, community=other_club, staff=both, kind="owner", now=NOW)
    shown = give_duty(by=system, community=club, staff=ben, kind="admin", now=NOW)
    scope = scope_of(ann)
    assert list(duties(scope)) == [shown]
    assert find_duty(scope, shown.public_id) == shown
    with pytest.raises(DomainError) as unknown:
        find_duty(scope, hidden.public_id)
    assert unknown.value.code == "unknown_duty"
    assert carriers(scope, [club.pk, other_club.pk]) == {club.pk: {ben.pk}}
    assert list(duties(Scope(scope.actor))) == []


def test_communities_that_nobody_owns(ann: Staff, ben: Staff, club: Community, unit: Unit, system: Scope) -> None:
    gone = Community.objects.create(unit=unit, platform="qq", key="c3", name="Gone", closed_on=TODAY)
    give_duty(by=system, community=club, staff=ben, kind="admin", now=NOW)
    assert list(unowned(scope_of(ann), TODAY)) == [club]
    assert list(unowned(scope_of(ann), TODAY - timedelta(days=1))) == [club, gone]
    duty = give_duty(by=system, community=club, staff=ann, kind="owner", now=NOW)
    assert list(unowned(scope_of(ann), TODAY)) == []
    end_duty(by=system, duty=duty, now=NOW)
    assert list(unowned(scope_of(ann), TODAY)) == [club]


def test_whose_effort_may_be_seen(
    ann: Staff, ben: Staff, club: Community, other_club: Community, staff: AddStaff, other_unit: Unit, system: Scope
) -> None:
    stranger, top = staff("stranger", "admin", other_unit), staff("top", "admin")
    assert [each.username for each in operators(scope_of(ann))] == ["ann", "ben"]
    give_duty(by=system, community=club, staff=top, kind="owner", now=NOW)
    assert [each.username for each in operators(scope_of(ann))] == ["ann", "ben", "top"]
    assert find_operator(scope_of(ann), top.public_id) == top
    assert find_operator(scope_of(ben), ben.public_id) == ben
    for scope, who in ((scope_of(ann), stranger), (scope_of(ben), ann)):
        with pytest.raises(DomainError) as unknown:
            find_operator(scope, who.public_id)
        assert unknown.value.code == "unknown_staff"
    assert list(operators(scope_of(ben))) == []
