"""Imports, their problems, and which versions of the lake are published."""

from __future__ import annotations

from django.db import models

from qunyu.kernel.ids import PUBLIC_ID_LENGTH, new_public_id


class Import(models.Model):
    """One import of a file, folder or archive: an idempotent unit that can be undone.

    `request` says what was asked (paths inside the import's folder, options), `summary` what came out (counts by name).
    """

    class State(models.TextChoices):
        """Where an import stands; rows made by it show only when it is done."""

        WAITING = "waiting"
        READING = "reading"
        SAVING = "saving"
        DONE = "done"
        FAILED = "failed"
        UNDOING = "undoing"
        UNDONE = "undone"

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH, unique=True, default=new_public_id)
    unit_id = models.BigIntegerField(db_index=True)
    title = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING, db_index=True)
    request = models.JSONField(default=dict)
    summary = models.JSONField(default=dict)
    progress = models.JSONField(default=dict)
    error = models.JSONField(default=dict)
    asked_by = models.CharField(max_length=120)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)


class PublishedTable(models.Model):
    """Which `version` of a table of the lake readers see; -1 while the table is not theirs to see at all."""

    name = models.CharField(max_length=20, primary_key=True)
    version = models.BigIntegerField()


class ImportProblem(models.Model):
    """One unreadable line of an import (the first thousand; `Import.summary` counts all)."""

    owner = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="problems")
    code = models.CharField(max_length=40)
    file = models.CharField(max_length=500)
    line = models.BigIntegerField()
    data = models.JSONField(default=dict)

    class Meta:
        ordering = ("id",)
