"""Complaints: who takes care of one, what is done about it, how it ends, and how long that takes."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q, QuerySet

from qunyu.jobs.port import load
from qunyu.kernel import audit
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.members.merging import require_edit
from qunyu.members.own import PERSON, of_people
from qunyu.people.queries import account_of
from qunyu.satisfaction.models import Complaint, Opinion, OpinionKind, Step
from qunyu.satisfaction.opinions import head_of, label_anew, opinions
from qunyu.satisfaction.rules import complaints as rules

if TYPE_CHECKING:
    from qunyu.people.models import Staff

LONGEST = 400
# What can be done, and in which state.
STEPS, possible = rules.STEPS, rules.possible
STATES: dict[str, Words] = {
    "new": Words("待处理", "New"),
    "working": Words("处理中", "In hand"),
    "settled": Words("已解决", "Settled"),
    "refused": Words("未采纳", "Not accepted"),
}
UNHAPPY = Words("有未结束的投诉", "has an open complaint")
# Doing these needs words: they are what the person was told.
_SAID = ("answer", "settle", "refuse")


@dataclass(frozen=True)
class Done:
    """What is done about a complaint: a code of STEPS, the words (what the person was told), and whether they are content with how it was settled."""

    did: str
    words: str = ""
    content: bool | None = None


def handle(*, by: Scope, opinion: Opinion, done: Done, now: datetime) -> Complaint:
    """The complaint after something was done about it; who takes it on, answers or ends it keeps it from then on.

    Raises Denied; DomainError no_complaint, bad_step with the `field`, or step_not_possible (it changed meanwhile).
    """
    load()
    _check(opinion, done)
    with transaction.atomic():
        require_edit(by, head_of(opinion))
        row = Complaint.objects.select_for_update().get(opinion=opinion)
        state = rules.after(row.state, done.did)
        if state is None:
            message = Words(
                "这条投诉现在是“{state}”，不能“{step}”", "the complaint is “{state}” now; “{step}” is not possible"
            )
            now_is, step = STATES[row.state], STEPS[done.did]
            raise DomainError("step_not_possible", message.fill(state=now_is, step=step), state=row.state)
        _move(row, state, done, now, account_of(by.actor)[0])
        Step.objects.create(complaint=row, did=done.did, words=done.words.strip(), at=now, by_name=by.actor.name[:120])
        Opinion.objects.filter(pk=opinion.pk).update(score=rules.score(row.state, row.content))
        data = {"opinion": opinion.pk, "step": done.did}
        audit.record(by=by.actor, action="complaint.handle", kind="member", id=opinion.member_id, now=now, **data)
        label_anew(opinion.member_id, now)
    return row


def _check(opinion: Opinion, done: Done) -> None:
    if opinion.kind != OpinionKind.COMPLAINT or opinion.withdrawn_at is not None:
        raise DomainError(
            "no_complaint", Words("这条评价不是投诉，或已撤回", "this is no complaint, or it was taken back")
        )
    if done.did not in STEPS:
        raise DomainError("bad_step", Words("没有这种处理", "there is no such step"), field="did")
    if len(done.words) > LONGEST or (done.did in _SAID and not done.words.strip()):
        message = Words(
            "请写明对对方说了什么，最多 {most} 个字", "write what they were told, with at most {most} characters"
        )
        raise DomainError("bad_step", message.fill(most=LONGEST), field="words")


def _move(row: Complaint, state: str, done: Done, now: datetime, staff: Staff | None) -> None:
    row.state = state
    row.keeper = staff or row.keeper
    ended = state in ("settled", "refused")
    if done.did in _SAID and row.answered_at is None:
        row.answered_at = now
    row.ended_at = now if ended else None
    row.content = done.content if state == "settled" else None
    row.save()


def complaints(scope: Scope, *, state: str = "") -> QuerySet[Opinion]:
    """The complaints of people whom `scope` may see, the latest first; `state` is one of STATES, "open" for new and in hand, "" for any."""
    found = opinions(scope).filter(kind=OpinionKind.COMPLAINT).select_related("complaint__keeper")
    if state == "open":
        return found.filter(complaint__state__in=("new", "working"))
    return found.filter(complaint__state=state) if state else found


def complaining(people: Collection[int] | None, now: datetime) -> dict[int, datetime]:
    """Who of `people` (primary keys; None: of all) has a complaint that has not ended, and when the latest was made."""
    found = of_people(Opinion.objects.filter(withdrawn_at=None, at__lte=now), people)
    going = found.filter(kind=OpinionKind.COMPLAINT, complaint__ended_at=None).order_by("at")
    return dict(going.values_list(PERSON, "at"))


def settled_within(when: Q) -> Iterator[tuple[int, datetime]]:
    """Person and time of each complaint that was settled, whoever asks; `when` narrows `complaint__ended_at`."""
    found = Opinion.objects.filter(when, withdrawn_at=None, complaint__state="settled")
    somebody = found.filter(member__own_identity__member__erased=False).order_by()
    for person, at in somebody.values_list("member__own_identity__member", "complaint__ended_at").iterator():
        if at is not None:
            yield person, at


@dataclass(frozen=True)
class Handling:
    """How complaints of some time were taken care of: medians are None where none was answered or ended yet."""

    count: int
    open: int
    answered: int
    ended: int
    content: int
    to_answer: timedelta | None
    to_end: timedelta | None


def handling(scope: Scope, *, since: datetime) -> Handling:
    """How those complaints that came since then were taken care of."""
    rows = [each.complaint for each in complaints(scope).filter(at__gte=since)]
    at = {each.pk: each.opinion.at for each in rows}
    answered = [each.answered_at - at[each.pk] for each in rows if each.answered_at]
    ended = [each.ended_at - at[each.pk] for each in rows if each.ended_at]
    return Handling(
        count=len(rows),
        open=sum(each.ended_at is None for each in rows),
        answered=len(answered),
        ended=len(ended),
        content=sum(each.content is True for each in rows),
        to_answer=_median(answered),
        to_end=_median(ended),
    )


def _median(times: list[timedelta]) -> timedelta | None:
    return timedelta(seconds=median(each.total_seconds() for each in times)) if times else None


def steps_of(opinion: Opinion) -> list[Step]:
    """What was done about the complaint, the first first."""
    return list(Step.objects.filter(complaint__opinion=opinion).order_by("at", "id"))
