"""What is known of a person besides the facts: fields, and what was written into them."""

from __future__ import annotations

from django.db import models

from qunyu.kernel.ids import PUBLIC_ID_LENGTH, new_public_id


class Field(models.Model):
    """A field of profiles that `unit` made, for the people of that unit and of those below it.

    `options` are the values of a choice; `least` and `most` bound a number, a date or a length, "" for no bound.
    """

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH, unique=True, default=new_public_id)
    unit = models.ForeignKey("people.Unit", on_delete=models.PROTECT)
    key = models.CharField(max_length=40, unique=True)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60)
    kind = models.CharField(max_length=12)
    options = models.JSONField(default=list)
    least = models.CharField(max_length=20, blank=True)
    most = models.CharField(max_length=20, blank=True)
    help = models.CharField(max_length=200, blank=True)
    sensitive = models.BooleanField(default=False)
    position = models.IntegerField(default=0)
    archived_at = models.DateTimeField(null=True)


class ProfileEntry(models.Model):
    """What somebody wrote into a field, "" for clearing it; the latest that is not withdrawn counts.

    It belongs to the member made with an identity (Identity.own_member): merging and un-merging move none. `value` is sealed
    (kernel.sealed) where `sealed` says so. `recurs` is the token of the day of every year that it names
    (members.recurring). `act` is the public id of what was written at once.
    """

    act = models.CharField(max_length=PUBLIC_ID_LENGTH, db_index=True)
    member = models.ForeignKey("members.Member", on_delete=models.CASCADE, related_name="profile")
    field = models.CharField(max_length=40)
    value = models.TextField(blank=True)
    sealed = models.BooleanField(default=False)
    recurs = models.CharField(max_length=64, blank=True, default="")
    at = models.DateTimeField()
    by = models.CharField(max_length=40)
    by_name = models.CharField(max_length=120)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=("member", "field", "at")),
            models.Index(fields=("field",)),
            models.Index(fields=("field", "recurs"), condition=~models.Q(recurs=""), name="profile_recurs"),
        )
