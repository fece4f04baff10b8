"""The door of a VIP community: who is there, who without the right to be, whose fee ends soon, who could be invited; people decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from qunyu.kernel.scope import Scope
from qunyu.kernel.words import Words
from qunyu.loyalty.levels import against, bars_kept, shortfall
from qunyu.loyalty.models import Standing, VipCommunity, VipFee
from qunyu.loyalty.reaching import NOBODY, reaching
from qunyu.loyalty.rules.levels import Figures, Step, missing
from qunyu.loyalty.standing import figures_of
from qunyu.members.queries import memberships, people

if TYPE_CHECKING:
    from qunyu.members.models import Member

SOON = 30
LISTS: dict[str, Words] = {
    "present": Words("现在在群", "There now"),
    "unmet": Words("在群但不符合条件", "In, without the right to be"),
    "ending": Words("会费 30 天内到期", "The fee ends within 30 days"),
    "invite": Words("符合条件、可以邀请", "Could be invited"),
}
AT_LEVEL = Words("等级已达“{level}”", "on the level “{level}” or above")
BELOW = Words("等级未到“{level}”", "below the level “{level}”")
PAID, LAPSED = Words("会费有效至 {day}", "paid until {day}"), Words("会费已于 {day} 到期", "the fee ended on {day}")
UNPAID = Words("未交年费", "no fee paid")


@dataclass(frozen=True)
class Ways:
    """How people get in, each as the members whom it lets in that day: by level, by bars, by a fee, and by one that lasts."""

    level: Q
    bars: Q
    fee: Q
    lasting: Q

    @property
    def right(self) -> Q:
        """Whom any of them lets in."""
        return self.level | self.bars | self.fee


def ways(vip: VipCommunity, today: date) -> Ways:
    """The ways into a VIP community on that day."""
    fees = VipFee.objects.filter(vip=vip, withdrawn_at=None, member__own_identity__isnull=False).order_by()
    paid, lasting = (
        Q(pk__in=fees.filter(until__gte=each).values("member__own_identity__member"))
        for each in (today, today + timedelta(days=SOON + 1))
    )
    level = NOBODY
    if vip.level is not None:
        high = Standing.objects.filter(programme=vip.programme, level__position__gte=vip.level.position)
        level = Q(pk__in=high.order_by().values("member"))
    return Ways(level, reaching(vip.programme, bars_kept(vip.bars), vip.every, today), paid, lasting)


def _lists(scope: Scope, vip: VipCommunity, today: date) -> dict[str, Q]:
    there = memberships(scope).filter(community=vip.community, left_at=None).order_by()
    present, found = Q(pk__in=there.values("identity__member")), ways(vip, today)
    return {
        "present": present,
        "unmet": present & ~found.right,
        "ending": present & found.fee & ~found.lasting & ~found.level & ~found.bars,
        "invite": ~present & found.right,
    }


def _ordinary(scope: Scope) -> QuerySet[Member]:
    return people(scope).filter(role="member")


def counts(scope: Scope, vip: VipCommunity, today: date) -> dict[str, int]:
    """How many are in each of LISTS, as far as `scope` may see them; one query."""
    found = _lists(scope, vip, today)
    asked = {name: Count("pk", filter=each) for name, each in found.items()}
    told: dict[str, int] = _ordinary(scope).filter(found["present"] | found["invite"]).aggregate(**asked)
    return told


def at_door(scope: Scope, vip: VipCommunity, today: date, name: str, text: str = "") -> QuerySet[Member]:
    """The people in one of LISTS called `text`, each with `level_name` (None: on none) and `until`, when their fee ends (None: none paid)."""
    standing = Standing.objects.filter(programme=vip.programme, member=OuterRef("pk"))
    fees = VipFee.objects.filter(vip=vip, withdrawn_at=None, member__own_identity__member=OuterRef("pk"))
    found = _ordinary(scope).filter(_lists(scope, vip, today)[name]).annotate(
        level_name=Subquery(standing.values("level__name")[:1]),
        level_place=Subquery(standing.values("level__position")[:1]),
        until=Subquery(fees.order_by("-until").values("until")[:1]),
    )  # fmt: skip
    return found.filter(name__icontains=text) if text else found


def reasons(scope: Scope, vip: VipCommunity, rows: Sequence[Member], today: date) -> dict[int, list[Words]]:
    """Why each of these rows of `at_door` may be there, or what is missing for each of the ways in.

    Figures of orders show only where orders may be seen.
    """
    bars = bars_kept(vip.bars)
    figures = figures_of(vip.programme, [each.pk for each in rows], today) if bars else {}
    return {each.pk: _reason(scope, vip, each, figures.get(each.pk), today) for each in rows}


def _reason(scope: Scope, vip: VipCommunity, row: Member, figures: Figures | None, today: date) -> list[Words]:
    met: list[Words] = []
    short: list[Words] = []
    place, until = getattr(row, "level_place", None), getattr(row, "until", None)
    if vip.level is not None:
        is_there = place is not None and place >= vip.level.position
        (met if is_there else short).append((AT_LEVEL if is_there else BELOW).fill(level=vip.level.name))
    if until is not None and until >= today:
        met.append(PAID.fill(day=until))
    elif vip.fee is not None:
        short.append(LAPSED.fill(day=until) if until else UNPAID)
    if figures is not None:
        step = Step(0, bars_kept(vip.bars), every=vip.every)
        left = missing(step, figures)
        if left:
            short += shortfall(scope, vip.programme, left)
        else:
            met += against(scope, vip.programme, [(each, figures.of(each)) for each in step.bars])
    return met or short
