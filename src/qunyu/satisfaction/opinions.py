"""Opinions: ratings, praise and complaints noted down, taken back, and read."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery

from qunyu.jobs.port import enqueue, load
from qunyu.kernel import audit
from qunyu.kernel.errors import DomainError
from qunyu.kernel.ids import new_public_id
from qunyu.kernel.scope import Denied, Scope
from qunyu.kernel.words import Words
from qunyu.members.merging import editable, require_edit
from qunyu.members.own import heads_of, hold
from qunyu.members.queries import heads, is_of_seen, own_members
from qunyu.satisfaction.models import Complaint, Opinion, OpinionKind
from qunyu.satisfaction.rules.scores import COMPLAINT, PRAISE, STARS, as_stars, of_stars

if TYPE_CHECKING:
    from qunyu.members.models import Member

LONGEST, LONGEST_ABOUT = 2000, 120
# Whoever notes down a call may have a clock that runs ahead.
AHEAD = timedelta(days=1)
KINDS: dict[str, Words] = {
    "rating": Words("评分", "Rating"),
    "complaint": Words("投诉", "Complaint"),
    "praise": Words("好评", "Praise"),
    "survey": Words("问卷", "Survey"),
}
NOTHING_LEFT = Words("这批评价已经撤回", "these opinions are taken back already")
# What somebody can note down by hand.
NOTED = ("rating", "complaint", "praise")
_REASONS: dict[str, Words] = {
    "kind": Words("请选择评分、投诉或好评", "choose rating, complaint or praise"),
    "stars": Words("请选择 1 至 5 星", "choose 1 to 5 stars"),
    "text": Words(
        "投诉和好评须写明内容，最多 {most} 个字", "say what the complaint or praise is, with at most {most} characters"
    ),
    "about": Words("最多 {most} 个字", "at most {most} characters"),
    "at": Words("时间不能在将来", "it cannot lie in the future"),
}


@dataclass(frozen=True)
class Said:
    """What somebody said: `kind` is one of NOTED, `stars` only for a rating, `about` an order or a product."""

    kind: str
    at: datetime
    stars: int | None = None
    text: str = ""
    about: str = ""


def note(*, by: Scope, member: Member, said: Said, now: datetime, act: str = "") -> Opinion:
    """A new opinion of the person; a complaint waits to be taken care of.

    Raises Denied; DomainError bad_opinion with the `field`.
    """
    load()
    check_said(said, now)
    with transaction.atomic():
        require_edit(by, member)
        row = Opinion.objects.create(
            act=act or new_public_id(), member=member, kind=said.kind, score=_score(said), text=said.text.strip(),
            about=said.about.strip(), at=said.at, by=by.actor.key, by_name=by.actor.name[:120], written_at=now,
        )  # fmt: skip
        if said.kind == OpinionKind.COMPLAINT:
            Complaint.objects.create(opinion=row)
        audit.record(by=by.actor, action="opinion.add", kind="member", id=member.pk, now=now, opinion=row.pk)
        label_anew(member.pk, now)
    return row


def note_all(*, by: Scope, told: Sequence[tuple[Member, Said]], act: str, now: datetime) -> int:
    """Notes what many people said, as one act; how many opinions. What somebody is on record with already (same kind, time and words) stays as it is.

    An act that was noted already changes nothing.

    Raises Denied; DomainError bad_opinion with the `field`. Then nothing has changed.
    """
    load()
    for _, said in told:
        check_said(said, now)
    with transaction.atomic():
        keys = {member.pk for member, _ in told}
        if editable(by).filter(member__in=keys).values("member").distinct().count() < len(keys):
            raise Denied("members.edit")
        # Two tables at once would each not see what the other notes: the second waits here for the first.
        hold(keys)
        if Opinion.objects.filter(act=act).exists():
            return 0
        known = _known(keys)
        fresh = {_of(member, said): (member, said) for member, said in told if _of(member, said) not in known}
        who = {"by": by.actor.key, "by_name": by.actor.name[:120], "written_at": now, "act": act}
        rows = [
            Opinion(member=member, kind=said.kind, score=_score(said), text=said.text.strip(), about=said.about.strip(), at=said.at, **who)
            for member, said in fresh.values()
        ]  # fmt: skip
        made = Opinion.objects.bulk_create(rows)
        Complaint.objects.bulk_create([Complaint(opinion=each) for each in made if each.kind == OpinionKind.COMPLAINT])
        for each in made:
            audit.record(by=by.actor, action="opinion.add", kind="member", id=each.member_id, now=now, opinion=each.pk)
        label_all({each.member_id for each in made}, act, now)
    return len(made)


def _of(member: Member, said: Said) -> tuple[object, ...]:
    return member.pk, said.kind, *_once(said.kind, said.at, _score(said)), said.text.strip(), said.about.strip()


def _once(kind: str, at: datetime, score: int) -> tuple[datetime, int]:
    """What tells opinions apart of time and score: files tell no shorter time than a second, and a complaint that was settled has another score."""
    return at.replace(microsecond=0), score if kind == OpinionKind.RATING else 0


def _known(members: Collection[int]) -> set[tuple[object, ...]]:
    """What these people are on record with, over all that they are."""
    rows = Opinion.objects.filter(member__own_identity__member__in=members, withdrawn_at=None)
    told = rows.values_list("member__own_identity__member", "kind", "at", "score", "text", "about")
    return {(member, kind, *_once(kind, at, score), *words) for member, kind, at, score, *words in told}


def withdraw_all(*, by: Scope, act: str, now: datetime) -> int:
    """Takes back what stands of an act; how many opinions.

    Raises Denied; DomainError cannot_undo where there is nothing (left) of it that `by` may see.
    """
    load()
    found = opinions(by).filter(act=act).exclude(kind=OpinionKind.SURVEY)
    with transaction.atomic():
        keys = dict(found.values_list("pk", "member").order_by())
        if not keys:
            raise DomainError("cannot_undo", NOTHING_LEFT)
        heads_now = set(heads_of(set(keys.values())).values())
        if heads_now - set(editable(by).filter(member__in=heads_now).values_list("member", flat=True)):
            raise Denied("members.edit")
        Opinion.objects.filter(pk__in=keys).update(withdrawn_at=now)
        for key, member in keys.items():
            audit.record(by=by.actor, action="opinion.withdraw", kind="member", id=member, now=now, opinion=key)
        label_all(set(keys.values()), f"{act} undone", now)
    return len(keys)


@dataclass(frozen=True)
class Batch:
    """Opinions written down at once: when, by whom, how many, and how many of them stand."""

    act: str
    at: datetime
    by_name: str
    count: int
    left: int


def batches(scope: Scope, limit: int = 10) -> list[Batch]:
    """The latest tables of opinions, as far as `scope` may see their people."""
    mine = Opinion.objects.filter(is_of_seen(scope))
    grouped = mine.order_by().values_list("act").annotate(
        last=Max("written_at"), who=Max("by_name"), n=Count("pk"), left=Count("pk", filter=Q(withdrawn_at=None))
    )  # fmt: skip
    rows = grouped.filter(n__gt=1).values_list("act", "last", "who", "n", "left").order_by("-last")[:limit]
    return [Batch(*row) for row in rows]


def check_said(said: Said, now: datetime) -> None:
    """Raises DomainError bad_opinion with the `field` that is wrong."""
    wrong = {
        "kind": said.kind not in NOTED,
        "stars": said.kind == "rating" and said.stars not in range(1, STARS + 1),
        "text": len(said.text) > LONGEST or (said.kind in ("complaint", "praise") and not said.text.strip()),
        "about": len(said.about) > LONGEST_ABOUT,
        "at": said.at > now + AHEAD,
    }
    for name, is_wrong in wrong.items():
        if is_wrong:
            most = LONGEST_ABOUT if name == "about" else LONGEST
            raise DomainError("bad_opinion", _REASONS[name].fill(most=most), field=name)


def _score(said: Said) -> int:
    return of_stars(said.stars or 0) if said.kind == "rating" else {"complaint": COMPLAINT, "praise": PRAISE}[said.kind]


def stars_of(opinion: Opinion) -> int | None:
    """The stars of a rating, None of any other opinion."""
    return as_stars(opinion.score) if opinion.kind == OpinionKind.RATING else None


def withdraw(*, by: Scope, opinion: Opinion, back: bool, now: datetime) -> bool:
    """Takes an opinion back that was noted by mistake, or (`back`) notes it again; whether that changed anything.

    Raises Denied; DomainError not_noted for one that came with a survey.
    """
    load()
    if opinion.kind == OpinionKind.SURVEY:
        message = Words("问卷答案是对方自己填的，不能撤回", "the person answered a survey themselves; that stays")
        raise DomainError("not_noted", message)
    with transaction.atomic():
        require_edit(by, head_of(opinion))
        found = Opinion.objects.filter(pk=opinion.pk, withdrawn_at__isnull=not back)
        changed = found.update(withdrawn_at=None if back else now)
        if changed:
            action = "opinion.restore" if back else "opinion.withdraw"
            audit.record(by=by.actor, action=action, kind="member", id=opinion.member_id, now=now, opinion=opinion.pk)
            label_anew(opinion.member_id, now)
    return bool(changed)


def head_of(opinion: Opinion) -> Member:
    """The person it is of now."""
    return heads(opinion.member_id).get()


def label_anew(own: int, now: datetime) -> None:
    """Lets a job renew the labels of who said something; inside a transaction, after `load`."""
    member = heads(own).get().pk
    enqueue("flows.label", key=f"opinion-{member}-{now.timestamp()}", members=[member])


def label_all(own: Collection[int], act: str, now: datetime) -> None:
    """As `label_anew`, of many people at once."""
    found = set(heads_of(own).values())
    if found:
        enqueue("flows.label", key=f"opinions-{act}-{now.timestamp()}", members=sorted(found))


def opinions(scope: Scope, *, withdrawn: bool = False) -> QuerySet[Opinion]:
    """What people whom `scope` may see said, the latest first; `head` and `head_id` are the person's name and public id now."""
    found = Opinion.objects.filter(is_of_seen(scope))
    found = found if withdrawn else found.filter(withdrawn_at=None)
    now = heads(OuterRef("member"))
    named = found.annotate(head=Subquery(now.values("name")[:1]), head_id=Subquery(now.values("public_id")[:1]))
    return named.order_by("-at", "-id")


def opinions_of(member: Member) -> list[Opinion]:
    """What a person whom the caller has found under a scope said, over all that they are, the latest first; what was taken back too."""
    return list(
        Opinion.objects.filter(member__in=own_members([member])).select_related("complaint").order_by("-at", "-id")
    )


def find_opinion(scope: Scope, public_id: str) -> Opinion:
    """The opinion with that public id, withdrawn or not.

    Raises DomainError unknown_opinion where there is none that `scope` may see.
    """
    found = opinions(scope, withdrawn=True).filter(public_id=public_id).first()
    if found is None:
        message = Words("没有编号为“{id}”的评价", "there is no opinion with the id “{id}”")
        raise DomainError("unknown_opinion", message.fill(id=public_id), id=public_id)
    return found
