"""A programme: the points, levels and benefits of one unit and of those below it."""

from __future__ import annotations

from django.db import models

from qunyu.kernel.ids import PUBLIC_ID_LENGTH, new_public_id


class Programme(models.Model):
    """What a unit, and those below it without one of their own, gives its people.

    Facts before `starts_on` earn nothing. `expiry` is never, months (`expiry_months` after earning) or year (at the end of the year
    after that of earning). `rules` holds, by earning rule, its figures and the day it was switched on. `value_minor` is what 100 points
    are worth in minor units of `value_currency`, None where nobody has said.
    """

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH, unique=True, default=new_public_id)
    unit = models.OneToOneField("people.Unit", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    currency = models.CharField(max_length=20)
    starts_on = models.DateField()
    expiry = models.CharField(max_length=8, default="never")
    expiry_months = models.PositiveSmallIntegerField(default=12)
    notice_days = models.PositiveSmallIntegerField(default=30)
    value_minor = models.PositiveIntegerField(null=True)
    value_currency = models.CharField(max_length=3, blank=True)
    rules = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
