"""Offers, each time one was given, and to whom."""

from __future__ import annotations

from django.db import models

from qunyu.kernel.ids import PUBLIC_ID_LENGTH, new_public_id


class Offer(models.Model):
    """Something that may be offered to people of `unit` and below. `price` and `cost` (of one that is taken up) are minor units, None unknown.

    `products` are what it is of, called as orders call them; it may name none.
    `percent` is the depth of a discount, None without one. `user_types` are whom it is meant for, those of its kind where it is empty.
    """

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH, unique=True, default=new_public_id)
    unit = models.ForeignKey("people.Unit", on_delete=models.PROTECT)
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=10)
    products = models.JSONField(default=list)
    currency = models.CharField(max_length=3, default="CNY")
    price = models.BigIntegerField(null=True)
    cost = models.BigIntegerField(null=True)
    percent = models.PositiveSmallIntegerField(null=True)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    user_types = models.JSONField(default=list)
    note = models.CharField(max_length=400, blank=True)
    archived_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()
    by_name = models.CharField(max_length=120)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("unit", "name"), name="offer_once"),)

    def __str__(self) -> str:
        return self.name


class Giving(models.Model):
    """An offer given to the people of a segment as they were then, `holdout` per cent of them left out by lot; orders count for `days`.

    `kind` to `percent` are the offer's as they were then. `key` is who asked for it: asked again it is given once.
    The lot is drawn from `public_id` (drawing.held_out): the same people every time it is asked.
    """

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH, unique=True, default=new_public_id)
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="givings")
    segment = models.ForeignKey("segments.Segment", on_delete=models.SET_NULL, null=True, related_name="+")
    segment_name = models.CharField(max_length=60)
    key = models.CharField(max_length=PUBLIC_ID_LENGTH, default=new_public_id)
    kind = models.CharField(max_length=10)
    currency = models.CharField(max_length=3)
    price = models.BigIntegerField(null=True)
    percent = models.PositiveSmallIntegerField(null=True)
    channel = models.CharField(max_length=10)
    at = models.DateTimeField()
    days = models.SmallIntegerField()
    holdout = models.SmallIntegerField()
    given = models.BigIntegerField(default=0)
    held = models.BigIntegerField(default=0)
    left_out = models.JSONField(default=dict)
    by_name = models.CharField(max_length=120)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("offer", "key"), name="giving_once"),)


class Given(models.Model):
    """Somebody who got the offer, or was left out by lot (`held`); of the member made with an identity (ADR 9)."""

    giving = models.ForeignKey(Giving, on_delete=models.CASCADE, related_name="people")
    member = models.ForeignKey("members.Member", on_delete=models.CASCADE, related_name="+")
    held = models.BooleanField(default=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("giving", "member"), name="given_once"),)
        indexes = (models.Index(fields=("member", "held")),)
