"""Imports of profiles: asked for with a plan, done by a job, and undone as a whole."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from qunyu.jobs.port import enqueue, load
from qunyu.kernel import audit
from qunyu.kernel.actor import Actor
from qunyu.kernel.errors import DomainError
from qunyu.kernel.returning import stopped
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.members.actions import forget_identities
from qunyu.members.belonging import contact_platform
from qunyu.members.fields import fields_in
from qunyu.members.matching import chunks
from qunyu.members.models import Contact, Identity, Link, Member, MergeDecision, ProfileEntry, ProfileImport, Tagging
from qunyu.members.profile import mark_phones, write
from qunyu.members.profile_table import Plan

if TYPE_CHECKING:
    from qunyu.people.models import Unit

CHUNK = 500
FOLDER = "profile-imports"


def ask(*, by: Scope, unit: Unit, title: str, plan: Plan, skip: bool, now: datetime) -> ProfileImport:
    """An import of what `plan` says that a worker will do; new people belong to `unit`. `skip` leaves out the wrong lines.

    Raises Denied; DomainError wrong_lines unless there are none or they are to be left out, or nothing_to_import.
    """
    load()
    by.require("members.edit", unit.pk)
    if plan.wrong and not skip:
        message = Words(
            "有 {n} 行有误；请改正，或选择略过有误的行", "{n} lines are wrong; mend them, or leave them out"
        )
        raise DomainError("wrong_lines", message.fill(n=len(plan.wrong)), field="file")
    if not plan.good:
        raise DomainError("nothing_to_import", Words("没有要改动的内容", "it would change nothing"), field="file")
    with transaction.atomic():
        who = {"by": by.actor.key, "by_name": by.actor.name[:120]}
        owner = ProfileImport.objects.create(unit=unit, title=title[:200], summary=plan.counts, created_at=now, **who)
        _keep(owner, plan)
        audit.record(by=by.actor, action="profiles.import", kind="profile_import", id=owner.pk, now=now, unit=unit.pk)
        enqueue("members.import_profiles", key=owner.public_id, owner=owner.pk)
    return owner


def _plan_of(owner: ProfileImport) -> Path:
    return Path(settings.QUNYU_DATA) / FOLDER / owner.public_id / "plan.json"


def _keep(owner: ProfileImport, plan: Plan) -> None:
    path = _plan_of(owner)
    path.parent.mkdir(parents=True)
    lines = [
        {
            "line": each.number,
            "member": each.member,
            "name": each.who,
            "values": each.values,
            "known_as": sorted(each.known_as),
        }
        for each in plan.good
    ]
    path.write_text(json.dumps(lines, ensure_ascii=False), encoding="utf-8")


def run(*, key: int, now: datetime) -> None:
    """Does a waiting import; run again after a crash it begins anew. What it writes shows all at once."""
    load()
    owner = ProfileImport.objects.get(pk=key)
    if owner.state != ProfileImport.State.WAITING:
        shutil.rmtree(_plan_of(owner).parent, ignore_errors=True)
        return
    kind, _, id = owner.by.partition(":")
    scope = Scope(Actor(kind, int(id), owner.by_name), everything=True)  # type: ignore[arg-type]
    _take_away(scope, owner, now)
    lines = json.loads(_plan_of(owner).read_text(encoding="utf-8"))
    for start in range(0, len(lines), CHUNK):
        with transaction.atomic():
            _write(scope, owner, lines[start : start + CHUNK], now)
    with transaction.atomic():
        ProfileEntry.objects.filter(act=owner.public_id).update(withdrawn_at=None)
        _phones(scope, owner, now)
        ProfileImport.objects.filter(pk=key).update(state=ProfileImport.State.DONE, finished_at=now)
    shutil.rmtree(_plan_of(owner).parent, ignore_errors=True)


def _write(scope: Scope, owner: ProfileImport, lines: list[dict[str, Any]], now: datetime) -> None:
    fields = {each.key: each for each in fields_in(scope, archived=True)}
    made = _make(owner, _not_erased([each for each in lines if each["member"] is None]))
    asked = [each["member"] for each in lines if each["member"]]
    there = set(Member.objects.filter(pk__in=asked, erased=False).values_list("pk", flat=True))
    heads = {**{each: each for each in there}, **made}
    values = [
        (heads[each["member"] or -each["line"]], fields[key], value)
        for each in lines
        if (each["member"] or -each["line"]) in heads
        for key, value in each["values"].items()
        if key in fields
    ]
    write(by=scope, values=values, now=now, act=owner.public_id, hidden=True)


def _not_erased(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without those who were erased since the import was asked for."""
    gone = stopped({name for each in lines for name in each["known_as"]})
    return [each for each in lines if gone.isdisjoint(each["known_as"])]


def _make(owner: ProfileImport, lines: list[dict[str, Any]]) -> dict[int, int]:
    """New people, by the number of their line below zero."""
    members = Member.objects.bulk_create([Member(name=each["name"]) for each in lines])
    platform = contact_platform(owner.unit_id)
    Identity.objects.bulk_create(
        Identity(
            member=member,
            own_member=member,
            platform=platform,
            key=f"{owner.public_id}:{each['line']}",
            name=member.name,
        )
        for each, member in zip(lines, members, strict=True)
    )
    return {-each["line"]: member.pk for each, member in zip(lines, members, strict=True)}


def _phones(scope: Scope, owner: ProfileImport, now: datetime) -> None:
    told = ProfileEntry.objects.filter(act=owner.public_id, field="phone")
    mark_phones(by=scope, members=set(told.values_list("member", flat=True)), now=now)


def undo(*, by: Scope, owner: ProfileImport, now: datetime) -> int:
    """Takes back everything an import wrote, and whom it made unless something else is known of them by now; how many values.

    Raises Denied; DomainError cannot_undo for one that is not done.
    """
    load()
    by.require("members.edit", owner.unit_id)
    with transaction.atomic():
        if not ProfileImport.objects.filter(pk=owner.pk, state="done").update(state="undone", finished_at=now):
            raise DomainError("cannot_undo", Words("这次导入不能撤销", "this import cannot be undone"))
        count = ProfileEntry.objects.filter(act=owner.public_id).update(withdrawn_at=now)
        _phones(by, owner, now)
        _forget_made(owner)
        audit.record(by=by.actor, action="profiles.undo", kind="profile_import", id=owner.pk, now=now)
    return count


def _take_away(scope: Scope, owner: ProfileImport, now: datetime) -> None:
    """What a crash left."""
    with transaction.atomic():
        ProfileEntry.objects.filter(act=owner.public_id).delete()
        _forget_made(owner)


def _forget_made(owner: ProfileImport) -> None:
    made = Identity.objects.filter(platform=contact_platform(owner.unit_id), key__startswith=f"{owner.public_id}:")
    ids = dict(made.values_list("own_member", "id"))
    busy = {member for part in chunks(ids) for member in _busy(owner, part)}
    forget_identities({id for member, id in ids.items() if member not in busy})


def _busy(owner: ProfileImport, members: list[int]) -> Iterator[int]:
    """Of whom more is known than what the import said."""
    other = ProfileEntry.objects.filter(member__in=members, withdrawn_at=None).exclude(act=owner.public_id)
    yield from other.values_list("member", flat=True)
    yield from Contact.objects.filter(member__in=members).values_list("member", flat=True)
    yield from Tagging.objects.filter(member__in=members).values_list("member", flat=True)
    for link in Link.objects.filter(Q(decider__in=members) | Q(user__in=members)):
        yield from (link.decider_id, link.user_id)
    mine = Identity.objects.filter(own_member__in=members).values("id")
    for said in MergeDecision.objects.filter(Q(one__in=mine) | Q(other__in=mine)).select_related("one", "other"):
        yield from (said.one.own_member_id, said.other.own_member_id)


def imports(scope: Scope) -> QuerySet[ProfileImport]:
    """The imports of profiles into units where members may be edited, the newest first."""
    found = ProfileImport.objects.order_by("-id").select_related("unit")
    return found if scope.everything else found.filter(unit__in=scope.units("members.edit"))


def find_import(scope: Scope, public_id: str) -> ProfileImport:
    """The import of profiles with that public id.

    Raises DomainError unknown_import.
    """
    found = imports(scope).filter(public_id=public_id).first()
    if found is None:
        message = Words("没有编号为“{id}”的导入", "there is no import with the id “{id}”")
        raise DomainError("unknown_import", message.fill(id=public_id), id=public_id)
    return found
