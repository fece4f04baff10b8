"""Writes of staff and of what they may do where."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from qunyu.kernel import audit
from qunyu.kernel.actor import Actor
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Denied, Scope
from qunyu.kernel.words import LANGUAGES, Words
from qunyu.people.actions.directors import a_director_stays
from qunyu.people.actions.names import NAME_LENGTH, USERNAME_LENGTH, checked_name
from qunyu.people.models import Grant, Role, Staff, Unit
from qunyu.people.queries import account_of, stands_over


@transaction.atomic
def add_staff(*, by: Scope, username: str, name: str, password: str | None, now: datetime) -> Staff:
    """Makes an account without any grant; without a password nobody signs in with it until an invitation is accepted.

    Raises Denied; DomainError bad_name, username_taken or weak_password.
    """
    by.require("staff.manage")
    username = checked_name(username, USERNAME_LENGTH, "username")
    staff = Staff(username=username, name=checked_name(name.strip() or username, NAME_LENGTH), created_at=now)
    if password is not None:
        check_password(password, staff)
    staff.set_password(password)
    try:
        with transaction.atomic():
            staff.save()
    except IntegrityError:
        message = Words("用户名“{name}”已被使用，请换一个", "the user name “{name}” is taken, choose another")
        raise DomainError("username_taken", message.fill(name=username), username=username, field="username") from None
    audit.record(by=by.actor, action="staff.add", kind="staff", id=staff.pk, now=now)
    return staff


@transaction.atomic
def set_password(*, by: Scope, staff: Staff, password: str, now: datetime) -> None:
    """Gives `staff` a new password, which ends their sessions.

    Raises Denied unless `by` stands over `staff`; DomainError weak_password.
    """
    require_over(by, staff)
    check_password(password, staff)
    staff.set_password(password)
    staff.save(update_fields=("password",))
    audit.record(by=by.actor, action="staff.password", kind="staff", id=staff.pk, now=now)


def check_password(password: str, staff: Staff) -> None:
    """Raises DomainError weak_password for one that the deployment does not allow `staff`."""
    try:
        validate_password(password, staff)
    except ValidationError as error:
        text = " ".join(str(each) for each in error.messages)
        message = Words(f"密码太弱：{text}", f"the password is too weak: {text}")
        raise DomainError("weak_password", message, field="password") from None


def require_over(by: Scope, staff: Staff) -> None:
    """Raises Denied unless `by` manages accounts, and may do all that `staff` may, wherever `staff` holds a role.

    Else whoever manages one shop could become a director by taking a director's account over.
    """
    by.require("staff.manage")
    if not stands_over(by, staff):
        raise Denied("staff.manage")


@transaction.atomic
def rename_staff(*, by: Scope, staff: Staff, name: str, now: datetime) -> None:
    """Calls `staff` `name` from now on; the same name again changes nothing.

    Raises Denied unless `by` stands over `staff`; DomainError bad_name.
    """
    require_over(by, staff)
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
    _not_oneself(by, grant.staff_id)
    with a_director_stays():
        gone, _ = Grant.objects.filter(pk=grant.pk).delete()
    if gone:
        data = {"role": grant.role.code, "unit": grant.unit_id}
        audit.record(by=by.actor, action="staff.revoke", kind="staff", id=grant.staff_id, now=now, **data)


@transaction.atomic
def set_active(*, by: Scope, staff: Staff, active: bool, now: datetime) -> None:
    """Closes an account at once, or opens it again; again changes nothing.

    Raises Denied unless `by` stands over `staff`; DomainError own_access for one's own, last_director for the last director's.
    """
    require_over(by, staff)
    _not_oneself(by, staff.pk)
    with a_director_stays():
        changed = Staff.objects.filter(pk=staff.pk).exclude(is_active=active).update(is_active=active)
    if changed:
        action = "staff.resume" if active else "staff.stop"
        audit.record(by=by.actor, action=action, kind="staff", id=staff.pk, now=now)


def _not_oneself(by: Scope, staff_id: int) -> None:
    account, _ = account_of(by.actor)
    if account is not None and account.pk == staff_id:
        message = Words(
            "不能收回自己的权限；请由另一位总负责操作", "you cannot take away your own access; ask another director"
        )
        raise DomainError("own_access", message)


@transaction.atomic
def speak_in(*, staff: Staff, language: str) -> None:
    """Remembers the language `staff` reads; one that is none of ours changes nothing."""
    if language in LANGUAGES:
        Staff.objects.filter(pk=staff.pk).update(language=language)


@transaction.atomic
def change_password(*, staff: Staff, old: str, new: str, now: datetime) -> None:
    """Gives `staff` a new password; whoever is signed in elsewhere must sign in again.

    Raises DomainError wrong_password or weak_password.
    """
    if not staff.check_password(old):
        raise DomainError("wrong_password", Words("当前密码不正确", "the present password is not right"))
    check_password(new, staff)
    staff.set_password(new)
    staff.save(update_fields=("password",))
    actor = Actor("staff", staff.pk, staff.name)
    audit.record(by=actor, action="staff.password", kind="staff", id=staff.pk, now=now)
