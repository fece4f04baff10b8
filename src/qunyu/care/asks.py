"""Asks: small favours and recommendations, each through the gate as a contact, with what came of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Avg, Count, Exists, F, OuterRef, QuerySet

from qunyu.care.models import FavourAsk
from qunyu.kernel import audit
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Denied, Scope
from qunyu.kernel.words import Words
from qunyu.members.contacting import Touch, claim
from qunyu.members.labels import labelled_as
from qunyu.members.merging import editable
from qunyu.members.own import PERSON
from qunyu.members.queries import people
from qunyu.satisfaction.opinions import opinions

if TYPE_CHECKING:
    from qunyu.members.models import Member

KINDS: dict[str, Words] = {
    "feedback": Words("请说说感受", "Feedback"),
    "photo": Words("请发一张照片", "A photo"),
    "word": Words("请在群里说一句", "A word in the group"),
    "vote": Words("请投一票", "A vote"),
    "recommendation": Words("请推荐朋友", "A recommendation"),
}
OUTCOMES: dict[str, Words] = {
    "waiting": Words("等待答复", "Waiting"),
    "agreed": Words("答应了", "Agreed"),
    "did": Words("做到了", "Did it"),
    "declined": Words("婉拒", "Declined"),
    "silent": Words("没有答复", "No answer"),
}
THANKS: dict[str, Words] = {
    "word": Words("道谢", "A word of thanks"),
    "points": Words("积分", "Points"),
    "reward": Words("礼物", "A gift"),
}
LONGEST = 200
# Whoever was asked for anything is left alone with it for so long.
REST = timedelta(days=60)
CONTENT_SINCE, CONTENT_FROM = timedelta(days=365), 60
BAD: dict[str, Words] = {
    "kind": Words("没有这种请求", "there is no such ask"),
    "what": Words(f"须有 1 至 {LONGEST} 个字", f"it has 1 to {LONGEST} characters"),
    "note": Words(f"最多 {LONGEST} 个字", f"at most {LONGEST} characters"),
    "outcome": Words("没有这种结果", "there is no such outcome"),
    "thanks": Words("没有这种谢意", "there are no such thanks"),
    "member": Words("{days} 天内已请过对方：{what}", "they were asked within {days} days: {what}"),
}


@dataclass(frozen=True)
class Wish:
    """What is asked: a kind of KINDS, in which words, over which channel; `passing` is why beyond the cap, if so."""

    kind: str
    what: str
    channel: str = "direct"
    passing: str = ""


def ask_favour(*, by: Scope, member: Member, wish: Wish, now: datetime) -> FavourAsk:
    """The ask, and with it a contact under the cap.

    Raises Denied; MayNotContact; DomainError bad_ask with the `field`, also for somebody asked within the last 60 days.
    """
    if wish.kind not in KINDS:
        raise _bad("kind")
    if not 1 <= len(wish.what.strip()) <= LONGEST:
        raise _bad("what")
    with transaction.atomic():
        # The gate lets one through at a time: whoever comes second finds the ask.
        touch = Touch("ask", wish.channel, wish.what)
        contact = claim(by=by, member=member, touch=touch, passing=wish.passing, now=now)
        _refuse_again(member, now)
        told = {"kind": wish.kind, "what": wish.what.strip(), "by_name": by.actor.name[:120]}
        made = FavourAsk.objects.create(member=member, contact=contact, asked_at=now, **told)
        audit.record(by=by.actor, action="ask.add", kind="member", id=member.pk, now=now, ask=made.pk)
    return made


def _refuse_again(member: Member, now: datetime) -> None:
    mine = FavourAsk.objects.filter(member__own_identity__member__identities__own_member=member)
    before = mine.filter(asked_at__gt=now - REST).order_by("-asked_at").first()
    if before is not None:
        words = BAD["member"].fill(days=REST.days, what=before.what)
        raise DomainError("bad_ask", words, field="member")


def _bad(name: str) -> DomainError:
    return DomainError("bad_ask", BAD[name], field=name)


@dataclass(frozen=True)
class Result:
    """What came of an ask: an outcome of OUTCOMES with a note, and how they were thanked ("" for not yet)."""

    outcome: str
    note: str = ""
    thanks: str = ""
    thanks_note: str = ""


def note_result(*, by: Scope, ask: FavourAsk, result: Result, now: datetime) -> bool:
    """Keeps what came of an ask; whether anything changed.

    Raises Denied; DomainError bad_ask with the `field`.
    """
    require_editable(by, ask)
    for name, is_wrong in {
        "outcome": result.outcome not in OUTCOMES,
        "thanks": bool(result.thanks) and result.thanks not in THANKS,
        "note": max(len(result.note), len(result.thanks_note)) > LONGEST,
    }.items():
        if is_wrong:
            raise _bad(name)
    told = {name: getattr(result, name).strip() for name in ("outcome", "note", "thanks", "thanks_note")}
    if all(getattr(ask, name) == value for name, value in told.items()):
        return False
    with transaction.atomic():
        # Thanks noted later leave the outcome as old as it is.
        since = now if told["outcome"] != ask.outcome else ask.outcome_at
        FavourAsk.objects.filter(pk=ask.pk).update(**told, outcome_at=since)
        data = {"ask": ask.pk, "to": result.outcome}
        audit.record(by=by.actor, action="ask.result", kind="member", id=ask.member_id, now=now, **data)
    ask.refresh_from_db()
    return True


def require_editable(by: Scope, ask: FavourAsk) -> None:
    """Raises Denied unless `by` may edit whom was asked."""
    if not editable(by).filter(own_member=ask.member_id).exists():
        raise Denied("members.edit")


def asks(scope: Scope) -> QuerySet[FavourAsk]:
    """What people `scope` may see were asked, the latest first, with `head` and `head_id`, the person's name and public id now."""
    mine = people(scope).filter(identities__own_member=OuterRef("member"))
    found = FavourAsk.objects.filter(Exists(mine)).order_by("-asked_at", "-id")
    return found.annotate(head=F(f"{PERSON}__name"), head_id=F(f"{PERSON}__public_id"), person=F(PERSON))


def find_ask(scope: Scope, public_id: str) -> FavourAsk:
    """The ask with that public id.

    Raises DomainError unknown_ask.
    """
    found = asks(scope).filter(public_id=public_id).first()
    if found is None:
        message = Words("没有编号为“{id}”的请求", "there is no ask with the id “{id}”")
        raise DomainError("unknown_ask", message.fill(id=public_id), id=public_id)
    return found


@dataclass(frozen=True)
class Candidate:
    """A good one to ask now, with the reasons."""

    member: Member
    reasons: tuple[Words, ...]


LOYAL, STRONG = Words("忠实型", "loyal"), Words("贡献者或以上", "a contributor or more")
HAPPY = Words("满意度 {score:.0f}（{n} 次）", "satisfaction {score:.0f} ({n})")
RESTED = Words(f"{REST.days} 天内没有请过", f"not asked for {REST.days} days")


def candidates(scope: Scope, *, now: datetime) -> QuerySet[Member]:
    """Who is a good one to ask: loyal or at least contributing; not discontent, without an open complaint, not asked for 60 days."""
    # From the labels on: few are labelled so, and many are not.
    good = labelled_as(scope, "user_type", "loyal")
    for tier in ("contributing", "professional"):
        good |= labelled_as(scope, "tier", tier)
    asked = FavourAsk.objects.filter(asked_at__gt=now - REST, **{PERSON: OuterRef("pk")})
    said = opinions(scope).filter(at__gt=now - CONTENT_SINCE, **{PERSON: OuterRef("pk")}).order_by()
    sour = said.filter(score__lt=CONTENT_FROM, kind__in=("rating", "survey", "complaint"))
    open_now = opinions(scope).filter(kind="complaint", complaint__ended_at=None, **{PERSON: OuterRef("pk")}).order_by()
    found = people(scope).filter(
        ~Exists(asked), ~Exists(sour), ~Exists(open_now), pk__in=good.values("member"), role="member"
    )
    return found.order_by("name", "id")


def reasons_for(scope: Scope, members: Collection[Member], now: datetime) -> list[Candidate]:
    """Why each of these candidates is one."""
    keys = [each.pk for each in members]
    loyal = set(labelled_as(scope, "user_type", "loyal").filter(member__in=keys).values_list("member", flat=True))
    strong: set[int] = set()
    for tier in ("contributing", "professional"):
        strong |= set(labelled_as(scope, "tier", tier).filter(member__in=keys).values_list("member", flat=True))
    rows = opinions(scope).filter(at__gt=now - CONTENT_SINCE, **{f"{PERSON}__in": keys}).order_by()
    content = {
        row[PERSON]: (row["score"], row["n"]) for row in rows.values(PERSON).annotate(score=Avg("score"), n=Count("id"))
    }
    return [Candidate(each, tuple(_reasons(each.pk, loyal, strong, content))) for each in members]


def _reasons(key: int, loyal: set[int], strong: set[int], content: dict[int, Any]) -> Iterable[Words]:
    if key in loyal:
        yield LOYAL
    if key in strong:
        yield STRONG
    if key in content:
        score, n = content[key]
        yield Words(HAPPY.zh.format(score=score, n=n), HAPPY.en.format(score=score, n=n))
    yield RESTED
