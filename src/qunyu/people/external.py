"""External identities: accounts of a company's own sign-in that open accounts here. None is ever made by itself."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from qunyu.kernel import audit
from qunyu.kernel.actor import Actor, system
from qunyu.kernel.errors import DomainError
from qunyu.kernel.words import Words
from qunyu.people.models import ExternalIdentity, Staff

TAKEN = Words(
    "这个单位账号已关联到群域的另一个账号；请先在那个账号中解除关联，或换一个单位账号登录",
    "this company account is linked with another account here; unlink it there first, or sign in with another company account",
)


def staff_linked(issuer: str, subject: str) -> Staff | None:
    """The account that was linked with (issuer, subject), also when it is closed; None when none was."""
    found = ExternalIdentity.objects.select_related("staff").filter(issuer=issuer, subject=subject).first()
    return found.staff if found else None


def link_of(staff: Staff, issuer: str) -> ExternalIdentity | None:
    """How `staff` is known to `issuer`; None when they are not linked."""
    return ExternalIdentity.objects.filter(staff=staff, issuer=issuer).first()


@transaction.atomic
def link(*, staff: Staff, issuer: str, subject: str, now: datetime) -> None:
    """Lets (issuer, subject) sign in as `staff`, in the place of whom it was before; again changes nothing.

    Raises DomainError identity_taken when it opens another account.
    """
    known = staff_linked(issuer, subject)
    if known is not None:
        if known.pk != staff.pk:
            raise DomainError("identity_taken", TAKEN)
        return
    ExternalIdentity.objects.filter(staff=staff, issuer=issuer).delete()
    _keep(staff, issuer, subject, now)
    audit.record(by=Actor("staff", staff.pk, staff.name), action="identity.link", kind="staff", id=staff.pk, now=now)


@transaction.atomic
def link_by_email(*, issuer: str, subject: str, email: str, now: datetime) -> Staff | None:
    """Links the account whose user name is that verified e-mail, unless it is linked with somebody else; None when there is none."""
    # Outside ASCII two addresses can be one to a database and two to a mail server.
    named = list(Staff.objects.filter(username__iexact=email)[:2]) if email and email.isascii() else []
    if len(named) != 1 or not named[0].is_active or link_of(named[0], issuer) is not None:
        return None
    _keep(named[0], issuer, subject, now)
    by = system("verified e-mail")
    audit.record(by=by, action="identity.link", kind="staff", id=named[0].pk, now=now)
    return named[0]


@transaction.atomic
def unlink(*, staff: Staff, issuer: str, now: datetime) -> None:
    """Ends that `issuer` opens the account; again changes nothing."""
    gone, _ = ExternalIdentity.objects.filter(staff=staff, issuer=issuer).delete()
    if gone:
        actor = Actor("staff", staff.pk, staff.name)
        audit.record(by=actor, action="identity.unlink", kind="staff", id=staff.pk, now=now)


def _keep(staff: Staff, issuer: str, subject: str, now: datetime) -> None:
    try:
        with transaction.atomic():
            ExternalIdentity.objects.create(staff=staff, issuer=issuer, subject=subject, linked_at=now)
    except IntegrityError:
        raise DomainError("identity_taken", TAKEN) from None
