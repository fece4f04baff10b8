"""Passwords: what they must be, choosing one's own, and giving somebody another."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from qunyu.kernel import audit
from qunyu.kernel.actor import Actor
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.people.managing import require_managing_another
from qunyu.people.models import PastPassword, SignInRules, Staff
from qunyu.people.sessions import end_quietly
from qunyu.people.sign_in_rules import rules_now

TOO_WEAK = Words("密码太弱：{text}", "the password is too weak: {text}")
TOO_SHORT = Words("至少需要 {n} 个字符", "it needs at least {n} characters")
USED_BEFORE = Words(
    "这个密码最近用过，请换一个（不能与最近 {n} 次的密码相同）",
    "this password was used lately, choose another (none of the last {n})",
)
SAME = Words("新密码与当前密码相同，请换一个", "the new password is the present one, choose another")


def put_first_password(staff: Staff, password: str, *, by: Scope, temporary: bool | None, now: datetime) -> None:
    """Gives an account that is not saved yet its password; `temporary` None: unless the system makes it.

    Raises DomainError weak_password.
    """
    _require_strength(password, staff, rules_now())
    staff.set_password(password)
    staff.password_changed_at = now
    staff.must_change_password = _is_temporary(by, temporary)


@transaction.atomic
def set_password(*, by: Scope, staff: Staff, password: str, now: datetime, temporary: bool | None = None) -> None:
    """Gives somebody else another password, which ends their sessions; `temporary`: they must choose their own at the next sign-in.

    When that is not said, it is so for a password given by a person, and not for one that the system gives.
    Raises Denied; DomainError own_access for one's own, weak_password or used_password.
    """
    require_managing_another(by, staff)
    _put(staff, password, temporary=_is_temporary(by, temporary), now=now)
    ended = end_quietly(staff_id=staff.pk, now=now)
    audit.record(by=by.actor, action="staff.password", kind="staff", id=staff.pk, now=now, count=ended)


@transaction.atomic
def change_password(*, staff: Staff, old: str, new: str, here: int | None = None, now: datetime) -> None:
    """Gives `staff` a password of their own choice; of their sessions only the one with the primary key `here` goes on.

    Raises DomainError wrong_password, same_password, weak_password or used_password.
    """
    if not staff.check_password(old):
        raise DomainError("wrong_password", Words("当前密码不正确", "the present password is not right"))
    if new == old:
        raise DomainError("same_password", SAME)
    _put(staff, new, temporary=False, now=now)
    end_quietly(staff_id=staff.pk, but=here, now=now)
    actor = Actor("staff", staff.pk, staff.name)
    audit.record(by=actor, action="staff.password", kind="staff", id=staff.pk, now=now)


def choose_password(*, staff: Staff, password: str, now: datetime) -> None:
    """Gives `staff` the password that an invitation let them choose, within the caller's transaction; it ends their sessions.

    Raises DomainError weak_password or used_password.
    """
    _put(staff, password, temporary=False, now=now)
    end_quietly(staff_id=staff.pk, now=now)


def must_change(staff: Staff, rules: SignInRules, begun_at: datetime) -> bool:
    """Whether whoever signed in at `begun_at` has to choose a new password first: it was given by another, or had grown old by then."""
    if staff.must_change_password:
        return True
    if not rules.password_days:
        return False
    since = staff.password_changed_at or staff.created_at
    return since + timedelta(days=rules.password_days) <= begun_at


def _is_temporary(by: Scope, said: bool | None) -> bool:
    return by.actor.kind != "system" if said is None else said


def _put(staff: Staff, password: str, *, temporary: bool, now: datetime) -> None:
    rules = rules_now()
    _require_strength(password, staff, rules)
    _require_unused(password, staff, rules)
    PastPassword.objects.create(staff=staff, password=staff.password, replaced_at=now)
    staff.set_password(password)
    staff.password_changed_at = now
    staff.must_change_password = temporary
    staff.save(update_fields=("password", "password_changed_at", "must_change_password"))
    _forget_older(staff, rules)


def _require_strength(password: str, staff: Staff, rules: SignInRules) -> None:
    if len(password) < rules.min_length:
        short = TOO_SHORT.fill(n=rules.min_length)
        message = Words(TOO_WEAK.zh.format(text=short.zh), TOO_WEAK.en.format(text=short.en))
        raise DomainError("weak_password", message, field="password")
    try:
        validate_password(password, staff)
    except ValidationError as error:
        text = " ".join(str(each) for each in error.messages)
        raise DomainError("weak_password", TOO_WEAK.fill(text=text), field="password") from None


def _require_unused(password: str, staff: Staff, rules: SignInRules) -> None:
    """Django gives every hash a salt of its own, so each has to be tried."""
    if not rules.remembered:
        return
    before = PastPassword.objects.filter(staff=staff).order_by("-id").values_list("password", flat=True)
    for kept in (staff.password, *before[: rules.remembered - 1]):
        if check_password(password, kept):
            raise DomainError("used_password", USED_BEFORE.fill(n=rules.remembered), field="password")


def _forget_older(staff: Staff, rules: SignInRules) -> None:
    looked_at = max(rules.remembered - 1, 0)
    kept = PastPassword.objects.filter(staff=staff).order_by("-id").values_list("pk", flat=True)[:looked_at]
    PastPassword.objects.filter(staff=staff).exclude(pk__in=list(kept)).delete()
