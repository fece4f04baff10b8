"""Occasions that fall on a day for a person, the words to open with, and what people were asked for."""

from __future__ import annotations

from django.db import models

from qunyu.kernel.ids import PUBLIC_ID_LENGTH, new_public_id


class OccasionState(models.TextChoices):
    """What became of an occasion."""

    OPEN = "open", "待联系"
    DONE = "done", "已联系"
    DROPPED = "dropped", "不联系"


class Occasion(models.Model):
    """A reason for a light contact that falls on `day` for a person: a `kind` of the registry; of the member whose page it was when found.

    `due` is the day it is put off to, `day` itself unless somebody did. Where it tells of orders `unit` is theirs and orders.view is needed
    there; where it tells of a level `unit` is the programme's, which must count where people may be seen; where it tells of a community, or
    of a unit's field, they must be in sight. `seen_at` is when it was last found to hold. `contacted_at` and `channel` stay when the contact
    is deleted with its age. `before` is what each decision replaced, the last one last.
    """

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH, unique=True, default=new_public_id)
    member = models.ForeignKey("members.Member", on_delete=models.CASCADE, related_name="occasions")
    kind = models.CharField(max_length=20)
    subject = models.CharField(max_length=40, blank=True)
    day = models.DateField()
    due = models.DateField()
    needs = models.CharField(max_length=20, blank=True)
    unit = models.ForeignKey("people.Unit", on_delete=models.CASCADE, null=True, related_name="+")
    community = models.ForeignKey("communities.Community", on_delete=models.CASCADE, null=True, related_name="+")
    evidence = models.JSONField(default=dict)
    state = models.CharField(max_length=7, choices=OccasionState.choices, default=OccasionState.OPEN)
    contact = models.ForeignKey("members.Contact", on_delete=models.SET_NULL, null=True, related_name="+")
    contacted_at = models.DateTimeField(null=True)
    channel = models.CharField(max_length=10, blank=True)
    before = models.JSONField(default=list)
    keeper = models.ForeignKey("people.Staff", on_delete=models.SET_NULL, null=True, related_name="+")
    reason = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by_name = models.CharField(max_length=120, blank=True)
    seen_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("member", "kind", "subject", "day"), name="occasion_once"),)
        indexes = (models.Index(fields=("state", "due", "id")), models.Index(fields=("kind", "day")))


class Opening(models.Model):
    """The words that people of `unit` and below open with at a kind of occasion, over a channel; {name} stands for the person."""

    unit = models.ForeignKey("people.Unit", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20)
    channel = models.CharField(max_length=10)
    text = models.CharField(max_length=400)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("unit", "kind", "channel"), name="opening_once"),)


class AskOutcome(models.TextChoices):
    """What came of an ask."""

    WAITING = "waiting", "等待答复"
    AGREED = "agreed", "答应了"
    DID = "did", "做到了"
    DECLINED = "declined", "婉拒"
    SILENT = "silent", "没有答复"


class FavourAsk(models.Model):
    """Something a person was asked for, through the gate as a contact: a `kind` of asks.KINDS, and what came of it."""

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH, unique=True, default=new_public_id)
    member = models.ForeignKey("members.Member", on_delete=models.CASCADE, related_name="favour_asks")
    kind = models.CharField(max_length=14)
    what = models.CharField(max_length=200)
    contact = models.ForeignKey("members.Contact", on_delete=models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField(db_index=True)
    by_name = models.CharField(max_length=120)
    outcome = models.CharField(max_length=8, choices=AskOutcome.choices, default=AskOutcome.WAITING)
    note = models.CharField(max_length=200, blank=True)
    outcome_at = models.DateTimeField(null=True)
    thanks = models.CharField(max_length=7, blank=True)
    thanks_note = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = (models.Index(fields=("member", "asked_at")),)


class Brought(models.Model):
    """Somebody who came by a recommendation at `at`: noted by hand, or `measured`: invited by the person after the ask.

    Taken away it stays, with `withdrawn_at`: what was found once is not found again.
    """

    ask = models.ForeignKey(FavourAsk, on_delete=models.CASCADE, related_name="brought")
    member = models.ForeignKey("members.Member", on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    measured = models.BooleanField(default=False)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("ask", "member"), name="brought_once"),)
