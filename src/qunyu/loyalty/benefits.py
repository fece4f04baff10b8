"""Benefits: what people of a level or tier get, how often, and each use of it, noted by hand."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F, QuerySet, Sum

from qunyu.communities.duties import local_day
from qunyu.kernel import audit
from qunyu.kernel.errors import DomainError
from qunyu.kernel.scope import Scope, system_scope
from qunyu.kernel.words import Words
from qunyu.loyalty.ledger import require_points
from qunyu.loyalty.levels import levels_of
from qunyu.loyalty.models import Benefit, BenefitCount, BenefitUse, Level, Programme
from qunyu.loyalty.programmes import programmes
from qunyu.members.labels import values_of
from qunyu.members.own import own_members
from qunyu.members.queries import is_of_seen

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from qunyu.members.models import Member

KINDS: dict[str, Words] = {
    "text": Words("其他权益", "Other"),
    "discount": Words("折扣", "Discount"),
    "shipping": Words("包邮", "Free shipping"),
    "gift": Words("礼品", "Gift"),
    "priority": Words("优先服务", "Priority service"),
    "vip": Words("VIP 社群资格", "Access to a VIP community"),
}
PERIODS: dict[str, Words] = {
    "month": Words("每月", "a month"),
    "quarter": Words("每季度", "a quarter"),
    "year": Words("每年", "a year"),
    "ever": Words("总共", "altogether"),
}
USED_UP = Words("本期名额已用完（{used}/{quota}）", "used up for this period ({used} of {quota})")
NOT_ENTITLED = Words("这个人目前没有这项权益", "this person does not have that benefit now")


@dataclass(frozen=True)
class Offer:
    """What is told of a benefit; `levels` are ids of levels, `quota` None for without a limit."""

    name: str
    kind: str = "text"
    percent: int | None = None
    note: str = ""
    quota: int | None = None
    period: str = "month"
    levels: Collection[int] = ()
    tiers: Collection[str] = ()


@dataclass(frozen=True)
class Right:
    """A benefit somebody has now, and how often it was used in this period."""

    benefit: Benefit
    used: int

    @property
    def left(self) -> int | None:
        """How often it can still be used; None for without a limit."""
        return None if self.benefit.quota is None else max(self.benefit.quota - self.used, 0)


def label_of(period: str, day: date) -> str:
    """The period that holds a day: 2026-03, 2026-Q1, 2026, or ever."""
    quarter = f"{day.year}-Q{(day.month + 2) // 3}"
    return {"month": f"{day:%Y-%m}", "quarter": quarter, "year": str(day.year)}.get(period, "ever")


def benefits(programme: Programme, *, archived: bool = False) -> list[Benefit]:
    """The programme's benefits with their levels, by name."""
    rows = Benefit.objects.filter(programme=programme).prefetch_related("levels").order_by("name")
    return list(rows if archived else rows.filter(archived_at=None))


def find_benefit(programme: Programme, public_id: str) -> Benefit:
    """The programme's benefit with that public id.

    Raises DomainError unknown_benefit.
    """
    found = Benefit.objects.filter(programme=programme, public_id=public_id).first()
    if found is None:
        message = Words("没有编号为“{id}”的权益", "there is no benefit with the id “{id}”")
        raise DomainError("unknown_benefit", message.fill(id=public_id), id=public_id)
    return found


@transaction.atomic
def save_benefit(*, by: Scope, programme: Programme, benefit: Benefit | None, offer: Offer, now: datetime) -> Benefit:
    """The benefit with what is told of it, or a new one.

    Raises Denied; DomainError bad_benefit with the `field`.
    """
    by.require("settings.edit", programme.unit_id)
    row = benefit or Benefit(programme=programme)
    _check(programme, row, offer)
    row.name, row.kind, row.note, row.period = offer.name.strip(), offer.kind, offer.note.strip(), offer.period
    row.percent, row.quota, row.tiers = offer.percent, offer.quota, list(offer.tiers)
    row.save()
    row.levels.set(Level.objects.filter(programme=programme, pk__in=offer.levels))
    audit.record(by=by.actor, action="benefit.save", kind="programme", id=programme.pk, now=now, benefit=row.pk)
    return row


def _check(programme: Programme, row: Benefit, offer: Offer) -> None:
    others = Benefit.objects.filter(programme=programme, name=offer.name.strip()).exclude(pk=row.pk or 0)
    is_discount = offer.kind == "discount"
    wrong = {
        "name": (
            not 1 <= len(offer.name.strip()) <= 60 or others.exists(),
            Words("名称须有 1 至 60 个字，且不能重复", "the name has 1 to 60 characters and is not taken"),
        ),
        "kind": (offer.kind not in KINDS, Words("没有这种权益", "there is no such kind")),
        "percent": (
            is_discount and (offer.percent is None or not 1 <= offer.percent <= 99),
            Words("折扣须在 1 至 99 之间（减去的百分比）", "1 to 99 per cent off"),
        ),
        "note": (len(offer.note) > 200, Words("说明最多 200 个字", "at most 200 characters")),
        "quota": (offer.quota is not None and offer.quota < 1, Words("次数至少为 1", "at least 1")),
        "period": (offer.period not in PERIODS, Words("请选择周期", "choose a period")),
    }
    for name, (is_wrong, words) in wrong.items():
        if is_wrong:
            raise DomainError("bad_benefit", words, field=name)


@transaction.atomic
def archive_benefit(*, by: Scope, benefit: Benefit, archived: bool, now: datetime) -> None:
    """Takes a benefit off the offer, or puts it back; its uses stay.

    Raises Denied.
    """
    by.require("settings.edit", benefit.programme.unit_id)
    Benefit.objects.filter(pk=benefit.pk).update(archived_at=now if archived else None)
    data = {"benefit": benefit.pk, "on": int(not archived)}
    audit.record(by=by.actor, action="benefit.save", kind="programme", id=benefit.programme_id, now=now, **data)


def rights_of(programme: Programme, member: Member, today: date) -> list[Right]:
    """The benefits a person has now by level or tier, with their uses in this period."""
    level = levels_of(programme, [member.pk]).get(member.pk)
    tier = values_of(system_scope("benefits"), [member.pk]).get(member.pk, {}).get("tier", "")
    mine = [
        each
        for each in benefits(programme)
        if (level is not None and level in each.levels.all()) or (tier and tier in each.tiers)
    ]
    counts = BenefitCount.objects.filter(benefit__in=mine, member__in=own_members(member.pk)).order_by()
    used = {(row[0], row[1]): row[2] for row in counts.values_list("benefit", "label").annotate(n=Sum("used")) if mine}
    return [Right(each, used.get((each.pk, label_of(each.period, today)), 0)) for each in mine]


@transaction.atomic
def use_benefit(*, by: Scope, benefit: Benefit, member: Member, note: str = "", now: datetime) -> BenefitUse:
    """Notes one use of a benefit, within its quota: one conditional UPDATE decides.

    Raises Denied; DomainError no_benefit or benefit_used_up.
    """
    require_points(by, benefit.programme, member)
    today = local_day(now)
    if benefit.pk not in {each.benefit.pk for each in rights_of(benefit.programme, member, today)}:
        raise DomainError("no_benefit", NOT_ENTITLED)
    label = label_of(benefit.period, today)
    count, _ = BenefitCount.objects.get_or_create(benefit=benefit, member=member, label=label)
    # What a person was before they were merged is written no more: their count stands still.
    others = BenefitCount.objects.filter(benefit=benefit, member__in=own_members(member.pk), label=label)
    before = others.exclude(pk=count.pk).aggregate(n=Sum("used"))["n"] or 0
    mine = BenefitCount.objects.filter(pk=count.pk)
    free = mine if benefit.quota is None else mine.filter(used__lt=benefit.quota - before)
    if not free.update(used=F("used") + 1):
        raise DomainError("benefit_used_up", USED_UP.fill(used=benefit.quota, quota=benefit.quota))
    who = {"by": by.actor.key, "by_name": by.actor.name[:120]}
    row = BenefitUse.objects.create(benefit=benefit, member=member, at=now, note=note.strip()[:200], **who)
    audit.record(by=by.actor, action="benefit.use", kind="member", id=member.pk, now=now, benefit=benefit.pk)
    return row


def uses_of(scope: Scope, member: Member, limit: int | None = None) -> list[BenefitUse]:
    """The uses of benefits by a person in programmes that count for `scope`, over all that they are, the latest first."""
    found = BenefitUse.objects.filter(member__in=own_members(member.pk))
    found = found.filter(benefit__programme__in=programmes(scope).values("pk"))
    return list(found.select_related("benefit").order_by("-at", "-pk")[:limit])


def uses(scope: Scope, programme: Programme, *, text: str = "", benefit: str = "") -> QuerySet[BenefitUse]:
    """The uses of a programme's benefits by people `scope` may see, those called `text`, of that benefit (its public id), with their own members."""
    found = BenefitUse.objects.filter(benefit__programme=programme, member__own_identity__member__erased=False)
    if not scope.everything:
        found = found.filter(is_of_seen(scope))
    found = found.filter(member__own_identity__member__name__icontains=text) if text else found
    found = found.filter(benefit__public_id=benefit) if benefit else found
    return found.select_related("benefit", "member__own_identity__member").order_by("-at", "-pk")


def uses_between(programmes: Collection[int], start: datetime, end: datetime) -> QuerySet[BenefitUse]:
    """The uses of these programmes' benefits from `start` to before `end`, of people who are still known; for whoever narrows them by a scope."""
    return BenefitUse.objects.filter(
        benefit__programme__in=programmes, at__gte=start, at__lt=end, member__own_identity__isnull=False
    )
