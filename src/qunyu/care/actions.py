"""What is decided about occasions: done, later, left out, handed to a colleague; each can be undone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import QuerySet

from qunyu.care.kind import find_kind
from qunyu.care.models import FavourAsk, Occasion, OccasionState, Opening
from qunyu.care.queries import occasions
from qunyu.communities.duties import local_day
from qunyu.kernel import audit
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Denied, Scope
from qunyu.kernel.words import Words
from qunyu.members.contacting import CHANNELS, Touch, claim, take_back
from qunyu.members.merging import editable
from qunyu.members.own import identities
from qunyu.people.operators import able, accounts
from qunyu.people.queries import scope_of

if TYPE_CHECKING:
    from qunyu.people.models import Staff, Unit

LATEST = timedelta(days=365)
LONGEST = 400
# Of these a person may have several on a day, one of each unit or community.
SHARED = ("silent", "after_purchase")
# What stands as the reason of the others once one was done.
GREETED = "已由同事联系 · a colleague did"
DECIDED = Words("这个日子已有人处理；请刷新", "somebody has decided about this already; reload the page")
UNDECIDED = Words("这个日子还没有处理", "nothing has been decided about this yet")
BAD: dict[str, Words] = {
    "until": Words("日期须在今天之后、一年之内", "the day lies after today and within a year"),
    "reason": Words("请写明原因，最多 200 个字", "say why, with at most 200 characters"),
    "keeper": Words("没有能处理这个人的这位同事", "there is no such colleague who may take care of this person"),
    "text": Words(f"须有 1 至 {LONGEST} 个字", f"it has 1 to {LONGEST} characters"),
    "channel": Words("没有这种渠道", "there is no such channel"),
}


@dataclass(frozen=True)
class Said:
    """How somebody was contacted: over which channel, with which words, whether it sold, and why beyond the cap, if so."""

    channel: str
    words: str
    selling: bool = False
    passing: str = ""


def mark_done(*, by: Scope, occasion: Occasion, said: Said, now: datetime) -> Occasion:
    """The occasion with the contact that was made, through the gate.

    Raises Denied; MayNotContact; DomainError bad_contact, or occasion_decided when somebody was faster.
    """
    with transaction.atomic():
        _decide(by, occasion, {"state": OccasionState.DONE}, now)
        touch = Touch("care", said.channel, said.words, selling=said.selling)
        row = claim(by=by, member=occasion.member, touch=touch, passing=said.passing, now=now)
        Occasion.objects.filter(pk=occasion.pk).update(contact=row, contacted_at=row.at, channel=row.channel)
        for each in _beside(occasion).filter(state=OccasionState.OPEN):
            _change(each, {"state": OccasionState.DROPPED, "reason": GREETED}, by, now)
    occasion.refresh_from_db()
    return occasion


def put_off(*, by: Scope, occasion: Occasion, until: date, now: datetime) -> Occasion:
    """The occasion, due on that day.

    Raises Denied; DomainError bad_occasion or occasion_decided.
    """
    today = local_day(now)
    if not today < until <= today + LATEST:
        raise _bad("until")
    with transaction.atomic():
        _decide(by, occasion, {"due": until}, now)
        audit.record(by=by.actor, action="occasion.later", kind="member", id=occasion.member_id, now=now)
    occasion.refresh_from_db()
    return occasion


def leave_out(*, by: Scope, occasion: Occasion, reason: str, now: datetime) -> Occasion:
    """The occasion, for which this person is not to be contacted.

    Raises Denied; DomainError bad_occasion or occasion_decided.
    """
    if not 1 <= len(reason.strip()) <= 200:
        raise _bad("reason")
    with transaction.atomic():
        _decide(by, occasion, {"state": OccasionState.DROPPED, "reason": reason.strip()}, now)
        audit.record(by=by.actor, action="occasion.leave_out", kind="member", id=occasion.member_id, now=now)
    occasion.refresh_from_db()
    return occasion


def hand_over(*, by: Scope, occasion: Occasion, keeper: str, now: datetime) -> Occasion:
    """The occasion, kept by the colleague with that public id.

    Raises Denied; DomainError bad_occasion or occasion_decided.
    """
    found = next((each for each in colleagues(by) if each.public_id == keeper), None)
    if found is None or not _may_take(found, occasion):
        raise _bad("keeper")
    with transaction.atomic():
        _decide(by, occasion, {"keeper": found}, now)
        data: dict[str, Any] = {"staff": found.pk}
        audit.record(by=by.actor, action="occasion.hand_over", kind="member", id=occasion.member_id, now=now, **data)
    occasion.refresh_from_db()
    return occasion


def undo(*, by: Scope, occasion: Occasion, now: datetime) -> Occasion:
    """The occasion as it was before the last decision about it; a contact kept with it is taken back.

    Raises Denied; DomainError occasion_undecided, or contact_kept an hour after the contact.
    """
    with transaction.atomic():
        _require(by, occasion)
        row = Occasion.objects.select_for_update().get(pk=occasion.pk)
        if row.decided_at is None:
            raise DomainError("occasion_undecided", UNDECIDED)
        if row.contact is not None:
            take_back(by=by, contact=row.contact, now=now)
        else:
            put_back([row])
        audit.record(by=by.actor, action="occasion.undo", kind="member", id=row.member_id, now=now)
    occasion.refresh_from_db()
    return occasion


def put_back(rows: Iterable[Occasion]) -> None:
    """Gives each back what its last decision replaced."""
    for row in rows:
        *before, last = row.before
        # The colleague may be gone by now.
        last["keeper_id"] = accounts(at=None).filter(pk=last["keeper_id"] or 0).values_list("pk", flat=True).first()
        told = {**last, "state": OccasionState.OPEN, "reason": "", "contact": None, "contacted_at": None, "channel": ""}
        Occasion.objects.filter(pk=row.pk).update(**told, before=before)


def without_contact(contact: int) -> None:
    """A contact (primary key) is being taken back: what was done with it is as it was before, and asks made with it are none."""
    for row in Occasion.objects.filter(contact=contact):
        put_back([*_beside(row).filter(state=OccasionState.DROPPED, decided_at=row.decided_at), row])
    FavourAsk.objects.filter(contact=contact).delete()


def _decide(by: Scope, occasion: Occasion, changes: dict[str, Any], now: datetime) -> None:
    """One conditional UPDATE, whose row count says whether somebody was faster."""
    _require(by, occasion)
    if not _change(Occasion.objects.get(pk=occasion.pk), changes, by, now):
        raise DomainError("occasion_decided", DECIDED)


def _change(row: Occasion, changes: dict[str, Any], by: Scope, now: datetime) -> int:
    at = row.decided_at.isoformat() if row.decided_at else None
    told = {
        "due": row.due.isoformat(),
        "keeper_id": row.keeper_id,
        "decided_at": at,
        "decided_by_name": row.decided_by_name,
    }
    fresh = Occasion.objects.filter(pk=row.pk, state=OccasionState.OPEN, decided_at=row.decided_at)
    changes = {**changes, "before": [*row.before, told], "decided_at": now, "decided_by_name": by.actor.name[:120]}
    return fresh.update(**changes)


def _beside(row: Occasion) -> QuerySet[Occasion]:
    """What else says the same of the day and the person: of another unit or community."""
    person = identities().filter(own_member=row.member_id).values("member")
    same = Occasion.objects.filter(kind=row.kind, day=row.day, member__own_identity__member__in=person)
    return same.exclude(pk=row.pk) if row.kind in SHARED else same.none()


def _require(by: Scope, occasion: Occasion) -> None:
    if not editable(by).filter(own_member=occasion.member_id).exists():
        raise Denied("members.edit")


def _bad(name: str) -> DomainError:
    return DomainError("bad_occasion", BAD[name], field=name)


def colleagues(scope: Scope) -> list[Staff]:
    """The open accounts that may edit members where `scope` may, by name."""
    return able("members.edit", None if scope.everything else scope.units("members.edit"))


def _may_take(staff: Staff, occasion: Occasion) -> bool:
    theirs = scope_of(staff)
    sees = occasions(theirs).filter(pk=occasion.pk).exists()
    return sees and editable(theirs).filter(own_member=occasion.member_id).exists()


def set_opening(*, by: Scope, unit: Unit, kind: str, channel: str, text: str, now: datetime) -> bool:
    """Sets the words that a unit opens with, "" for those of the unit above; whether anything changed.

    Raises Denied; DomainError unknown_occasion_kind or bad_occasion.
    """
    by.require("settings.edit", unit.pk)
    find_kind(kind)
    if channel not in CHANNELS:
        raise _bad("channel")
    if len(text.strip()) > LONGEST:
        raise _bad("text")
    with transaction.atomic():
        rows = Opening.objects.filter(unit=unit, kind=kind, channel=channel)
        before = rows.values_list("text", flat=True).first() or ""
        if before == text.strip():
            return False
        if text.strip():
            Opening.objects.update_or_create(unit=unit, kind=kind, channel=channel, defaults={"text": text.strip()})
        else:
            rows.delete()
        audit.record(by=by.actor, action="opening.set", kind="unit", id=unit.pk, now=now, occasion=kind)
    return True
