"""Lists of prospects as they were computed, what operators said of them, and what each person brought and cost."""

from __future__ import annotations

from django.db import models

from qunyu.kernel.ids import PUBLIC_ID_LENGTH, new_public_id


class ProspectRun(models.Model):
    """One computation for a unit and those below it, over data up to `as_of`; `figures` is what it was measured from (measuring.figures).

    `base` is the share of everybody that ordered within `horizon` days in the past, None where too little is known to give chances.
    Until `finished` nothing of it shows.
    """

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH, unique=True, default=new_public_id)
    unit = models.ForeignKey("people.Unit", on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    as_of = models.DateField(null=True)
    horizon = models.SmallIntegerField()
    people = models.BigIntegerField(default=0)
    base = models.FloatField(null=True)
    figures = models.JSONField(default=dict)
    finished = models.BooleanField(default=False)

    class Meta:
        indexes = (models.Index(fields=("unit", "-id")),)


class Prospect(models.Model):
    """One person of a list, as computed: their `rank` from 1, the chance of an order (None where it cannot be measured), and the signals.

    `signals` are the codes with a comma before and behind each; `reason` is the first to write about. It is computed anew every night, so it
    is of the person as they were known then (as labels are).
    """

    run = models.ForeignKey(ProspectRun, on_delete=models.CASCADE, related_name="prospects")
    member = models.ForeignKey("members.Member", on_delete=models.CASCADE, related_name="+")
    rank = models.IntegerField()
    chance = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    signals = models.CharField(max_length=300)
    reason = models.CharField(max_length=20)
    last_active = models.DateField(null=True)
    spoken = models.BigIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("run", "member"), name="prospect_once"),)
        indexes = (models.Index(fields=("run", "rank")),)


class Opening(models.Model):
    """A unit's own words to begin with where `signal` is the reason; those of the nearest unit above hold where it has none."""

    unit = models.ForeignKey("people.Unit", on_delete=models.CASCADE, related_name="+")
    signal = models.CharField(max_length=20)
    text = models.CharField(max_length=400)
    changed_at = models.DateTimeField()
    by_name = models.CharField(max_length=120)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("unit", "signal"), name="prospect_opening_once"),)


class Hold(models.Model):
    """Somebody who is to be left alone on the lists of `unit` until a day, or for good (None); of the member made with an identity (ADR 9)."""

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH, unique=True, default=new_public_id)
    unit = models.ForeignKey("people.Unit", on_delete=models.CASCADE, related_name="+")
    member = models.ForeignKey("members.Member", on_delete=models.CASCADE, related_name="+")
    until = models.DateField(null=True)
    why = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    by_name = models.CharField(max_length=120)
    ended_at = models.DateTimeField(null=True)


class Attempt(models.Model):
    """Somebody of a list who was spoken with: the reason, the chance told then, and how they took it; of the member made with an identity."""

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH, unique=True, default=new_public_id)
    unit = models.ForeignKey("people.Unit", on_delete=models.CASCADE, related_name="+")
    member = models.ForeignKey("members.Member", on_delete=models.CASCADE, related_name="+")
    contact = models.OneToOneField("members.Contact", on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    reason = models.CharField(max_length=20)
    chance = models.FloatField(null=True)
    outcome = models.CharField(max_length=10)
    by_name = models.CharField(max_length=120)

    class Meta:
        indexes = (models.Index(fields=("unit", "at")),)


class WorthRun(models.Model):
    """What people of a unit brought and cost from `first` to `last`; `figures` is what it was counted from (weighing.figures)."""

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH, unique=True, default=new_public_id)
    unit = models.ForeignKey("people.Unit", on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    first = models.DateField(null=True)
    last = models.DateField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    figures = models.JSONField(default=dict)
    finished = models.BooleanField(default=False)

    class Meta:
        indexes = (models.Index(fields=("unit", "-id")),)


class Worth(models.Model):
    """One person at one end (`side`: costs or brings) and their place there; amounts are minor units of the run's currency.

    `revenue` is less `refunds`. `profit`, `care` (an operator's time), `rewards` and `upkeep` (their share of what communities cost) are None
    where unknown; `costs` is the sum of those known, `balance` the profit, or while that is unknown the revenue, less `costs`.
    """

    run = models.ForeignKey(WorthRun, on_delete=models.CASCADE, related_name="rows")
    member = models.ForeignKey("members.Member", on_delete=models.CASCADE, related_name="+")
    side = models.CharField(max_length=6)
    place = models.IntegerField()
    since = models.DateField()
    orders = models.IntegerField()
    revenue = models.BigIntegerField()
    refunds = models.BigIntegerField()
    profit = models.BigIntegerField(null=True)
    brought = models.IntegerField()
    brought_revenue = models.BigIntegerField()
    contacts = models.IntegerField()
    complaints = models.IntegerField()
    care = models.BigIntegerField(null=True)
    points = models.BigIntegerField()
    rewards = models.BigIntegerField(null=True)
    benefits = models.IntegerField()
    days = models.IntegerField()
    upkeep = models.BigIntegerField(null=True)
    costs = models.BigIntegerField()
    balance = models.BigIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("run", "member"), name="worth_once"),)
        indexes = (models.Index(fields=("run", "side", "place")),)
