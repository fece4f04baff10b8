import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import qunyu.kernel.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("communities", "0001_initial"),
        ("people", "0004_settings_permission"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Schedule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(default=qunyu.kernel.ids.new_public_id, max_length=14, unique=True)),
                ("grain", models.CharField(choices=[("day", "日"), ("week", "周"), ("month", "月")], max_length=5)),
                ("language", models.CharField(choices=[("zh", "中文"), ("en", "English")], max_length=2)),
                ("hour", models.SmallIntegerField()),
                ("active", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField()),
                ("problem", models.JSONField(default=dict)),
                (
                    "community",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="schedules",
                        to="communities.community",
                    ),
                ),
                (
                    "staff",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="schedules",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="schedules", to="people.unit"
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="Report",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(default=qunyu.kernel.ids.new_public_id, max_length=14, unique=True)),
                ("title", models.CharField(max_length=255)),
                ("grain", models.CharField(choices=[("day", "日"), ("week", "周"), ("month", "月")], max_length=5)),
                ("first", models.DateField()),
                ("language", models.CharField(choices=[("zh", "中文"), ("en", "English")], max_length=2)),
                ("with_orders", models.BooleanField()),
                ("made_by", models.CharField(max_length=80)),
                ("made_at", models.DateTimeField()),
                ("problem", models.JSONField(default=dict)),
                (
                    "community",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reports",
                        to="communities.community",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="reports", to="people.unit"
                    ),
                ),
                (
                    "schedule",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="reports",
                        to="reports.schedule",
                    ),
                ),
            ],
            options={
                "ordering": ("-made_at", "-id"),
            },
        ),
        migrations.AddConstraint(
            model_name="schedule",
            constraint=models.UniqueConstraint(
                condition=models.Q(("community", None)),
                fields=("staff", "unit", "grain", "language"),
                name="schedule_of_unit_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="schedule",
            constraint=models.UniqueConstraint(
                condition=models.Q(("community", None), _negated=True),
                fields=("staff", "community", "grain", "language"),
                name="schedule_of_community_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.UniqueConstraint(fields=("schedule", "first"), name="report_once_per_period"),
        ),
    ]
