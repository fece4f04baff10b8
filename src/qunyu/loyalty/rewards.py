"""Rewards: what points can be redeemed for; never more than there is in stock."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Count, F, Q, QuerySet

from qunyu.communities.duties import local_day
from qunyu.kernel import audit
from qunyu.kernel.errors import DomainError
from qunyu.kernel.ids import new_public_id
from qunyu.kernel.scope import Denied, Scope
from qunyu.kernel.words import Words
from qunyu.loyalty.ledger import accounts_of, require_points
from qunyu.loyalty.levels import levels_of
from qunyu.loyalty.models import Level, Movement, Programme, Redemption, Reward
from qunyu.loyalty.posting import REUSED, Act, hold, spend, undo
from qunyu.loyalty.programmes import programmes
from qunyu.members.own import identities, own_members
from qunyu.members.queries import is_of_seen

if TYPE_CHECKING:
    from qunyu.members.models import Member

STATES: dict[str, Words] = {
    "requested": Words("待领取", "Requested"),
    "handed": Words("已领取", "Handed over"),
    "cancelled": Words("已取消", "Cancelled"),
}
REFUSALS: dict[str, Words] = {
    "reward_over": Words("这件奖品现在不能兑换", "this reward is not on offer now"),
    "reward_level": Words("需要等级：{level}", "it takes the level {level}"),
    "reward_limit": Words("每人最多兑换 {n} 件", "at most {n} for each person"),
    "out_of_stock": Words("库存不足", "out of stock"),
    "redemption_ended": Words("这次兑换已经领取或取消", "this redemption is handed over or cancelled already"),
}
STOCK_MOVED = Words("库存已变为 {n}；请核对后再保存", "the stock is {n} by now; look again, then save")
# Whatever the stock was.
ANY = -1


@dataclass(frozen=True)
class Prize:
    """What is told of a reward; None of stock, per_person, level and days for no limit. The stock changes only where it still is what was `seen`."""

    name: str
    price: int
    note: str = ""
    stock: int | None = None
    per_person: int | None = None
    level: Level | None = None
    first_day: date | None = None
    last_day: date | None = None
    # The stock that was shown when this one was written.
    seen: int | None = ANY


def rewards(programme: Programme, *, archived: bool = False) -> QuerySet[Reward]:
    """The programme's rewards, the cheapest first, each with `taken`: how many are redeemed and not cancelled."""
    taken = Count("redemptions", filter=~Q(redemptions__state="cancelled"))
    rows = Reward.objects.filter(programme=programme).select_related("level").annotate(taken=taken)
    return (rows if archived else rows.filter(archived_at=None)).order_by("price", "name")


def find_reward(programme: Programme, public_id: str) -> Reward:
    """The programme's reward with that public id.

    Raises DomainError unknown_reward.
    """
    found = Reward.objects.filter(programme=programme, public_id=public_id).select_related("level").first()
    if found is None:
        message = Words("没有编号为“{id}”的奖品", "there is no reward with the id “{id}”")
        raise DomainError("unknown_reward", message.fill(id=public_id), id=public_id)
    return found


@transaction.atomic
def save_reward(*, by: Scope, programme: Programme, reward: Reward | None, prize: Prize, now: datetime) -> Reward:
    """The reward with what is told of it, or a new one.

    Raises Denied; DomainError bad_reward or stock_moved with the `field`.
    """
    by.require("settings.edit", programme.unit_id)
    row = reward or Reward(programme=programme)
    _check(programme, row, prize)
    row.name, row.note, row.price, row.level = prize.name.strip(), prize.note.strip(), prize.price, prize.level
    row.per_person, row.first_day, row.last_day = prize.per_person, prize.first_day, prize.last_day
    told = ["name", "note", "price", "level", "per_person", "first_day", "last_day"]
    if row.pk is None:
        row.stock = prize.stock
        row.save()
    else:
        row.save(update_fields=told)
        _restock(row, prize)
    audit.record(by=by.actor, action="reward.save", kind="programme", id=programme.pk, now=now, reward=row.pk)
    return row


def _restock(row: Reward, prize: Prize) -> None:
    """What was redeemed since the stock was shown is not forgotten."""
    if prize.stock == prize.seen:
        return
    rows = Reward.objects.filter(pk=row.pk)
    if prize.seen != ANY:
        rows = rows.filter(stock=prize.seen)
    if not rows.update(stock=prize.stock):
        there = Reward.objects.values_list("stock", flat=True).get(pk=row.pk)
        words = STOCK_MOVED.fill(n="∞" if there is None else there)
        raise DomainError("stock_moved", words, field="stock", there="" if there is None else there)


def _check(programme: Programme, row: Reward, prize: Prize) -> None:
    others = Reward.objects.filter(programme=programme, name=prize.name.strip()).exclude(pk=row.pk or 0)
    days = prize.first_day is not None and prize.last_day is not None and prize.last_day < prize.first_day
    wrong = {
        "name": (
            not 1 <= len(prize.name.strip()) <= 60 or others.exists(),
            Words("名称须有 1 至 60 个字，且不能重复", "the name has 1 to 60 characters and is not taken"),
        ),
        "price": (not 1 <= prize.price <= 10**8, Words("积分须在 1 至 1 亿之间", "1 to 100,000,000 points")),
        "note": (len(prize.note) > 200, Words("说明最多 200 个字", "at most 200 characters")),
        "stock": (
            prize.stock is not None and not 0 <= prize.stock <= 10**9,
            Words("库存不能为负", "the stock is not below 0"),
        ),
        "per_person": (prize.per_person is not None and prize.per_person < 1, Words("至少为 1", "at least 1")),
        "last_day": (days, Words("结束日早于开始日", "it ends before it begins")),
    }
    for name, (is_wrong, words) in wrong.items():
        if is_wrong:
            raise DomainError("bad_reward", words, field=name)


@transaction.atomic
def archive_reward(*, by: Scope, reward: Reward, archived: bool, now: datetime) -> None:
    """Takes a reward off the offer, or puts it back.

    Raises Denied.
    """
    by.require("settings.edit", reward.programme.unit_id)
    Reward.objects.filter(pk=reward.pk).update(archived_at=now if archived else None)
    data = {"reward": reward.pk, "on": int(not archived)}
    audit.record(by=by.actor, action="reward.save", kind="programme", id=reward.programme_id, now=now, **data)


def refusal(reward: Reward, member: Member, today: date) -> DomainError | None:
    """Why somebody cannot have a reward that day, points and stock aside; None when they can."""
    over = reward.archived_at is not None or (reward.first_day is not None and today < reward.first_day)
    if over or (reward.last_day is not None and today > reward.last_day):
        return DomainError("reward_over", REFUSALS["reward_over"])
    if reward.level is not None:
        mine = levels_of(reward.programme, [member.pk]).get(member.pk)
        if mine is None or mine.position < reward.level.position:
            return DomainError("reward_level", REFUSALS["reward_level"].fill(level=reward.level.name))
    had = Redemption.objects.filter(reward=reward, member__in=own_members(member.pk)).exclude(state="cancelled")
    if reward.per_person is not None and had.count() >= reward.per_person:
        return DomainError("reward_limit", REFUSALS["reward_limit"].fill(n=reward.per_person))
    return None


def redeem(*, by: Scope, reward: Reward, member: Member, note: str = "", key: str = "", now: datetime) -> Redemption:
    """Takes the reward's price off somebody's points and one off its stock; with a `key` that was used it changes nothing.

    Raises Denied; DomainError not_enough_points, out_of_stock, reward_over, reward_level, reward_limit, points_key_reused.
    """
    programme, full = reward.programme, f"redeem:{by.actor.key}:{key or new_public_id()}"
    require_points(by, programme, member)
    with transaction.atomic():
        accounts = accounts_of(programme, member.pk)
        hold(accounts)
        before = Redemption.objects.filter(movement__key=full).select_related("movement").first()
        if before is not None:
            return _same_again(before, reward, accounts)
        refused = refusal(Reward.objects.select_related("level", "programme").get(pk=reward.pk), member, local_day(now))
        if refused is not None:
            raise refused
        act = Act(by.actor, now, "redeem", full, reason=reward.name)
        price = Reward.objects.values_list("price", flat=True).get(pk=reward.pk)
        movement, _ = spend(programme, accounts, price, act)
        _take_one(reward)
        who = {"by": by.actor.key, "by_name": by.actor.name[:120]}
        made = Redemption.objects.create(
            reward=reward, member=member, points=price, movement=movement, note=note.strip()[:200], at=now, **who
        )
        data = {"reward": reward.pk, "points": price}
        audit.record(by=by.actor, action="points.redeem", kind="member", id=member.pk, now=now, **data)
    return made


def _same_again(before: Redemption, reward: Reward, accounts: Collection[int]) -> Redemption:
    """What the key redeemed before, where that was this reward for this person.

    Raises DomainError points_key_reused.
    """
    others = before.movement.entries.filter(side="member").exclude(account__in=accounts)
    if before.reward_id != reward.pk or others.exists():
        raise DomainError("points_key_reused", REUSED, field="key")
    return before


def _take_one(reward: Reward) -> None:
    there = Reward.objects.filter(Q(stock=None) | Q(stock__gt=0), pk=reward.pk)
    if not there.update(stock=F("stock") - 1):
        raise DomainError("out_of_stock", REFUSALS["out_of_stock"])


def redemptions(scope: Scope, programme: Programme | None = None) -> QuerySet[Redemption]:
    """The redemptions of people `scope` may see, the latest first."""
    found = Redemption.objects.filter(reward__programme__in=programmes(scope).values("pk"))
    if programme is not None:
        found = found.filter(reward__programme=programme)
    if not scope.everything:
        found = found.filter(is_of_seen(scope))
    return found.select_related("reward__programme", "member").order_by("-at", "-pk")


def find_redemption(scope: Scope, public_id: str) -> Redemption:
    """The redemption with that public id.

    Raises DomainError unknown_redemption.
    """
    found = redemptions(scope).filter(public_id=public_id).first()
    if found is None:
        message = Words("没有编号为“{id}”的兑换", "there is no redemption with the id “{id}”")
        raise DomainError("unknown_redemption", message.fill(id=public_id), id=public_id)
    return found


@transaction.atomic
def hand_over(*, by: Scope, redemption: Redemption, now: datetime) -> None:
    """Notes that somebody got the reward.

    Raises Denied; DomainError redemption_ended.
    """
    member = _theirs(by, redemption)
    _end(by, redemption, "handed", now)
    audit.record(by=by.actor, action="points.handed", kind="member", id=member, now=now, reward=redemption.reward_id)


@transaction.atomic
def cancel(*, by: Scope, redemption: Redemption, reason: str = "", now: datetime) -> Movement:
    """Gives the points back into the lots they came from, and the reward to the stock.

    Raises Denied; DomainError redemption_ended.
    """
    member = _theirs(by, redemption)
    _end(by, redemption, "cancelled", now)
    act = Act(by.actor, now, "cancel", f"cancel:{redemption.pk}", reason=reason.strip() or redemption.reward.name)
    back = undo(redemption.movement, act)
    Reward.objects.filter(pk=redemption.reward_id).update(stock=F("stock") + 1)
    audit.record(by=by.actor, action="points.cancel", kind="member", id=member, now=now, reward=redemption.reward_id)
    return back


def _theirs(by: Scope, redemption: Redemption) -> int:
    """The person's key, for whoever may move their points."""
    person = identities().filter(own_member=redemption.member_id).select_related("member").first()
    if person is None:
        raise Denied("points.edit")
    require_points(by, redemption.reward.programme, person.member)
    return person.member_id


def _end(by: Scope, redemption: Redemption, state: str, now: datetime) -> None:
    waiting = Redemption.objects.filter(pk=redemption.pk, state="requested")
    if not waiting.update(state=state, ended_at=now, ended_by_name=by.actor.name[:120]):
        raise DomainError("redemption_ended", REFUSALS["redemption_ended"])
