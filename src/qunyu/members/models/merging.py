"""What people decided about who is the same person."""

from __future__ import annotations

from django.db import models

from qunyu.kernel.ids import PUBLIC_ID_LENGTH


class Verdict(models.TextChoices):
    """What somebody said of two identities; `later` only takes a question off the list for now."""

    SAME = "same", "同一人"
    DIFFERENT = "different", "不是同一人"
    LATER = "later", "稍后再看"


class MergeDecision(models.Model):
    """Whether two identities (the smaller id first) are one person, as somebody said; it holds until `ended_at`.

    `act` is the public id of what somebody did at once, which may take several decisions. `ended_by` is the decision that took its
    place, None where it was taken back or holds.
    """

    act = models.CharField(max_length=PUBLIC_ID_LENGTH, db_index=True)
    one = models.ForeignKey("members.Identity", on_delete=models.CASCADE, related_name="decisions_as_one")
    other = models.ForeignKey("members.Identity", on_delete=models.CASCADE, related_name="decisions_as_other")
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    why = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=40)
    by_name = models.CharField(max_length=120)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="ended")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("one", "other"), condition=models.Q(ended_at=None), name="decision_holds_once"
            ),
            models.CheckConstraint(condition=models.Q(one__lt=models.F("other")), name="decision_of_two_in_order"),
        )
