"""Quiet: who is not to be contacted, because they asked for it or for another reason."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q, QuerySet

from qunyu.communities.duties import local_day
from qunyu.kernel import audit
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.members.merging import require_edit
from qunyu.members.models import Identity, Quiet
from qunyu.members.own import of_people

if TYPE_CHECKING:
    from qunyu.members.models import Member

REASONS: dict[str, Words] = {
    "asked": Words("对方要求不要联系", "They asked not to be contacted"),
    "upset": Words("对方不满，先不打扰", "They are upset: leave them alone for now"),
    "deal": Words("由别人专门对接", "Somebody else takes care of them"),
    "other": Words("其他原因", "Another reason"),
}


@transaction.atomic
def keep_quiet(
    *, by: Scope, member: Member, reason: str, note: str = "", until: date | None = None, now: datetime
) -> Quiet:
    """Lets nobody contact the person from now on: until that day (not included), or for good. What held before ends.

    Raises Denied; DomainError bad_quiet with the `field`.
    """
    require_edit(by, member)
    if reason not in REASONS:
        raise DomainError("bad_quiet", Words("请选择原因", "choose a reason"), field="reason")
    if len(note.strip()) > 200:
        raise DomainError("bad_quiet", Words("说明最多 200 个字", "the note has at most 200 characters"), field="note")
    if until is not None and until <= local_day(now):
        raise DomainError("bad_quiet", Words("日期须在今天之后", "the day lies after today"), field="until")
    _end(by, member, now)
    told = {"reason": reason, "note": note.strip(), "until": until, "by_name": by.actor.name[:120]}
    made = Quiet.objects.create(member=member, at=now, **told)
    audit.record(by=by.actor, action="quiet.add", kind="member", id=member.pk, now=now, reason=reason)
    return made


@transaction.atomic
def end_quiet(*, by: Scope, member: Member, now: datetime) -> bool:
    """Lets the person be contacted again; whether that changed anything.

    Raises Denied.
    """
    require_edit(by, member)
    ended = _end(by, member, now)
    if ended:
        audit.record(by=by.actor, action="quiet.end", kind="member", id=member.pk, now=now)
    return bool(ended)


def _end(by: Scope, member: Member, now: datetime) -> int:
    own = Identity.objects.filter(member=member).values("own_member")
    found = Quiet.objects.filter(member__in=own, ended_at=None)
    return found.update(ended_at=now, ended_by_name=by.actor.name[:120])


def quiet_now(people: Collection[int] | None, today: date) -> dict[int, Quiet]:
    """Which of `people` (primary keys; None: of all) are not to be contacted today: the latest word on each."""
    rows = of_people(_in_force(today), people).select_related("member__own_identity")
    return {each.member.own_identity.member_id: each for each in rows.order_by("at", "id")}


def quiet_of(member: Member) -> QuerySet[Quiet]:
    """Every time somebody said that a person is not to be contacted, over all that they are; for callers that found them under a scope."""
    return Quiet.objects.filter(member__own_identity__member=member).order_by("at", "id")


def _in_force(today: date) -> QuerySet[Quiet]:
    return Quiet.objects.filter(Q(until=None) | Q(until__gt=today), ended_at=None)
