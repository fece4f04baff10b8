"""Reports that are kept, and schedules that have them made."""

from __future__ import annotations

from django.db import models

from qunyu.kernel.ids import PUBLIC_ID_LENGTH, new_public_id


class Language(models.TextChoices):
    """In which language a report is written."""

    ZH = "zh", "中文"
    EN = "en", "English"


class ReportGrain(models.TextChoices):
    """Of which periods reports are made."""

    DAY = "day", "日"
    WEEK = "week", "周"
    MONTH = "month", "月"


class Schedule(models.Model):
    """A report to be made of every period of `grain`: of `unit` and all below it, or of one `community` alone.

    It is made with what `staff` may see by then, from `hour` o'clock of the deployment's day on, once the data reach the period's end.
    """

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH, unique=True, default=new_public_id)
    staff = models.ForeignKey("people.Staff", on_delete=models.CASCADE, related_name="schedules")
    unit = models.ForeignKey("people.Unit", on_delete=models.CASCADE, related_name="schedules")
    community = models.ForeignKey(
        "communities.Community", on_delete=models.CASCADE, null=True, related_name="schedules"
    )
    grain = models.CharField(max_length=5, choices=ReportGrain.choices)
    language = models.CharField(max_length=2, choices=Language.choices)
    hour = models.SmallIntegerField()
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    # Why the last try made nothing (zh, en), empty when it did.
    problem = models.JSONField(default=dict)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("staff", "unit", "grain", "language"),
                condition=models.Q(community=None),
                name="schedule_of_unit_once",
            ),
            models.UniqueConstraint(
                fields=("staff", "community", "grain", "language"),
                condition=~models.Q(community=None),
                name="schedule_of_community_once",
            ),
        )


class Report(models.Model):
    """One made report of the period of `grain` that begins on `first`; its files lie in the data folder under its public id.

    `with_orders` says that it tells of orders, so only who may see those may read it. `problem` (zh, en) says why there is no picture.
    """

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH, unique=True, default=new_public_id)
    schedule = models.ForeignKey(Schedule, on_delete=models.SET_NULL, null=True, related_name="reports")
    unit = models.ForeignKey("people.Unit", on_delete=models.CASCADE, related_name="reports")
    community = models.ForeignKey("communities.Community", on_delete=models.CASCADE, null=True, related_name="reports")
    title = models.CharField(max_length=255)
    grain = models.CharField(max_length=5, choices=ReportGrain.choices)
    first = models.DateField()
    language = models.CharField(max_length=2, choices=Language.choices)
    with_orders = models.BooleanField()
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    problem = models.JSONField(default=dict)

    class Meta:
        ordering = ("-made_at", "-id")
        constraints = (models.UniqueConstraint(fields=("schedule", "first"), name="report_once_per_period"),)
