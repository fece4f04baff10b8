"""Alerts kept so that people can read, acknowledge and mute them; ids of communities are numbers, for insights lies below them."""

from __future__ import annotations

from django.db import models

from qunyu.kernel.ids import PUBLIC_ID_LENGTH, new_public_id


class Alert(models.Model):
    """One episode of `insights.alerts`; `community_id` is 0 for the whole matrix. Amounts of revenue are minor units of `currency`.

    `seen_at` says when somebody acknowledged it. `withdrawn_at` says since when the facts no longer tell it: an import was undone,
    or late facts changed the picture; only alerts that somebody had seen are kept then.
    """

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH, unique=True, default=new_public_id)
    community_id = models.BigIntegerField()
    metric = models.CharField(max_length=40)
    up = models.BooleanField()
    first = models.DateField()
    last = models.DateField(db_index=True)
    worst = models.DateField()
    observed = models.FloatField()
    expected = models.FloatField()
    low = models.FloatField()
    high = models.FloatField()
    far = models.FloatField()
    share = models.FloatField(default=0)
    currency = models.CharField(max_length=3, blank=True, default="")
    drivers = models.JSONField(default=list)
    found_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)
    seen_by = models.CharField(max_length=120, blank=True, default="")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-last", "-far", "id")
        constraints = (models.UniqueConstraint(fields=("community_id", "metric", "up", "first"), name="alert_once"),)


class Mute(models.Model):
    """A number of a community (0: the matrix) that nobody wants to hear of through the day `until`."""

    community_id = models.BigIntegerField()
    metric = models.CharField(max_length=40)
    until = models.DateField()
    muted_at = models.DateTimeField()
    muted_by = models.CharField(max_length=120)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("community_id", "metric"), name="mute_once"),)
