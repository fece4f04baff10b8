"""Tables of profiles that were imported."""

from __future__ import annotations

from django.db import models

from qunyu.kernel.ids import PUBLIC_ID_LENGTH, new_public_id


class ProfileImport(models.Model):
    """One table of profiles. What it wrote has its public id as `act`; whom it made are identities whose key begins with that.

    `summary` counts people, values and new people.
    """

    class State(models.TextChoices):
        """Where it stands; nothing of it shows before it is done."""

        WAITING = "waiting"
        DONE = "done"
        FAILED = "failed"
        UNDONE = "undone"

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH, unique=True, default=new_public_id)
    unit = models.ForeignKey("people.Unit", on_delete=models.PROTECT)
    title = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    summary = models.JSONField(default=dict)
    by = models.CharField(max_length=40)
    by_name = models.CharField(max_length=120)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
