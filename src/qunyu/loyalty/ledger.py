"""The ledger's actions: giving and taking points by hand, expiry, corrections, and the proof that the books are right."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce

from qunyu.kernel import audit
from qunyu.kernel.errors import DomainError
from qunyu.kernel.ids import new_public_id
from qunyu.kernel.scope import Denied, Scope
from qunyu.kernel.words import Words
from qunyu.loyalty.models import Account, Entry, Lot, Movement, Programme
from qunyu.loyalty.posting import Act, due, earn, expire, hold, lots_of, spend, undo
from qunyu.loyalty.programmes import programmes
from qunyu.members.merging import editable
from qunyu.members.own import identities, own_members

if TYPE_CHECKING:
    from qunyu.members.models import Member

MOST = 10_000_000
CHUNK = 200
BAD_POINTS = Words("请填写 1 至 {most} 的整数", "write a whole number from 1 to {most}")
NO_REASON = Words("请写明原因，至少 2 个字", "say why, in at least 2 characters")
CANNOT = Words("这笔变动不能冲正", "this movement cannot be reversed")
# What people did by hand; anything else is corrected where it came from.
BY_HAND = ("give", "take")


def accounts_of(programme: Programme, member: int) -> list[int]:
    """The accounts of a person over all that they are."""
    found = Account.objects.filter(programme=programme, member__in=own_members(member))
    return list(found.order_by("pk").values_list("pk", flat=True))


def require_points(by: Scope, programme: Programme, member: Member) -> None:
    """Raises Denied unless `by` may move points of that person in that programme."""
    mine = by.everything or programmes(by, "points.edit").filter(pk=programme.pk).exists()
    if not mine or not editable(by, "points.edit").filter(member=member).exists():
        raise Denied("points.edit")


def checked_points(points: int) -> int:
    """The number of points, where it can be one.

    Raises DomainError bad_points.
    """
    if not 1 <= points <= MOST:
        raise DomainError("bad_points", BAD_POINTS.fill(most=f"{MOST:,}"), field="points")
    return points


@dataclass(frozen=True)
class Gift:
    """Points given (above 0) or taken (below), why, and the `key` by which it happens once ("" for no such key)."""

    points: int
    reason: str
    key: str = ""
    act: str = ""


def move(*, by: Scope, programme: Programme, member: Member, gift: Gift, now: datetime) -> Movement:
    """Gives somebody points or takes them; with a key that was used it changes nothing.

    Raises Denied; DomainError bad_points, reason_needed, not_enough_points or points_key_reused.
    """
    require_points(by, programme, member)
    points, reason = checked_points(abs(gift.points)), gift.reason.strip()
    if len(reason) < 2:
        raise DomainError("reason_needed", NO_REASON, field="reason")
    gives = gift.points > 0
    kind = "give" if gives else "take"
    key = f"{kind}:{by.actor.key}:{gift.key or new_public_id()}"
    act = Act(by.actor, now, kind, key, reason=reason, act=gift.act)
    with transaction.atomic():
        if gives:
            done, is_new = earn(programme, member.pk, points, act)
        else:
            done, is_new = spend(programme, accounts_of(programme, member.pk), points, act)
        if is_new:
            action = "points.give" if gives else "points.take"
            data = {"points": points, "movement": done.pk}
            audit.record(by=by.actor, action=action, kind="member", id=member.pk, now=now, **data)
    return done


def reverse(*, by: Scope, movement: Movement, reason: str, now: datetime) -> Movement:
    """Takes back what somebody gave or took by hand, by a movement the other way round; again changes nothing.

    Raises Denied; DomainError cannot_reverse or reason_needed.
    """
    if movement.kind not in BY_HAND:
        raise DomainError("cannot_reverse", CANNOT)
    if len(reason.strip()) < 2:
        raise DomainError("reason_needed", NO_REASON, field="reason")
    told_of = identities().filter(own_member__point_accounts__entries__movement=movement).select_related("member")
    # Of who was merged then and is erased by now nobody needs leave to speak for; somebody has to be left.
    people = list(told_of.filter(member__erased=False))
    if not people:
        raise Denied("points.edit")
    for each in people:
        require_points(by, movement.programme, each.member)
    act = Act(by.actor, now, "reverse", f"reverse:{movement.pk}", reason=reason.strip())
    with transaction.atomic():
        back = undo(movement, act)
        for each in people:
            told = {"movement": movement.pk}
            audit.record(by=by.actor, action="points.reverse", kind="member", id=each.member_id, now=now, **told)
    return back


def expire_due(*, by: Scope, today: date, now: datetime) -> int:
    """Books every lot that is gone by `today`, a few accounts at a time; how many points. Again changes nothing.

    Raises Denied unless `by` is the system.
    """
    if not by.everything:
        raise Denied("points.edit")
    accounts = list(Lot.objects.filter(due(today)).values_list("account", flat=True).distinct().order_by("account"))
    count = 0
    for start in range(0, len(accounts), CHUNK):
        with transaction.atomic():
            part = accounts[start : start + CHUNK]
            hold(part)
            count += expire(part, Act(by.actor, now, "expire", ""))
    _close_orphans(by, now)
    return count


def _close_orphans(by: Scope, now: datetime) -> None:
    """Whoever is gone can spend nothing: what is left is booked out."""
    for account in Account.objects.filter(Q(member=None) | Q(member__erased=True), balance__gt=0).select_related(
        "programme"
    ):
        with transaction.atomic():
            hold([account.pk])
            left = sum(each.left for each in lots_of([account.pk]))
            if left:
                act = Act(by.actor, now, "close", f"close:{account.pk}:{account.movements}")
                spend(account.programme, [account.pk], left, act)


@dataclass(frozen=True)
class Flaw:
    """Something that does not add up: what, in which row, what it says, and what it should say."""

    code: str
    key: int
    says: int
    should: int


def check(programme: Programme | None = None) -> list[Flaw]:
    """Everything in the books that does not add up (of one programme, or of all); empty when they are right."""
    mine = Q(programme=programme) if programme else Q()
    found: list[Flaw] = []
    sums = Movement.objects.filter(mine).annotate(total=Coalesce(Sum("entries__amount"), 0)).exclude(total=0)
    found += [Flaw("not_zero", *row, 0) for row in sums.values_list("pk", "total")]
    told = Q(account__programme=programme) if programme else Q()
    written = {row[0]: row[1:] for row in _by_account(Entry.objects.filter(told, side="member"), "amount", "owed")}
    left = {row[0]: row[1] for row in _by_account(Lot.objects.filter(told), "left")}
    for key, balance, owed in Account.objects.filter(mine).values_list("pk", "balance", "owed").iterator():
        amount, debt = written.get(key, (0, 0))
        pairs = (("balance", balance, amount), ("lots", left.get(key, 0), balance), ("owed", owed, debt))
        found += [Flaw(code, key, says, should) for code, says, should in pairs if says != should]
        found += [Flaw("negative", key, balance, 0)] if balance < 0 or owed < 0 else []
    return found + _lots(told)


def _by_account(rows: object, *columns: str) -> Sequence[tuple[int, ...]]:
    sums = {f"{name}_sum": Sum(name) for name in columns}
    return rows.order_by().values_list("account").annotate(**sums)  # type: ignore[attr-defined, no-any-return]


def _lots(told: Q) -> list[Flaw]:
    """Lots of which more or less is left than was not taken."""
    used = Coalesce(Sum("uses__points"), 0)
    rows = Lot.objects.filter(told).annotate(used=used).exclude(left=F("points") - F("used"))
    return [Flaw("lot", key, left, points - used) for key, left, points, used in rows.values_list("pk", "left", "points", "used")]  # fmt: skip


def count_movements(programme: Programme) -> dict[str, int]:
    """Kind -> how many movements of that kind there are."""
    rows = Movement.objects.filter(programme=programme).order_by().values_list("kind").annotate(n=Count("pk"))
    return dict(rows)


def reversed_already(movements: Collection[Movement]) -> set[int]:
    """The keys of those that were reversed."""
    found = Movement.objects.filter(reverses__in=[each.pk for each in movements])
    return {key for key in found.values_list("reverses", flat=True) if key is not None}
