"""Reads of accounts and movements, always under a scope."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.loyalty.models import Account, Entry, Lot, Movement, Programme
from qunyu.loyalty.programmes import programmes
from qunyu.members.own import PERSON, heads_of, identities, own_members
from qunyu.members.queries import is_of_seen

if TYPE_CHECKING:
    from qunyu.members.models import Member

MOVES: dict[str, Words] = {
    "earn": Words("获得", "Earned"),
    "refund": Words("退款收回", "Taken back after a refund"),
    "settle": Words("抵扣所欠", "Paid off what was owed"),
    "give": Words("手工发放", "Given by hand"),
    "take": Words("手工扣减", "Taken by hand"),
    "redeem": Words("兑换", "Redeemed"),
    "expire": Words("过期", "Expired"),
    "reverse": Words("冲正", "Reversed"),
    "cancel": Words("取消兑换", "Redemption cancelled"),
    "close": Words("销户", "Closed"),
}

# The earning rule whose points tell what somebody paid, and what stands in the place of these.
OF_AMOUNTS = "order_amount"
_PERSON = f"account__{PERSON}"
HIDDEN = Words("订单积分（无查看权限）", "points of an order (not yours to see)")


@dataclass(frozen=True)
class Balance:
    """What a person has in a programme over all that they are: `points` to spend, `owed`, and what expires by when, the next first."""

    programme: Programme
    points: int
    owed: int
    expiring: tuple[tuple[date, int], ...]
    accounts: tuple[int, ...]


def balances(scope: Scope, member: Member, today: date) -> list[Balance]:
    """The balances of a person the caller has found under `scope`, one for each programme that counts for `scope`; also empty ones."""
    mine = Account.objects.filter(member__in=own_members(member.pk))
    by_programme: dict[int, list[Account]] = defaultdict(list)
    for each in mine:
        by_programme[each.programme_id].append(each)
    return [_balance(each, by_programme[each.pk], today) for each in programmes(scope)]


def _balance(programme: Programme, accounts: list[Account], today: date) -> Balance:
    keys = tuple(each.pk for each in accounts)
    lots = Lot.objects.filter(account__in=keys, left__gt=0).exclude(expires_on=None) if keys else Lot.objects.none()
    rows = sorted(lots.order_by().values_list("expires_on").annotate(n=Sum("left")))
    # What the night has not booked yet can no longer be spent.
    gone = sum(points for day, points in rows if day is not None and day <= today)
    soon = tuple((day, points) for day, points in rows if day is not None and day > today)
    points = sum(each.balance for each in accounts) - gone
    return Balance(programme, points, sum(each.owed for each in accounts), soon, keys)


def visible(scope: Scope, programme: Programme | None = None) -> QuerySet[Account]:
    """The accounts of people `scope` may see, in programmes that count for it."""
    found = Account.objects.filter(programme__in=programmes(scope).values("pk"))
    if programme is not None:
        found = found.filter(programme=programme)
    if scope.everything:
        return found
    return found.filter(is_of_seen(scope))


def entries(scope: Scope, programme: Programme | None = None) -> QuerySet[Entry]:
    """Every change of those accounts with its movement, account and own member, the latest first."""
    found = Entry.objects.filter(side="member", account__programme__in=programmes(scope).values("pk"))
    if programme is not None:
        found = found.filter(account__programme=programme)
    if not scope.everything:
        found = found.filter(is_of_seen(scope, "account__member"))
    return found.select_related("movement__programme", "account__member").order_by("-movement__at", "-pk")


def latest(found: QuerySet[Entry], programme: Programme) -> QuerySet[Any, Any]:
    """The primary keys of the programme's movements that have an entry among `found`, the latest first, with nothing joined: along an index."""
    mine = found.order_by().filter(movement=OuterRef("pk"))
    walked = Movement.objects.filter(Exists(mine), programme=programme)
    return walked.order_by("-at", "-pk").values_list("pk", flat=True)


def search(found: QuerySet[Entry], *, text: str = "", kind: str = "") -> QuerySet[Entry]:
    """Those of the entries whose person, reason or who wrote them holds `text`, of that kind."""
    if text:
        called = Q(account__member__own_identity__member__name__icontains=text) | Q(
            account__member__name__icontains=text
        )
        found = found.filter(called | Q(movement__reason__icontains=text) | Q(movement__by_name__icontains=text))
    return found.filter(movement__kind=kind) if kind else found


def entries_of(scope: Scope, member: Member, limit: int | None = None, before: datetime | None = None) -> list[Entry]:
    """The entries of a person the caller has found under `scope`, in programmes that count for it, the latest first."""
    found = Entry.objects.filter(
        account__member__in=identities().filter(member=member).values("own_member"),
        account__programme__in=programmes(scope).values("pk"),
        side="member",
    )
    if before is not None:
        found = found.filter(movement__at__lte=before)
    return list(found.select_related("movement__programme").order_by("-movement__at", "-pk")[:limit])


def shows_amount(scope: Scope, movement: Movement) -> bool:
    """Whether `scope` may see how many points a movement of one person moved: those of an order tell what it came to."""
    return movement.rule != OF_AMOUNTS or shows_amounts(scope, movement.programme)


def shows_amounts(scope: Scope, programme: Programme) -> bool:
    """Whether `scope` may see how many points orders earned in that programme."""
    return scope.may("orders.view", programme.unit_id)


def find_movement(scope: Scope, public_id: str) -> Movement:
    """The movement with that public id, of an account that `scope` may see.

    Raises DomainError unknown_movement.
    """
    mine = Movement.objects.filter(public_id=public_id, entries__account__in=visible(scope))
    found = mine.select_related("programme").distinct().first()
    if found is None:
        message = Words("没有编号为“{id}”的积分变动", "there is no movement of points with the id “{id}”")
        raise DomainError("unknown_movement", message.fill(id=public_id), id=public_id)
    return found


@dataclass(frozen=True)
class Totals:
    """Of the accounts that may be seen: how many, points outstanding and owed, and the sums of their entries by kind."""

    accounts: int
    outstanding: int
    owed: int
    kinds: dict[str, int]


def totals(scope: Scope, programme: Programme) -> Totals:
    """What the accounts of a programme come to, as far as `scope` may see them."""
    mine = visible(scope, programme)
    sums = mine.aggregate(balance=Sum("balance"), owed=Sum("owed"))
    rows = Entry.objects.filter(side="member", account__in=mine).order_by().values_list("movement__kind")
    kinds = dict(rows.annotate(n=Sum("amount")))
    return Totals(mine.count(), sums["balance"] or 0, sums["owed"] or 0, kinds)


def monthly(scope: Scope, programme: Programme, since: datetime) -> dict[str, dict[str, int]]:
    """Kind -> month as 2026-03 -> points, from that moment on; months without any are missing."""
    rows = Entry.objects.filter(side="member", account__in=visible(scope, programme), movement__at__gte=since)
    grouped = rows.order_by().annotate(month=TruncMonth("movement__at")).values_list("movement__kind", "month")
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for kind, month, points in grouped.annotate(n=Sum("amount")):
        found[kind][f"{month:%Y-%m}"] = points
    return found


def _expiring(scope: Scope, programme: Programme, today: date, within: int) -> QuerySet[Lot]:
    last = today + timedelta(days=within)
    somebody = {f"{_PERSON}__isnull": False, f"{_PERSON}__erased": False}
    soon = Lot.objects.filter(left__gt=0, expires_on__gt=today, expires_on__lte=last, **somebody)
    return soon.filter(account__in=visible(scope, programme)).order_by()


def expiring(scope: Scope, programme: Programme, today: date, within: int, text: str = "") -> QuerySet[Any, Any]:
    """Who called `text` loses points on which of the next days, the soonest and the most first.

    A row has day, public_id, name, lost (points), and of_orders: how many of the lots an order earned.
    """
    lots = _expiring(scope, programme, today, within)
    if text:
        lots = lots.filter(**{f"{_PERSON}__name__icontains": text})
    told = {"day": F("expires_on"), "public_id": F(f"{_PERSON}__public_id"), "name": F(f"{_PERSON}__name")}
    earned = Count("pk", filter=Q(movement__rule=OF_AMOUNTS))
    rows = lots.values(**told).annotate(lost=Sum("left"), of_orders=earned)
    return rows.values_list("day", "public_id", "name", "lost", "of_orders", named=True).order_by(
        "day", "-lost", "public_id"
    )


def expiring_totals(scope: Scope, programme: Programme, today: date, within: int) -> tuple[int, int]:
    """How many people lose points in the next days, and how many points."""
    found = _expiring(scope, programme, today, within).aggregate(n=Count(_PERSON, distinct=True), lost=Sum("left"))
    return found["n"], found["lost"] or 0


def people_behind(rows: Collection[Entry]) -> dict[int, int]:
    """Own member -> the person they are now, of the accounts of these entries."""
    keys = {each.account.member_id for each in rows if each.account is not None and each.account.member_id}
    return heads_of({each for each in keys if each is not None})


def movements_of(scope: Scope, act: str) -> list[Movement]:
    """What was given and taken by hand under that act and not reversed, of accounts that `scope` may see."""
    found = Movement.objects.filter(act=act, kind__in=("give", "take"), reversed_by=None)
    return list(found.filter(entries__account__in=visible(scope)).select_related("programme").distinct().order_by("pk"))


@dataclass(frozen=True)
class Batch:
    """Points given to many at once: when, by whom, to how many, how many points, and how many movements are not reversed."""

    act: str
    at: datetime
    by_name: str
    people: int
    points: int
    left: int


def batches(scope: Scope, programme: Programme, limit: int = 10) -> list[Batch]:
    """The latest tables of points, as far as `scope` may see their people."""
    mine = Entry.objects.filter(
        side="member", account__in=visible(scope, programme), movement__kind__in=("give", "take")
    )
    grouped = mine.order_by().values_list("movement__act").annotate(
        n=Count("pk"), at=Max("movement__written_at"), by=Max("movement__by_name"), points=Sum("amount"),
        left=Count("pk", filter=Q(movement__reversed_by=None)),
    )  # fmt: skip
    rows = grouped.filter(n__gt=1).order_by("-at")[:limit]
    return [Batch(act, at, by, n, points, left) for act, n, at, by, points, left in rows]
