"""Invitations: a link with which somebody chooses the first, or a new, password of their account."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.tokens import default_token_generator
from django.db import transaction

from qunyu.kernel import audit
from qunyu.kernel.actor import Actor
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.people.managing import require_managing
from qunyu.people.models import Staff
from qunyu.people.passwords import choose_password

USED = Words(
    "这个链接无效、已用过或已过期（有效期 3 天）；请向管理员要一个新的",
    "this link is not valid, was used, or has expired (it lasts 3 days); ask your manager for a new one",
)


@transaction.atomic
def invite(*, by: Scope, staff: Staff, now: datetime) -> str:
    """What an invitation's address carries; it works once, for three days (settings.PASSWORD_RESET_TIMEOUT).

    Raises Denied unless `by` manages that account.
    """
    require_managing(by, staff)
    audit.record(by=by.actor, action="staff.invite", kind="staff", id=staff.pk, now=now)
    return default_token_generator.make_token(staff)


def invited(public_id: str, token: str) -> Staff:
    """Whom an invitation is for.

    Raises DomainError bad_invitation when it is not, or no longer, good.
    """
    staff = Staff.objects.filter(public_id=public_id, is_active=True).first()
    if staff is None or not default_token_generator.check_token(staff, token):
        raise DomainError("bad_invitation", USED)
    return staff


@transaction.atomic
def accept(*, public_id: str, token: str, password: str, now: datetime) -> Staff:
    """The account with the password its owner has chosen; the invitation is used up.

    Raises DomainError bad_invitation, weak_password or used_password.
    """
    Staff.objects.select_for_update().filter(public_id=public_id).first()
    staff = invited(public_id, token)
    choose_password(staff=staff, password=password, now=now)
    actor = Actor("staff", staff.pk, staff.name)
    audit.record(by=actor, action="staff.password", kind="staff", id=staff.pk, now=now)
    return staff
