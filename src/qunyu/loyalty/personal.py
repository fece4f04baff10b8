"""What points, levels and benefits keep of people. The ledger's sums stay as they were; whom they were for is told no more."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Model, QuerySet

from qunyu.commerce.personal import rename_orders
from qunyu.kernel.personal import Holder, Overview, Person, plain, scrub
from qunyu.kernel.sealed import keyed
from qunyu.kernel.words import Words
from qunyu.loyalty.models import (
    Account,
    BenefitCount,
    BenefitUse,
    Earning,
    Entry,
    LevelChange,
    LevelGrant,
    Movement,
    Redemption,
    Standing,
    VipFee,
)

# Where somebody stands and what they were given: all of it goes.
_OF_LEVELS: tuple[type[Model], ...] = (Standing, LevelChange, LevelGrant, BenefitUse, BenefitCount)


def _entries(person: Person) -> QuerySet[Entry]:
    return Entry.objects.filter(account__member__in=person.own)


def _erase_points(person: Person) -> Mapping[str, int]:
    """What was earned and spent stays with a member who has no name any more: else the books would not add up."""
    _rename_sources(person)
    mine = _entries(person).values("movement")
    Movement.objects.filter(pk__in=mine).exclude(reason="").update(reason="")
    Redemption.objects.filter(member__in=person.own).exclude(note="").update(note="")
    return {"elsewhere": scrub(Movement, ("reason",), person) + scrub(Redemption, ("note",), person)}


def _rename_sources(person: Person) -> None:
    """Orders and what was earned with them get their new names at once: else they would earn a second time."""
    if "orders" in person.kept:
        return
    for (unit, before), after in rename_orders(person).items():
        for model in (Earning, Movement):
            model._default_manager.filter(source=f"{unit}:{before}").update(source=f"{unit}:{after}")


def _export_points(person: Person) -> object:
    mine = _entries(person).order_by("id")
    redeemed = Redemption.objects.filter(member__in=person.own).order_by("id")
    return {
        "movements": plain(mine.values("movement__kind", "movement__at", "movement__reason", "amount", "owed")),
        "redemptions": plain(redeemed.values("reward__name", "points", "state", "at")),
    }


def _count_levels(person: Person) -> int:
    return sum(each._default_manager.filter(member__in=person.own).count() for each in _OF_LEVELS)


def _erase_levels(person: Person) -> Mapping[str, int]:
    for each in _OF_LEVELS:
        each._default_manager.filter(member__in=person.own).delete()
    return {"elsewhere": scrub(LevelGrant, ("reason",), person) + scrub(BenefitUse, ("note",), person)}


def _export_levels(person: Person) -> object:
    mine = {"member__in": person.own}
    return {
        "levels": plain(LevelChange.objects.filter(**mine).order_by("id").values("before__name", "after__name", "day")),
        "given": plain(LevelGrant.objects.filter(**mine).order_by("id").values("level__name", "reason", "at", "until")),
        "benefits": plain(BenefitUse.objects.filter(**mine).order_by("id").values("benefit__name", "at", "note")),
    }


def _erase_fees(person: Person) -> Mapping[str, int]:
    """Money that was paid stays in the books, as orders do."""
    for fee in (
        VipFee.objects.filter(member__in=person.own)
        .exclude(order_number="")
        .exclude(order_number__startswith="erased-")
    ):
        token = f"erased-{keyed(fee.order_number, 'erased order')[:24]}"
        VipFee.objects.filter(pk=fee.pk).update(order_number=token)
    VipFee.objects.filter(member__in=person.own).exclude(note="").update(note="")
    return {"elsewhere": scrub(VipFee, ("note",), person)}


def _accounts() -> Overview:
    found = Account.objects.filter(member__erased=False)
    oldest = Movement.objects.order_by("at").values_list("at", flat=True).first()
    return Overview(
        found.values("member__own_identity__member").distinct().count(),
        Entry.objects.filter(account__in=found).count(),
        oldest,
    )


HOLDERS = (
    Holder(
        key="points",
        title=Words("积分", "Points"),
        what=Words("积分的增减、原因、兑换", "points earned and spent, why, and what for"),
        why=Words("会员权益的账目", "the books of what members are owed"),
        models=("loyalty.Account", "loyalty.Redemption"),
        count=lambda person: _entries(person).count(),
        export=_export_points,
        erase=_erase_points,
        overview=_accounts,
        stays=Words("积分账目须逐笔相符", "the books of points must add up"),
    ),
    Holder(
        key="levels",
        title=Words("等级与权益", "Levels and benefits"),
        what=Words("等级及变化、用过的权益", "levels and their changes, benefits used"),
        why=Words("给会员应得的待遇", "giving members what is due to them"),
        models=tuple(each._meta.label for each in _OF_LEVELS),
        count=_count_levels,
        export=_export_levels,
        erase=_erase_levels,
        stays=Words("等级与权益额度由它们算出", "levels and quotas of benefits are reckoned from them"),
    ),
    Holder(
        key="vip_fees",
        title=Words("VIP 年费", "VIP fees"),
        what=Words("付费日期、金额、订单号", "when, how much, the order's number"),
        why=Words("谁的年费有效", "whose fee still holds"),
        models=("loyalty.VipFee",),
        count=lambda person: VipFee.objects.filter(member__in=person.own).count(),
        export=lambda person: plain(
            VipFee.objects.filter(member__in=person.own)
            .order_by("id")
            .values("vip__community__name", "paid_on", "until", "amount", "currency", "order_number", "note")
        ),
        erase=_erase_fees,
        stays=Words("收过的钱是账目", "money that was paid stays in the books"),
    ),
)
