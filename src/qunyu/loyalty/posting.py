"""Posting: the moves that the ledger is made of, each inside its caller's transaction.

An account's row is written before its lots are read: whoever comes second then waits, and sees what the first left. The balance changes by
one conditional UPDATE whose row count decides. Rows are held in the order of their keys, so that two movements never wait for one another.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import F, Q, Sum
from django.utils import timezone

from qunyu.kernel.actor import Actor
from qunyu.kernel.errors import DomainError
from qunyu.kernel.ids import new_public_id
from qunyu.kernel.words import Words
from qunyu.loyalty.models import Account, Entry, Lot, LotUse, Movement, Programme
from qunyu.loyalty.rules.lots import LotLeft, expires_on, taken

# The book on the other side of each kind of movement.
BOOKS: dict[str, str] = {
    "earn": "issued",
    "refund": "issued",
    "settle": "issued",
    "give": "adjusted",
    "take": "adjusted",
    "close": "adjusted",
    "redeem": "redeemed",
    "expire": "expired",
}
NOT_ENOUGH = Words("积分不足：需要 {points}，可用 {there}", "not enough points: {points} are needed, {there} are there")
REUSED = Words(
    "这个幂等键已用于另一笔积分变动；请换一个", "this key was used for another movement of points; take a new one"
)


@dataclass(frozen=True)
class Act:
    """Who moves points, why and when; `key` makes the movement happen once."""

    by: Actor
    now: datetime
    kind: str
    key: str
    reason: str = ""
    rule: str = ""
    source: str = ""
    act: str = ""
    # When what is rewarded happened, where that was not now.
    happened: datetime | None = None

    @property
    def earned(self) -> date:
        """The day from which points grow old."""
        return timezone.localtime(self.happened or self.now, settings.QUNYU_ZONE).date()

    @property
    def today(self) -> date:
        """The day of `now` in the deployment's calendar."""
        return timezone.localtime(self.now, settings.QUNYU_ZONE).date()


def opened(programme: Programme, act: Act, reverses: Movement | None = None) -> tuple[Movement, bool]:
    """The movement with the act's key, and whether it is a new one, whose entries are still to be written."""
    return Movement.objects.get_or_create(
        key=act.key, defaults={**_told(act), "programme": programme, "reverses": reverses}
    )


def _told(act: Act) -> dict[str, Any]:
    """What a movement tells of its act."""
    return {
        "kind": act.kind,
        "act": act.act or new_public_id(),
        "rule": act.rule,
        "source": act.source[:200],
        "reason": act.reason[:200],
        "at": act.happened or act.now,
        "written_at": act.now,
        "by": act.by.key,
        "by_name": act.by.name[:120],
    }


def _movement(programme: Programme, act: Act) -> Movement:
    return Movement(key=act.key, programme=programme, **_told(act))


def same_again(movement: Movement, told: tuple[Programme, str, int], members: Collection[int]) -> Movement:
    """The movement that is there already, where it moved in that programme, by that kind, so many points of one of `members`.

    Raises DomainError points_key_reused where the key stands for something else.
    """
    mine = movement.entries.filter(side="member")
    total = mine.aggregate(total=Sum("amount"))["total"] or 0
    there = (movement.programme, movement.kind, total)
    if there != told or mine.exclude(account__member__in=members).exists():
        raise DomainError("points_key_reused", REUSED, field="key")
    return movement


def account_of(programme: Programme, member: int) -> Account:
    """The account of an own member, made when it is not there."""
    return Account.objects.get_or_create(programme=programme, member_id=member)[0]


def hold(accounts: Collection[int]) -> None:
    """Keeps everybody else from these accounts until the transaction ends."""
    for key in sorted(accounts):
        Account.objects.filter(pk=key).update(movements=F("movements") + 1)


def credit(movement: Movement, account: int, points: int, gone_on: date | None) -> None:
    """Puts points into an account, as a lot of their own."""
    Account.objects.filter(pk=account).update(balance=F("balance") + points)
    Lot.objects.create(
        account_id=account, movement=movement, points=points, left=points, earned_at=movement.at, expires_on=gone_on
    )
    Entry.objects.create(movement=movement, side="member", account_id=account, amount=points)


def debit(movement: Movement, parts: Mapping[LotLeft, int], owed: Mapping[int, int] | None = None) -> None:
    """Takes points out of lots, and their sums out of the accounts; `owed` is by how much what each account owes changes.

    Raises DomainError not_enough_points where an account holds less: its UPDATE then changed no row.
    """
    sums: dict[int, int] = defaultdict(int)
    for lot, points in parts.items():
        sums[lot.account] += points
    owed = owed or {}
    for account in sorted({*sums, *owed}):
        points, debt = sums.get(account, 0), owed.get(account, 0)
        enough = Account.objects.filter(pk=account, balance__gte=points, owed__gte=-debt)
        if not enough.update(balance=F("balance") - points, owed=F("owed") + debt):
            raise not_enough(points, 0)
        Entry.objects.create(movement=movement, side="member", account_id=account, amount=-points, owed=debt)
    for lot, points in parts.items():
        if not Lot.objects.filter(pk=lot.id, left__gte=points).update(left=F("left") - points):
            raise not_enough(points, 0)
    uses = [LotUse(lot_id=lot.id, movement=movement, points=points) for lot, points in parts.items()]
    LotUse.objects.bulk_create(uses)


def book(movement: Movement, side: str) -> None:
    """Writes the other side of a movement, so that its entries sum to zero."""
    total = movement.entries.aggregate(total=Sum("amount"))["total"] or 0
    if total:
        Entry.objects.create(movement=movement, side=side, amount=-total)


def lots_of(accounts: Collection[int]) -> list[LotLeft]:
    """What is left in the lots of the accounts."""
    rows = Lot.objects.filter(account__in=accounts, left__gt=0)
    return [LotLeft(*row) for row in rows.values_list("pk", "account", "left", "expires_on")]


def not_enough(points: int, there: int) -> DomainError:
    """What refuses to take more than there is."""
    return DomainError("not_enough_points", NOT_ENOUGH.fill(points=points, there=there), field="points")


def spend(programme: Programme, accounts: Collection[int], points: int, act: Act) -> tuple[Movement, bool]:
    """Takes `points` out of accounts, what expires soonest first, and says whether it was not done before; what has expired by now is booked as that.

    Raises DomainError not_enough_points.
    """
    movement, is_new = opened(programme, act)
    if not is_new:
        members = Account.objects.filter(pk__in=accounts).values_list("member", flat=True)
        return same_again(
            movement, (programme, act.kind, -points), [each for each in members if each is not None]
        ), False
    hold(accounts)
    expire(accounts, act)
    lots = lots_of(accounts)
    parts = taken(lots, points)
    if sum(part for _, part in parts) < points:
        raise not_enough(points, sum(each.left for each in lots))
    debit(movement, dict(parts))
    book(movement, BOOKS[act.kind])
    return movement, True


def earn(programme: Programme, member: int, points: int, act: Act) -> tuple[Movement, bool]:
    """Gives an own member points, and says whether it was not done before; what the account owes is taken off them at once."""
    movement, is_new = opened(programme, act)
    if not is_new:
        return same_again(movement, (programme, act.kind, points), [member]), False
    account = account_of(programme, member)
    hold([account.pk])
    credit(movement, account.pk, points, expires_on(act.earned, programme.expiry, programme.expiry_months))
    book(movement, BOOKS[act.kind])
    settle(programme, account.pk, movement, act)
    return movement, True


def accounts_for(programme: Programme, members: Collection[int]) -> dict[int, int]:
    """Own member -> the key of their account, made where it is not there."""
    missing = [Account(programme=programme, member_id=each) for each in sorted(members)]
    Account.objects.bulk_create(missing, ignore_conflicts=True)
    return dict(Account.objects.filter(programme=programme, member__in=members).values_list("member", "pk"))


def earn_many(programme: Programme, gifts: Sequence[tuple[int, int, Act]], *, held: bool = True) -> None:
    """Gives accounts points, each by an act whose key nobody has used; as `earn`, for many at once."""
    if not held:
        hold({account for account, _, _ in gifts})
    movements = Movement.objects.bulk_create(_movement(programme, act) for _, _, act in gifts)
    told = list(zip(movements, gifts, strict=True))
    Lot.objects.bulk_create(
        Lot(
            account_id=account, movement=movement, points=points, left=points, earned_at=movement.at,
            expires_on=expires_on(act.earned, programme.expiry, programme.expiry_months),
        )
        for movement, (account, points, act) in told
    )  # fmt: skip
    sides = (
        ((movement, "member", account, points), (movement, BOOKS[act.kind], None, -points))
        for movement, (account, points, act) in told
    )
    Entry.objects.bulk_create(
        Entry(movement=movement, side=side, account_id=account, amount=amount)
        for both in sides
        for movement, side, account, amount in both
    )
    sums: dict[int, int] = defaultdict(int)
    for account, points, _ in gifts:
        sums[account] += points
    for account, points in sorted(sums.items()):
        Account.objects.filter(pk=account).update(balance=F("balance") + points)
    owing = set(Account.objects.filter(pk__in=sums, owed__gt=0).values_list("pk", flat=True))
    for movement, (account, _, act) in told:
        if account in owing:
            settle(programme, account, movement, act)


def settle(programme: Programme, account: int, movement: Movement, act: Act) -> None:
    """Pays off what a held account owes, out of what it holds."""
    owed = Account.objects.values_list("owed", flat=True).get(pk=account)
    parts = dict(taken(lots_of([account]), owed, _lots_from(movement))) if owed else {}
    paid = sum(parts.values())
    if paid:
        told = Act(act.by, act.now, "settle", f"settle:{movement.pk}:{account}", rule=act.rule, act=movement.act)
        paying, _ = opened(programme, told)
        debit(paying, parts, {account: -paid})
        book(paying, "issued")


def _lots_from(movement: Movement) -> set[int]:
    return set(movement.lots.values_list("pk", flat=True))


def take_back(movement: Movement, account: int, points: int, first: Collection[int] = (), earlier: int = 0) -> None:
    """Takes points back from a held account, of the lots `first` before others; what is spent is owed, what expired is gone anyway.

    `earlier` is how many were to be taken back of these lots before: what expired counts against them all once.
    """
    expired = LotUse.objects.filter(lot__in=list(first), movement__kind="expire").aggregate(n=Sum("points"))["n"] or 0
    left = max(earlier + points - expired, 0) - max(earlier - expired, 0)
    parts = dict(taken(lots_of([account]), left, first))
    missing = left - sum(parts.values())
    debit(movement, parts, {account: missing} if missing else None)


def give_back(movement: Movement, spent: Movement, grace: int, today: date) -> None:
    """Puts what a movement had taken back into its lots; where these expired meanwhile, into new ones that last `grace` days more."""
    returned: dict[int, int] = defaultdict(int)
    for use in spent.lot_uses.select_related("lot").order_by("pk"):
        lot = use.lot
        if lot.expires_on is not None and lot.expires_on <= today:
            credit(movement, lot.account_id, use.points, today + timedelta(days=grace))
            continue
        Lot.objects.filter(pk=lot.pk).update(left=F("left") + use.points)
        LotUse.objects.create(lot=lot, movement=movement, points=-use.points)
        returned[lot.account_id] += use.points
    for account, points in sorted(returned.items()):
        Account.objects.filter(pk=account).update(balance=F("balance") + points)
        Entry.objects.create(movement=movement, side="member", account_id=account, amount=points)


def undo(movement: Movement, act: Act) -> Movement:
    """Reverses a movement: what it gave is taken back (what is spent is then owed), what it took is given back; once.

    The transaction that reverses it again gets the movement that is there.
    """
    programme = movement.programme
    back, is_new = opened(programme, act, reverses=movement)
    if not is_new:
        return back
    mine = movement.entries.filter(side="member").order_by("account")
    accounts = [each.account_id for each in mine if each.account_id is not None]
    hold(accounts)
    expire(accounts, act)
    for each in mine:
        if each.account_id is not None and each.amount > 0:
            take_back(back, each.account_id, each.amount, _lots_from(movement))
    give_back(back, movement, programme.notice_days, act.today)
    book(back, BOOKS[movement.kind])
    return back


def expire(accounts: Collection[int], act: Act) -> int:
    """Books what has expired of held accounts; how many points."""
    gone = [each for each in lots_of(accounts) if each.expires_on is not None and each.expires_on <= act.today]
    count = 0
    for account in sorted({each.account for each in gone}):
        parts = {each: each.left for each in gone if each.account == account}
        programme = Programme.objects.get(accounts=account)
        # The account is held: nobody else can be booking the same.
        movement, _ = opened(programme, Act(act.by, act.now, "expire", f"expire:{account}:{new_public_id()}"))
        debit(movement, parts)
        book(movement, "expired")
        count += sum(parts.values())
    return count


def due(today: date) -> Q:
    """The lots that are gone by `today`."""
    return Q(left__gt=0, expires_on__lte=today)
