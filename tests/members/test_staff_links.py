"""Which person of the chats is which account: linked by managers, suggested by name, undone."""

from __future__ import annotations

import pytest

from qunyu.communities.models import Community
from qunyu.kernel.errors import DomainError
from qunyu.kernel.models import AuditEntry
from qunyu.kernel.scope import Denied, Scope
from qunyu.members.models import Identity, Member, StaffLink
from qunyu.members.staff_links import chat_people, link, links, suggested, unlink
from qunyu.people.models import Staff, Unit
from qunyu.people.queries import scope_of
from tests.deployment_fixtures import NOW, AddStaff


@pytest.fixture
def ann(staff: AddStaff, unit: Unit) -> Staff:
    """Admin of 华东店."""
    return staff("ann", "admin", unit)


@pytest.fixture
def manager(staff: AddStaff, unit: Unit) -> Scope:
    """A director of 华东店 alone."""
    return scope_of(staff("manager", "director", unit))


def mei() -> Member:
    return Member.objects.get(name="Mei")


def test_linked_and_undone(tea: Community, ann: Staff, manager: Scope) -> None:
    link(by=manager, member=mei(), staff=ann, now=NOW)
    link(by=manager, member=mei(), staff=ann, now=NOW)
    assert links() == {mei().pk: ann.pk} == links([ann.pk])
    assert [each.name for each in chat_people(manager, ann)] == ["Mei"]
    assert mei().role == "member"
    unlink(by=manager, member=mei(), staff=ann, now=NOW)
    unlink(by=manager, member=mei(), staff=ann, now=NOW)
    assert links() == {}
    trail = AuditEntry.objects.filter(object_kind="staff", object_id=str(ann.pk), action__contains="link").order_by(
        "id"
    )
    assert [(each.action, each.data) for each in trail] == [
        ("staff.link", {"member": mei().pk}),
        ("staff.unlink", {"member": mei().pk}),
    ]


def test_a_person_who_turns_out_to_be_somebody_else_stays_linked(tea: Community, ann: Staff, manager: Scope) -> None:
    tom, person = Member.objects.get(name="Tom"), mei()
    link(by=manager, member=person, staff=ann, now=NOW)
    Identity.objects.filter(member=person).update(member=tom)
    assert links()[tom.pk] == ann.pk
    assert [each.name for each in chat_people(manager, ann)] == ["Tom"]
    assert tom not in suggested(manager, ann, "Tom")
    assert link(by=manager, member=tom, staff=ann, now=NOW).member == person
    unlink(by=manager, member=tom, staff=ann, now=NOW)
    assert links() == {}


def test_one_person_is_one_account(tea: Community, ann: Staff, manager: Scope, staff: AddStaff, unit: Unit) -> None:
    ben = staff("ben", "admin", unit)
    link(by=manager, member=mei(), staff=ann, now=NOW)
    with pytest.raises(DomainError) as taken:
        link(by=manager, member=mei(), staff=ben, now=NOW)
    assert taken.value.code == "member_taken"
    assert links() == {mei().pk: ann.pk}


def test_only_managers_of_the_account_who_see_the_person(
    tea: Community, ann: Staff, staff: AddStaff, unit: Unit, other_unit: Unit, manager: Scope
) -> None:
    owner, elsewhere = scope_of(staff("owner", "owner", unit)), scope_of(staff("elsewhere", "director", other_unit))
    far = staff("far", "admin", other_unit)
    for scope, who in ((owner, ann), (elsewhere, ann), (elsewhere, far), (manager, far)):
        with pytest.raises(Denied):
            link(by=scope, member=mei(), staff=who, now=NOW)
    link(by=manager, member=mei(), staff=ann, now=NOW)
    for scope in (owner, elsewhere):
        with pytest.raises(Denied):
            unlink(by=scope, member=mei(), staff=ann, now=NOW)
    assert StaffLink.objects.count() == 1
    assert chat_people(elsewhere, ann) == []


def test_suggested_by_name_staff_first(
    tea: Community, manager: Scope, staff: AddStaff, unit: Unit, other_unit: Unit
) -> None:
    lin = staff("lin", "admin", unit)
    twin = Member.objects.create(name="Lin", role="staff")
    Member.objects.filter(name="Tom").update(role="staff")
    assert [each.name for each in suggested(manager, lin)] == ["Lin"]
    assert twin not in suggested(manager, lin)
    assert [each.name for each in suggested(manager, lin, "m")] == ["Tom", "Mei"]
    link(by=manager, member=Member.objects.get(name="Lin", role="member"), staff=lin, now=NOW)
    assert suggested(manager, lin) == []
    assert suggested(scope_of(staff("x", "director", other_unit)), lin, "m") == []
