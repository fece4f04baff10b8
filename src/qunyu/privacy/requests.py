"""Requests of people about their data: written down when they come, answered in time, refused with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from qunyu.jobs.port import load
from qunyu.kernel import audit
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.people.queries import root_unit
from qunyu.privacy.deadlines import due_days
from qunyu.privacy.models import Request, RequestState

if TYPE_CHECKING:
    from qunyu.members.models import Member

SHORTEST_REASON, LONGEST_NOTE = 2, 200
NEEDED = "privacy.manage"

KINDS: dict[str, Words] = {
    "export": Words("导出个人信息", "A copy of personal data"),
    "erasure": Words("删除个人信息", "Erasure of personal data"),
}
STATES: dict[str, Words] = {
    "open": Words("待处理", "Open"),
    "working": Words("进行中", "Under way"),
    "done": Words("已完成", "Done"),
    "refused": Words("已拒绝", "Refused"),
}
ASKERS: dict[str, Words] = {
    "self": Words("本人", "the person"),
    "guardian": Words("监护人", "a guardian"),
    "agent": Words("代理人", "an agent"),
    "heir": Words("近亲属", "a next of kin"),
    "company": Words("本单位主动", "ourselves"),
}
CHANNELS: dict[str, Words] = {
    "chat": Words("聊天", "chat"),
    "phone": Words("电话", "phone"),
    "email": Words("邮件", "e-mail"),
    "form": Words("表单", "form"),
    "paper": Words("书面", "letter"),
    "person": Words("当面", "in person"),
}
CHECKS: dict[str, Words] = {
    "account": Words("由其账号发来", "came from their account"),
    "phone": Words("电话回拨核对", "called back"),
    "document": Words("核对证件", "saw a document"),
    "known": Words("运营人员认识本人", "known to the operator"),
    "none": Words("未核对", "not checked"),
}


@dataclass(frozen=True)
class Asked:
    """How a request came: who asked, by which channel, how it was made sure that it is them, and a note."""

    asker: str = "self"
    channel: str = "chat"
    checked: str = "account"
    note: str = ""


def require_officer(scope: Scope) -> None:
    """Raises Denied unless `scope` may protect the data of everybody: a person's data lie in all units at once."""
    scope.require(NEEDED, root_unit().pk)


def open_request(*, by: Scope, member: Member, kind: str, asked: Asked, now: datetime) -> Request:
    """Writes down that somebody asks for a copy of their data or for erasure; due as many days later as `deadlines` say.

    Raises Denied; DomainError bad_request for a kind, asker, channel or check that is none, request_open where the same is open already.
    """
    load()
    require_officer(by)
    for value, known, name in (
        (kind, KINDS, "kind"), (asked.asker, ASKERS, "asker"), (asked.channel, CHANNELS, "channel"), (asked.checked, CHECKS, "checked"),
    ):  # fmt: skip
        if value not in known:
            message = Words("“{value}”不在可选项里：{known}", "“{value}” is none of {known}")
            raise DomainError("bad_request", message.fill(value=value, known=", ".join(known)), field=name)
    with transaction.atomic():
        if Request.objects.filter(member=member, kind=kind, state__in=("open", "working")).exists():
            message = Words("这位成员已有同样的请求未处理完", "the same was asked for this person and is not done yet")
            raise DomainError("request_open", message, field="kind")
        row = Request.objects.create(
            kind=kind,
            member=member,
            asker=asked.asker,
            channel=asked.channel,
            checked=asked.checked,
            note=asked.note.strip()[:LONGEST_NOTE],
            asked_at=now,
            due_on=timezone.localtime(now).date() + timedelta(days=due_days()),
            by=by.actor.key,
            by_name=by.actor.name[:120],
        )
        audit.record(by=by.actor, action="privacy.ask", kind="privacy_request", id=row.pk, now=now, member=member.pk)
    return row


def refuse(*, by: Scope, request: Request, reason: str, now: datetime) -> None:
    """Ends an open request without doing what it asks.

    Raises Denied; DomainError reason_needed or request_ended.
    """
    load()
    require_officer(by)
    why = needed_reason(reason)
    with transaction.atomic():
        claim(request, RequestState.REFUSED, reason=why, done_at=now)
        audit.record(by=by.actor, action="privacy.refuse", kind="privacy_request", id=request.pk, now=now)


def claim(request: Request, state: RequestState, **more: object) -> None:
    """Moves an open request on.

    Raises DomainError request_ended when it is open no longer.
    """
    if not Request.objects.filter(pk=request.pk, state=RequestState.OPEN).update(state=state, **more):
        raise DomainError("request_ended", Words("这项请求已经处理", "this request was dealt with already"))


def needed_reason(reason: str) -> str:
    """The reason, without blanks around it.

    Raises DomainError reason_needed.
    """
    if len(reason.strip()) < SHORTEST_REASON:
        message = Words("请写明原因（至少两个字）", "say why, in two letters at least")
        raise DomainError("reason_needed", message, field="reason")
    return reason.strip()[:LONGEST_NOTE]


def requests(scope: Scope) -> QuerySet[Request]:
    """Every request, the newest first.

    Raises Denied.
    """
    require_officer(scope)
    return Request.objects.select_related("member", "receipt")


def find_request(scope: Scope, public_id: str) -> Request:
    """The request with that public id.

    Raises Denied; DomainError unknown_request.
    """
    found = requests(scope).filter(public_id=public_id).first()
    if found is None:
        message = Words("没有编号为“{id}”的请求", "there is no request with the id “{id}”")
        raise DomainError("unknown_request", message.fill(id=public_id), id=public_id)
    return found


def days_left(request: Request, today: date) -> int | None:
    """Days until an unfinished request is due, below zero once it is late; None for one that has ended."""
    ended = request.state in (RequestState.DONE, RequestState.REFUSED)
    return None if ended else (request.due_on - today).days
