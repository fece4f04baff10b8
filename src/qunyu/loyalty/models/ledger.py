"""The ledger: accounts, movements whose entries sum to zero, and the lots that points were earned in."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models

from qunyu.kernel.ids import PUBLIC_ID_LENGTH, new_public_id
from qunyu.loyalty.models.programme import Programme


class Written(models.Model):
    """A row that is written once and never changed or removed."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Writes a new row.

        Raises TypeError for one that exists.
        """
        if self.pk is not None:
            raise TypeError("the ledger is append-only: reverse the movement instead")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Raises TypeError: the ledger is append-only."""
        raise TypeError("the ledger is append-only: reverse the movement instead")


class Account(models.Model):
    """The points of one own member (Identity.own_member) in a programme: `balance` is what can be spent, `owed` what the next ones pay off.

    `member` is None once the person is gone; `movements` counts what was written to it.
    """

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="accounts")
    member = models.ForeignKey("members.Member", on_delete=models.SET_NULL, null=True, related_name="point_accounts")
    balance = models.BigIntegerField(default=0)
    owed = models.BigIntegerField(default=0)
    movements = models.IntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("programme", "member"), name="point_account_once"),
            models.CheckConstraint(condition=models.Q(balance__gte=0), name="point_balance_not_negative"),
            models.CheckConstraint(condition=models.Q(owed__gte=0), name="point_owed_not_negative"),
        )


class Movement(Written):
    """One change of the ledger; `key` makes it happen once. `at` is when what led to it
    happened, `written_at` when it was written. `act` joins what was done at once, `reverses` is what it takes back."""

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH, unique=True, default=new_public_id)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="movements")
    kind = models.CharField(max_length=8)
    key = models.CharField(max_length=200, unique=True)
    act = models.CharField(max_length=PUBLIC_ID_LENGTH, db_index=True)
    rule = models.CharField(max_length=30, blank=True)
    source = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(db_index=True)
    written_at = models.DateTimeField()
    by = models.CharField(max_length=40)
    by_name = models.CharField(max_length=120)
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="reversed_by")

    class Meta:
        # The ledger is read from its end (accounts.latest).
        indexes = (models.Index(fields=("programme", "at", "id")),)


class Entry(Written):
    """One side of a movement: `amount` points to (above 0) or from an account, or the books issued, redeemed, expired and adjusted.

    `owed` is by how much what the account owes changes.
    """

    movement = models.ForeignKey(Movement, on_delete=models.PROTECT, related_name="entries")
    side = models.CharField(max_length=8)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="entries")
    amount = models.BigIntegerField()
    owed = models.BigIntegerField(default=0)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(side="member", account__isnull=False)
                | ~models.Q(side="member") & models.Q(account=None),
                name="point_entry_of_a_side",
            ),
        )
        indexes = (models.Index(fields=("account", "movement")), models.Index(fields=("side", "movement")))


class Lot(models.Model):
    """Points of an account that came at once: `left` of `points` are unspent; `expires_on` is the first day they are gone, None for never."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="lots")
    movement = models.ForeignKey(Movement, on_delete=models.PROTECT, related_name="lots")
    points = models.BigIntegerField()
    left = models.BigIntegerField()
    earned_at = models.DateTimeField()
    expires_on = models.DateField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(left__gte=0) & models.Q(left__lte=models.F("points")), name="point_lot_within"
            ),
        )
        indexes = (
            models.Index(fields=("account", "expires_on"), condition=models.Q(left__gt=0), name="point_lot_open"),
            models.Index(fields=("expires_on",), condition=models.Q(left__gt=0), name="point_lot_expiring"),
        )


class LotUse(Written):
    """How many points a movement took out of a lot: what it takes for giving them back as they were."""

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="uses")
    movement = models.ForeignKey(Movement, on_delete=models.PROTECT, related_name="lot_uses")
    points = models.BigIntegerField()


class Earning(models.Model):
    """What one fact has earned so far by a rule: `points`, with the `figures` that held when it first did. One row a fact."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="earnings")
    rule = models.CharField(max_length=30)
    source = models.CharField(max_length=200)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="earnings")
    points = models.BigIntegerField(default=0)
    figures = models.JSONField(default=dict)
    times = models.IntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("programme", "rule", "source"), name="earning_once"),)
