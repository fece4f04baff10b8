"""Sessions: who is signed in where, since when, and how that ends."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from django.db import transaction
from django.db.models import QuerySet

from qunyu.kernel import audit
from qunyu.kernel.actor import Actor
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.people.managing import require_managing
from qunyu.people.models import Staff, StaffSession
from qunyu.people.queries import acting_account
from qunyu.people.sign_in_rules import rules_now

Via = Literal["password", "oidc"]
# A page asks for a dozen things: not each of them is worth a write.
SEEN_EVERY = timedelta(minutes=5)


@transaction.atomic
def begin_session(
    *, staff: Staff, via: Via, strong: bool, address: str = "", agent: str = "", now: datetime
) -> StaffSession:
    """Notes that `staff` signed in at a browser; `strong` when a second factor was given."""
    session = StaffSession.objects.create(
        staff=staff,
        rules=rules_now(),
        via=via,
        strong=strong,
        address=address[:45],
        agent=agent.replace("\0", "")[:300],
        begun_at=now,
        seen_at=now,
    )
    audit.record(by=_self(staff), action="session.begin", kind="staff", id=staff.pk, now=now, via=via)
    return session


def ends_at(session: StaffSession) -> datetime:
    """When the session ends by itself if nothing more is asked under it."""
    rules = session.rules
    idle = session.seen_at + timedelta(minutes=rules.idle_minutes)
    return min(idle, session.begun_at + timedelta(hours=rules.lifetime_hours))


def live_session(key: object, now: datetime) -> StaffSession | None:
    """The session with that primary key, its staff and rules at hand, seen now; None when it has ended or never was."""
    if not isinstance(key, int):
        return None
    found = StaffSession.objects.select_related("staff", "rules").filter(pk=key, ended_at=None).first()
    if found is None:
        return None
    if ends_at(found) <= now:
        StaffSession.objects.filter(pk=key, ended_at=None).update(ended_at=ends_at(found))
        return None
    if found.seen_at <= now - SEEN_EVERY:
        StaffSession.objects.filter(pk=key, seen_at__lte=now - SEEN_EVERY).update(seen_at=now)
        found.seen_at = now
    return found


def sessions_of(staff: Staff, now: datetime) -> list[StaffSession]:
    """Where `staff` is signed in, the latest seen first."""
    return list(_live(now).filter(staff=staff).select_related("rules").order_by("-seen_at", "-id"))


def managed_sessions(by: Scope, staff: Staff, now: datetime) -> list[StaffSession]:
    """The same for somebody else.

    Raises Denied unless `by` manages that account.
    """
    require_managing(by, staff)
    return sessions_of(staff, now)


def find_session(staff: Staff, public_id: str, now: datetime) -> StaffSession:
    """The session of `staff` with that public id.

    Raises DomainError unknown_session when there is none, or it has ended.
    """
    found = _live(now).filter(staff=staff, public_id=public_id).first()
    if found is None:
        message = Words(
            "没有编号为“{id}”的登录会话，或它已结束", "there is no session with the id “{id}”, or it has ended"
        )
        raise DomainError("unknown_session", message.fill(id=public_id), id=public_id)
    return found


@transaction.atomic
def end_session(*, by: Scope, session: StaffSession, now: datetime) -> None:
    """Ends a session at once; again changes nothing.

    Raises Denied unless it is one's own or `by` manages the account.
    """
    _require_own_or_managing(by, session.staff)
    if StaffSession.objects.filter(pk=session.pk, ended_at=None).update(ended_at=now):
        audit.record(by=by.actor, action="session.end", kind="staff", id=session.staff_id, now=now)


@transaction.atomic
def end_sessions(*, by: Scope, staff: Staff, but: int | None = None, now: datetime) -> int:
    """Ends every session of `staff` except the one with the primary key `but`; how many.

    Raises Denied unless they are one's own or `by` manages the account.
    """
    _require_own_or_managing(by, staff)
    ended = end_quietly(staff_id=staff.pk, but=but, now=now)
    if ended:
        audit.record(by=by.actor, action="session.end", kind="staff", id=staff.pk, now=now, count=ended)
    return ended


def end_quietly(*, staff_id: int, but: int | None = None, now: datetime) -> int:
    """The same as part of another action, which is what the audit trail tells of; how many."""
    return _live(now).filter(staff=staff_id).exclude(pk=but or 0).update(ended_at=now)


def sign_out(*, session: StaffSession, now: datetime) -> None:
    """Ends the session of whoever leaves by the door."""
    StaffSession.objects.filter(pk=session.pk, ended_at=None).update(ended_at=now)


@transaction.atomic
def tidy_sessions(*, now: datetime) -> None:
    """Notes which sessions ran out; how long they are kept after that is a period (personal.KINDS)."""
    for session in StaffSession.objects.select_related("rules").filter(ended_at=None):
        if ends_at(session) <= now:
            StaffSession.objects.filter(pk=session.pk, ended_at=None).update(ended_at=ends_at(session))


def over(before: datetime) -> QuerySet[StaffSession]:
    """The sessions that ended before a moment, with their addresses and browsers: personal data."""
    return StaffSession.objects.filter(ended_at__lt=before)


def _live(now: datetime) -> QuerySet[StaffSession]:
    rules = rules_now()
    return StaffSession.objects.filter(
        ended_at=None,
        seen_at__gt=now - timedelta(minutes=rules.idle_minutes),
        begun_at__gt=now - timedelta(hours=rules.lifetime_hours),
    )


def _require_own_or_managing(by: Scope, staff: Staff) -> None:
    if acting_account(by.actor) != staff.pk:
        require_managing(by, staff)


def _self(staff: Staff) -> Actor:
    return Actor("staff", staff.pk, staff.name)
