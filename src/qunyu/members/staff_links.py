"""Staff links: which person of the chats is which account."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from qunyu.kernel import audit
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Denied, Scope
from qunyu.kernel.words import Words
from qunyu.members.models import Member, StaffLink
from qunyu.members.queries import people, search_people
from qunyu.people.operators import manages

if TYPE_CHECKING:
    from qunyu.people.models import Staff

SUGGESTED = 10
TAKEN = Words(
    "“{member}”已关联到账号“{staff}”；请先取消那个关联",
    "“{member}” is linked with the account “{staff}” already; undo that link first",
)


@transaction.atomic
def link(*, by: Scope, member: Member, staff: Staff, now: datetime) -> StaffLink:
    """Says that `member` is `staff`; again changes nothing. What the member counts as in figures stays.

    Raises Denied unless `by` manages accounts where `staff` holds a role and may see `member`; DomainError member_taken.
    """
    _check(by, staff, member)
    held = _held(member).select_related("staff").first()
    if held is not None and held.staff_id != staff.pk:
        message = TAKEN.fill(member=member.name, staff=held.staff.name)
        raise DomainError("member_taken", message, field="member")
    if held is not None:
        return held
    made = StaffLink.objects.create(member=member, staff=staff, linked_at=now)
    audit.record(by=by.actor, action="staff.link", kind="staff", id=staff.pk, now=now, member=member.pk)
    return made


@transaction.atomic
def unlink(*, by: Scope, member: Member, staff: Staff, now: datetime) -> None:
    """Takes the link back; where there is none, nothing happens.

    Raises Denied as `link`.
    """
    _check(by, staff, member)
    gone, _ = _held(member).filter(staff=staff).delete()
    if gone:
        audit.record(by=by.actor, action="staff.unlink", kind="staff", id=staff.pk, now=now, member=member.pk)


def _held(member: Member) -> QuerySet[StaffLink]:
    """The links that say who `member` is: its own, and those of whom matching has found to be this person."""
    return StaffLink.objects.filter(Q(member=member) | Q(member__own_identity__member=member))


def _check(by: Scope, staff: Staff, member: Member) -> None:
    by.require("staff.manage")
    if by.everything:
        return
    if not manages(by, staff):
        raise Denied("staff.manage")
    if not people(by).filter(pk=member.pk).exists():
        raise Denied("members.view")


def links(staff: Collection[int] | None = None) -> dict[int, int]:
    """Member -> account, of those accounts (None: of all). It names nobody; what is asked with it is narrowed by a scope.

    A person whom matching has since found to be somebody else (members.actions.know) is that one here.
    """
    rows = StaffLink.objects.all() if staff is None else StaffLink.objects.filter(staff__in=staff)
    found: dict[int, int] = {}
    for member, now, account in rows.values_list("member", "member__own_identity__member", "staff"):
        found.setdefault(now or member, account)
        found[member] = account
    return found


def insiders(members: Collection[int] | None, now: datetime) -> set[int]:
    """Who of these people (primary keys; None: of all) is one of us: linked with an account, or counted as operator, bot or atmosphere team."""
    rows = Member.objects.exclude(role="member")
    found = set((rows if members is None else rows.filter(pk__in=members)).values_list("pk", flat=True))
    linked = links().keys()
    return found | (set(linked) if members is None else linked & set(members))


def linked_names(scope: Scope) -> dict[int, str]:
    """What the linked people are called, by primary key, of those `scope` may see."""
    return dict(people(scope).filter(pk__in=links()).values_list("pk", "name"))


def chat_people(scope: Scope, staff: Staff) -> list[Member]:
    """The people of the chats that are `staff`, of those `scope` may see, by name."""
    return list(people(scope).filter(pk__in=links([staff.pk])).order_by("name", "id"))


def suggested(scope: Scope, staff: Staff, text: str = "") -> list[Member]:
    """Up to SUGGESTED people that `staff` may be and who are linked with nobody: those found by `text`, or called like the account.

    Equal names only suggest. Who counts as staff already comes first.
    """
    if text:
        found: QuerySet[Member] = search_people(scope, text=text)
    else:
        names = {staff.name, staff.username}
        found = people(scope).filter(Q(name__in=names) | Q(identities__name__in=names))
    as_staff = Case(When(role="staff", then=Value(0)), default=Value(1), output_field=IntegerField())
    return list(found.exclude(pk__in=links()).distinct().order_by(as_staff, "name", "id")[:SUGGESTED])
