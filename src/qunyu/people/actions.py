"""Writes of staff, units, grants and tokens."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import IntegrityError, transaction
from django.db.models import Q

from qunyu.kernel import audit
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import LANGUAGES, Words
from qunyu.people.models import ApiToken, Grant, Role, Staff, Unit, UnitSetting
from qunyu.people.passwords import put_first_password
from qunyu.people.sessions import end_quietly

# As long as the table's columns.
USERNAME_LENGTH, NAME_LENGTH = 60, 80


@transaction.atomic
def add_staff(
    *, by: Scope, username: str, name: str, password: str, now: datetime, temporary: bool | None = None
) -> Staff:
    """Makes an account without any grant; `temporary`: its person must choose a password of their own at the first sign-in.

    When that is not said, it is so for accounts made by a person, and not for those the system makes.

    Raises Denied; DomainError bad_name, username_taken or weak_password.
    """
    by.require("staff.manage")
    username = _checked_name(username, USERNAME_LENGTH)
    staff = Staff(username=username, name=_checked_name(name.strip() or username, NAME_LENGTH), created_at=now)
    put_first_password(staff, password, by=by, temporary=temporary, now=now)
    try:
        with transaction.atomic():
            staff.save()
    except IntegrityError:
        message = Words("用户名“{name}”已被使用，请换一个", "the user name “{name}” is taken, choose another")
        raise DomainError("username_taken", message.fill(name=username), username=username) from None
    audit.record(by=by.actor, action="staff.add", kind="staff", id=staff.pk, now=now)
    return staff


def _checked_name(given: str, longest: int) -> str:
    name = given.strip()
    if not name or len(name) > longest:
        message = Words("名称须有 1 至 {n} 个字", "a name has 1 to {n} characters")
        raise DomainError("bad_name", message.fill(n=longest), name=given)
    return name


@transaction.atomic
def grant(*, by: Scope, staff: Staff, role: str, unit: Unit, now: datetime) -> Grant:
    """Gives `staff` the role with code `role` at `unit` and below; again changes nothing.

    Raises Denied; DomainError unknown_role.
    """
    by.require("staff.manage", unit.pk)
    found = Role.objects.filter(code=role).first()
    if found is None:
        known = ", ".join(Role.objects.order_by("code").values_list("code", flat=True))
        message = Words("没有角色“{role}”；可用：{known}", "there is no role “{role}”; there are: {known}")
        raise DomainError("unknown_role", message.fill(role=role, known=known), role=role)
    given, made = Grant.objects.get_or_create(staff=staff, role=found, unit=unit)
    if made:
        audit.record(by=by.actor, action="staff.grant", kind="staff", id=staff.pk, now=now, role=role, unit=unit.pk)
    return given


@transaction.atomic
def add_unit(*, by: Scope, parent: Unit, name: str, now: datetime) -> Unit:
    """The unit `name` below `parent`: made, or the one that is there.

    Raises Denied; DomainError bad_name.
    """
    by.require("staff.manage", parent.pk)
    name = _checked_name(name, NAME_LENGTH)
    if "/" in name:  # it parts the names of a path
        raise DomainError("bad_name", Words("单位名称不能含有“/”", "a unit’s name cannot hold “/”"), name=name)
    unit, made = Unit.objects.get_or_create(parent=parent, name=name)
    if made:
        unit.path = f"{parent.path}{unit.pk}/"
        unit.save(update_fields=("path",))
        audit.record(by=by.actor, action="unit.add", kind="unit", id=unit.pk, now=now, parent=parent.pk)
    return unit


@transaction.atomic
def change_settings(*, by: Scope, unit: Unit, changes: Mapping[str, float | None], now: datetime) -> bool:
    """Sets numbers of `unit`, None to inherit again; whether anything changed. Who owns a setting checks its value before.

    Raises Denied.
    """
    by.require("settings.edit", unit.pk)
    before = dict(UnitSetting.objects.filter(unit=unit).values_list("key", "value"))
    changed = {key: value for key, value in changes.items() if before.get(key) != value}
    for key, value in changed.items():
        if value is None:
            UnitSetting.objects.filter(unit=unit, key=key).delete()
        else:
            UnitSetting.objects.update_or_create(unit=unit, key=key, defaults={"value": value})
    if changed:
        was = {key: before.get(key) for key in changed}
        audit.record(by=by.actor, action="unit.settings", kind="unit", id=unit.pk, now=now, to=changed, was=was)
    return bool(changed)


@transaction.atomic
def issue_token(
    *, by: Scope, staff: Staff, name: str, expires_at: datetime | None, now: datetime
) -> tuple[ApiToken, str]:
    """A new API token of `staff` and its secret, which is shown this once.

    Raises Denied unless `staff` asks for it themselves or `by` manages accounts.
    """
    if not (by.actor.kind == "staff" and by.actor.id == staff.pk):
        by.require("staff.manage")
    secret = f"qy_{secrets.token_urlsafe(32)}"
    digest = sha256(secret.encode()).hexdigest()
    token = ApiToken.objects.create(staff=staff, name=name, digest=digest, created_at=now, expires_at=expires_at)
    audit.record(by=by.actor, action="token.issue", kind="token", id=token.pk, now=now, staff=staff.pk)
    return token, secret


@transaction.atomic
def revoke_token(*, by: Scope, token: ApiToken, now: datetime) -> None:
    """Ends `token` at once; again changes nothing.

    Raises Denied unless it is one's own or `by` manages accounts.
    """
    if not (by.actor.kind == "staff" and by.actor.id == token.staff_id):
        by.require("staff.manage")
    if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now):
        audit.record(by=by.actor, action="token.revoke", kind="token", id=token.pk, now=now)


@transaction.atomic
def revoke(*, by: Scope, grant: Grant, now: datetime) -> None:
    """Takes a grant back.

    Raises Denied; DomainError own_access for one's own: nobody locks themselves out.
    """
    by.require("staff.manage", grant.unit_id)
    _not_oneself(by, grant.staff_id)
    gone, _ = Grant.objects.filter(pk=grant.pk).delete()
    if gone:
        data = {"role": grant.role.code, "unit": grant.unit_id}
        audit.record(by=by.actor, action="staff.revoke", kind="staff", id=grant.staff_id, now=now, **data)


@transaction.atomic
def set_active(*, by: Scope, staff: Staff, active: bool, now: datetime) -> None:
    """Closes an account at once, or opens it again; again changes nothing.

    Raises Denied unless `by` manages accounts wherever `staff` holds a role; DomainError own_access for one's own.
    """
    by.require("staff.manage")
    for unit in staff.grants.values_list("unit", flat=True):
        by.require("staff.manage", unit)
    _not_oneself(by, staff.pk)
    if Staff.objects.filter(pk=staff.pk).exclude(is_active=active).update(is_active=active):
        if not active:
            end_quietly(staff_id=staff.pk, now=now)
        action = "staff.resume" if active else "staff.stop"
        audit.record(by=by.actor, action=action, kind="staff", id=staff.pk, now=now)


def _not_oneself(by: Scope, staff_id: int) -> None:
    if by.actor.kind == "staff" and by.actor.id == staff_id:
        message = Words(
            "不能收回自己的权限；请由另一位总负责操作", "you cannot take away your own access; ask another director"
        )
        raise DomainError("own_access", message)


@transaction.atomic
def speak_in(*, staff: Staff, language: str) -> None:
    """Remembers the language `staff` reads; one that is none of ours changes nothing."""
    if language in LANGUAGES:
        Staff.objects.filter(pk=staff.pk).update(language=language)


def note_use(*, token_id: int, now: datetime) -> None:
    """Keeps when a token was last used, to the hour: a program's every request need not write."""
    unused = Q(last_used_at=None) | Q(last_used_at__lt=now - timedelta(hours=1))
    ApiToken.objects.filter(unused, pk=token_id).update(last_used_at=now)
