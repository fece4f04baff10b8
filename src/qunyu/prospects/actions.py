"""Writes about prospects: spoken with, to be left alone, and that taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from qunyu.insights.signal import invitations
from qunyu.jobs.port import enqueue, load
from qunyu.kernel import audit
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.members.contacts import note_contact
from qunyu.members.merging import require_edit
from qunyu.prospects.measuring import local_day
from qunyu.prospects.models import Attempt, Hold
from qunyu.prospects.queries import find_list, find_prospect
from qunyu.prospects.reaching import HEAD, refusals

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
NOT_NOW = Words("现在不宜联系：{why}", "not to be written to now: {why}")


@dataclass(frozen=True)
class Told:
    """What was said with somebody: over which `channel` (members.contacts.CHANNELS), the words, and how they took it (OUTCOMES)."""

    channel: str
    summary: str
    outcome: str


def _require(by: Scope, unit: Unit, member: Member) -> None:
    for permission in ("members.view", "orders.view", "members.edit"):
        by.require(permission, unit.pk)
    require_edit(by, member)


@transaction.atomic
def note_attempt(*, by: Scope, unit: Unit, member: Member, told: Told, now: datetime) -> Attempt:
    """Keeps that somebody of the unit's list was spoken with, as a contact of theirs too, with the chance and reason told then.

    Raises Denied; DomainError not_listed for whoever is not on it, not_now where they are not to be written to, bad_outcome, or what
    note_contact raises, with the `field`.
    """
    _require(by, unit, member)
    if told.outcome not in OUTCOMES:
        raise DomainError("bad_outcome", BAD_OUTCOME, field="outcome")
    _, run = find_list(by, unit.public_id)
    row = find_prospect(by, run, member, local_day(now)) if run else None
    if row is None:
        raise DomainError("not_listed", NOT_LISTED)
    against = refusals(unit, local_day(now), member.pk)
    if against:
        raise DomainError("not_now", _filled([each for _, each in against]))
    contact = note_contact(
        by=by, member=member, now=now, at=now, channel=told.channel, direction="out", summary=told.summary,
        result=str(OUTCOMES[told.outcome]),
    )  # fmt: skip
    made = Attempt.objects.create(
        unit=unit, member=member, contact=contact, at=now, outcome=told.outcome, by_name=by.actor.name[:120],
        reason=row.reason, chance=row.chance,
    )  # fmt: skip
    audit.record(by=by.actor, action="prospects.contacted", kind="member", id=member.pk, now=now, unit=unit.pk)
    return made


def _filled(why: list[Words]) -> Words:
    zh, en = "、".join(each.zh for each in why), ", ".join(each.en for each in why)
    return Words(NOT_NOW.zh.format(why=zh), NOT_NOW.en.format(why=en))


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
    Hold.objects.filter(unit=unit, ended_at=None, **{HEAD: member.pk}).update(ended_at=now)
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
    changed = Hold.objects.filter(unit=unit, ended_at=None, **{HEAD: member.pk}).update(ended_at=now)
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
