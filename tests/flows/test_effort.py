"""Effort by operator and community, with the community's results beside it."""

from __future__ import annotations

from datetime import date

import pytest

from qunyu.communities.duties import give_duty
from qunyu.communities.models import Community
from qunyu.communities.work import Noted, Work, add_work
from qunyu.flows.effort import Efforts, Row, days_asked, efforts
from qunyu.insights.effort import Doing
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Denied, Scope
from qunyu.members.models import Member
from qunyu.members.staff_links import link
from qunyu.people.models import Staff, Unit
from qunyu.people.queries import scope_of
from tests.deployment_fixtures import NOW, AddStaff, ImportFile

MARCH = (date(2026, 3, 1), date(2026, 3, 31))
LIST = "community,member_id,name,joined_at,role,phone,platform\nTea lovers,w1,阿珍,2026-03-01 08:00,member,13800138000,whatsapp\n"
ORDERS = (
    "order_id,customer,ordered_at,amount,currency,status,phone\nA1,c1,2026-03-03 10:00,128.00,CNY,paid,13800138000\n"
)


@pytest.fixture
def ann(staff: AddStaff, unit: Unit) -> Staff:
    """Owner of 华东店."""
    return staff("ann", "owner", unit)


@pytest.fixture
def run(ann: Staff, tea: Community, system: Scope) -> Community:
    """Tea lovers, run by Ann, who is Mei in the chat."""
    give_duty(by=system, community=tea, staff=ann, kind="owner", now=NOW)
    link(by=system, member=Member.objects.get(name="Mei"), staff=ann, now=NOW)
    return tea


def only(found: Efforts) -> Row:
    (row,) = found.rows
    return row


def test_what_was_done_and_what_came_of_it(
    ann: Staff, run: Community, import_file: ImportFile, unit: Unit, system: Scope
) -> None:
    import_file("members.csv", LIST, unit, "members")
    import_file("orders.csv", ORDERS, unit, "orders")
    add_work(by=system, staff=ann, work=Work(date(2026, 3, 5), 40, "content", run), now=NOW)
    add_work(by=system, staff=ann, work=Work(date(2026, 3, 6), 2, "other", run), now=NOW)
    found = efforts(scope_of(ann), *MARCH)
    row = only(found)
    assert (row.staff, row.community, row.kinds, row.shared, row.noted) == (ann, run, ("owner",), 1, Noted(42, 2))
    assert row.doing == Doing(messages=3, days=3, answers=0, minutes=3.0, sittings=3, greeted=0, came=2)
    figures = {name: [(each.value, each.part) for each in told] for name, told in row.results.items()}
    assert figures["orders"] == [(1.0, "")]
    assert figures["revenue"] == [(12800.0, "CNY")]
    assert figures["leaves"] == [(1.0, "")]
    assert (found.minutes, found.linked, found.as_of) == ({ann.pk: 3.0}, frozenset({ann.pk}), date(2026, 3, 14))


def test_orders_only_where_they_may_be_seen(
    ann: Staff, run: Community, staff: AddStaff, unit: Unit, system: Scope
) -> None:
    from qunyu.people.models import Role

    Role.objects.create(code="coach", name_zh="教练", name_en="Coach", permissions=["communities.view", "effort.view"])
    coach = scope_of(staff("coach", "coach", unit))
    assert set(only(efforts(coach, *MARCH, ann)).results) == {"joins", "leaves", "interaction_rate"}
    assert "revenue" in only(efforts(scope_of(ann), *MARCH)).results


def test_without_a_link_it_is_unknown(ann: Staff, tea: Community, system: Scope) -> None:
    give_duty(by=system, community=tea, staff=ann, kind="owner", now=NOW)
    found = efforts(system, *MARCH)
    assert only(found).doing is None
    assert (found.linked, found.minutes) == (frozenset(), {})


def test_silence_on_recorded_days_is_nothing_done_and_on_others_unknown(
    ann: Staff, run: Community, system: Scope
) -> None:
    """On 13 March others spoke; the export ends on the 14th."""
    for day in (13, 16):
        add_work(by=system, staff=ann, work=Work(date(2026, 3, day), 5, "other", run), now=NOW)
    (silent,) = efforts(scope_of(ann), date(2026, 3, 13), date(2026, 3, 13), ann).rows
    assert silent.doing == Doing()
    (unknown,) = efforts(scope_of(ann), date(2026, 3, 16), date(2026, 3, 16), ann).rows
    assert unknown.doing is None


def test_work_for_no_community_is_a_row_of_its_own(ann: Staff, run: Community, system: Scope) -> None:
    add_work(by=system, staff=ann, work=Work(date(2026, 3, 5), 40, "reporting"), now=NOW)
    rows = efforts(scope_of(ann), *MARCH).rows
    assert [(row.community and row.community.name, row.noted.minutes) for row in rows] == [
        (None, 40),
        ("Tea lovers", 0),
    ]


def test_how_many_share_a_community(ann: Staff, run: Community, staff: AddStaff, unit: Unit, system: Scope) -> None:
    ben = staff("ben", "admin", unit)
    give_duty(by=system, community=run, staff=ben, kind="admin", now=NOW)
    assert [(row.staff.username, row.shared) for row in efforts(system, *MARCH).rows] == [("ann", 2), ("ben", 2)]


def test_others_in_sight_and_oneself_everywhere(
    ann: Staff, run: Community, staff: AddStaff, unit: Unit, other_unit: Unit, system: Scope
) -> None:
    ben, stranger = staff("ben", "admin", unit), staff("stranger", "owner", other_unit)
    give_duty(by=system, community=run, staff=ben, kind="admin", now=NOW)
    with pytest.raises(Denied):
        efforts(scope_of(ben), *MARCH)
    assert [row.community for row in efforts(scope_of(ben), *MARCH, ben).rows] == [run]
    assert efforts(scope_of(ben), *MARCH, ann).rows == ()
    assert efforts(scope_of(stranger), *MARCH, ann).rows == ()
    assert efforts(scope_of(stranger), *MARCH).rows == ()


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        (None, None, (date(2026, 2, 21), date(2026, 3, 20))),
        (date(2026, 3, 1), None, (date(2026, 3, 1), date(2026, 3, 20))),
        (None, date(2026, 1, 31), (date(2026, 1, 4), date(2026, 1, 31))),
        (date(2027, 1, 1), None, (date(2027, 1, 1), date(2027, 1, 1))),
    ],
)
def test_the_days_asked(first: date | None, last: date | None, days: tuple[date, date]) -> None:
    assert days_asked(first, last, NOW) == days


def test_days_that_run_backwards() -> None:
    with pytest.raises(DomainError) as refused:
        days_asked(date(2026, 3, 2), date(2026, 3, 1), NOW)
    assert refused.value.code == "bad_period"
