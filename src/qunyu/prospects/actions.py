"""Writes about prospects: spoken with, to be left alone, and that taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from qunyu.communities.duties import local_day
from qunyu.insights.signal import invitations
from qunyu.jobs.port import enqueue, load
from qunyu.kernel import audit
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.members.contacting import Touch, claim
from qunyu.members.merging import require_edit
from qunyu.members.own import PERSON, of_people
from qunyu.prospects.models import Attempt, Hold
from qunyu.prospects.queries import find_list, find_prospect
from qunyu.prospects.reaching import held

if TYPE_CHECKING:
    from qunyu.members.models import Member
    from qunyu.people.models import Unit

OUTCOMES: dict[str, Words] = {
    "none": Words("还没有回应", "no answer yet"),
    "interested": Words("有兴趣", "interested"),
    "later": Words("以后再说", "later"),
    "no": Words("不需要", "no"),
}
LONGEST_HOLD = timedelta(days=3 * 365)
BAD_OUTCOME = Words("请选择对方的反应", "say how they took it")
BAD_UNTIL = Words("日期须在明天至三年内", "the day lies between tomorrow and three years from now")
BAD_WHY = Words("原因最多 200 个字", "a reason has at most 200 characters")
NOT_LISTED = Words("不在这个单位的名单上", "not on the list of this unit")
NOT_NOW = Words("已设为暂不联系；先放回名单", "to be left alone for now; put them back on the list first")


@dataclass(frozen=True)
class Told:
    """What was said with somebody: over which `channel` (members.contacting.CHANNELS), the words, how they took it (OUTCOMES), and why beyond the cap, if so."""

    channel: str
    summary: str
    outcome: str
    passing: str = ""


def _require(by: Scope, unit: Unit, member: Member) -> None:
    for permission in ("members.view", "orders.view", "members.edit"):
        by.require(permission, unit.pk)
    require_edit(by, member)


@transaction.atomic
def note_attempt(*, by: Scope, unit: Unit, member: Member, told: Told, now: datetime) -> Attempt:
    """Keeps that somebody of the unit's list is spoken with, as a contact that sells, under the cap; with the chance and reason told then.

    Raises Denied; MayNotContact; DomainError not_listed for whoever is not on it, not_now where the unit leaves them alone, bad_outcome or
    bad_contact with the `field`.
    """
    _require(by, unit, member)
    if told.outcome not in OUTCOMES:
        raise DomainError("bad_outcome", BAD_OUTCOME, field="outcome")
    _, run = find_list(by, unit.public_id)
    row = find_prospect(by, run, member, now) if run else None
    if row is None:
        raise DomainError("not_listed", NOT_LISTED)
    if of_people(held(unit, local_day(now)), [member.pk]).exists():
        raise DomainError("not_now", NOT_NOW)
    touch = Touch("prospect", told.channel, told.summary, selling=True, result=str(OUTCOMES[told.outcome]))
    contact = claim(by=by, member=member, touch=touch, passing=told.passing, now=now)
    made = Attempt.objects.create(
        unit=unit, member=member, contact=contact, at=now, outcome=told.outcome, by_name=by.actor.name[:120],
        reason=row.reason, chance=row.chance,
    )  # fmt: skip
    audit.record(by=by.actor, action="prospects.contacted", kind="member", id=member.pk, now=now, unit=unit.pk)
    return made


def without_contact(contact: int) -> None:
    """A contact (primary key) is being taken back: nobody was spoken with after all."""
    Attempt.objects.filter(contact=contact).delete()


@transaction.atomic
def leave_alone(*, by: Scope, unit: Unit, member: Member, until: date | None, why: str, now: datetime) -> Hold:
    """Takes somebody off the unit's list until a day, None for good; in the place of what was said before.

    Raises Denied; DomainError bad_hold with the `field`.
    """
    _require(by, unit, member)
    today = local_day(now)
    if until is not None and not today < until <= today + LONGEST_HOLD:
        raise DomainError("bad_hold", BAD_UNTIL, field="until")
    if len(why.strip()) > 200:
        raise DomainError("bad_hold", BAD_WHY, field="why")
    Hold.objects.filter(unit=unit, ended_at=None, **{PERSON: member.pk}).update(ended_at=now)
    made = Hold.objects.create(
        unit=unit, member=member, until=until, why=why.strip(), at=now, by_name=by.actor.name[:120]
    )
    audit.record(by=by.actor, action="prospects.hold", kind="member", id=member.pk, now=now, unit=unit.pk)
    return made


@transaction.atomic
def put_back(*, by: Scope, unit: Unit, member: Member, now: datetime) -> bool:
    """Puts somebody who was to be left alone back on the unit's list; whether they were.

    Raises Denied.
    """
    _require(by, unit, member)
    changed = Hold.objects.filter(unit=unit, ended_at=None, **{PERSON: member.pk}).update(ended_at=now)
    if changed:
        audit.record(by=by.actor, action="prospects.put_back", kind="member", id=member.pk, now=now, unit=unit.pk)
    return bool(changed)


def ask_anew(*, by: Scope, unit: Unit, now: datetime) -> str:
    """Has the lists of the unit computed anew; the job's id, that of the last asking within the hour while no new list is there.

    Raises Denied.
    """
    load()
    for permission in ("members.view", "orders.view", "members.edit"):
        by.require(permission, unit.pk)
    with transaction.atomic():
        audit.record(by=by.actor, action="prospects.ask", kind="unit", id=unit.pk, now=now)
        _, run = find_list(by, unit.public_id)
        key = f"unit-{unit.pk}-{run.pk if run else 0}-{now.astimezone(UTC):%Y%m%d%H}"
        return enqueue("prospects.renew", key=key, unit=unit.pk)


def first_reasons() -> dict[str, Words]:
    """The reasons to write to somebody, by code, in the order of their places."""
    return {key: each.title for key, each in invitations().items()}
