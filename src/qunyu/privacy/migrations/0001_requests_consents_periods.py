import django.db.models.deletion
from django.db import migrations, models

import qunyu.kernel.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("members", "0011_erased_members"),
        ("people", "0007_sign_in"),
    ]

    operations = [
        migrations.CreateModel(
            name="Period",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=30, unique=True)),
                ("days", models.IntegerField()),
                ("set_at", models.DateTimeField()),
                ("by_name", models.CharField(max_length=120)),
            ],
        ),
        migrations.CreateModel(
            name="PeriodRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=30)),
                ("at", models.DateTimeField()),
                ("before", models.DateTimeField()),
                ("removed", models.BigIntegerField()),
            ],
            options={
                "ordering": ("-at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="Purpose",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(default=qunyu.kernel.ids.new_public_id, max_length=14, unique=True)),
                ("key", models.CharField(max_length=40, unique=True)),
                ("name_zh", models.CharField(max_length=60)),
                ("name_en", models.CharField(max_length=60)),
                ("unit", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="people.unit")),
            ],
        ),
        migrations.CreateModel(
            name="Request",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(default=qunyu.kernel.ids.new_public_id, max_length=14, unique=True)),
                ("kind", models.CharField(choices=[("export", "导出"), ("erasure", "删除")], max_length=8)),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "待处理"), ("working", "进行中"), ("done", "已完成"), ("refused", "已拒绝")],
                        db_index=True,
                        default="open",
                        max_length=8,
                    ),
                ),
                ("asker", models.CharField(max_length=10)),
                ("channel", models.CharField(max_length=10)),
                ("checked", models.CharField(max_length=10)),
                ("note", models.CharField(blank=True, max_length=200)),
                ("asked_at", models.DateTimeField()),
                ("due_on", models.DateField()),
                ("by", models.CharField(max_length=40)),
                ("by_name", models.CharField(max_length=120)),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("kept", models.JSONField(default=list)),
                ("sealed", models.TextField(blank=True)),
                ("steps", models.JSONField(default=dict)),
                ("done_at", models.DateTimeField(null=True)),
                ("expires_at", models.DateTimeField(null=True)),
                (
                    "member",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="members.member"
                    ),
                ),
            ],
            options={
                "ordering": ("-asked_at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="Receipt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(default=qunyu.kernel.ids.new_public_id, max_length=14, unique=True)),
                ("at", models.DateTimeField()),
                ("body", models.JSONField()),
                ("signature", models.CharField(max_length=64)),
                (
                    "request",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="receipt", to="privacy.request"
                    ),
                ),
            ],
            options={
                "ordering": ("-at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(default=qunyu.kernel.ids.new_public_id, max_length=14, unique=True)),
                ("purpose", models.CharField(max_length=40)),
                (
                    "state",
                    models.CharField(
                        choices=[("granted", "同意"), ("refused", "拒绝"), ("withdrawn", "撤回")], max_length=9
                    ),
                ),
                ("source", models.CharField(max_length=10)),
                ("wording", models.CharField(blank=True, max_length=40)),
                ("evidence", models.CharField(blank=True, max_length=200)),
                ("at", models.DateTimeField()),
                ("by_name", models.CharField(max_length=120)),
                ("written_at", models.DateTimeField()),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="consents", to="members.member"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["member", "purpose", "at"], name="privacy_con_member__c2465a_idx"),
                    models.Index(fields=["purpose", "state"], name="privacy_con_purpose_10d0eb_idx"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Stopped",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(db_index=True, max_length=64)),
                ("lifted_at", models.DateTimeField(null=True)),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="stopped", to="privacy.request"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("request", "digest"), name="stopped_once")],
            },
        ),
    ]
