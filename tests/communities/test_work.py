"""Work noted down by hand: by oneself or a manager, within sense, and seen where effort may be seen."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from qunyu.communities.models import Community, WorkEntry
from qunyu.communities.work import Noted, Work, add_work, change_work, find_work, noted, remove_work, work_entries
from qunyu.communities.work_kinds import WORK_KINDS, find_work_kind
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
def ann(staff: AddStaff, unit: Unit) -> Staff:
    """Owner of 华东店."""
    return staff("ann", "owner", unit)


@pytest.fixture
def ben(staff: AddStaff, unit: Unit) -> Staff:
    """Admin of 华东店."""
    return staff("ben", "admin", unit)


def told() -> list[tuple[str, date, int, str, str]]:
    rows = WorkEntry.objects.order_by("id").select_related("staff")
    return [(each.staff.username, each.day, each.minutes, each.kind, each.note) for each in rows]


def test_machines_can_do_some_kinds_and_people_the_others() -> None:
    assert [key for key, each in WORK_KINDS.items() if each.machine] == ["links", "reporting"]
    assert (find_work_kind("迎新").key, find_work_kind(" Posting Links ").key) == ("welcoming", "links")


def test_one_keeps_ones_own(ben: Staff, club: Community) -> None:
    scope = scope_of(ben)
    entry = add_work(by=scope, staff=ben, work=Work(TODAY, 30, "answering", club, " about tea "), now=NOW)
    assert told() == [("ben", TODAY, 30, "answering", "about tea")]
    change_work(by=scope, entry=entry, work=Work(TODAY, 1440, "答疑"), now=NOW)
    assert told() == [("ben", TODAY, 1440, "answering", "")]
    remove_work(by=scope, entry=entry, now=NOW)
    assert told() == []
    trail = AuditEntry.objects.filter(action__startswith="work.").order_by("id")
    assert [each.action for each in trail] == ["work.add", "work.edit", "work.remove"]
    assert "note" not in trail[0].data


@pytest.mark.parametrize(
    ("work", "code", "field"),
    [
        (Work(TODAY, 0, "other"), "bad_minutes", "minutes"),
        (Work(TODAY, 1441, "other"), "bad_minutes", "minutes"),
        (Work(TODAY + timedelta(days=1), 10, "other"), "bad_work_day", "day"),
        (Work(date(1999, 12, 31), 10, "other"), "bad_work_day", "day"),
        (Work(TODAY, 10, "sleeping"), "unknown_work_kind", "kind"),
        (Work(TODAY, 10, "other", None, "x" * 201), "bad_note", "note"),
    ],
)
def test_what_makes_no_sense_is_refused(work: Work, code: str, field: str, ben: Staff) -> None:
    with pytest.raises(DomainError) as refused:
        add_work(by=scope_of(ben), staff=ben, work=work, now=NOW)
    assert (refused.value.code, refused.value.data["field"]) == (code, field)
    assert told() == []


def test_not_for_others_but_as_their_manager(
    ann: Staff, ben: Staff, staff: AddStaff, unit: Unit, other_unit: Unit
) -> None:
    manager, stranger = staff("manager", "director", unit), staff("stranger", "director", other_unit)
    entry = add_work(by=scope_of(manager), staff=ben, work=Work(TODAY, 5, "other"), now=NOW)
    for who in (ann, stranger):
        with pytest.raises(DomainError) as refused:
            add_work(by=scope_of(who), staff=ben, work=Work(TODAY, 7, "other"), now=NOW)
        assert refused.value.code == "not_yours"
        with pytest.raises(DomainError):
            change_work(by=scope_of(who), entry=entry, work=Work(TODAY, 7, "other"), now=NOW)
        with pytest.raises(DomainError):
            remove_work(by=scope_of(who), entry=entry, now=NOW)
    assert told() == [("ben", TODAY, 5, "other", "")]


def test_not_in_a_community_out_of_sight(ben: Staff, other_unit: Unit) -> None:
    foreign = Community.objects.create(unit=other_unit, platform="wechat", key="c2", name="Foreign")
    with pytest.raises(Denied):
        add_work(by=scope_of(ben), staff=ben, work=Work(TODAY, 5, "other", foreign), now=NOW)
    assert told() == []


def test_seen_by_oneself_and_where_effort_may_be_seen(
    ann: Staff, ben: Staff, club: Community, staff: AddStaff, other_unit: Unit, system: Scope
) -> None:
    stranger = staff("stranger", "owner", other_unit)
    foreign = Community.objects.create(unit=other_unit, platform="wechat", key="c2", name="Foreign")
    mine = add_work(by=system, staff=ben, work=Work(TODAY, 5, "links", club), now=NOW)
    add_work(by=system, staff=ben, work=Work(TODAY, 6, "links", club), now=NOW)
    add_work(by=system, staff=ben, work=Work(TODAY, 7, "other"), now=NOW)
    hidden = add_work(by=system, staff=stranger, work=Work(TODAY, 9, "other", foreign), now=NOW)
    alone = add_work(by=system, staff=stranger, work=Work(TODAY, 11, "other"), now=NOW)
    assert sorted(each.minutes for each in work_entries(scope_of(ann))) == [5, 6, 7]
    assert sorted(each.minutes for each in work_entries(scope_of(ben))) == [5, 6, 7]
    assert sorted(each.minutes for each in work_entries(scope_of(stranger))) == [9, 11]
    assert find_work(scope_of(ann), mine.public_id) == mine
    for each in (hidden, alone):
        with pytest.raises(DomainError) as unknown:
            find_work(scope_of(ann), each.public_id)
        assert unknown.value.code == "unknown_work"
    assert noted(scope_of(ann), TODAY, TODAY) == {
        (ben.pk, club.pk, "links"): Noted(11, 2),
        (ben.pk, None, "other"): Noted(7, 1),
    }
    assert noted(system, TODAY, TODAY, [stranger.pk]).keys() == {
        (stranger.pk, foreign.pk, "other"),
        (stranger.pk, None, "other"),
    }
    assert noted(system, TODAY + timedelta(days=1), TODAY + timedelta(days=2)) == {}
