"""What points and levels are good for: benefits, rewards and VIP communities."""

from __future__ import annotations

from django.db import models

from qunyu.kernel.ids import PUBLIC_ID_LENGTH, new_public_id
from qunyu.loyalty.models.ledger import Movement
from qunyu.loyalty.models.levels import Level
from qunyu.loyalty.models.programme import Programme


class Benefit(models.Model):
    """Something the people on some `levels`, or with a tier of `tiers`, get; `quota` times a `period`, None for without a limit.

    `percent` is of a discount, None for anything else.
    """

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH, unique=True, default=new_public_id)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="benefits")
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=10)
    percent = models.PositiveSmallIntegerField(null=True)
    note = models.CharField(max_length=200, blank=True)
    quota = models.PositiveIntegerField(null=True)
    period = models.CharField(max_length=8, default="month")
    levels = models.ManyToManyField(Level, related_name="benefits")
    tiers = models.JSONField(default=list)
    archived_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("programme", "name"), name="benefit_once"),)


class BenefitCount(models.Model):
    """How often a member used a benefit in a period (`label` as 2026-03): what the quota is held against."""

    benefit = models.ForeignKey(Benefit, on_delete=models.CASCADE, related_name="counts")
    member = models.ForeignKey("members.Member", on_delete=models.CASCADE, related_name="+")
    label = models.CharField(max_length=10)
    used = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("benefit", "member", "label"), name="benefit_count_once"),)


class BenefitUse(models.Model):
    """One use of a benefit, noted by hand; of the member whose page it was, read through own members."""

    benefit = models.ForeignKey(Benefit, on_delete=models.PROTECT, related_name="uses")
    member = models.ForeignKey("members.Member", on_delete=models.CASCADE, related_name="benefit_uses")
    at = models.DateTimeField()
    note = models.CharField(max_length=200, blank=True)
    by = models.CharField(max_length=40)
    by_name = models.CharField(max_length=120)

    class Meta:
        indexes = (models.Index(fields=("member", "-at")),)


class Reward(models.Model):
    """Something to be had for `price` points. `stock` None for without end, `per_person` None for as often as one likes.

    `level` is the least it takes; it is offered from `first_day` to `last_day`, None for without an end.
    """

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH, unique=True, default=new_public_id)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="rewards")
    name = models.CharField(max_length=60)
    note = models.CharField(max_length=200, blank=True)
    price = models.PositiveIntegerField()
    stock = models.IntegerField(null=True)
    per_person = models.PositiveIntegerField(null=True)
    level = models.ForeignKey(Level, on_delete=models.SET_NULL, null=True, related_name="+")
    first_day = models.DateField(null=True)
    last_day = models.DateField(null=True)
    archived_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("programme", "name"), name="reward_once"),
            models.CheckConstraint(
                condition=models.Q(stock=None) | models.Q(stock__gte=0), name="reward_stock_not_negative"
            ),
        )


class Redemption(models.Model):
    """A reward for somebody's points: requested, handed (over) or cancelled; of the member whose page it was."""

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH, unique=True, default=new_public_id)
    reward = models.ForeignKey(Reward, on_delete=models.PROTECT, related_name="redemptions")
    member = models.ForeignKey("members.Member", on_delete=models.SET_NULL, null=True, related_name="redemptions")
    points = models.PositiveIntegerField()
    state = models.CharField(max_length=10, default="requested")
    movement = models.OneToOneField(Movement, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=40)
    by_name = models.CharField(max_length=120)
    ended_at = models.DateTimeField(null=True)
    ended_by_name = models.CharField(max_length=120, blank=True)

    class Meta:
        indexes = (models.Index(fields=("member", "reward")), models.Index(fields=("state", "-at")))


class VipCommunity(models.Model):
    """A community for people of `level` (and above), for a yearly fee of `fee` minor units, or for who meets `bars`; None, none where that is no way in.

    `every` asks for all of the bars, else one is enough.
    """

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="vip_communities")
    community = models.OneToOneField("communities.Community", on_delete=models.CASCADE, related_name="+")
    level = models.ForeignKey(Level, on_delete=models.PROTECT, null=True, related_name="+")
    fee = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    bars = models.JSONField(default=list)
    every = models.BooleanField(default=False)


class VipFee(models.Model):
    """A fee somebody paid on `paid_on`, good until `until` (included); `order_number` where an order tells of it."""

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH, unique=True, default=new_public_id)
    vip = models.ForeignKey(VipCommunity, on_delete=models.CASCADE, related_name="fees")
    member = models.ForeignKey("members.Member", on_delete=models.CASCADE, related_name="vip_fees")
    paid_on = models.DateField()
    until = models.DateField()
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    order_number = models.CharField(max_length=120, blank=True)
    note = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=40)
    by_name = models.CharField(max_length=120)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=("member", "until")),)
        constraints = (
            models.UniqueConstraint(
                fields=("vip", "order_number"),
                condition=models.Q(withdrawn_at=None) & ~models.Q(order_number=""),
                name="vip_fee_once_per_order",
            ),
        )
