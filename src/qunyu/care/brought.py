"""Brought: who came by a recommendation, noted by hand or found in the data, and what became of each kind of ask."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet

from qunyu.care.asks import KINDS, require_editable
from qunyu.care.models import AskOutcome, Brought, FavourAsk
from qunyu.commerce.queries import orders
from qunyu.communities.duties import local_day
from qunyu.kernel import audit
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Denied, Scope
from qunyu.kernel.words import Words
from qunyu.members.merging import editable
from qunyu.members.own import PERSON, identities
from qunyu.members.queries import memberships, people

if TYPE_CHECKING:
    from qunyu.members.models import Member

BAD: dict[str, Words] = {
    "member": Words("不能是本人", "it cannot be the person themselves"),
    "kind": Words("只有请对方推荐，才能记介绍来的人", "people are brought by recommendations alone"),
    "came": Words("日期须在请求当天到今天之间", "the day lies between the ask and today"),
}


def note_brought(*, by: Scope, ask: FavourAsk, member: Member, came: date | None = None, now: datetime) -> bool:
    """Keeps that somebody came by this recommendation, on the day `came` (None: when they were first seen since); whether anything changed.

    Raises Denied unless `by` may edit both; DomainError bad_ask with the `field`.
    """
    _require_both(by, ask, member)
    if ask.kind != "recommendation":
        raise _bad("kind")
    if editable(by).filter(member=member, own_member=ask.member_id).exists():
        raise _bad("member")
    at = _came_at(by, ask, member, came, now)
    with transaction.atomic():
        rows = Brought.objects.filter(ask=ask, **{PERSON: member})
        if rows.filter(withdrawn_at=None).exists():
            return False
        if not rows.update(at=at, measured=False, withdrawn_at=None):
            Brought.objects.create(ask=ask, member=member, at=at)
        audit.record(by=by.actor, action="ask.brought", kind="member", id=ask.member_id, now=now, ask=ask.pk)
    return True


def take_brought_away(*, by: Scope, ask: FavourAsk, member: Member, now: datetime) -> bool:
    """Keeps that somebody did not come by this recommendation, however often the data say so; whether anything changed.

    Raises Denied unless `by` may edit both.
    """
    _require_both(by, ask, member)
    with transaction.atomic():
        rows = Brought.objects.filter(ask=ask, withdrawn_at=None, **{PERSON: member})
        if not rows.update(withdrawn_at=now):
            return False
        audit.record(by=by.actor, action="ask.brought", kind="member", id=ask.member_id, now=now, ask=ask.pk)
    return True


def _require_both(by: Scope, ask: FavourAsk, member: Member) -> None:
    require_editable(by, ask)
    if not editable(by).filter(member=member).exists():
        raise Denied("members.edit")


def _came_at(by: Scope, ask: FavourAsk, member: Member, came: date | None, now: datetime) -> datetime:
    if came is not None:
        if not local_day(ask.asked_at) <= came <= local_day(now):
            raise _bad("came")
        return max(ask.asked_at, datetime.combine(came, time(), settings.QUNYU_ZONE))
    seen = memberships(by).filter(identity__member=member).aggregate(at=Min("first_at"))["at"]
    return seen if seen is not None and ask.asked_at < seen <= now else now


def _bad(name: str) -> DomainError:
    return DomainError("bad_ask", BAD[name], field=name)


@dataclass
class Tally:
    """Of one kind: asked, agreed (or did it), did it, people brought, each once; `measured` of these were found in the data alone.

    `bought` of them ordered after they came, None without orders.view.
    """

    kind: str
    asked: int = 0
    agreed: int = 0
    did: int = 0
    waiting: int = 0
    brought: int = 0
    measured: int = 0
    bought: int | None = None


def tallies(scope: Scope, found: QuerySet[FavourAsk]) -> list[Tally]:
    """The figures of each kind over those asks."""
    counts = found.order_by().values("kind").annotate(
        asked=Count("id"),
        agreed=Count("id", filter=Q(outcome__in=("agreed", "did"))),
        did=Count("id", filter=Q(outcome="did")),
        waiting=Count("id", filter=Q(outcome="waiting")),
    )  # fmt: skip
    rows = {each["kind"]: Tally(**each) for each in counts}
    came = brought_by(scope, found)
    bought = buyers_among(scope, came)
    noted = _by_kind(came.filter(measured=False))
    for kind, count in _by_kind(came).items():
        rows[kind].brought, rows[kind].measured = count, count - noted.get(kind, 0)
    if bought is not None:
        counts_bought = _by_kind(bought)
        for kind, row in rows.items():
            row.bought = counts_bought.get(kind, 0)
    return [rows.get(kind, Tally(kind, bought=None if bought is None else 0)) for kind in KINDS]


def _by_kind(came: QuerySet[Brought]) -> dict[str, int]:
    found = came.order_by().values("ask__kind").annotate(n=Count(PERSON, distinct=True))
    return dict(found.values_list("ask__kind", "n"))


def brought_by(scope: Scope, found: QuerySet[FavourAsk]) -> QuerySet[Brought]:
    """Who came by those asks, of people `scope` may see, with `head` and `head_id`."""
    mine = people(scope).filter(identities__own_member=OuterRef("member"))
    came = Brought.objects.filter(Exists(mine), withdrawn_at=None, ask__in=found.order_by().values("pk"))
    return came.annotate(head=F(f"{PERSON}__name"), head_id=F(f"{PERSON}__public_id")).order_by("at", "id")


def buyers_among(scope: Scope, came: QuerySet[Brought]) -> QuerySet[Brought] | None:
    """Those who paid an order after they came, in units where `scope` may see orders; None where it may see none."""
    if not scope.may("orders.view"):
        return None
    paid = orders(scope).filter(status="paid", customer__member=OuterRef(PERSON), ordered_at__gte=OuterRef("at"))
    return came.filter(Exists(paid.order_by()))


def measure_brought(invited: Iterable[tuple[int, int, datetime]], *, days: int) -> int:
    """Keeps who came within `days` days of being asked for a recommendation, as the lake tells of invitations; how many are new.

    `invited` gives the person that invited, the own member that came, and when. Who declined or did not answer brought nobody, and what was
    taken away stays away.
    """
    rows = list(invited)
    asked = FavourAsk.objects.filter(kind="recommendation", **{f"{PERSON}__in": {host for host, _, _ in rows}})
    going = asked.exclude(outcome__in=(AskOutcome.DECLINED, AskOutcome.SILENT))
    by_person: dict[int, list[FavourAsk]] = {}
    for ask in going.annotate(person=F(PERSON)).order_by("asked_at"):
        by_person.setdefault(ask.person, []).append(ask)
    heads = dict(
        identities().filter(own_member__in={guest for _, guest, _ in rows}).values_list("own_member", "member")
    )
    known = set(Brought.objects.filter(ask__in=asked).values_list(f"ask__{PERSON}", PERSON))
    made = []
    for host, guest, at in sorted(rows, key=lambda row: row[2]):
        mine = [each for each in by_person.get(host, ()) if each.asked_at < at <= each.asked_at + timedelta(days=days)]
        pair = (host, heads.get(guest))
        if mine and pair not in known:
            known.add(pair)
            made.append(Brought(ask=mine[-1], member_id=guest, at=at, measured=True))
    Brought.objects.bulk_create(made)
    return len(made)


def since_first_ask() -> datetime | None:
    """When somebody was first asked for a recommendation; None for never."""
    asked = FavourAsk.objects.filter(kind="recommendation").order_by("asked_at")
    return asked.values_list("asked_at", flat=True).first()
