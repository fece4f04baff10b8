"""The order's table."""

from __future__ import annotations

from django.db import models

from qunyu.kernel.ids import PUBLIC_ID_LENGTH, new_public_id


class OrderStatus(models.TextChoices):
    """Where an order stands; only paid ones with a positive amount are revenue."""

    PAID = "paid", "已付款"
    FREE = "free", "零元"
    UNPAID = "unpaid", "待付款"
    CANCELLED = "cancelled", "已取消"
    REFUNDED = "refunded", "已退款"


class Order(models.Model):
    """One order of one unit. `amount` and `refund` are minor units of `currency`; `customer` is None when unknown.

    `reference` is the number and the currency, or where orders carry no number the hex id of the order's fact: unique within the unit.
    `supplied_by` is the first import that told of it: until that is done the order does not show.
    """

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH, unique=True, default=new_public_id)
    unit = models.ForeignKey("people.Unit", on_delete=models.PROTECT)
    reference = models.CharField(max_length=140)
    fact_id = models.CharField(max_length=32)
    number = models.CharField(max_length=120, blank=True, default="", db_index=True)
    customer = models.ForeignKey("members.Identity", on_delete=models.PROTECT, null=True, related_name="orders")
    ordered_at = models.DateTimeField(db_index=True)
    amount = models.BigIntegerField()
    refund = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=10, choices=OrderStatus.choices)
    lines = models.IntegerField(default=1)
    supplied_by = models.ForeignKey("events.Import", on_delete=models.CASCADE, null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("unit", "reference"), name="order_once_per_unit"),)
        indexes = (models.Index(fields=("currency",)),)
