"""Levels: the ladder of a programme, who stands where, and why."""

from __future__ import annotations

from django.db import models

from qunyu.kernel.ids import PUBLIC_ID_LENGTH, new_public_id
from qunyu.loyalty.models.programme import Programme


class Level(models.Model):
    """A step of the ladder, `position` from 0 up. `bars` get somebody in and `keep` (empty: the same) keeps them there.

    `every` asks for all of the bars, else one is enough. Once reached it holds for `months`; 0 for as long as the bars are met.
    """

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH, unique=True, default=new_public_id)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="levels")
    name = models.CharField(max_length=40)
    position = models.PositiveSmallIntegerField()
    bars = models.JSONField(default=list)
    keep = models.JSONField(default=list)
    every = models.BooleanField(default=False)
    months = models.PositiveSmallIntegerField(default=12)

    class Meta:
        ordering = ("programme", "position")
        constraints = (
            models.UniqueConstraint(fields=("programme", "name"), name="level_name_once"),
            models.UniqueConstraint(fields=("programme", "position"), name="level_position_once"),
        )

    def __str__(self) -> str:
        return self.name


class Standing(models.Model):
    """Where a person (Identity.member) stands since `since`, until `until` at least (None: no end). `why` is the code of the reason, with its `figures`.

    `base` is where they would stand without what was given by hand, until `base_until` at least.
    """

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="standings")
    member = models.ForeignKey("members.Member", on_delete=models.CASCADE, related_name="standings")
    level = models.ForeignKey(Level, on_delete=models.PROTECT, related_name="standings")
    since = models.DateField()
    until = models.DateField(null=True)
    base = models.ForeignKey(Level, on_delete=models.PROTECT, null=True, related_name="+")
    base_until = models.DateField(null=True)
    why = models.CharField(max_length=10)
    figures = models.JSONField(default=dict)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("programme", "member"), name="standing_once"),)
        indexes = (models.Index(fields=("level", "member")),)


class LevelChange(models.Model):
    """A step up or down, with the figures that led to it; read through own members as contacts are. A level None stands for none."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+")
    member = models.ForeignKey("members.Member", on_delete=models.CASCADE, related_name="level_changes")
    before = models.ForeignKey(Level, on_delete=models.SET_NULL, null=True, related_name="+")
    after = models.ForeignKey(Level, on_delete=models.SET_NULL, null=True, related_name="+")
    day = models.DateField()
    at = models.DateTimeField()
    why = models.CharField(max_length=10)
    figures = models.JSONField(default=dict)

    class Meta:
        indexes = (models.Index(fields=("member", "-at")),)


class LevelGrant(models.Model):
    """A level given by hand to an own member until `until` (included), or until somebody ended it."""

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH, unique=True, default=new_public_id)
    level = models.ForeignKey(Level, on_delete=models.PROTECT, related_name="grants")
    member = models.ForeignKey("members.Member", on_delete=models.CASCADE, related_name="level_grants")
    reason = models.CharField(max_length=200)
    until = models.DateField()
    at = models.DateTimeField()
    by = models.CharField(max_length=40)
    by_name = models.CharField(max_length=120)
    ended_at = models.DateTimeField(null=True)
