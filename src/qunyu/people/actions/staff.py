"""Writes of staff and of what they may do where."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from qunyu.kernel import audit
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import LANGUAGES, Words
from qunyu.people.actions.directors import a_director_stays
from qunyu.people.actions.names import NAME_LENGTH, USERNAME_LENGTH, checked_name
from qunyu.people.managing import refuse_oneself, require_managing
from qunyu.people.models import Grant, Role, Staff, Unit
from qunyu.people.passwords import put_first_password
from qunyu.people.sessions import end_quietly


@transaction.atomic
def add_staff(
    *, by: Scope, username: str, name: str, password: str | None, now: datetime, temporary: bool | None = None
) -> Staff:
    """Makes an account without any grant; without a password nobody signs in with it until an invitation is accepted.

    `temporary`: its person must choose a password of their own at the first sign-in. When that is not said, it is so for accounts made by
    a person, and not for those the system makes.

    Raises Denied; DomainError bad_name, username_taken or weak_password.
    """
    by.require("staff.manage")
    username = checked_name(username, USERNAME_LENGTH, "username")
    staff = Staff(username=username, name=checked_name(name.strip() or username, NAME_LENGTH), created_at=now)
    if password is None:
        staff.set_unusable_password()
    else:
        put_first_password(staff, password, by=by, temporary=temporary, now=now)
    try:
        with transaction.atomic():
            staff.save()
    except IntegrityError:
        message = Words("用户名“{name}”已被使用，请换一个", "the user name “{name}” is taken, choose another")
        raise DomainError("username_taken", message.fill(name=username), username=username, field="username") from None
    audit.record(by=by.actor, action="staff.add", kind="staff", id=staff.pk, now=now)
    return staff


@transaction.atomic
def rename_staff(*, by: Scope, staff: Staff, name: str, now: datetime) -> None:
    """Calls `staff` `name` from now on; the same name again changes nothing.

    Raises Denied unless `by` manages that account; DomainError bad_name.
    """
    require_managing(by, staff)
    name = checked_name(name, NAME_LENGTH)
    if Staff.objects.filter(pk=staff.pk).exclude(name=name).update(name=name):
        staff.name = name
        audit.record(by=by.actor, action="staff.rename", kind="staff", id=staff.pk, now=now)


@transaction.atomic
def grant(*, by: Scope, staff: Staff, role: str, unit: Unit, now: datetime) -> Grant:
    """Gives `staff` the role with code `role` at `unit` and below; again changes nothing.

    Raises Denied unless `by` manages `unit` and may do there all that the role allows; DomainError unknown_role.
    """
    by.require("staff.manage", unit.pk)
    found = Role.objects.filter(code=role).first()
    if found is None:
        known = ", ".join(Role.objects.order_by("code").values_list("code", flat=True))
        message = Words("没有角色“{role}”；可用：{known}", "there is no role “{role}”; there are: {known}")
        raise DomainError("unknown_role", message.fill(role=role, known=known), role=role, field="role")
    for permission in found.held:
        by.require(permission, unit.pk)
    given, made = Grant.objects.get_or_create(staff=staff, role=found, unit=unit)
    if made:
        audit.record(by=by.actor, action="staff.grant", kind="staff", id=staff.pk, now=now, role=role, unit=unit.pk)
    return given


@transaction.atomic
def revoke(*, by: Scope, grant: Grant, now: datetime) -> None:
    """Takes a grant back.

    Raises Denied; DomainError own_access for one's own (nobody locks themselves out), last_director for the last director's.
    """
    by.require("staff.manage", grant.unit_id)
    refuse_oneself(by, grant.staff_id)
    with a_director_stays():
        gone, _ = Grant.objects.filter(pk=grant.pk).delete()
    if gone:
        data = {"role": grant.role.code, "unit": grant.unit_id}
        audit.record(by=by.actor, action="staff.revoke", kind="staff", id=grant.staff_id, now=now, **data)


@transaction.atomic
def set_active(*, by: Scope, staff: Staff, active: bool, now: datetime) -> None:
    """Closes an account at once, or opens it again; again changes nothing.

    Raises Denied unless `by` manages that account; DomainError own_access for one's own, last_director for the last director's.
    """
    require_managing(by, staff)
    refuse_oneself(by, staff.pk)
    with a_director_stays():
        changed = Staff.objects.filter(pk=staff.pk).exclude(is_active=active).update(is_active=active)
    if changed:
        if not active:
            end_quietly(staff_id=staff.pk, now=now)
        action = "staff.resume" if active else "staff.stop"
        audit.record(by=by.actor, action=action, kind="staff", id=staff.pk, now=now)


@transaction.atomic
def speak_in(*, staff: Staff, language: str) -> None:
    """Remembers the language `staff` reads; one that is none of ours changes nothing."""
    if language in LANGUAGES:
        Staff.objects.filter(pk=staff.pk).update(language=language)
