"""Who may be the same person, or may be taken for one by mistake."""

from __future__ import annotations

from django.db import models


class Suggestion(models.Model):
    """A question about two identities (the smaller id first): `kind` name (are they one?) or joined (are they really?).

    `score` is the chance that they are one person, 0 to 100; `reasons` lists [code, weight, figure].
    """

    one = models.ForeignKey("members.Identity", on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey("members.Identity", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8)
    score = models.SmallIntegerField()
    reasons = models.JSONField(default=list)
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("one", "other"), name="suggestion_once"),)
        indexes = (models.Index(fields=("-score", "id")),)
