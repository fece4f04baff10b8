"""Second factor: codes of an authenticator app (TOTP), and recovery codes for whoever lost it.

Source: RFC 6238 with its defaults (SHA-1, 30 seconds, 6 digits), which every app knows; section 5.2: a code counts once, and one step either
way is forgiven.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from typing import Literal

import pyotp
from django.db import transaction
from django.utils.crypto import salted_hmac

from qunyu.kernel import audit
from qunyu.kernel.actor import Actor
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.kernel.sealed import readable, seal, unseal
from qunyu.kernel.words import Words
from qunyu.people.managing import require_managing_another
from qunyu.people.models import RecoveryCode, SecondFactor, Staff, StaffSession
from qunyu.people.sessions import end_quietly

STEP = 30
FORGIVEN = (-1, 0, 1)
RECOVERY_CODES = 10
_PURPOSE = "second factor"
_SALT = "qunyu.people.recovery_code"
# Without 0/o, 1/i/l: recovery codes are read from paper. Twelve of them are 59 bits.
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"

WRONG_CODE = Words(
    "验证码不正确或已用过；请等应用显示下一个验证码再试，并检查手机时间",
    "the code is not right or was used already; wait for the app’s next one, and check the phone’s clock",
)
NOT_SET_UP = Words("二次验证未开启", "the second factor is not set up")
ON_ALREADY = Words(
    "二次验证已开启；要换手机请先关闭", "the second factor is on already; switch it off first to move to another phone"
)


@dataclass(frozen=True)
class FactorState:
    """Whether somebody's second factor is on, since when, and how many recovery codes are left."""

    since: datetime | None
    codes_left: int

    @property
    def on(self) -> bool:
        return self.since is not None


@dataclass(frozen=True)
class Setup:
    """What goes into the app: `address` as a QR code, or `secret` typed."""

    secret: str
    address: str


def factor_of(staff: Staff) -> FactorState:
    """The state of somebody's second factor."""
    factor = _confirmed(staff)
    return FactorState(factor.confirmed_at, factor.recovery_codes.count()) if factor else FactorState(None, 0)


def has_factor(staff: Staff) -> bool:
    """Whether `staff` gives a code after the password."""
    return _confirmed(staff) is not None


@transaction.atomic
def start_setup(*, staff: Staff, now: datetime) -> None:
    """A new secret, which counts once `confirm` saw a code of it; one begun before is forgotten.

    Raises DomainError factor_on.
    """
    if has_factor(staff):
        raise DomainError("factor_on", ON_ALREADY)
    sealed = seal(pyotp.random_base32(), _PURPOSE)
    SecondFactor.objects.update_or_create(staff=staff, defaults={"secret": sealed, "last_step": 0, "begun_at": now})


def setup_of(staff: Staff) -> Setup | None:
    """What to put into the app, until it is confirmed; None when nothing was begun (or that under another key), or it is on."""
    factor = SecondFactor.objects.filter(staff=staff, confirmed_at=None).first()
    secret = readable(factor.secret, _PURPOSE) if factor else None
    if secret is None:
        return None
    return Setup(secret, pyotp.TOTP(secret).provisioning_uri(name=staff.username, issuer_name="Qunyu"))


@transaction.atomic
def confirm(*, staff: Staff, code: str, here: int | None = None, now: datetime) -> list[str]:
    """Switches the second factor on with a first code; the recovery codes, shown this once.

    The session `here` counts as strong from now on; the others, begun without a code, end.
    Raises DomainError factor_on, factor_off when nothing was begun, wrong_code.
    """
    if has_factor(staff):
        raise DomainError("factor_on", ON_ALREADY)
    factor = SecondFactor.objects.filter(staff=staff, confirmed_at=None).first()
    if factor is None:
        raise DomainError("factor_off", NOT_SET_UP)
    if not _accepts(factor, code, now):
        raise DomainError("wrong_code", WRONG_CODE)
    SecondFactor.objects.filter(pk=factor.pk).update(confirmed_at=now)
    StaffSession.objects.filter(pk=here or 0, staff=staff).update(strong=True)
    end_quietly(staff_id=staff.pk, but=here, now=now)
    audit.record(by=_self(staff), action="factor.set_up", kind="staff", id=staff.pk, now=now)
    return _new_codes(factor)


@transaction.atomic
def accept(*, staff: Staff, code: str, now: datetime) -> Literal["code", "recovery", ""]:
    """What `code` was good for: the app's code of this moment or a recovery code, each once; "" for neither."""
    factor = _confirmed(staff)
    if factor is None:
        return ""
    if _accepts(factor, code, now):
        return "code"
    used, _ = RecoveryCode.objects.filter(factor=factor, digest=_digest(factor, code)).delete()
    if not used:
        return ""
    left = factor.recovery_codes.count()
    audit.record(by=_self(staff), action="factor.recovery", kind="staff", id=staff.pk, now=now, left=left)
    return "recovery"


@transaction.atomic
def renew_codes(*, staff: Staff, code: str, now: datetime) -> list[str]:
    """Ten new recovery codes, shown this once; those before are good for nothing.

    Raises DomainError factor_off, wrong_code.
    """
    factor = _confirmed(staff)
    if factor is None:
        raise DomainError("factor_off", NOT_SET_UP)
    if not accept(staff=staff, code=code, now=now):
        raise DomainError("wrong_code", WRONG_CODE)
    audit.record(by=_self(staff), action="factor.codes", kind="staff", id=staff.pk, now=now)
    return _new_codes(factor)


@transaction.atomic
def switch_off(*, staff: Staff, password: str, code: str, now: datetime) -> None:
    """Switches one's own second factor off; where the rules demand one, it must be set up anew before anything else.

    Raises DomainError wrong_password, factor_off, wrong_code.
    """
    if not staff.check_password(password):
        raise DomainError("wrong_password", Words("当前密码不正确", "the present password is not right"))
    if not has_factor(staff):
        raise DomainError("factor_off", NOT_SET_UP)
    if not accept(staff=staff, code=code, now=now):
        raise DomainError("wrong_code", WRONG_CODE)
    _forget(staff)
    audit.record(by=_self(staff), action="factor.off", kind="staff", id=staff.pk, now=now)


@transaction.atomic
def reset_factor(*, by: Scope, staff: Staff, now: datetime) -> None:
    """Takes away the second factor of somebody who lost it, and ends their sessions.

    Raises Denied; DomainError own_access for one's own, factor_off when there is none.
    """
    require_managing_another(by, staff)
    if not has_factor(staff):
        raise DomainError("factor_off", NOT_SET_UP)
    _forget(staff)
    ended = end_quietly(staff_id=staff.pk, now=now)
    audit.record(by=by.actor, action="factor.reset", kind="staff", id=staff.pk, now=now, count=ended)


def _forget(staff: Staff) -> None:
    SecondFactor.objects.filter(staff=staff).delete()
    StaffSession.objects.filter(staff=staff, ended_at=None).update(strong=False)


def _confirmed(staff: Staff) -> SecondFactor | None:
    return SecondFactor.objects.filter(staff=staff).exclude(confirmed_at=None).first()


def _accepts(factor: SecondFactor, code: str, now: datetime) -> bool:
    """Whether it is the code of a step that none was accepted of yet, nor of a later one; takes that step."""
    given = "".join(code.split())
    if not (given.isascii() and given.isdigit()):
        return False
    totp = pyotp.TOTP(unseal(factor.secret, _PURPOSE))
    present = int(now.timestamp()) // STEP
    for step in (present + each for each in FORGIVEN):
        if compare_digest(totp.generate_otp(step), given):
            return bool(SecondFactor.objects.filter(pk=factor.pk, last_step__lt=step).update(last_step=step))
    return False


def _new_codes(factor: SecondFactor) -> list[str]:
    codes = ["".join(secrets.choice(_LETTERS) for _ in range(12)) for _ in range(RECOVERY_CODES)]
    RecoveryCode.objects.filter(factor=factor).delete()
    RecoveryCode.objects.bulk_create(RecoveryCode(factor=factor, digest=_digest(factor, each)) for each in codes)
    return ["-".join(each[start : start + 4] for start in (0, 4, 8)) for each in codes]


def _digest(factor: SecondFactor, code: str) -> str:
    """Keyed, so that a copy of the database alone does not give the codes away."""
    plain = "".join(code.split()).replace("-", "").casefold()
    return salted_hmac(_SALT, f"{factor.pk}:{plain}", algorithm="sha256").hexdigest()


def _self(staff: Staff) -> Actor:
    return Actor("staff", staff.pk, staff.name)
