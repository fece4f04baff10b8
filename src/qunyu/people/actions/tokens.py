"""Writes of API tokens."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import transaction
from django.db.models import Q

from qunyu.kernel import audit
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import PERMISSIONS, Scope
from qunyu.kernel.words import Words
from qunyu.people.actions.names import NAME_LENGTH, checked_name
from qunyu.people.managing import require_managing
from qunyu.people.models import ApiToken, Staff, Unit

NO_TOKENS_BY_TOKENS = Words(
    "令牌不能签发令牌；请登录控制台操作", "a token cannot issue tokens; sign in to the console to do it"
)
NOTHING_ALLOWED = Words("请至少选择一项权限", "choose one permission at least")
PAST = Words("到期时间须在将来", "the time of expiry must lie ahead")


@dataclass(frozen=True, slots=True)
class Limits:
    """What a token may do of what its owner may: only `permissions`, and only at `unit` and below; None for no limit."""

    permissions: Collection[str] | None = None
    unit: Unit | None = None


@transaction.atomic
def issue_token(
    *, by: Scope, staff: Staff, name: str, expires_at: datetime | None, now: datetime, limits: Limits = Limits()
) -> tuple[ApiToken, str]:
    """A new API token of `staff` within `limits` and its secret, which is shown this once.

    Raises Denied unless `staff` asks for it themselves or `by` manages their account; DomainError bad_name, bad_permission, bad_expiry or
    token_by_token.
    """
    if by.actor.kind == "token":
        raise DomainError("token_by_token", NO_TOKENS_BY_TOKENS)
    if not _is_own(by, staff.pk):
        require_managing(by, staff)
    if expires_at is not None and expires_at <= now:
        raise DomainError("bad_expiry", PAST, field="expires_at")
    secret = f"qy_{secrets.token_urlsafe(32)}"
    token = ApiToken.objects.create(
        staff=staff,
        name=checked_name(name, NAME_LENGTH),
        digest=sha256(secret.encode()).hexdigest(),
        permissions=None if limits.permissions is None else checked_permissions(limits.permissions),
        unit=limits.unit,
        created_at=now,
        expires_at=expires_at,
    )
    audit.record(by=by.actor, action="token.issue", kind="token", id=token.pk, now=now, staff=staff.pk)
    return token, secret


def checked_permissions(given: Collection[str]) -> list[str]:
    """The permissions in their usual order.

    Raises DomainError bad_permission for none at all, or one that there is not.
    """
    unknown = sorted(set(given) - PERMISSIONS.keys())
    if unknown:
        message = Words("没有权限“{name}”；可用：{known}", "there is no permission “{name}”; there are: {known}")
        raise DomainError(
            "bad_permission", message.fill(name=unknown[0], known=", ".join(PERMISSIONS)), field="permissions"
        )
    if not given:
        raise DomainError("bad_permission", NOTHING_ALLOWED, field="permissions")
    return [each for each in PERMISSIONS if each in given]


@transaction.atomic
def revoke_token(*, by: Scope, token: ApiToken, now: datetime) -> None:
    """Ends `token` at once; again changes nothing.

    Raises Denied unless it is one's own, or the one in use, or `by` manages its owner’s account.
    """
    in_use = by.actor.kind == "token" and by.actor.id == token.pk
    if not in_use and not _is_own(by, token.staff_id):
        require_managing(by, token.staff)
    if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now):
        audit.record(by=by.actor, action="token.revoke", kind="token", id=token.pk, now=now)


def _is_own(by: Scope, staff: int) -> bool:
    return by.actor.kind == "staff" and by.actor.id == staff


def note_use(*, token_id: int, now: datetime) -> None:
    """Keeps when a token was last used, to the hour: a program's every request need not write."""
    unused = Q(last_used_at=None) | Q(last_used_at__lt=now - timedelta(hours=1))
    ApiToken.objects.filter(unused, pk=token_id).update(last_used_at=now)
