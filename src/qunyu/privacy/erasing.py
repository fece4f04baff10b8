"""Erasure: a person's data go from every place, in steps that a crash only delays; what is left is counted and nobody's."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from qunyu.jobs.port import enqueue, load
from qunyu.kernel import audit
from qunyu.kernel.errors import DomainError
from qunyu.kernel.personal import Holder, Person, holders
from qunyu.kernel.platform_ids import typable
from qunyu.kernel.scope import Scope, system_scope
from qunyu.kernel.sealed import seal, unseal
from qunyu.kernel.tables import rewrite
from qunyu.kernel.words import Words
from qunyu.members.personal import head_of, person_of
from qunyu.privacy.models import Receipt, Request, RequestState
from qunyu.privacy.receipts import signed
from qunyu.privacy.requests import LONGEST_NOTE, claim, needed_reason, require_officer
from qunyu.privacy.stopping import stop

if TYPE_CHECKING:
    from qunyu.members.models import Member

PURPOSE = "erasure"
MERGED = Words(
    "这位成员后来并入了另一个人；请为合并后的人重新登记请求",
    "this member was merged into another person since; open a new request for that person",
)


# Counts that a receipt tells where they are not zero; what is unreadable was sealed under another key: its words were not looked for.
_IF_ANY = ("elsewhere", "unreadable")


@dataclass(frozen=True)
class Held:
    """What one holder has of a person: how many rows."""

    holder: Holder
    count: int


def held(member: Member) -> list[Held]:
    """What is kept of a member, holder by holder, as it is now; for callers that have asked whether they may."""
    person = whole(person_of(member))
    return [Held(each, each.count(person)) for each in holders().values()]


def whole(person: Person) -> Person:
    """The person with all that names them, but for what holders that are kept know of them."""
    told = [each.terms(person) for key, each in holders().items() if key not in person.kept]
    return replace(person, terms=tuple(sorted({term for terms in told for term in terms})))


def confirm(*, by: Scope, request: Request, typed: str, reason: str, kept: Collection[str] = (), now: datetime) -> None:
    """Begins the erasure that a request asks for; the name of the person has to be typed. `kept` are holders the law lets us leave.

    From now on no import brings the person back. Raises Denied; DomainError reason_needed, name_differs, bad_kept, merged_since or request_ended.
    """
    load()
    require_officer(by)
    why, member = needed_reason(reason), request.member
    if request.kind != "erasure" or member is None:
        raise DomainError("request_ended", Words("这项请求不是删除", "this request asks for no erasure"))
    if head_of(member) != member.pk:
        raise DomainError("merged_since", MERGED)
    if typed.strip() not in (member.name.strip(), typable(member.name)):
        told = Words(
            "请原样输入成员的名字；由账号构成的名字只需输入末尾 6 位",
            "type the member’s name as it stands; of a name made of an id its last six characters will do",
        )
        raise DomainError("name_differs", told, field="typed")
    for key in kept:
        if key not in holders() or holders()[key].keepable is None:
            raise DomainError("bad_kept", Words("这一项没有保留的依据", "nothing lets us keep this"), field="kept")
    with transaction.atomic():
        person = whole(replace(person_of(member), kept=frozenset(kept)))
        sealed = seal(json.dumps(_as_json(person), ensure_ascii=False), PURPOSE)
        claim(
            request, RequestState.WORKING, reason=person.without(why)[:LONGEST_NOTE], kept=sorted(kept), sealed=sealed
        )
        stop(request, {each for holder in holders().values() for each in holder.stops(person)})
        audit.record(by=by.actor, action="privacy.erase", kind="privacy_request", id=request.pk, now=now)
        enqueue("privacy.erase", key=request.public_id, request=request.pk)


def _as_json(person: Person) -> dict[str, Any]:
    return {
        "identities": sorted(person.identities),
        "own": sorted(person.own),
        "terms": list(person.terms),
        "kept": sorted(person.kept),
    }


def _person(request: Request) -> Person:
    told = json.loads(unseal(request.sealed, PURPOSE))
    ids = frozenset(told["identities"]), frozenset(told["own"])
    return Person(*ids, tuple(told["terms"]), frozenset(told["kept"]))


def run(*, key: int, now: datetime) -> bool:
    """Does or goes on with an erasure that was confirmed; whether there was anything to do. Not inside a transaction."""
    request = Request.objects.get(pk=key)
    if request.state != RequestState.WORKING:
        return False
    if request.sealed:
        person = _person(request)
        for holder in holders().values():
            if holder.key not in request.steps:
                _step(request, holder, person)
        Request.objects.filter(pk=key).update(sealed="")
    _finish(request, now)
    return True


def _step(request: Request, holder: Holder, person: Person) -> None:
    """One holder's part. Inside the database it and the note of it are one; elsewhere it may be done twice, which finds nothing more."""
    found = holder.count(person)
    if holder.key in person.kept:
        _note(request, holder, {"kept": found})
    elif holder.outside:
        more = holder.erase(person)
        _note(request, holder, {"found": found, **more})
    else:
        with transaction.atomic():
            more = holder.erase(person)
            _note(request, holder, {"found": found, **more})


def _note(request: Request, holder: Holder, counts: dict[str, int]) -> None:
    request.steps = {
        **request.steps,
        holder.key: {name: count for name, count in counts.items() if count or name not in _IF_ANY},
    }
    Request.objects.filter(pk=request.pk).update(steps=request.steps)


def _finish(request: Request, now: datetime) -> None:
    """What was deleted goes from the files of the database; then the receipt is written."""
    touched = [model for holder in holders().values() for model in holder.models]
    rewrite([*touched, *_LOOSE])
    with transaction.atomic():
        done = Request.objects.filter(pk=request.pk, state=RequestState.WORKING).update(
            state=RequestState.DONE, done_at=now
        )
        if done:
            _write_receipt(request, now)
            scope = system_scope("erasure")
            audit.record(by=scope.actor, action="privacy.erased", kind="privacy_request", id=request.pk, now=now)


# What holders take names out of without keeping anything of people.
_LOOSE = (
    "events.Import",
    "events.ImportProblem",
    "kernel.AuditEntry",
    "satisfaction.Reply",
    "satisfaction.Survey",
    "satisfaction.Complaint",
    "satisfaction.Step",
    "loyalty.Movement",
    "loyalty.Earning",
    "members.Tag",
    "members.TagGroup",
    "members.TagAct",
    "members.ProfileImport",
    "communities.Community",
    "communities.WorkEntry",
    "segments.Segment",
    "segments.SegmentVersion",
    "segments.SegmentSnapshot",
    "sessions.Session",
    "api.KeptAnswer",
    "privacy.Request",
)


def _write_receipt(request: Request, now: datetime) -> None:
    body = {
        "receipt": "qunyu.erasure.1",
        "request": request.public_id,
        "asked_at": request.asked_at.isoformat(),
        "done_at": now.isoformat(),
        "by": request.by_name,
        "counts": request.steps,
        "stopped_ids": request.stopped.count(),
    }
    Receipt.objects.create(request=request, at=now, body=body, signature=signed(body))


def unfinished() -> list[int]:
    """The primary keys of erasures that were begun and are not done, for the job that goes on with them."""
    return list(Request.objects.filter(kind="erasure", state=RequestState.WORKING).values_list("pk", flat=True))
